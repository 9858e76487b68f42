-- +goose Up
CREATE TABLE activities (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  org_id       BIGINT NOT NULL,
  org_path     VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  community_id BIGINT NOT NULL,
  state        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title        VARCHAR(30) NOT NULL,
  detail       VARCHAR(500) NOT NULL,
  skills       VARCHAR(255) NOT NULL,
  reason       VARCHAR(200) NOT NULL,
  created_by   BIGINT NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  published_at DATETIME(3) NULL,
  ended_at     DATETIME(3) NULL,
  updated_at   DATETIME(3) NOT NULL,
  version      BIGINT NOT NULL,
  KEY idx_activities_org (org_id, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
