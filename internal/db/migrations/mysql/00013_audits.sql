-- +goose Up
CREATE TABLE audits (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  actor_id   BIGINT NOT NULL,
  action     VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject    VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject_id BIGINT NOT NULL,
  detail     VARCHAR(2000) NOT NULL,
  request_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  KEY idx_audits_subject (subject, subject_id),
  KEY idx_audits_tenant (tenant_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
