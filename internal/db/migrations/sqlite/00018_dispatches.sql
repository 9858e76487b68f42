-- +goose Up
CREATE TABLE dispatches (
  id             INTEGER NOT NULL PRIMARY KEY,
  tenant_id      INTEGER NOT NULL,
  wish_id        INTEGER NOT NULL,
  state          TEXT NOT NULL CHECK (length(state) <= 16),
  target_org_id  INTEGER NOT NULL,
  target_user_id INTEGER NOT NULL,
  dispatched_by  INTEGER NOT NULL,
  note           TEXT NOT NULL CHECK (length(note) <= 500),
  reason         TEXT NOT NULL CHECK (length(reason) <= 500),
  created_at     DATETIME NOT NULL,
  ended_at       DATETIME NULL,
  active_key     INTEGER NULL,
  version        INTEGER NOT NULL
);
CREATE UNIQUE INDEX idx_dispatches_active ON dispatches (active_key);
CREATE INDEX idx_dispatches_wish ON dispatches (wish_id);
