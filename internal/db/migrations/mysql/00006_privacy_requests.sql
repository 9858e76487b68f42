-- +goose Up
CREATE TABLE privacy_requests (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  kind       VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  asked_at   DATETIME(3) NOT NULL,
  due_at     DATETIME(3) NOT NULL,
  done_at    DATETIME(3) NULL,
  active_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  UNIQUE KEY idx_privacy_requests_active (active_key),
  KEY idx_privacy_requests_user (user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
