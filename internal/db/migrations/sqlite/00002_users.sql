-- +goose Up
CREATE TABLE users (
  id           INTEGER NOT NULL PRIMARY KEY,
  tenant_id    INTEGER NOT NULL,
  open_id      TEXT NOT NULL CHECK (length(open_id) <= 64),
  state        TEXT NOT NULL CHECK (length(state) <= 16),
  display_name TEXT NOT NULL CHECK (length(display_name) <= 32),
  name         TEXT NOT NULL CHECK (length(name) <= 255),
  phone        TEXT NOT NULL CHECK (length(phone) <= 255),
  phone_index  TEXT NULL CHECK (length(phone_index) <= 64),
  home_id      INTEGER NOT NULL,
  home_path    TEXT NOT NULL CHECK (length(home_path) <= 255),
  consent      TEXT NOT NULL CHECK (length(consent) <= 16),
  created_at   DATETIME NOT NULL,
  updated_at   DATETIME NOT NULL,
  version      INTEGER NOT NULL
);
CREATE UNIQUE INDEX idx_users_open_id ON users (open_id);
CREATE UNIQUE INDEX idx_users_phone ON users (phone_index);
