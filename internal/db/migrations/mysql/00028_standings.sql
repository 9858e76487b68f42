-- +goose Up
CREATE TABLE standings (
  tenant_id    BIGINT NOT NULL,
  period       VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id      BIGINT NOT NULL,
  community_id BIGINT NOT NULL,
  township_id  BIGINT NOT NULL,
  unit_id      BIGINT NOT NULL,
  team_id      BIGINT NOT NULL,
  honour       BIGINT NOT NULL,
  wishes       BIGINT NOT NULL,
  led          BIGINT NOT NULL,
  minutes      BIGINT NOT NULL,
  stars        BIGINT NOT NULL,
  rated        BIGINT NOT NULL,
  solved       BIGINT NOT NULL,
  honour_at    DATETIME(3) NOT NULL,
  wishes_at    DATETIME(3) NOT NULL,
  minutes_at   DATETIME(3) NOT NULL,
  stars_at     DATETIME(3) NOT NULL,
  version      BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, period, user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
