-- +goose Up
CREATE TABLE reveals (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  wish_id    BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  role       VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason     VARCHAR(200) NOT NULL,
  fields     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  KEY idx_reveals_wish (wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
