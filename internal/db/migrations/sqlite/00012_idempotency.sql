-- +goose Up
CREATE TABLE idempotency (
  id         INTEGER NOT NULL PRIMARY KEY,
  user_id    INTEGER NOT NULL,
  idem_key   TEXT NOT NULL CHECK (length(idem_key) <= 64),
  body_hash  TEXT NOT NULL CHECK (length(body_hash) <= 64),
  status     INTEGER NOT NULL,
  answer     TEXT NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE INDEX idx_idempotency_created ON idempotency (created_at);
CREATE UNIQUE INDEX idx_idempotency_key ON idempotency (user_id, idem_key);
