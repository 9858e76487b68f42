-- +goose Up
CREATE TABLE point_rules (
  tenant_id    BIGINT NOT NULL,
  version      BIGINT NOT NULL,
  effective_at DATETIME(3) NOT NULL,
  body         VARCHAR(2000) NOT NULL,
  note         VARCHAR(200) NOT NULL,
  created_by   BIGINT NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, version)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
