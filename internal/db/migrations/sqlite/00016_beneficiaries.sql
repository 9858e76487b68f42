-- +goose Up
CREATE TABLE beneficiaries (
  wish_id     INTEGER NOT NULL PRIMARY KEY,
  tenant_id   INTEGER NOT NULL,
  name        TEXT NOT NULL CHECK (length(name) <= 255),
  phone       TEXT NOT NULL CHECK (length(phone) <= 255),
  address     TEXT NOT NULL CHECK (length(address) <= 1000),
  phone_index TEXT NOT NULL CHECK (length(phone_index) <= 64),
  consent_by  TEXT NOT NULL CHECK (length(consent_by) <= 16),
  consent_at  DATETIME NULL
);
CREATE INDEX idx_beneficiaries_phone ON beneficiaries (phone_index);
