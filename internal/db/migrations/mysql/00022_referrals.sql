-- +goose Up
CREATE TABLE referrals (
  id          BIGINT NOT NULL PRIMARY KEY,
  tenant_id   BIGINT NOT NULL,
  wish_id     BIGINT NOT NULL,
  referred_to VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason      VARCHAR(500) NOT NULL,
  created_by  BIGINT NOT NULL,
  created_at  DATETIME(3) NOT NULL,
  UNIQUE KEY idx_referrals_wish (wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
