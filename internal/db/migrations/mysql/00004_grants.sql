-- +goose Up
CREATE TABLE grants (
  id          BIGINT NOT NULL PRIMARY KEY,
  tenant_id   BIGINT NOT NULL,
  user_id     BIGINT NOT NULL,
  role        VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  org_id      BIGINT NOT NULL,
  org_path    VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subtree     BOOLEAN NOT NULL,
  valid_until DATETIME(3) NULL,
  granted_by  BIGINT NOT NULL,
  granted_at  DATETIME(3) NOT NULL,
  revoked_by  BIGINT NOT NULL,
  revoked_at  DATETIME(3) NULL,
  active_key  VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version     BIGINT NOT NULL,
  UNIQUE KEY idx_grants_active (active_key),
  KEY idx_grants_org (org_id),
  KEY idx_grants_user (user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
