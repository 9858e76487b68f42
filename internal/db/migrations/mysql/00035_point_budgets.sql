-- +goose Up
CREATE TABLE point_budgets (
  tenant_id  BIGINT NOT NULL,
  org_id     BIGINT NOT NULL,
  season     BIGINT NOT NULL,
  amount     BIGINT NOT NULL,
  updated_by BIGINT NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  version    BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, org_id, season)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
