-- +goose Up
CREATE TABLE point_notices (
  id         INTEGER NOT NULL PRIMARY KEY,
  tenant_id  INTEGER NOT NULL,
  user_id    INTEGER NOT NULL,
  season     INTEGER NOT NULL,
  days       INTEGER NOT NULL,
  amount     INTEGER NOT NULL,
  expires_at DATETIME NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX idx_point_notices_one ON point_notices (user_id, season, days);
CREATE INDEX idx_point_notices_user ON point_notices (user_id, id);
