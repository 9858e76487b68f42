-- +goose Up
CREATE TABLE consents (
  id           BIGINT NOT NULL PRIMARY KEY,
  user_id      BIGINT NOT NULL,
  version      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  given_at     DATETIME(3) NOT NULL,
  withdrawn_at DATETIME(3) NULL,
  request_id   VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  taken_by     BIGINT NOT NULL,
  KEY idx_consents_user (user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
