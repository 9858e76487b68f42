-- +goose Up
CREATE TABLE beneficiaries (
  wish_id     BIGINT NOT NULL PRIMARY KEY,
  tenant_id   BIGINT NOT NULL,
  name        VARCHAR(255) NOT NULL,
  phone       VARCHAR(255) NOT NULL,
  address     VARCHAR(1000) NOT NULL,
  phone_index VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  consent_by  VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  consent_at  DATETIME(3) NULL,
  KEY idx_beneficiaries_phone (phone_index)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
