-- +goose Up
CREATE TABLE slots (
  id           INTEGER NOT NULL PRIMARY KEY,
  tenant_id    INTEGER NOT NULL,
  activity_id  INTEGER NOT NULL,
  org_id       INTEGER NOT NULL,
  org_path     TEXT NOT NULL CHECK (length(org_path) <= 255),
  community_id INTEGER NOT NULL,
  state        TEXT NOT NULL CHECK (length(state) <= 16),
  published    BOOLEAN NOT NULL,
  mode         TEXT NOT NULL CHECK (length(mode) <= 16),
  title        TEXT NOT NULL CHECK (length(title) <= 30),
  skills       TEXT NOT NULL CHECK (length(skills) <= 255),
  place        TEXT NOT NULL CHECK (length(place) <= 60),
  lat          INTEGER NULL,
  lng          INTEGER NULL,
  radius       INTEGER NOT NULL,
  capacity     INTEGER NOT NULL,
  enrolled     INTEGER NOT NULL,
  waiting      INTEGER NOT NULL,
  leader_id    INTEGER NOT NULL,
  starts_at    DATETIME NOT NULL,
  ends_at      DATETIME NOT NULL,
  code_key     TEXT NOT NULL CHECK (length(code_key) <= 255),
  key_no       INTEGER NOT NULL,
  reason       TEXT NOT NULL CHECK (length(reason) <= 200),
  changed_at   DATETIME NULL,
  created_at   DATETIME NOT NULL,
  updated_at   DATETIME NOT NULL,
  version      INTEGER NOT NULL
);
CREATE INDEX idx_slots_activity ON slots (activity_id, id);
CREATE INDEX idx_slots_community ON slots (community_id, state, starts_at, id);
CREATE INDEX idx_slots_tenant ON slots (tenant_id, state, starts_at, id);
CREATE INDEX idx_slots_leader ON slots (leader_id, starts_at, id);
