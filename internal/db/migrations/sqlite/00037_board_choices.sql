-- +goose Up
CREATE TABLE board_choices (
  user_id   INTEGER NOT NULL PRIMARY KEY,
  tenant_id INTEGER NOT NULL,
  is_public BOOLEAN NOT NULL,
  chosen_at DATETIME NOT NULL,
  version   INTEGER NOT NULL
);
