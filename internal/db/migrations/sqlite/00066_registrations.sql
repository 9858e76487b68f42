-- +goose Up
CREATE TABLE registrations (
  id              INTEGER NOT NULL PRIMARY KEY,
  tenant_id       INTEGER NOT NULL,
  user_id         INTEGER NOT NULL,
  unit_id         INTEGER NOT NULL,
  roster_id       INTEGER NOT NULL,
  community_id    INTEGER NOT NULL,
  community_path  TEXT NOT NULL CHECK (length(community_path) <= 255),
  grid_id         INTEGER NOT NULL,
  state           TEXT NOT NULL CHECK (length(state) <= 16),
  level           INTEGER NOT NULL,
  queue_org_id    INTEGER NOT NULL,
  post            TEXT NOT NULL CHECK (length(post) <= 20),
  reason          TEXT NOT NULL CHECK (length(reason) <= 300),
  replaces_id     INTEGER NOT NULL,
  change_id       INTEGER NOT NULL,
  grant_id        INTEGER NOT NULL,
  slip_consent_at DATETIME NULL,
  due_at          DATETIME NULL,
  decided_by      INTEGER NOT NULL,
  created_at      DATETIME NOT NULL,
  confirmed_at    DATETIME NULL,
  ended_at        DATETIME NULL,
  updated_at      DATETIME NOT NULL,
  active_key      INTEGER NULL,
  pending_key     INTEGER NULL,
  version         INTEGER NOT NULL
);
CREATE INDEX idx_registrations_user ON registrations (user_id, id);
CREATE INDEX idx_registrations_community ON registrations (community_id, state, id);
CREATE INDEX idx_registrations_queue ON registrations (queue_org_id, state, id);
CREATE INDEX idx_registrations_unit ON registrations (unit_id, user_id, id);
CREATE UNIQUE INDEX idx_registrations_active ON registrations (active_key);
CREATE UNIQUE INDEX idx_registrations_pending ON registrations (pending_key);
