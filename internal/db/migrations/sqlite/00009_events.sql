-- +goose Up
CREATE TABLE events (
  id         INTEGER NOT NULL PRIMARY KEY,
  tenant_id  INTEGER NOT NULL,
  subject    TEXT NOT NULL CHECK (length(subject) <= 16),
  subject_id INTEGER NOT NULL,
  name       TEXT NOT NULL CHECK (length(name) <= 32),
  from_state TEXT NOT NULL CHECK (length(from_state) <= 24),
  to_state   TEXT NOT NULL CHECK (length(to_state) <= 24),
  actor_id   INTEGER NOT NULL,
  actor_role TEXT NOT NULL CHECK (length(actor_role) <= 24),
  reason     TEXT NOT NULL CHECK (length(reason) <= 500),
  note       TEXT NOT NULL CHECK (length(note) <= 1000),
  request_id TEXT NOT NULL CHECK (length(request_id) <= 32),
  created_at DATETIME NOT NULL,
  relay_at   DATETIME NULL,
  attempts   INTEGER NOT NULL,
  dead       BOOLEAN NOT NULL,
  failure    TEXT NOT NULL CHECK (length(failure) <= 200)
);
CREATE INDEX idx_events_relay ON events (relay_at);
CREATE INDEX idx_events_subject ON events (subject, subject_id);
