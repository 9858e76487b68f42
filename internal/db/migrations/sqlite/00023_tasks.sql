-- +goose Up
CREATE TABLE tasks (
  id         INTEGER NOT NULL PRIMARY KEY,
  tenant_id  INTEGER NOT NULL,
  org_id     INTEGER NOT NULL,
  kind       TEXT NOT NULL CHECK (length(kind) <= 16),
  wish_id    INTEGER NOT NULL,
  is_open    BOOLEAN NOT NULL,
  done_by    INTEGER NOT NULL,
  outcome    TEXT NOT NULL CHECK (length(outcome) <= 500),
  created_at DATETIME NOT NULL,
  done_at    DATETIME NULL,
  active_key TEXT NULL CHECK (length(active_key) <= 48),
  version    INTEGER NOT NULL
);
CREATE UNIQUE INDEX idx_tasks_active ON tasks (active_key);
CREATE INDEX idx_tasks_org ON tasks (org_id, is_open, id);
CREATE INDEX idx_tasks_org_kind ON tasks (org_id, is_open, kind, id);
CREATE INDEX idx_tasks_wish ON tasks (wish_id);
