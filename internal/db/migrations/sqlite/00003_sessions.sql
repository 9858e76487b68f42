-- +goose Up
CREATE TABLE sessions (
  token_hash TEXT NOT NULL PRIMARY KEY CHECK (length(token_hash) <= 64),
  user_id    INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL
);
CREATE INDEX idx_sessions_expiry ON sessions (expires_at);
CREATE INDEX idx_sessions_user ON sessions (user_id);
