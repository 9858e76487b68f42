-- +goose Up
CREATE TABLE roster_entries (
  id          INTEGER NOT NULL PRIMARY KEY,
  tenant_id   INTEGER NOT NULL,
  unit_id     INTEGER NOT NULL,
  state       TEXT NOT NULL CHECK (length(state) <= 8),
  name        TEXT NOT NULL CHECK (length(name) <= 255),
  phone       TEXT NOT NULL CHECK (length(phone) <= 255),
  name_index  TEXT NOT NULL CHECK (length(name_index) <= 64),
  phone_index TEXT NOT NULL CHECK (length(phone_index) <= 64),
  added_by    INTEGER NOT NULL,
  removed_by  INTEGER NOT NULL,
  created_at  DATETIME NOT NULL,
  removed_at  DATETIME NULL,
  updated_at  DATETIME NOT NULL,
  active_key  TEXT NULL CHECK (length(active_key) <= 96),
  version     INTEGER NOT NULL
);
CREATE INDEX idx_roster_entries_unit ON roster_entries (unit_id, state, id);
CREATE UNIQUE INDEX idx_roster_entries_active ON roster_entries (active_key);
