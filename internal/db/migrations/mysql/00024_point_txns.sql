-- +goose Up
CREATE TABLE point_txns (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  kind         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source_type  VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source_id    BIGINT NOT NULL,
  request_id   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload_hash VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rule_version BIGINT NOT NULL,
  actor_id     BIGINT NOT NULL,
  memo         VARCHAR(200) NOT NULL,
  detail       MEDIUMTEXT NOT NULL,
  occurred_at  DATETIME(3) NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  UNIQUE KEY idx_point_txns_request (tenant_id, request_id),
  UNIQUE KEY idx_point_txns_source (tenant_id, source_type, source_id, kind),
  KEY idx_point_txns_kind (tenant_id, kind, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
