-- +goose Up
CREATE TABLE orgs (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  parent_id    BIGINT NOT NULL,
  kind         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name         VARCHAR(64) NOT NULL,
  path         VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  community_id BIGINT NOT NULL,
  state        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  skills       VARCHAR(255) NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  updated_at   DATETIME(3) NOT NULL,
  version      BIGINT NOT NULL,
  KEY idx_orgs_community (community_id),
  KEY idx_orgs_kind (tenant_id, kind),
  UNIQUE KEY idx_orgs_name (tenant_id, parent_id, kind, name),
  KEY idx_orgs_parent (parent_id),
  KEY idx_orgs_path (path)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
