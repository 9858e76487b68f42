-- +goose Up
CREATE TABLE deeds (
  id           INTEGER NOT NULL PRIMARY KEY,
  tenant_id    INTEGER NOT NULL,
  txn_id       INTEGER NOT NULL,
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
  created_at   DATETIME NOT NULL
);
CREATE INDEX idx_deeds_txn ON deeds (txn_id);
CREATE INDEX idx_deeds_user ON deeds (user_id, id);
