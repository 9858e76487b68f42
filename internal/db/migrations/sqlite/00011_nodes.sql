-- +goose Up
CREATE TABLE nodes (
  number      INTEGER NOT NULL PRIMARY KEY,
  owner       TEXT NOT NULL CHECK (length(owner) <= 64),
  lease_until DATETIME NOT NULL
);
