-- +goose Up
CREATE TABLE donations (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  org_id     BIGINT NOT NULL,
  amount     BIGINT NOT NULL,
  note       VARCHAR(100) NOT NULL,
  request    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  created_at DATETIME(3) NOT NULL,
  UNIQUE KEY idx_donations_request (user_id, request)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
