CREATE TABLE orgs (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  parent_id    BIGINT NOT NULL,
  kind         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name         VARCHAR(64) NOT NULL,
  path         VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  community_id BIGINT NOT NULL,
  state        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  skills       VARCHAR(255) NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  updated_at   DATETIME(3) NOT NULL,
  version      BIGINT NOT NULL,
  KEY idx_orgs_community (community_id),
  KEY idx_orgs_kind (tenant_id, kind),
  UNIQUE KEY idx_orgs_name (tenant_id, parent_id, kind, name),
  KEY idx_orgs_parent (parent_id),
  KEY idx_orgs_path (path)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE users (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  open_id      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(32) NOT NULL,
  name         VARCHAR(255) NOT NULL,
  phone        VARCHAR(255) NOT NULL,
  phone_index  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  home_id      BIGINT NOT NULL,
  home_path    VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  consent      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  updated_at   DATETIME(3) NOT NULL,
  version      BIGINT NOT NULL,
  UNIQUE KEY idx_users_open_id (open_id),
  UNIQUE KEY idx_users_phone (phone_index)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE sessions (
  token_hash VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  user_id    BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  KEY idx_sessions_expiry (expires_at),
  KEY idx_sessions_user (user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE grants (
  id          BIGINT NOT NULL PRIMARY KEY,
  tenant_id   BIGINT NOT NULL,
  user_id     BIGINT NOT NULL,
  role        VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  org_id      BIGINT NOT NULL,
  org_path    VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subtree     BOOLEAN NOT NULL,
  valid_until DATETIME(3) NULL,
  granted_by  BIGINT NOT NULL,
  granted_at  DATETIME(3) NOT NULL,
  revoked_by  BIGINT NOT NULL,
  revoked_at  DATETIME(3) NULL,
  active_key  VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version     BIGINT NOT NULL,
  UNIQUE KEY idx_grants_active (active_key),
  KEY idx_grants_org (org_id),
  KEY idx_grants_user (user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE consents (
  id           BIGINT NOT NULL PRIMARY KEY,
  user_id      BIGINT NOT NULL,
  version      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  given_at     DATETIME(3) NOT NULL,
  withdrawn_at DATETIME(3) NULL,
  request_id   VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  taken_by     BIGINT NOT NULL,
  KEY idx_consents_user (user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE privacy_requests (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  kind       VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  asked_at   DATETIME(3) NOT NULL,
  due_at     DATETIME(3) NOT NULL,
  done_at    DATETIME(3) NULL,
  active_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  UNIQUE KEY idx_privacy_requests_active (active_key),
  KEY idx_privacy_requests_user (user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE admin_codes (
  code_hash  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  used_by    BIGINT NOT NULL,
  used_at    DATETIME(3) NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE members (
  user_id      BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  community_id BIGINT NOT NULL,
  grid_id      BIGINT NOT NULL,
  unit_id      BIGINT NOT NULL,
  team_id      BIGINT NOT NULL,
  skills       VARCHAR(255) NOT NULL,
  stars        BIGINT NOT NULL,
  rated        BIGINT NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  updated_at   DATETIME(3) NOT NULL,
  KEY idx_members_community (community_id),
  KEY idx_members_team (team_id),
  KEY idx_members_unit (unit_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE events (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  subject    VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject_id BIGINT NOT NULL,
  name       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  from_state VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  to_state   VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  actor_id   BIGINT NOT NULL,
  actor_role VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason     VARCHAR(500) NOT NULL,
  note       VARCHAR(1000) NOT NULL,
  request_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  relay_at   DATETIME(3) NULL,
  attempts   BIGINT NOT NULL,
  dead       BOOLEAN NOT NULL,
  failure    VARCHAR(200) NOT NULL,
  KEY idx_events_relay (relay_at),
  KEY idx_events_subject (subject, subject_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE timers (
  id          BIGINT NOT NULL PRIMARY KEY,
  kind        VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject_id  BIGINT NOT NULL,
  due_at      DATETIME(3) NOT NULL,
  lease_until DATETIME(3) NOT NULL,
  attempts    BIGINT NOT NULL,
  dead        BOOLEAN NOT NULL,
  failure     VARCHAR(200) NOT NULL,
  KEY idx_timers_due (dead, due_at),
  UNIQUE KEY idx_timers_one (kind, subject_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE nodes (
  number      BIGINT NOT NULL PRIMARY KEY,
  owner       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  lease_until DATETIME(3) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE idempotency (
  id         BIGINT NOT NULL PRIMARY KEY,
  user_id    BIGINT NOT NULL,
  idem_key   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  body_hash  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status     BIGINT NOT NULL,
  answer     MEDIUMTEXT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  KEY idx_idempotency_created (created_at),
  UNIQUE KEY idx_idempotency_key (user_id, idem_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE audits (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  actor_id   BIGINT NOT NULL,
  action     VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject    VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject_id BIGINT NOT NULL,
  detail     VARCHAR(2000) NOT NULL,
  request_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  KEY idx_audits_subject (subject, subject_id),
  KEY idx_audits_tenant (tenant_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE policies (
  tenant_id  BIGINT NOT NULL,
  name       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value      BIGINT NOT NULL,
  updated_by BIGINT NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, name)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE wishes (
  id                BIGINT NOT NULL PRIMARY KEY,
  tenant_id         BIGINT NOT NULL,
  community_id      BIGINT NOT NULL,
  org_path          VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state             VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind              VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  urgency           VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  difficulty        VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  channel           VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  hand_over         VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  age_group         VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  is_sensitive      BOOLEAN NOT NULL,
  skill             VARCHAR(32) NOT NULL,
  title             VARCHAR(40) NOT NULL,
  detail            VARCHAR(500) NOT NULL,
  expected_by       DATETIME(3) NULL,
  requester_id      BIGINT NOT NULL,
  beneficiary_id    BIGINT NOT NULL,
  proxy_id          BIGINT NOT NULL,
  beneficiary_mask  VARCHAR(16) NOT NULL,
  pool_org_id       BIGINT NOT NULL,
  scope             VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  queue_org_id      BIGINT NOT NULL,
  light             VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  clock_from        DATETIME(3) NOT NULL,
  due_at            DATETIME(3) NULL,
  alarm             BIGINT NOT NULL,
  open_tasks        BIGINT NOT NULL,
  dispatch_id       BIGINT NOT NULL,
  target_org_id     BIGINT NOT NULL,
  target_user_id    BIGINT NOT NULL,
  dispatch_failures BIGINT NOT NULL,
  claim_id          BIGINT NOT NULL,
  claimer_id        BIGINT NOT NULL,
  claim_org_id      BIGINT NOT NULL,
  team              VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  claimed_at        DATETIME(3) NULL,
  appointment_at    DATETIME(3) NULL,
  started_at        DATETIME(3) NULL,
  goods_handed      BOOLEAN NOT NULL,
  receipt           VARCHAR(200) NOT NULL,
  extensions        BIGINT NOT NULL,
  extend_until      DATETIME(3) NULL,
  extend_reason     VARCHAR(500) NOT NULL,
  suspended_from    VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  suspended_at      DATETIME(3) NULL,
  resume_on         DATETIME(3) NULL,
  held_clock        DATETIME(3) NULL,
  held_due          DATETIME(3) NULL,
  held_alarm        BIGINT NOT NULL,
  held_light        VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  report_text       VARCHAR(1000) NOT NULL,
  minutes           BIGINT NOT NULL,
  unverified        BOOLEAN NOT NULL,
  rework_rounds     BIGINT NOT NULL,
  with_township     BOOLEAN NOT NULL,
  fail_by           BIGINT NOT NULL,
  fail_reason       VARCHAR(500) NOT NULL,
  stars             BIGINT NOT NULL,
  solved            VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  closed_at         DATETIME(3) NULL,
  reopened          BIGINT NOT NULL,
  appeal_until      DATETIME(3) NULL,
  reopen_until      DATETIME(3) NULL,
  reject_code       VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason            VARCHAR(500) NOT NULL,
  next_hint         VARCHAR(500) NOT NULL,
  created_at        DATETIME(3) NOT NULL,
  submitted_at      DATETIME(3) NULL,
  updated_at        DATETIME(3) NOT NULL,
  version           BIGINT NOT NULL,
  KEY idx_wishes_beneficiary (beneficiary_id, id),
  KEY idx_wishes_claim_org (claim_org_id, id),
  KEY idx_wishes_claim_org_state (claim_org_id, state, id),
  KEY idx_wishes_claimer (claimer_id, id),
  KEY idx_wishes_community (community_id, id),
  KEY idx_wishes_community_kind (community_id, kind, id),
  KEY idx_wishes_community_light (community_id, light, id),
  KEY idx_wishes_community_state (community_id, state, id),
  KEY idx_wishes_community_urgency (community_id, urgency, id),
  KEY idx_wishes_pool (pool_org_id, id),
  KEY idx_wishes_pool_community (pool_org_id, community_id, id),
  KEY idx_wishes_pool_kind (pool_org_id, kind, id),
  KEY idx_wishes_pool_urgency (pool_org_id, urgency, id),
  KEY idx_wishes_proxy (proxy_id, id),
  KEY idx_wishes_queue (queue_org_id, state, id),
  KEY idx_wishes_queue_kind (queue_org_id, kind, id),
  KEY idx_wishes_queue_light (queue_org_id, light, id),
  KEY idx_wishes_queue_urgency (queue_org_id, urgency, id),
  KEY idx_wishes_requester (requester_id, id),
  KEY idx_wishes_target_org (target_org_id, state, id),
  KEY idx_wishes_target_user (target_user_id, state, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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

CREATE TABLE dispatches (
  id             BIGINT NOT NULL PRIMARY KEY,
  tenant_id      BIGINT NOT NULL,
  wish_id        BIGINT NOT NULL,
  state          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  target_org_id  BIGINT NOT NULL,
  target_user_id BIGINT NOT NULL,
  dispatched_by  BIGINT NOT NULL,
  note           VARCHAR(500) NOT NULL,
  reason         VARCHAR(500) NOT NULL,
  created_at     DATETIME(3) NOT NULL,
  ended_at       DATETIME(3) NULL,
  active_key     BIGINT NULL,
  version        BIGINT NOT NULL,
  UNIQUE KEY idx_dispatches_active (active_key),
  KEY idx_dispatches_wish (wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE claims (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  wish_id    BIGINT NOT NULL,
  state      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  claimer_id BIGINT NOT NULL,
  org_id     BIGINT NOT NULL,
  team       VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason     VARCHAR(500) NOT NULL,
  late       BOOLEAN NOT NULL,
  created_at DATETIME(3) NOT NULL,
  ended_at   DATETIME(3) NULL,
  active_key BIGINT NULL,
  slot_key   VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version    BIGINT NOT NULL,
  UNIQUE KEY idx_claims_active (active_key),
  KEY idx_claims_claimer (claimer_id),
  UNIQUE KEY idx_claims_slot (slot_key),
  KEY idx_claims_wish (wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE wish_helpers (
  claim_id BIGINT NOT NULL,
  user_id  BIGINT NOT NULL,
  wish_id  BIGINT NOT NULL,
  PRIMARY KEY (claim_id, user_id),
  KEY idx_wish_helpers_user (user_id, wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE evaluations (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  wish_id    BIGINT NOT NULL,
  claim_id   BIGINT NOT NULL,
  claimer_id BIGINT NOT NULL,
  by_id      BIGINT NOT NULL,
  by_proxy   BOOLEAN NOT NULL,
  state      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  stars      BIGINT NOT NULL,
  solved     VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  comment    VARCHAR(500) NOT NULL,
  flags      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  version    BIGINT NOT NULL,
  UNIQUE KEY idx_evaluations_claim (claim_id),
  KEY idx_evaluations_claimer (claimer_id),
  KEY idx_evaluations_wish (wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE referrals (
  id          BIGINT NOT NULL PRIMARY KEY,
  tenant_id   BIGINT NOT NULL,
  wish_id     BIGINT NOT NULL,
  referred_to VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason      VARCHAR(500) NOT NULL,
  created_by  BIGINT NOT NULL,
  created_at  DATETIME(3) NOT NULL,
  UNIQUE KEY idx_referrals_wish (wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE tasks (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  org_id     BIGINT NOT NULL,
  kind       VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  wish_id    BIGINT NOT NULL,
  is_open    BOOLEAN NOT NULL,
  done_by    BIGINT NOT NULL,
  outcome    VARCHAR(500) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  done_at    DATETIME(3) NULL,
  active_key VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version    BIGINT NOT NULL,
  UNIQUE KEY idx_tasks_active (active_key),
  KEY idx_tasks_org (org_id, is_open, id),
  KEY idx_tasks_org_kind (org_id, is_open, kind, id),
  KEY idx_tasks_wish (wish_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE point_txns (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  kind         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source_type  VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source_id    BIGINT NOT NULL,
  request_id   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload_hash VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rule_version BIGINT NOT NULL,
  actor_id     BIGINT NOT NULL,
  memo         VARCHAR(200) NOT NULL,
  detail       MEDIUMTEXT NOT NULL,
  occurred_at  DATETIME(3) NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  UNIQUE KEY idx_point_txns_request (tenant_id, request_id),
  UNIQUE KEY idx_point_txns_source (tenant_id, source_type, source_id, kind),
  KEY idx_point_txns_kind (tenant_id, kind, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE point_entries (
  id        BIGINT NOT NULL PRIMARY KEY,
  tenant_id BIGINT NOT NULL,
  txn_id    BIGINT NOT NULL,
  account   VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  owner_id  BIGINT NOT NULL,
  amount    BIGINT NOT NULL,
  lot       BIGINT NOT NULL,
  cap_day   BIGINT NOT NULL,
  cap_kind  VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  pair      VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  KEY idx_point_entries_account (owner_id, account, id, txn_id, amount),
  KEY idx_point_entries_cap (owner_id, cap_day, cap_kind, pair, amount),
  KEY idx_point_entries_tenant (tenant_id, account, id, amount),
  KEY idx_point_entries_txn (txn_id, amount)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE point_balances (
  owner_id   BIGINT NOT NULL,
  account    VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tenant_id  BIGINT NOT NULL,
  amount     BIGINT NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  version    BIGINT NOT NULL,
  PRIMARY KEY (owner_id, account)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE deeds (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  txn_id       BIGINT NOT NULL,
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
  created_at   DATETIME(3) NOT NULL,
  KEY idx_deeds_txn (txn_id),
  KEY idx_deeds_user (user_id, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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

CREATE TABLE point_rules (
  tenant_id    BIGINT NOT NULL,
  version      BIGINT NOT NULL,
  effective_at DATETIME(3) NOT NULL,
  body         VARCHAR(2000) NOT NULL,
  note         VARCHAR(200) NOT NULL,
  created_by   BIGINT NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  PRIMARY KEY (tenant_id, version)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE honour_levels (
  tenant_id BIGINT NOT NULL,
  threshold BIGINT NOT NULL,
  name      VARCHAR(16) NOT NULL,
  PRIMARY KEY (tenant_id, threshold)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE rewards (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  state      VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  org_id     BIGINT NOT NULL,
  org_path   VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name       VARCHAR(30) NOT NULL,
  detail     VARCHAR(300) NOT NULL,
  cost       BIGINT NOT NULL,
  stock      BIGINT NOT NULL,
  per_person BIGINT NOT NULL,
  created_by BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  version    BIGINT NOT NULL,
  KEY idx_rewards_org (org_id, state, id),
  KEY idx_rewards_tenant (tenant_id, state, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE redemptions (
  id          BIGINT NOT NULL PRIMARY KEY,
  tenant_id   BIGINT NOT NULL,
  reward_id   BIGINT NOT NULL,
  user_id     BIGINT NOT NULL,
  org_id      BIGINT NOT NULL,
  org_path    VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state       VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reward_name VARCHAR(30) NOT NULL,
  cost        BIGINT NOT NULL,
  request     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  place_key   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  code_index  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  code        VARCHAR(255) NOT NULL,
  proxy       VARCHAR(255) NOT NULL,
  proxy_at    DATETIME(3) NULL,
  taken_by    VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  verifier_id BIGINT NOT NULL,
  expires_at  DATETIME(3) NOT NULL,
  created_at  DATETIME(3) NOT NULL,
  ended_at    DATETIME(3) NULL,
  updated_at  DATETIME(3) NOT NULL,
  version     BIGINT NOT NULL,
  UNIQUE KEY idx_redemptions_code (code_index),
  UNIQUE KEY idx_redemptions_place (place_key),
  KEY idx_redemptions_queue (org_id, state, id),
  UNIQUE KEY idx_redemptions_request (user_id, request),
  KEY idx_redemptions_user (user_id, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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

CREATE TABLE point_cases (
  id            BIGINT NOT NULL PRIMARY KEY,
  tenant_id     BIGINT NOT NULL,
  user_id       BIGINT NOT NULL,
  community_id  BIGINT NOT NULL,
  org_path      VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  queue_org_id  BIGINT NOT NULL,
  kind          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  points_change BIGINT NOT NULL,
  rule_version  BIGINT NOT NULL,
  wish_id       BIGINT NOT NULL,
  claim_id      BIGINT NOT NULL,
  request_id    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  payload_hash  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason        VARCHAR(500) NOT NULL,
  answer        VARCHAR(500) NOT NULL,
  appeal        VARCHAR(500) NOT NULL,
  ruling        VARCHAR(500) NOT NULL,
  proposed_by   BIGINT NOT NULL,
  reviewed_by   BIGINT NOT NULL,
  decided_by    BIGINT NOT NULL,
  escalated     BOOLEAN NOT NULL,
  appeal_until  DATETIME(3) NULL,
  due_at        DATETIME(3) NULL,
  active_key    VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  created_at    DATETIME(3) NOT NULL,
  updated_at    DATETIME(3) NOT NULL,
  version       BIGINT NOT NULL,
  UNIQUE KEY idx_point_cases_active (active_key),
  UNIQUE KEY idx_point_cases_request (tenant_id, request_id),
  KEY idx_point_cases_community (community_id, id),
  KEY idx_point_cases_queue (queue_org_id, id),
  KEY idx_point_cases_state (community_id, state, id),
  KEY idx_point_cases_user (user_id, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE point_budgets (
  tenant_id  BIGINT NOT NULL,
  org_id     BIGINT NOT NULL,
  season     BIGINT NOT NULL,
  amount     BIGINT NOT NULL,
  updated_by BIGINT NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  version    BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, org_id, season)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE verify_runs (
  id          BIGINT NOT NULL PRIMARY KEY,
  started_at  DATETIME(3) NOT NULL,
  finished_at DATETIME(3) NULL,
  checked     BIGINT NOT NULL,
  differing   BIGINT NOT NULL,
  report      MEDIUMTEXT NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE board_choices (
  user_id   BIGINT NOT NULL PRIMARY KEY,
  tenant_id BIGINT NOT NULL,
  is_public BOOLEAN NOT NULL,
  chosen_at DATETIME(3) NOT NULL,
  version   BIGINT NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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

CREATE TABLE board_marks (
  tenant_id BIGINT NOT NULL,
  period    VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  as_of     DATETIME(3) NOT NULL,
  complete  BOOLEAN NOT NULL,
  seed      VARCHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  doubts    BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, period)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE point_notices (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  season     BIGINT NOT NULL,
  days       BIGINT NOT NULL,
  amount     BIGINT NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  UNIQUE KEY idx_point_notices_one (user_id, season, days),
  KEY idx_point_notices_user (user_id, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE point_sweeps (
  season     BIGINT NOT NULL,
  days       BIGINT NOT NULL,
  last_owner BIGINT NOT NULL,
  done_at    DATETIME(3) NULL,
  version    BIGINT NOT NULL,
  PRIMARY KEY (season, days)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE activities (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  org_id       BIGINT NOT NULL,
  org_path     VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  community_id BIGINT NOT NULL,
  state        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title        VARCHAR(30) NOT NULL,
  detail       VARCHAR(500) NOT NULL,
  skills       VARCHAR(255) NOT NULL,
  reason       VARCHAR(200) NOT NULL,
  created_by   BIGINT NOT NULL,
  created_at   DATETIME(3) NOT NULL,
  published_at DATETIME(3) NULL,
  ended_at     DATETIME(3) NULL,
  updated_at   DATETIME(3) NOT NULL,
  version      BIGINT NOT NULL,
  KEY idx_activities_org (org_id, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE slots (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  activity_id  BIGINT NOT NULL,
  org_id       BIGINT NOT NULL,
  org_path     VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  community_id BIGINT NOT NULL,
  state        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  published    BOOLEAN NOT NULL,
  mode         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title        VARCHAR(30) NOT NULL,
  skills       VARCHAR(255) NOT NULL,
  place        VARCHAR(60) NOT NULL,
  lat          BIGINT NULL,
  lng          BIGINT NULL,
  radius       BIGINT NOT NULL,
  capacity     BIGINT NOT NULL,
  enrolled     BIGINT NOT NULL,
  waiting      BIGINT NOT NULL,
  leader_id    BIGINT NOT NULL,
  starts_at    DATETIME(3) NOT NULL,
  ends_at      DATETIME(3) NOT NULL,
  code_key     VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  key_no       BIGINT NOT NULL,
  reason       VARCHAR(200) NOT NULL,
  changed_at   DATETIME(3) NULL,
  created_at   DATETIME(3) NOT NULL,
  updated_at   DATETIME(3) NOT NULL,
  version      BIGINT NOT NULL,
  KEY idx_slots_activity (activity_id, id),
  KEY idx_slots_community (community_id, state, starts_at, id),
  KEY idx_slots_tenant (tenant_id, state, starts_at, id),
  KEY idx_slots_leader (leader_id, starts_at, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE enrolments (
  id          BIGINT NOT NULL PRIMARY KEY,
  tenant_id   BIGINT NOT NULL,
  activity_id BIGINT NOT NULL,
  slot_id     BIGINT NOT NULL,
  user_id     BIGINT NOT NULL,
  state       VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role        VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  starts_at   DATETIME(3) NOT NULL,
  ends_at     DATETIME(3) NOT NULL,
  enrolled_by BIGINT NOT NULL,
  late_leave  BOOLEAN NOT NULL,
  reason      VARCHAR(200) NOT NULL,
  created_at  DATETIME(3) NOT NULL,
  ended_at    DATETIME(3) NULL,
  updated_at  DATETIME(3) NOT NULL,
  active_key  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version     BIGINT NOT NULL,
  KEY idx_enrolments_user (user_id, id),
  KEY idx_enrolments_slot (slot_id, state, id),
  KEY idx_enrolments_time (user_id, starts_at),
  UNIQUE KEY idx_enrolments_active (active_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE calendars (
  user_id    BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  version    BIGINT NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE attendances (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  source_type  VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source_id    BIGINT NOT NULL,
  user_id      BIGINT NOT NULL,
  slot_id      BIGINT NOT NULL,
  state        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  in_at        DATETIME(3) NOT NULL,
  in_mode      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  in_by        BIGINT NOT NULL,
  in_lat       BIGINT NULL,
  in_lng       BIGINT NULL,
  in_distance  BIGINT NULL,
  in_device    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  late         BOOLEAN NOT NULL,
  out_at       DATETIME(3) NULL,
  out_mode     VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  out_by       BIGINT NOT NULL,
  out_lat      BIGINT NULL,
  out_lng      BIGINT NULL,
  out_distance BIGINT NULL,
  out_device   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fix_until    DATETIME(3) NULL,
  minutes      BIGINT NOT NULL,
  decided_by   BIGINT NOT NULL,
  reason       VARCHAR(200) NOT NULL,
  open_key     BIGINT NULL,
  created_at   DATETIME(3) NOT NULL,
  updated_at   DATETIME(3) NOT NULL,
  version      BIGINT NOT NULL,
  KEY idx_attendances_user (user_id, id),
  UNIQUE KEY idx_attendances_source (source_type, source_id, user_id),
  KEY idx_attendances_slot (slot_id),
  KEY idx_attendances_fix (fix_until),
  UNIQUE KEY idx_attendances_open (open_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE service_records (
  id            BIGINT NOT NULL PRIMARY KEY,
  tenant_id     BIGINT NOT NULL,
  user_id       BIGINT NOT NULL,
  source_type   VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source_id     BIGINT NOT NULL,
  state         VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role          VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  slot_id       BIGINT NOT NULL,
  attendance_id BIGINT NOT NULL,
  title         VARCHAR(60) NOT NULL,
  place         VARCHAR(60) NOT NULL,
  org_id        BIGINT NOT NULL,
  org_path      VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  community_id  BIGINT NOT NULL,
  unit_id       BIGINT NOT NULL,
  started_at    DATETIME(3) NOT NULL,
  ended_at      DATETIME(3) NOT NULL,
  day           VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  minutes       BIGINT NOT NULL,
  cut_minutes   BIGINT NOT NULL,
  day_limit     BIGINT NOT NULL,
  certifier_id  BIGINT NOT NULL,
  replaced_by   BIGINT NOT NULL,
  created_at    DATETIME(3) NOT NULL,
  updated_at    DATETIME(3) NOT NULL,
  version       BIGINT NOT NULL,
  KEY idx_service_records_user (user_id, id),
  KEY idx_service_records_org (org_id, day, id),
  KEY idx_service_records_day (user_id, day),
  UNIQUE KEY idx_service_records_source (source_type, source_id, user_id),
  KEY idx_service_records_unit (unit_id, day)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE risk_flags (
  id            BIGINT NOT NULL PRIMARY KEY,
  tenant_id     BIGINT NOT NULL,
  slot_id       BIGINT NOT NULL,
  org_path      VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  community_id  BIGINT NOT NULL,
  attendance_id BIGINT NOT NULL,
  user_id       BIGINT NOT NULL,
  kind          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  detail        VARCHAR(200) NOT NULL,
  state         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reviewed_by   BIGINT NOT NULL,
  note          VARCHAR(200) NOT NULL,
  created_at    DATETIME(3) NOT NULL,
  reviewed_at   DATETIME(3) NULL,
  updated_at    DATETIME(3) NOT NULL,
  version       BIGINT NOT NULL,
  KEY idx_risk_flags_queue (community_id, state, id),
  KEY idx_risk_flags_tenant (tenant_id, state, id),
  UNIQUE KEY idx_risk_flags_one (kind, slot_id, attendance_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE roster_entries (
  id          BIGINT NOT NULL PRIMARY KEY,
  tenant_id   BIGINT NOT NULL,
  unit_id     BIGINT NOT NULL,
  state       VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name        VARCHAR(255) NOT NULL,
  phone       VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name_index  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  phone_index VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  added_by    BIGINT NOT NULL,
  removed_by  BIGINT NOT NULL,
  created_at  DATETIME(3) NOT NULL,
  removed_at  DATETIME(3) NULL,
  updated_at  DATETIME(3) NOT NULL,
  active_key  VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version     BIGINT NOT NULL,
  KEY idx_roster_entries_unit (unit_id, state, id),
  UNIQUE KEY idx_roster_entries_active (active_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE registrations (
  id              BIGINT NOT NULL PRIMARY KEY,
  tenant_id       BIGINT NOT NULL,
  user_id         BIGINT NOT NULL,
  unit_id         BIGINT NOT NULL,
  roster_id       BIGINT NOT NULL,
  community_id    BIGINT NOT NULL,
  community_path  VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  grid_id         BIGINT NOT NULL,
  state           VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  level           BIGINT NOT NULL,
  queue_org_id    BIGINT NOT NULL,
  post            VARCHAR(20) NOT NULL,
  reason          VARCHAR(300) NOT NULL,
  replaces_id     BIGINT NOT NULL,
  change_id       BIGINT NOT NULL,
  grant_id        BIGINT NOT NULL,
  slip_consent_at DATETIME(3) NULL,
  due_at          DATETIME(3) NULL,
  decided_by      BIGINT NOT NULL,
  created_at      DATETIME(3) NOT NULL,
  confirmed_at    DATETIME(3) NULL,
  ended_at        DATETIME(3) NULL,
  updated_at      DATETIME(3) NOT NULL,
  active_key      BIGINT NULL,
  pending_key     BIGINT NULL,
  version         BIGINT NOT NULL,
  KEY idx_registrations_user (user_id, id),
  KEY idx_registrations_community (community_id, state, id),
  KEY idx_registrations_queue (queue_org_id, state, id),
  KEY idx_registrations_unit (unit_id, user_id, id),
  UNIQUE KEY idx_registrations_active (active_key),
  UNIQUE KEY idx_registrations_pending (pending_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE corrections (
  id            BIGINT NOT NULL PRIMARY KEY,
  tenant_id     BIGINT NOT NULL,
  record_id     BIGINT NOT NULL,
  user_id       BIGINT NOT NULL,
  slot_id       BIGINT NOT NULL,
  org_id        BIGINT NOT NULL,
  org_path      VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  queue_org_id  BIGINT NOT NULL,
  state         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  old_minutes   BIGINT NOT NULL,
  new_minutes   BIGINT NOT NULL,
  reason        VARCHAR(200) NOT NULL,
  answer        VARCHAR(200) NOT NULL,
  requested_by  BIGINT NOT NULL,
  decided_by    BIGINT NOT NULL,
  decided_at    DATETIME(3) NULL,
  new_record_id BIGINT NOT NULL,
  active_key    BIGINT NULL,
  created_at    DATETIME(3) NOT NULL,
  updated_at    DATETIME(3) NOT NULL,
  version       BIGINT NOT NULL,
  KEY idx_corrections_queue (queue_org_id, id),
  KEY idx_corrections_record (record_id, id),
  UNIQUE KEY idx_corrections_active (active_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE disputes (
  id           BIGINT NOT NULL PRIMARY KEY,
  tenant_id    BIGINT NOT NULL,
  enrolment_id BIGINT NOT NULL,
  user_id      BIGINT NOT NULL,
  slot_id      BIGINT NOT NULL,
  title        VARCHAR(30) NOT NULL,
  org_id       BIGINT NOT NULL,
  org_path     VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  queue_org_id BIGINT NOT NULL,
  state        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  about        VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  old_minutes  BIGINT NOT NULL,
  claimed      BIGINT NOT NULL,
  granted      BIGINT NOT NULL,
  reason       VARCHAR(200) NOT NULL,
  answer       VARCHAR(200) NOT NULL,
  decided_by   BIGINT NOT NULL,
  decided_at   DATETIME(3) NULL,
  record_id    BIGINT NOT NULL,
  escalated    BOOLEAN NOT NULL,
  answer_by    DATETIME(3) NOT NULL,
  due_at       DATETIME(3) NULL,
  created_at   DATETIME(3) NOT NULL,
  updated_at   DATETIME(3) NOT NULL,
  version      BIGINT NOT NULL,
  KEY idx_disputes_user (user_id, id),
  KEY idx_disputes_queue (queue_org_id, id),
  UNIQUE KEY idx_disputes_enrolment (enrolment_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE certificates (
  id         BIGINT NOT NULL PRIMARY KEY,
  tenant_id  BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  place_key  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  issuer     VARCHAR(64) NOT NULL,
  name       VARCHAR(255) NOT NULL,
  from_day   VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  to_day     VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  minutes    BIGINT NOT NULL,
  services   BIGINT NOT NULL,
  code_index VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  code       VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  issued_at  DATETIME(3) NOT NULL,
  KEY idx_certificates_user (user_id, id),
  UNIQUE KEY idx_certificates_place (place_key),
  UNIQUE KEY idx_certificates_code (code_index)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

