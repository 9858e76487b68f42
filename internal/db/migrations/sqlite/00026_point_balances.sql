-- +goose Up
CREATE TABLE point_balances (
  owner_id   INTEGER NOT NULL,
  account    TEXT NOT NULL CHECK (length(account) <= 8),
  tenant_id  INTEGER NOT NULL,
  amount     INTEGER NOT NULL,
  updated_at DATETIME NOT NULL,
  version    INTEGER NOT NULL,
  PRIMARY KEY (owner_id, account)
);
