-- +goose Up
CREATE TABLE nodes (
  number      BIGINT NOT NULL PRIMARY KEY,
  owner       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  lease_until DATETIME(3) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
