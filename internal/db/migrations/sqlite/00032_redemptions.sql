-- +goose Up
CREATE TABLE redemptions (
  id          INTEGER NOT NULL PRIMARY KEY,
  tenant_id   INTEGER NOT NULL,
  reward_id   INTEGER NOT NULL,
  user_id     INTEGER NOT NULL,
  org_id      INTEGER NOT NULL,
  org_path    TEXT NOT NULL CHECK (length(org_path) <= 255),
  state       TEXT NOT NULL CHECK (length(state) <= 16),
  reward_name TEXT NOT NULL CHECK (length(reward_name) <= 30),
  cost        INTEGER NOT NULL,
  request     TEXT NULL CHECK (length(request) <= 64),
  place_key   TEXT NULL CHECK (length(place_key) <= 64),
  code_index  TEXT NOT NULL CHECK (length(code_index) <= 64),
  code        TEXT NOT NULL CHECK (length(code) <= 255),
  proxy       TEXT NOT NULL CHECK (length(proxy) <= 255),
  proxy_at    DATETIME NULL,
  taken_by    TEXT NOT NULL CHECK (length(taken_by) <= 8),
  verifier_id INTEGER NOT NULL,
  expires_at  DATETIME NOT NULL,
  created_at  DATETIME NOT NULL,
  ended_at    DATETIME NULL,
  updated_at  DATETIME NOT NULL,
  version     INTEGER NOT NULL
);
CREATE UNIQUE INDEX idx_redemptions_code ON redemptions (code_index);
CREATE UNIQUE INDEX idx_redemptions_place ON redemptions (place_key);
CREATE INDEX idx_redemptions_queue ON redemptions (org_id, state, id);
CREATE UNIQUE INDEX idx_redemptions_request ON redemptions (user_id, request);
CREATE INDEX idx_redemptions_user ON redemptions (user_id, id);
