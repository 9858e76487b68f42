-- +goose Up
CREATE TABLE admin_codes (
  code_hash  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  used_by    BIGINT NOT NULL,
  used_at    DATETIME(3) NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
