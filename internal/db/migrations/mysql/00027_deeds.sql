-- +goose Up
CREATE TABLE deeds (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  txn_id       BIGINT NOT NULL,
  user_id      BIGINT NOT NULL,
  community_id BIGINT NOT NULL,
  township_id  BIGINT NOT NULL,
  unit_id      BIGINT NOT NULL,
  team_id      BIGINT NOT NULL,
  honour       BIGINT NOT NULL,
  wishes       BIGINT NOT NULL,
  led          BIGINT NOT NULL,
  minutes      BIGINT NOT NULL,
  stars        BIGINT NOT NULL,
  rated        BIGINT NOT NULL,
  solved       BIGINT NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  KEY idx_deeds_txn (txn_id),
  KEY idx_deeds_user (user_id, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
