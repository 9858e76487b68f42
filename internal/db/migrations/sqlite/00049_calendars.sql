-- +goose Up
CREATE TABLE calendars (
  user_id    INTEGER NOT NULL PRIMARY KEY,
  tenant_id  INTEGER NOT NULL,
  updated_at DATETIME NOT NULL,
  version    INTEGER NOT NULL
);
