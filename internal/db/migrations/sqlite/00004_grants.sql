-- +goose Up
CREATE TABLE grants (
  id          INTEGER NOT NULL PRIMARY KEY,
  tenant_id   INTEGER NOT NULL,
  user_id     INTEGER NOT NULL,
  role        TEXT NOT NULL CHECK (length(role) <= 24),
  org_id      INTEGER NOT NULL,
  org_path    TEXT NOT NULL CHECK (length(org_path) <= 255),
  subtree     BOOLEAN NOT NULL,
  valid_until DATETIME NULL,
  granted_by  INTEGER NOT NULL,
  granted_at  DATETIME NOT NULL,
  revoked_by  INTEGER NOT NULL,
  revoked_at  DATETIME NULL,
  active_key  TEXT NULL CHECK (length(active_key) <= 96),
  version     INTEGER NOT NULL
);
CREATE UNIQUE INDEX idx_grants_active ON grants (active_key);
CREATE INDEX idx_grants_org ON grants (org_id);
CREATE INDEX idx_grants_user ON grants (user_id);
