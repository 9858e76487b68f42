-- +goose Up
CREATE TABLE idempotency (
  id         BIGINT NOT NULL PRIMARY KEY,
  user_id    BIGINT NOT NULL,
  idem_key   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  body_hash  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status     BIGINT NOT NULL,
  answer     MEDIUMTEXT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  KEY idx_idempotency_created (created_at),
  UNIQUE KEY idx_idempotency_key (user_id, idem_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
