-- +goose Up
CREATE TABLE risk_flags (
  id            BIGINT NOT NULL PRIMARY KEY,
  tenant_id     BIGINT NOT NULL,
  slot_id       BIGINT NOT NULL,
  org_path      VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  community_id  BIGINT NOT NULL,
  attendance_id BIGINT NOT NULL,
  user_id       BIGINT NOT NULL,
  kind          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  detail        VARCHAR(200) NOT NULL,
  state         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reviewed_by   BIGINT NOT NULL,
  note          VARCHAR(200) NOT NULL,
  created_at    DATETIME(3) NOT NULL,
  reviewed_at   DATETIME(3) NULL,
  updated_at    DATETIME(3) NOT NULL,
  version       BIGINT NOT NULL,
  KEY idx_risk_flags_queue (community_id, state, id),
  KEY idx_risk_flags_tenant (tenant_id, state, id),
  UNIQUE KEY idx_risk_flags_one (kind, slot_id, attendance_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
