-- +goose Up
CREATE TABLE honour_levels (
  tenant_id BIGINT NOT NULL,
  threshold BIGINT NOT NULL,
  name      VARCHAR(16) NOT NULL,
  PRIMARY KEY (tenant_id, threshold)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
