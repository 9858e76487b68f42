-- +goose Up
CREATE TABLE point_entries (
  id        INTEGER NOT NULL PRIMARY KEY,
  tenant_id INTEGER NOT NULL,
  txn_id    INTEGER NOT NULL,
  account   TEXT NOT NULL CHECK (length(account) <= 8),
  owner_id  INTEGER NOT NULL,
  amount    INTEGER NOT NULL,
  lot       INTEGER NOT NULL,
  cap_day   INTEGER NOT NULL,
  cap_kind  TEXT NOT NULL CHECK (length(cap_kind) <= 8),
  pair      TEXT NOT NULL CHECK (length(pair) <= 24)
);
CREATE INDEX idx_point_entries_account ON point_entries (owner_id, account, id, txn_id, amount);
CREATE INDEX idx_point_entries_cap ON point_entries (owner_id, cap_day, cap_kind, pair, amount);
CREATE INDEX idx_point_entries_tenant ON point_entries (tenant_id, account, id, amount);
CREATE INDEX idx_point_entries_txn ON point_entries (txn_id, amount);
