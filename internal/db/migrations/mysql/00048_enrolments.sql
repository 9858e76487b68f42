-- +goose Up
CREATE TABLE enrolments (
  id          BIGINT NOT NULL PRIMARY KEY,
  tenant_id   BIGINT NOT NULL,
  activity_id BIGINT NOT NULL,
  slot_id     BIGINT NOT NULL,
  user_id     BIGINT NOT NULL,
  state       VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role        VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  starts_at   DATETIME(3) NOT NULL,
  ends_at     DATETIME(3) NOT NULL,
  enrolled_by BIGINT NOT NULL,
  late_leave  BOOLEAN NOT NULL,
  reason      VARCHAR(200) NOT NULL,
  created_at  DATETIME(3) NOT NULL,
  ended_at    DATETIME(3) NULL,
  updated_at  DATETIME(3) NOT NULL,
  active_key  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version     BIGINT NOT NULL,
  KEY idx_enrolments_user (user_id, id),
  KEY idx_enrolments_slot (slot_id, state, id),
  KEY idx_enrolments_time (user_id, starts_at),
  UNIQUE KEY idx_enrolments_active (active_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
