-- +goose Up
CREATE TABLE rewards (
  id         INTEGER NOT NULL PRIMARY KEY,
  tenant_id  INTEGER NOT NULL,
  state      TEXT NOT NULL CHECK (length(state) <= 8),
  org_id     INTEGER NOT NULL,
  org_path   TEXT NOT NULL CHECK (length(org_path) <= 255),
  name       TEXT NOT NULL CHECK (length(name) <= 30),
  detail     TEXT NOT NULL CHECK (length(detail) <= 300),
  cost       INTEGER NOT NULL,
  stock      INTEGER NOT NULL,
  per_person INTEGER NOT NULL,
  created_by INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  version    INTEGER NOT NULL
);
CREATE INDEX idx_rewards_org ON rewards (org_id, state, id);
CREATE INDEX idx_rewards_tenant ON rewards (tenant_id, state, id);
