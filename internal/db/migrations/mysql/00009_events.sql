-- +goose Up
CREATE TABLE events (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  subject    VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject_id BIGINT NOT NULL,
  name       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  from_state VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  to_state   VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  actor_id   BIGINT NOT NULL,
  actor_role VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason     VARCHAR(500) NOT NULL,
  note       VARCHAR(1000) NOT NULL,
  request_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  relay_at   DATETIME(3) NULL,
  attempts   BIGINT NOT NULL,
  dead       BOOLEAN NOT NULL,
  failure    VARCHAR(200) NOT NULL,
  KEY idx_events_relay (relay_at),
  KEY idx_events_subject (subject, subject_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
