-- +goose Up
CREATE TABLE donations (
  id         INTEGER NOT NULL PRIMARY KEY,
  tenant_id  INTEGER NOT NULL,
  user_id    INTEGER NOT NULL,
  org_id     INTEGER NOT NULL,
  amount     INTEGER NOT NULL,
  note       TEXT NOT NULL CHECK (length(note) <= 100),
  request    TEXT NULL CHECK (length(request) <= 64),
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX idx_donations_request ON donations (user_id, request);
