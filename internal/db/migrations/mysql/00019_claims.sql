-- +goose Up
CREATE TABLE claims (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  wish_id    BIGINT NOT NULL,
  state      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  claimer_id BIGINT NOT NULL,
  org_id     BIGINT NOT NULL,
  team       VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason     VARCHAR(500) NOT NULL,
  late       BOOLEAN NOT NULL,
  created_at DATETIME(3) NOT NULL,
  ended_at   DATETIME(3) NULL,
  active_key BIGINT NULL,
  slot_key   VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version    BIGINT NOT NULL,
  UNIQUE KEY idx_claims_active (active_key),
  KEY idx_claims_claimer (claimer_id),
  UNIQUE KEY idx_claims_slot (slot_key),
  KEY idx_claims_wish (wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
