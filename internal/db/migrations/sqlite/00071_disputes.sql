-- +goose Up
CREATE TABLE disputes (
  id           INTEGER NOT NULL PRIMARY KEY,
  tenant_id    INTEGER NOT NULL,
  enrolment_id INTEGER NOT NULL,
  user_id      INTEGER NOT NULL,
  slot_id      INTEGER NOT NULL,
  title        TEXT NOT NULL CHECK (length(title) <= 30),
  org_id       INTEGER NOT NULL,
  org_path     TEXT NOT NULL CHECK (length(org_path) <= 255),
  queue_org_id INTEGER NOT NULL,
  state        TEXT NOT NULL CHECK (length(state) <= 16),
  about        TEXT NOT NULL CHECK (length(about) <= 8),
  old_minutes  INTEGER NOT NULL,
  claimed      INTEGER NOT NULL,
  granted      INTEGER NOT NULL,
  reason       TEXT NOT NULL CHECK (length(reason) <= 200),
  answer       TEXT NOT NULL CHECK (length(answer) <= 200),
  decided_by   INTEGER NOT NULL,
  decided_at   DATETIME NULL,
  record_id    INTEGER NOT NULL,
  escalated    BOOLEAN NOT NULL,
  answer_by    DATETIME NOT NULL,
  due_at       DATETIME NULL,
  created_at   DATETIME NOT NULL,
  updated_at   DATETIME NOT NULL,
  version      INTEGER NOT NULL
);
CREATE INDEX idx_disputes_user ON disputes (user_id, id);
CREATE INDEX idx_disputes_queue ON disputes (queue_org_id, id);
CREATE UNIQUE INDEX idx_disputes_enrolment ON disputes (enrolment_id);
