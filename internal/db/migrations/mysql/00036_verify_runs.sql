-- +goose Up
CREATE TABLE verify_runs (
  id          BIGINT NOT NULL PRIMARY KEY,
  started_at  DATETIME(3) NOT NULL,
  finished_at DATETIME(3) NULL,
  checked     BIGINT NOT NULL,
  differing   BIGINT NOT NULL,
  report      MEDIUMTEXT NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
