-- +goose Up
CREATE TABLE point_entries (
  id        BIGINT NOT NULL PRIMARY KEY,
  tenant_id BIGINT NOT NULL,
  txn_id    BIGINT NOT NULL,
  account   VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  owner_id  BIGINT NOT NULL,
  amount    BIGINT NOT NULL,
  lot       BIGINT NOT NULL,
  cap_day   BIGINT NOT NULL,
  cap_kind  VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  pair      VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  KEY idx_point_entries_account (owner_id, account, id, txn_id, amount),
  KEY idx_point_entries_cap (owner_id, cap_day, cap_kind, pair, amount),
  KEY idx_point_entries_tenant (tenant_id, account, id, amount),
  KEY idx_point_entries_txn (txn_id, amount)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
