-- +goose Up
CREATE TABLE verify_runs (
  id          INTEGER NOT NULL PRIMARY KEY,
  started_at  DATETIME NOT NULL,
  finished_at DATETIME NULL,
  checked     INTEGER NOT NULL,
  differing   INTEGER NOT NULL,
  report      TEXT NOT NULL
);
