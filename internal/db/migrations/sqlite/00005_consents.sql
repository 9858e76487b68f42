-- +goose Up
CREATE TABLE consents (
  id           INTEGER NOT NULL PRIMARY KEY,
  user_id      INTEGER NOT NULL,
  version      TEXT NOT NULL CHECK (length(version) <= 16),
  given_at     DATETIME NOT NULL,
  withdrawn_at DATETIME NULL,
  request_id   TEXT NOT NULL CHECK (length(request_id) <= 32),
  taken_by     INTEGER NOT NULL
);
CREATE INDEX idx_consents_user ON consents (user_id);
