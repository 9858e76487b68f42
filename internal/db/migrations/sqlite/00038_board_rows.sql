-- +goose Up
CREATE TABLE board_rows (
  board      TEXT NOT NULL CHECK (length(board) <= 64),
  position   INTEGER NOT NULL,
  subject_id INTEGER NOT NULL,
  value      INTEGER NOT NULL,
  reached_at DATETIME NOT NULL,
  is_public  BOOLEAN NOT NULL,
  PRIMARY KEY (board, position)
);
CREATE INDEX idx_board_rows_subject ON board_rows (board, subject_id);
CREATE INDEX idx_board_rows_public ON board_rows (board, is_public, position);
