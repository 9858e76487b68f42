-- +goose Up
CREATE TABLE certificates (
  id         INTEGER NOT NULL PRIMARY KEY,
  tenant_id  INTEGER NOT NULL,
  user_id    INTEGER NOT NULL,
  place_key  TEXT NOT NULL CHECK (length(place_key) <= 64),
  issuer     TEXT NOT NULL CHECK (length(issuer) <= 64),
  name       TEXT NOT NULL CHECK (length(name) <= 255),
  from_day   TEXT NOT NULL CHECK (length(from_day) <= 10),
  to_day     TEXT NOT NULL CHECK (length(to_day) <= 10),
  minutes    INTEGER NOT NULL,
  services   INTEGER NOT NULL,
  code_index TEXT NOT NULL CHECK (length(code_index) <= 64),
  code       TEXT NOT NULL CHECK (length(code) <= 255),
  issued_at  DATETIME NOT NULL
);
CREATE INDEX idx_certificates_user ON certificates (user_id, id);
CREATE UNIQUE INDEX idx_certificates_place ON certificates (place_key);
CREATE UNIQUE INDEX idx_certificates_code ON certificates (code_index);
