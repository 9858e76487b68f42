-- +goose Up
CREATE TABLE timers (
  id          BIGINT NOT NULL PRIMARY KEY,
  kind        VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject_id  BIGINT NOT NULL,
  due_at      DATETIME(3) NOT NULL,
  lease_until DATETIME(3) NOT NULL,
  attempts    BIGINT NOT NULL,
  dead        BOOLEAN NOT NULL,
  failure     VARCHAR(200) NOT NULL,
  KEY idx_timers_due (dead, due_at),
  UNIQUE KEY idx_timers_one (kind, subject_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
