-- +goose Up
CREATE TABLE board_choices (
  user_id   BIGINT NOT NULL PRIMARY KEY,
  tenant_id BIGINT NOT NULL,
  is_public BOOLEAN NOT NULL,
  chosen_at DATETIME(3) NOT NULL,
  version   BIGINT NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
