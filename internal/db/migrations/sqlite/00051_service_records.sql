-- +goose Up
CREATE TABLE service_records (
  id            INTEGER NOT NULL PRIMARY KEY,
  tenant_id     INTEGER NOT NULL,
  user_id       INTEGER NOT NULL,
  source_type   TEXT NOT NULL CHECK (length(source_type) <= 16),
  source_id     INTEGER NOT NULL,
  state         TEXT NOT NULL CHECK (length(state) <= 8),
  role          TEXT NOT NULL CHECK (length(role) <= 8),
  slot_id       INTEGER NOT NULL,
  attendance_id INTEGER NOT NULL,
  title         TEXT NOT NULL CHECK (length(title) <= 60),
  place         TEXT NOT NULL CHECK (length(place) <= 60),
  org_id        INTEGER NOT NULL,
  org_path      TEXT NOT NULL CHECK (length(org_path) <= 255),
  community_id  INTEGER NOT NULL,
  unit_id       INTEGER NOT NULL,
  started_at    DATETIME NOT NULL,
  ended_at      DATETIME NOT NULL,
  day           TEXT NOT NULL CHECK (length(day) <= 10),
  minutes       INTEGER NOT NULL,
  cut_minutes   INTEGER NOT NULL,
  day_limit     INTEGER NOT NULL,
  certifier_id  INTEGER NOT NULL,
  replaced_by   INTEGER NOT NULL,
  created_at    DATETIME NOT NULL,
  updated_at    DATETIME NOT NULL,
  version       INTEGER NOT NULL
);
CREATE INDEX idx_service_records_user ON service_records (user_id, id);
CREATE INDEX idx_service_records_org ON service_records (org_id, day, id);
CREATE INDEX idx_service_records_day ON service_records (user_id, day);
CREATE UNIQUE INDEX idx_service_records_source ON service_records (source_type, source_id, user_id);
CREATE INDEX idx_service_records_unit ON service_records (unit_id, day);
