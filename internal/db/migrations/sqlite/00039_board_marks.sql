-- +goose Up
CREATE TABLE board_marks (
  tenant_id INTEGER NOT NULL,
  period    TEXT NOT NULL CHECK (length(period) <= 10),
  as_of     DATETIME NOT NULL,
  complete  BOOLEAN NOT NULL,
  seed      TEXT NOT NULL CHECK (length(seed) <= 26),
  doubts    INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, period)
);
