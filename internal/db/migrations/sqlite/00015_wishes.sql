-- +goose Up
CREATE TABLE wishes (
  id                INTEGER NOT NULL PRIMARY KEY,
  tenant_id         INTEGER NOT NULL,
  community_id      INTEGER NOT NULL,
  org_path          TEXT NOT NULL CHECK (length(org_path) <= 255),
  state             TEXT NOT NULL CHECK (length(state) <= 24),
  kind              TEXT NOT NULL CHECK (length(kind) <= 16),
  urgency           TEXT NOT NULL CHECK (length(urgency) <= 8),
  difficulty        TEXT NOT NULL CHECK (length(difficulty) <= 8),
  channel           TEXT NOT NULL CHECK (length(channel) <= 8),
  hand_over         TEXT NOT NULL CHECK (length(hand_over) <= 8),
  age_group         TEXT NOT NULL CHECK (length(age_group) <= 8),
  is_sensitive      BOOLEAN NOT NULL,
  skill             TEXT NOT NULL CHECK (length(skill) <= 32),
  title             TEXT NOT NULL CHECK (length(title) <= 40),
  detail            TEXT NOT NULL CHECK (length(detail) <= 500),
  expected_by       DATETIME NULL,
  requester_id      INTEGER NOT NULL,
  beneficiary_id    INTEGER NOT NULL,
  proxy_id          INTEGER NOT NULL,
  beneficiary_mask  TEXT NOT NULL CHECK (length(beneficiary_mask) <= 16),
  pool_org_id       INTEGER NOT NULL,
  scope             TEXT NOT NULL CHECK (length(scope) <= 16),
  queue_org_id      INTEGER NOT NULL,
  light             TEXT NOT NULL CHECK (length(light) <= 8),
  clock_from        DATETIME NOT NULL,
  due_at            DATETIME NULL,
  alarm             INTEGER NOT NULL,
  open_tasks        INTEGER NOT NULL,
  dispatch_id       INTEGER NOT NULL,
  target_org_id     INTEGER NOT NULL,
  target_user_id    INTEGER NOT NULL,
  dispatch_failures INTEGER NOT NULL,
  claim_id          INTEGER NOT NULL,
  claimer_id        INTEGER NOT NULL,
  claim_org_id      INTEGER NOT NULL,
  team              TEXT NOT NULL CHECK (length(team) <= 255),
  claimed_at        DATETIME NULL,
  appointment_at    DATETIME NULL,
  started_at        DATETIME NULL,
  goods_handed      BOOLEAN NOT NULL,
  receipt           TEXT NOT NULL CHECK (length(receipt) <= 200),
  extensions        INTEGER NOT NULL,
  extend_until      DATETIME NULL,
  extend_reason     TEXT NOT NULL CHECK (length(extend_reason) <= 500),
  suspended_from    TEXT NOT NULL CHECK (length(suspended_from) <= 24),
  suspended_at      DATETIME NULL,
  resume_on         DATETIME NULL,
  held_clock        DATETIME NULL,
  held_due          DATETIME NULL,
  held_alarm        INTEGER NOT NULL,
  held_light        TEXT NOT NULL CHECK (length(held_light) <= 8),
  report_text       TEXT NOT NULL CHECK (length(report_text) <= 1000),
  minutes           INTEGER NOT NULL,
  unverified        BOOLEAN NOT NULL,
  rework_rounds     INTEGER NOT NULL,
  with_township     BOOLEAN NOT NULL,
  fail_by           INTEGER NOT NULL,
  fail_reason       TEXT NOT NULL CHECK (length(fail_reason) <= 500),
  stars             INTEGER NOT NULL,
  solved            TEXT NOT NULL CHECK (length(solved) <= 8),
  closed_at         DATETIME NULL,
  reopened          INTEGER NOT NULL,
  appeal_until      DATETIME NULL,
  reopen_until      DATETIME NULL,
  reject_code       TEXT NOT NULL CHECK (length(reject_code) <= 16),
  reason            TEXT NOT NULL CHECK (length(reason) <= 500),
  next_hint         TEXT NOT NULL CHECK (length(next_hint) <= 500),
  created_at        DATETIME NOT NULL,
  submitted_at      DATETIME NULL,
  updated_at        DATETIME NOT NULL,
  version           INTEGER NOT NULL
);
CREATE INDEX idx_wishes_beneficiary ON wishes (beneficiary_id, id);
CREATE INDEX idx_wishes_claim_org ON wishes (claim_org_id, id);
CREATE INDEX idx_wishes_claim_org_state ON wishes (claim_org_id, state, id);
CREATE INDEX idx_wishes_claimer ON wishes (claimer_id, id);
CREATE INDEX idx_wishes_community ON wishes (community_id, id);
CREATE INDEX idx_wishes_community_kind ON wishes (community_id, kind, id);
CREATE INDEX idx_wishes_community_light ON wishes (community_id, light, id);
CREATE INDEX idx_wishes_community_state ON wishes (community_id, state, id);
CREATE INDEX idx_wishes_community_urgency ON wishes (community_id, urgency, id);
CREATE INDEX idx_wishes_pool ON wishes (pool_org_id, id);
CREATE INDEX idx_wishes_pool_community ON wishes (pool_org_id, community_id, id);
CREATE INDEX idx_wishes_pool_kind ON wishes (pool_org_id, kind, id);
CREATE INDEX idx_wishes_pool_urgency ON wishes (pool_org_id, urgency, id);
CREATE INDEX idx_wishes_proxy ON wishes (proxy_id, id);
CREATE INDEX idx_wishes_queue ON wishes (queue_org_id, state, id);
CREATE INDEX idx_wishes_queue_kind ON wishes (queue_org_id, kind, id);
CREATE INDEX idx_wishes_queue_light ON wishes (queue_org_id, light, id);
CREATE INDEX idx_wishes_queue_urgency ON wishes (queue_org_id, urgency, id);
CREATE INDEX idx_wishes_requester ON wishes (requester_id, id);
CREATE INDEX idx_wishes_target_org ON wishes (target_org_id, state, id);
CREATE INDEX idx_wishes_target_user ON wishes (target_user_id, state, id);
