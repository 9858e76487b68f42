-- +goose Up
CREATE TABLE standings (
  tenant_id    INTEGER NOT NULL,
  period       TEXT NOT NULL CHECK (length(period) <= 10),
  user_id      INTEGER NOT NULL,
  community_id INTEGER NOT NULL,
  township_id  INTEGER NOT NULL,
  unit_id      INTEGER NOT NULL,
  team_id      INTEGER NOT NULL,
  honour       INTEGER NOT NULL,
  wishes       INTEGER NOT NULL,
  led          INTEGER NOT NULL,
  minutes      INTEGER NOT NULL,
  stars        INTEGER NOT NULL,
  rated        INTEGER NOT NULL,
  solved       INTEGER NOT NULL,
  honour_at    DATETIME NOT NULL,
  wishes_at    DATETIME NOT NULL,
  minutes_at   DATETIME NOT NULL,
  stars_at     DATETIME NOT NULL,
  version      INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, period, user_id)
);
