-- +goose Up
CREATE TABLE referrals (
  id          INTEGER NOT NULL PRIMARY KEY,
  tenant_id   INTEGER NOT NULL,
  wish_id     INTEGER NOT NULL,
  referred_to TEXT NOT NULL CHECK (length(referred_to) <= 16),
  reason      TEXT NOT NULL CHECK (length(reason) <= 500),
  created_by  INTEGER NOT NULL,
  created_at  DATETIME NOT NULL
);
CREATE UNIQUE INDEX idx_referrals_wish ON referrals (wish_id);
