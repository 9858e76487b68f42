-- +goose Up
CREATE TABLE members (
  user_id      BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  community_id BIGINT NOT NULL,
  grid_id      BIGINT NOT NULL,
  unit_id      BIGINT NOT NULL,
  team_id      BIGINT NOT NULL,
  skills       VARCHAR(255) NOT NULL,
  stars        BIGINT NOT NULL,
  rated        BIGINT NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  updated_at   DATETIME(3) NOT NULL,
  KEY idx_members_community (community_id),
  KEY idx_members_team (team_id),
  KEY idx_members_unit (unit_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
