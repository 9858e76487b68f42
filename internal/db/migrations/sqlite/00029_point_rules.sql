-- +goose Up
CREATE TABLE point_rules (
  tenant_id    INTEGER NOT NULL,
  version      INTEGER NOT NULL,
  effective_at DATETIME NOT NULL,
  body         TEXT NOT NULL CHECK (length(body) <= 2000),
  note         TEXT NOT NULL CHECK (length(note) <= 200),
  created_by   INTEGER NOT NULL,
  created_at   DATETIME NOT NULL,
  PRIMARY KEY (tenant_id, version)
);
