-- +goose Up
CREATE TABLE wish_helpers (
  claim_id INTEGER NOT NULL,
  user_id  INTEGER NOT NULL,
  wish_id  INTEGER NOT NULL,
  PRIMARY KEY (claim_id, user_id)
);
CREATE INDEX idx_wish_helpers_user ON wish_helpers (user_id, wish_id);
