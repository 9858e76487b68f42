-- +goose Up
CREATE TABLE risk_flags (
  id            INTEGER NOT NULL PRIMARY KEY,
  tenant_id     INTEGER NOT NULL,
  slot_id       INTEGER NOT NULL,
  org_path      TEXT NOT NULL CHECK (length(org_path) <= 255),
  community_id  INTEGER NOT NULL,
  attendance_id INTEGER NOT NULL,
  user_id       INTEGER NOT NULL,
  kind          TEXT NOT NULL CHECK (length(kind) <= 16),
  detail        TEXT NOT NULL CHECK (length(detail) <= 200),
  state         TEXT NOT NULL CHECK (length(state) <= 16),
  reviewed_by   INTEGER NOT NULL,
  note          TEXT NOT NULL CHECK (length(note) <= 200),
  created_at    DATETIME NOT NULL,
  reviewed_at   DATETIME NULL,
  updated_at    DATETIME NOT NULL,
  version       INTEGER NOT NULL
);
CREATE INDEX idx_risk_flags_queue ON risk_flags (community_id, state, id);
CREATE INDEX idx_risk_flags_tenant ON risk_flags (tenant_id, state, id);
CREATE UNIQUE INDEX idx_risk_flags_one ON risk_flags (kind, slot_id, attendance_id);
