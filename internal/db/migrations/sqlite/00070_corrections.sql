-- +goose Up
CREATE TABLE corrections (
  id            INTEGER NOT NULL PRIMARY KEY,
  tenant_id     INTEGER NOT NULL,
  record_id     INTEGER NOT NULL,
  user_id       INTEGER NOT NULL,
  slot_id       INTEGER NOT NULL,
  org_id        INTEGER NOT NULL,
  org_path      TEXT NOT NULL CHECK (length(org_path) <= 255),
  queue_org_id  INTEGER NOT NULL,
  state         TEXT NOT NULL CHECK (length(state) <= 16),
  old_minutes   INTEGER NOT NULL,
  new_minutes   INTEGER NOT NULL,
  reason        TEXT NOT NULL CHECK (length(reason) <= 200),
  answer        TEXT NOT NULL CHECK (length(answer) <= 200),
  requested_by  INTEGER NOT NULL,
  decided_by    INTEGER NOT NULL,
  decided_at    DATETIME NULL,
  new_record_id INTEGER NOT NULL,
  active_key    INTEGER NULL,
  created_at    DATETIME NOT NULL,
  updated_at    DATETIME NOT NULL,
  version       INTEGER NOT NULL
);
CREATE INDEX idx_corrections_queue ON corrections (queue_org_id, id);
CREATE INDEX idx_corrections_record ON corrections (record_id, id);
CREATE UNIQUE INDEX idx_corrections_active ON corrections (active_key);
