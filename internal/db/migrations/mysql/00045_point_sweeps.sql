-- +goose Up
CREATE TABLE point_sweeps (
  season     BIGINT NOT NULL,
  days       BIGINT NOT NULL,
  last_owner BIGINT NOT NULL,
  done_at    DATETIME(3) NULL,
  version    BIGINT NOT NULL,
  PRIMARY KEY (season, days)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
