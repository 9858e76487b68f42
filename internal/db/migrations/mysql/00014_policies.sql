-- +goose Up
CREATE TABLE policies (
  tenant_id  BIGINT NOT NULL,
  name       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value      BIGINT NOT NULL,
  updated_by BIGINT NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, name)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
