-- +goose Up
CREATE TABLE honour_levels (
  tenant_id INTEGER NOT NULL,
  threshold INTEGER NOT NULL,
  name      TEXT NOT NULL CHECK (length(name) <= 16),
  PRIMARY KEY (tenant_id, threshold)
);
