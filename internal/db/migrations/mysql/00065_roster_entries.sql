-- +goose Up
CREATE TABLE roster_entries (
  id          BIGINT NOT NULL PRIMARY KEY,
  tenant_id   BIGINT NOT NULL,
  unit_id     BIGINT NOT NULL,
  state       VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name        VARCHAR(255) NOT NULL,
  phone       VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name_index  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  phone_index VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  added_by    BIGINT NOT NULL,
  removed_by  BIGINT NOT NULL,
  created_at  DATETIME(3) NOT NULL,
  removed_at  DATETIME(3) NULL,
  updated_at  DATETIME(3) NOT NULL,
  active_key  VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version     BIGINT NOT NULL,
  KEY idx_roster_entries_unit (unit_id, state, id),
  UNIQUE KEY idx_roster_entries_active (active_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
