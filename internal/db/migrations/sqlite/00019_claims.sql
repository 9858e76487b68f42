-- +goose Up
CREATE TABLE claims (
  id         INTEGER NOT NULL PRIMARY KEY,
  tenant_id  INTEGER NOT NULL,
  wish_id    INTEGER NOT NULL,
  state      TEXT NOT NULL CHECK (length(state) <= 16),
  claimer_id INTEGER NOT NULL,
  org_id     INTEGER NOT NULL,
  team       TEXT NOT NULL CHECK (length(team) <= 255),
  reason     TEXT NOT NULL CHECK (length(reason) <= 500),
  late       BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL,
  ended_at   DATETIME NULL,
  active_key INTEGER NULL,
  slot_key   TEXT NULL CHECK (length(slot_key) <= 32),
  version    INTEGER NOT NULL
);
CREATE UNIQUE INDEX idx_claims_active ON claims (active_key);
CREATE INDEX idx_claims_claimer ON claims (claimer_id);
CREATE UNIQUE INDEX idx_claims_slot ON claims (slot_key);
CREATE INDEX idx_claims_wish ON claims (wish_id);
