-- +goose Up
CREATE TABLE sessions (
  token_hash VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  user_id    BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  KEY idx_sessions_expiry (expires_at),
  KEY idx_sessions_user (user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
