-- +goose Up
CREATE TABLE point_notices (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  season     BIGINT NOT NULL,
  days       BIGINT NOT NULL,
  amount     BIGINT NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  UNIQUE KEY idx_point_notices_one (user_id, season, days),
  KEY idx_point_notices_user (user_id, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
