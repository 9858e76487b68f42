-- +goose Up
CREATE TABLE privacy_requests (
  id         INTEGER NOT NULL PRIMARY KEY,
  tenant_id  INTEGER NOT NULL,
  user_id    INTEGER NOT NULL,
  kind       TEXT NOT NULL CHECK (length(kind) <= 16),
  asked_at   DATETIME NOT NULL,
  due_at     DATETIME NOT NULL,
  done_at    DATETIME NULL,
  active_key TEXT NULL CHECK (length(active_key) <= 64)
);
CREATE UNIQUE INDEX idx_privacy_requests_active ON privacy_requests (active_key);
CREATE INDEX idx_privacy_requests_user ON privacy_requests (user_id);
