-- +goose Up
CREATE TABLE activities (
  id           INTEGER NOT NULL PRIMARY KEY,
  tenant_id    INTEGER NOT NULL,
  org_id       INTEGER NOT NULL,
  org_path     TEXT NOT NULL CHECK (length(org_path) <= 255),
  community_id INTEGER NOT NULL,
  state        TEXT NOT NULL CHECK (length(state) <= 16),
  title        TEXT NOT NULL CHECK (length(title) <= 30),
  detail       TEXT NOT NULL CHECK (length(detail) <= 500),
  skills       TEXT NOT NULL CHECK (length(skills) <= 255),
  reason       TEXT NOT NULL CHECK (length(reason) <= 200),
  created_by   INTEGER NOT NULL,
  created_at   DATETIME NOT NULL,
  published_at DATETIME NULL,
  ended_at     DATETIME NULL,
  updated_at   DATETIME NOT NULL,
  version      INTEGER NOT NULL
);
CREATE INDEX idx_activities_org ON activities (org_id, id);
