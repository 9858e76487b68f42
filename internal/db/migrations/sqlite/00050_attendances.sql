-- +goose Up
CREATE TABLE attendances (
  id           INTEGER NOT NULL PRIMARY KEY,
  tenant_id    INTEGER NOT NULL,
  source_type  TEXT NOT NULL CHECK (length(source_type) <= 16),
  source_id    INTEGER NOT NULL,
  user_id      INTEGER NOT NULL,
  slot_id      INTEGER NOT NULL,
  state        TEXT NOT NULL CHECK (length(state) <= 16),
  in_at        DATETIME NOT NULL,
  in_mode      TEXT NOT NULL CHECK (length(in_mode) <= 16),
  in_by        INTEGER NOT NULL,
  in_lat       INTEGER NULL,
  in_lng       INTEGER NULL,
  in_distance  INTEGER NULL,
  in_device    TEXT NOT NULL CHECK (length(in_device) <= 64),
  late         BOOLEAN NOT NULL,
  out_at       DATETIME NULL,
  out_mode     TEXT NOT NULL CHECK (length(out_mode) <= 16),
  out_by       INTEGER NOT NULL,
  out_lat      INTEGER NULL,
  out_lng      INTEGER NULL,
  out_distance INTEGER NULL,
  out_device   TEXT NOT NULL CHECK (length(out_device) <= 64),
  fix_until    DATETIME NULL,
  minutes      INTEGER NOT NULL,
  decided_by   INTEGER NOT NULL,
  reason       TEXT NOT NULL CHECK (length(reason) <= 200),
  open_key     INTEGER NULL,
  created_at   DATETIME NOT NULL,
  updated_at   DATETIME NOT NULL,
  version      INTEGER NOT NULL
);
CREATE INDEX idx_attendances_user ON attendances (user_id, id);
CREATE UNIQUE INDEX idx_attendances_source ON attendances (source_type, source_id, user_id);
CREATE INDEX idx_attendances_slot ON attendances (slot_id);
CREATE INDEX idx_attendances_fix ON attendances (fix_until);
CREATE UNIQUE INDEX idx_attendances_open ON attendances (open_key);
