-- +goose Up
CREATE TABLE reveals (
  id         INTEGER NOT NULL PRIMARY KEY,
  tenant_id  INTEGER NOT NULL,
  wish_id    INTEGER NOT NULL,
  user_id    INTEGER NOT NULL,
  role       TEXT NOT NULL CHECK (length(role) <= 24),
  reason     TEXT NOT NULL CHECK (length(reason) <= 200),
  fields     TEXT NOT NULL CHECK (length(fields) <= 64),
  request_id TEXT NOT NULL CHECK (length(request_id) <= 32),
  created_at DATETIME NOT NULL
);
CREATE INDEX idx_reveals_wish ON reveals (wish_id);
