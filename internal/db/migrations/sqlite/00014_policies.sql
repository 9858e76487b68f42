-- +goose Up
CREATE TABLE policies (
  tenant_id  INTEGER NOT NULL,
  name       TEXT NOT NULL CHECK (length(name) <= 32),
  value      INTEGER NOT NULL,
  updated_by INTEGER NOT NULL,
  updated_at DATETIME NOT NULL,
  PRIMARY KEY (tenant_id, name)
);
