-- +goose Up
CREATE TABLE timers (
  id          INTEGER NOT NULL PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (length(kind) <= 32),
  subject_id  INTEGER NOT NULL,
  due_at      DATETIME NOT NULL,
  lease_until DATETIME NOT NULL,
  attempts    INTEGER NOT NULL,
  dead        BOOLEAN NOT NULL,
  failure     TEXT NOT NULL CHECK (length(failure) <= 200)
);
CREATE INDEX idx_timers_due ON timers (dead, due_at);
CREATE UNIQUE INDEX idx_timers_one ON timers (kind, subject_id);
