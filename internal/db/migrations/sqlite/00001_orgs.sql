-- +goose Up
CREATE TABLE orgs (
  id           INTEGER NOT NULL PRIMARY KEY,
  tenant_id    INTEGER NOT NULL,
  parent_id    INTEGER NOT NULL,
  kind         TEXT NOT NULL CHECK (length(kind) <= 16),
  name         TEXT NOT NULL CHECK (length(name) <= 64),
  path         TEXT NOT NULL CHECK (length(path) <= 255),
  community_id INTEGER NOT NULL,
  state        TEXT NOT NULL CHECK (length(state) <= 16),
  skills       TEXT NOT NULL CHECK (length(skills) <= 255),
  created_at   DATETIME NOT NULL,
  updated_at   DATETIME NOT NULL,
  version      INTEGER NOT NULL
);
CREATE INDEX idx_orgs_community ON orgs (community_id);
CREATE INDEX idx_orgs_kind ON orgs (tenant_id, kind);
CREATE UNIQUE INDEX idx_orgs_name ON orgs (tenant_id, parent_id, kind, name);
CREATE INDEX idx_orgs_parent ON orgs (parent_id);
CREATE INDEX idx_orgs_path ON orgs (path);
