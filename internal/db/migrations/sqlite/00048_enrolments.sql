-- +goose Up
CREATE TABLE enrolments (
  id          INTEGER NOT NULL PRIMARY KEY,
  tenant_id   INTEGER NOT NULL,
  activity_id INTEGER NOT NULL,
  slot_id     INTEGER NOT NULL,
  user_id     INTEGER NOT NULL,
  state       TEXT NOT NULL CHECK (length(state) <= 16),
  role        TEXT NOT NULL CHECK (length(role) <= 8),
  starts_at   DATETIME NOT NULL,
  ends_at     DATETIME NOT NULL,
  enrolled_by INTEGER NOT NULL,
  late_leave  BOOLEAN NOT NULL,
  reason      TEXT NOT NULL CHECK (length(reason) <= 200),
  created_at  DATETIME NOT NULL,
  ended_at    DATETIME NULL,
  updated_at  DATETIME NOT NULL,
  active_key  TEXT NULL CHECK (length(active_key) <= 64),
  version     INTEGER NOT NULL
);
CREATE INDEX idx_enrolments_user ON enrolments (user_id, id);
CREATE INDEX idx_enrolments_slot ON enrolments (slot_id, state, id);
CREATE INDEX idx_enrolments_time ON enrolments (user_id, starts_at);
CREATE UNIQUE INDEX idx_enrolments_active ON enrolments (active_key);
