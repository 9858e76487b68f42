-- +goose Up
CREATE TABLE evaluations (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  wish_id    BIGINT NOT NULL,
  claim_id   BIGINT NOT NULL,
  claimer_id BIGINT NOT NULL,
  by_id      BIGINT NOT NULL,
  by_proxy   BOOLEAN NOT NULL,
  state      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  stars      BIGINT NOT NULL,
  solved     VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  comment    VARCHAR(500) NOT NULL,
  flags      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  version    BIGINT NOT NULL,
  UNIQUE KEY idx_evaluations_claim (claim_id),
  KEY idx_evaluations_claimer (claimer_id),
  KEY idx_evaluations_wish (wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
