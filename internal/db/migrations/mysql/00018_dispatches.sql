-- +goose Up
CREATE TABLE dispatches (
  id             BIGINT NOT NULL PRIMARY KEY,
  tenant_id      BIGINT NOT NULL,
  wish_id        BIGINT NOT NULL,
  state          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  target_org_id  BIGINT NOT NULL,
  target_user_id BIGINT NOT NULL,
  dispatched_by  BIGINT NOT NULL,
  note           VARCHAR(500) NOT NULL,
  reason         VARCHAR(500) NOT NULL,
  created_at     DATETIME(3) NOT NULL,
  ended_at       DATETIME(3) NULL,
  active_key     BIGINT NULL,
  version        BIGINT NOT NULL,
  UNIQUE KEY idx_dispatches_active (active_key),
  KEY idx_dispatches_wish (wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
