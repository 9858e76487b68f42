-- +goose Up
CREATE TABLE rewards (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  state      VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  org_id     BIGINT NOT NULL,
  org_path   VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name       VARCHAR(30) NOT NULL,
  detail     VARCHAR(300) NOT NULL,
  cost       BIGINT NOT NULL,
  stock      BIGINT NOT NULL,
  per_person BIGINT NOT NULL,
  created_by BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  version    BIGINT NOT NULL,
  KEY idx_rewards_org (org_id, state, id),
  KEY idx_rewards_tenant (tenant_id, state, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
