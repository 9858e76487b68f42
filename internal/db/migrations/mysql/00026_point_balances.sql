-- +goose Up
CREATE TABLE point_balances (
  owner_id   BIGINT NOT NULL,
  account    VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tenant_id  BIGINT NOT NULL,
  amount     BIGINT NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  version    BIGINT NOT NULL,
  PRIMARY KEY (owner_id, account)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
