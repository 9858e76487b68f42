-- +goose Up
CREATE TABLE wish_helpers (
  claim_id BIGINT NOT NULL,
  user_id  BIGINT NOT NULL,
  wish_id  BIGINT NOT NULL,
  PRIMARY KEY (claim_id, user_id),
  KEY idx_wish_helpers_user (user_id, wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
