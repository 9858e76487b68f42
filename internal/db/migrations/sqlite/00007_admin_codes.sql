-- +goose Up
CREATE TABLE admin_codes (
  code_hash  TEXT NOT NULL PRIMARY KEY CHECK (length(code_hash) <= 64),
  tenant_id  INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  used_by    INTEGER NOT NULL,
  used_at    DATETIME NULL
);
