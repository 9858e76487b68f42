-- +goose Up
CREATE TABLE evaluations (
  id         INTEGER NOT NULL PRIMARY KEY,
  tenant_id  INTEGER NOT NULL,
  wish_id    INTEGER NOT NULL,
  claim_id   INTEGER NOT NULL,
  claimer_id INTEGER NOT NULL,
  by_id      INTEGER NOT NULL,
  by_proxy   BOOLEAN NOT NULL,
  state      TEXT NOT NULL CHECK (length(state) <= 16),
  stars      INTEGER NOT NULL,
  solved     TEXT NOT NULL CHECK (length(solved) <= 8),
  comment    TEXT NOT NULL CHECK (length(comment) <= 500),
  flags      TEXT NOT NULL CHECK (length(flags) <= 64),
  created_at DATETIME NOT NULL,
  version    INTEGER NOT NULL
);
CREATE UNIQUE INDEX idx_evaluations_claim ON evaluations (claim_id);
CREATE INDEX idx_evaluations_claimer ON evaluations (claimer_id);
CREATE INDEX idx_evaluations_wish ON evaluations (wish_id);
