-- +goose Up
CREATE TABLE audits (
  id         INTEGER NOT NULL PRIMARY KEY,
  tenant_id  INTEGER NOT NULL,
  actor_id   INTEGER NOT NULL,
  action     TEXT NOT NULL CHECK (length(action) <= 32),
  subject    TEXT NOT NULL CHECK (length(subject) <= 16),
  subject_id INTEGER NOT NULL,
  detail     TEXT NOT NULL CHECK (length(detail) <= 2000),
  request_id TEXT NOT NULL CHECK (length(request_id) <= 32),
  created_at DATETIME NOT NULL
);
CREATE INDEX idx_audits_subject ON audits (subject, subject_id);
CREATE INDEX idx_audits_tenant ON audits (tenant_id);
