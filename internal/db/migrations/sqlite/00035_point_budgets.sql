-- +goose Up
CREATE TABLE point_budgets (
  tenant_id  INTEGER NOT NULL,
  org_id     INTEGER NOT NULL,
  season     INTEGER NOT NULL,
  amount     INTEGER NOT NULL,
  updated_by INTEGER NOT NULL,
  updated_at DATETIME NOT NULL,
  version    INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, org_id, season)
);
