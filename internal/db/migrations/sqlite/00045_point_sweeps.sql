-- +goose Up
CREATE TABLE point_sweeps (
  season     INTEGER NOT NULL,
  days       INTEGER NOT NULL,
  last_owner INTEGER NOT NULL,
  done_at    DATETIME NULL,
  version    INTEGER NOT NULL,
  PRIMARY KEY (season, days)
);
