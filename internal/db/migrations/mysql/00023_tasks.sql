-- +goose Up
CREATE TABLE tasks (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  org_id     BIGINT NOT NULL,
  kind       VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  wish_id    BIGINT NOT NULL,
  is_open    BOOLEAN NOT NULL,
  done_by    BIGINT NOT NULL,
  outcome    VARCHAR(500) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  done_at    DATETIME(3) NULL,
  active_key VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version    BIGINT NOT NULL,
  UNIQUE KEY idx_tasks_active (active_key),
  KEY idx_tasks_org (org_id, is_open, id),
  KEY idx_tasks_org_kind (org_id, is_open, kind, id),
  KEY idx_tasks_wish (wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
