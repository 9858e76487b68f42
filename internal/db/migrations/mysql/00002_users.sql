-- +goose Up
CREATE TABLE users (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  open_id      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(32) NOT NULL,
  name         VARCHAR(255) NOT NULL,
  phone        VARCHAR(255) NOT NULL,
  phone_index  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  home_id      BIGINT NOT NULL,
  home_path    VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  consent      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  updated_at   DATETIME(3) NOT NULL,
  version      BIGINT NOT NULL,
  UNIQUE KEY idx_users_open_id (open_id),
  UNIQUE KEY idx_users_phone (phone_index)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
