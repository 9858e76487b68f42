-- +goose Up
CREATE TABLE point_txns (
  id           INTEGER NOT NULL PRIMARY KEY,
  tenant_id    INTEGER NOT NULL,
  kind         TEXT NOT NULL CHECK (length(kind) <= 16),
  source_type  TEXT NOT NULL CHECK (length(source_type) <= 16),
  source_id    INTEGER NOT NULL,
  request_id   TEXT NOT NULL CHECK (length(request_id) <= 64),
  payload_hash TEXT NOT NULL CHECK (length(payload_hash) <= 64),
  rule_version INTEGER NOT NULL,
  actor_id     INTEGER NOT NULL,
  memo         TEXT NOT NULL CHECK (length(memo) <= 200),
  detail       TEXT NOT NULL,
  occurred_at  DATETIME NOT NULL,
  created_at   DATETIME NOT NULL
);
CREATE UNIQUE INDEX idx_point_txns_request ON point_txns (tenant_id, request_id);
CREATE UNIQUE INDEX idx_point_txns_source ON point_txns (tenant_id, source_type, source_id, kind);
CREATE INDEX idx_point_txns_kind ON point_txns (tenant_id, kind, id);
