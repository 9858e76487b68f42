-- +goose Up
CREATE TABLE calendars (
  user_id    BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  version    BIGINT NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
