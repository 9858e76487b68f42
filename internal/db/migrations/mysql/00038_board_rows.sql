-- +goose Up
CREATE TABLE board_rows (
  board      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position   BIGINT NOT NULL,
  subject_id BIGINT NOT NULL,
  value      BIGINT NOT NULL,
  reached_at DATETIME(3) NOT NULL,
  is_public  BOOLEAN NOT NULL,
  PRIMARY KEY (board, position),
  KEY idx_board_rows_subject (board, subject_id),
  KEY idx_board_rows_public (board, is_public, position)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
