-- +goose Up
CREATE TABLE board_marks (
  tenant_id BIGINT NOT NULL,
  period    VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  as_of     DATETIME(3) NOT NULL,
  complete  BOOLEAN NOT NULL,
  seed      VARCHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  doubts    BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, period)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
