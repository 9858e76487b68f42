-- +goose Up
CREATE TABLE members (
  user_id      INTEGER NOT NULL PRIMARY KEY,
  tenant_id    INTEGER NOT NULL,
  community_id INTEGER NOT NULL,
  grid_id      INTEGER NOT NULL,
  unit_id      INTEGER NOT NULL,
  team_id      INTEGER NOT NULL,
  skills       TEXT NOT NULL CHECK (length(skills) <= 255),
  stars        INTEGER NOT NULL,
  rated        INTEGER NOT NULL,
  created_at   DATETIME NOT NULL,
  updated_at   DATETIME NOT NULL
);
CREATE INDEX idx_members_community ON members (community_id);
CREATE INDEX idx_members_team ON members (team_id);
CREATE INDEX idx_members_unit ON members (unit_id);
