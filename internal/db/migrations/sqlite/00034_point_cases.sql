-- +goose Up
CREATE TABLE point_cases (
  id            INTEGER NOT NULL PRIMARY KEY,
  tenant_id     INTEGER NOT NULL,
  user_id       INTEGER NOT NULL,
  community_id  INTEGER NOT NULL,
  org_path      TEXT NOT NULL CHECK (length(org_path) <= 255),
  queue_org_id  INTEGER NOT NULL,
  kind          TEXT NOT NULL CHECK (length(kind) <= 16),
  state         TEXT NOT NULL CHECK (length(state) <= 16),
  points_change INTEGER NOT NULL,
  rule_version  INTEGER NOT NULL,
  wish_id       INTEGER NOT NULL,
  claim_id      INTEGER NOT NULL,
  request_id    TEXT NULL CHECK (length(request_id) <= 64),
  payload_hash  TEXT NOT NULL CHECK (length(payload_hash) <= 64),
  reason        TEXT NOT NULL CHECK (length(reason) <= 500),
  answer        TEXT NOT NULL CHECK (length(answer) <= 500),
  appeal        TEXT NOT NULL CHECK (length(appeal) <= 500),
  ruling        TEXT NOT NULL CHECK (length(ruling) <= 500),
  proposed_by   INTEGER NOT NULL,
  reviewed_by   INTEGER NOT NULL,
  decided_by    INTEGER NOT NULL,
  escalated     BOOLEAN NOT NULL,
  appeal_until  DATETIME NULL,
  due_at        DATETIME NULL,
  active_key    TEXT NULL CHECK (length(active_key) <= 96),
  created_at    DATETIME NOT NULL,
  updated_at    DATETIME NOT NULL,
  version       INTEGER NOT NULL
);
CREATE UNIQUE INDEX idx_point_cases_active ON point_cases (active_key);
CREATE UNIQUE INDEX idx_point_cases_request ON point_cases (tenant_id, request_id);
CREATE INDEX idx_point_cases_community ON point_cases (community_id, id);
CREATE INDEX idx_point_cases_queue ON point_cases (queue_org_id, id);
CREATE INDEX idx_point_cases_state ON point_cases (community_id, state, id);
CREATE INDEX idx_point_cases_user ON point_cases (user_id, id);
