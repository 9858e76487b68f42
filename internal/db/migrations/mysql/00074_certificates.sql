-- +goose Up
CREATE TABLE certificates (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  place_key  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  issuer     VARCHAR(64) NOT NULL,
  name       VARCHAR(255) NOT NULL,
  from_day   VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  to_day     VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  minutes    BIGINT NOT NULL,
  services   BIGINT NOT NULL,
  code_index VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  code       VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  issued_at  DATETIME(3) NOT NULL,
  KEY idx_certificates_user (user_id, id),
  UNIQUE KEY idx_certificates_place (place_key),
  UNIQUE KEY idx_certificates_code (code_index)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
