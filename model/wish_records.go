package model

import (
	"strconv"
	"time"
)

// DispatchState is how an order to a unit, team or member stands.
type DispatchState string

// The states of a dispatch.
const (
	DispatchPending   DispatchState = "pending"
	DispatchAccepted  DispatchState = "accepted"
	DispatchDeclined  DispatchState = "declined"
	DispatchTimedOut  DispatchState = "timed_out"
	DispatchWithdrawn DispatchState = "withdrawn"
)

// Dispatch is an order of a wish to a unit, team or member (派单). ActiveKey is
// unique and set while it is pending: a wish has one live dispatch.
type Dispatch struct {
	ID           int64         `gorm:"primaryKey;autoIncrement:false"`
	TenantID     int64         `gorm:"not null"`
	WishID       int64         `gorm:"not null;index:idx_dispatches_wish"`
	State        DispatchState `gorm:"size:16;not null"`
	TargetOrgID  int64         `gorm:"not null"` // 0: a person
	TargetUserID int64         `gorm:"not null"` // 0: an organisation
	DispatchedBy int64         `gorm:"not null"`
	Note         string        `gorm:"size:500;not null"`
	Reason       string        `gorm:"size:500;not null"` // why it came to nothing
	CreatedAt    time.Time     `gorm:"not null"`
	EndedAt      *time.Time
	ActiveKey    *int64 `gorm:"uniqueIndex:idx_dispatches_active"`
	Version      int64  `gorm:"not null"`
}

// NewDispatch returns the order of w to the target it names.
func NewDispatch(w *Wish, by Actor, note string, now time.Time) *Dispatch {
	return &Dispatch{
		ID: w.DispatchID, TenantID: w.TenantID, WishID: w.ID, State: DispatchPending, TargetOrgID: w.TargetOrgID,
		TargetUserID: w.TargetUserID, DispatchedBy: by.UserID, Note: note, CreatedAt: now, ActiveKey: &w.ID, Version: 1,
	}
}

// End closes d in one of its final states.
func (d *Dispatch) End(as DispatchState, reason string, now time.Time) {
	d.State, d.Reason, d.EndedAt, d.ActiveKey = as, reason, &now, nil
}

// ClaimState is how a claim stands.
type ClaimState string

// The states of a claim.
const (
	ClaimActive   ClaimState = "active"
	ClaimDone     ClaimState = "done"
	ClaimReleased ClaimState = "released"
	ClaimRevoked  ClaimState = "revoked"
	ClaimExpired  ClaimState = "expired"
)

// Claim is somebody's promise to fulfil a wish (接单). ActiveKey is unique and
// set while it is active: a wish has one live claim. SlotKey is unique too: it
// is one of the few places that a claimer has, so that nobody holds more live
// claims than allowed, however many requests race.
type Claim struct {
	ID        int64      `gorm:"primaryKey;autoIncrement:false"`
	TenantID  int64      `gorm:"not null"`
	WishID    int64      `gorm:"not null;index:idx_claims_wish"`
	State     ClaimState `gorm:"size:16;not null"`
	ClaimerID int64      `gorm:"not null;index:idx_claims_claimer"`
	OrgID     int64      `gorm:"not null"`
	Team      IDs        `gorm:"size:255;not null"`
	Reason    string     `gorm:"size:500;not null"`
	Late      bool       `gorm:"not null"` // given back after its time
	CreatedAt time.Time  `gorm:"not null"`
	EndedAt   *time.Time
	ActiveKey *int64  `gorm:"uniqueIndex:idx_claims_active"`
	SlotKey   *string `gorm:"size:32;uniqueIndex:idx_claims_slot"`
	Version   int64   `gorm:"not null"`
}

// NewClaim returns the claim that w carries. Slot is the claimer's free place,
// from 1; 0 for a claim that needs none, such as an accepted dispatch.
func NewClaim(w *Wish, slot int, now time.Time) *Claim {
	c := &Claim{
		ID: w.ClaimID, TenantID: w.TenantID, WishID: w.ID, State: ClaimActive, ClaimerID: w.ClaimerID,
		OrgID: w.ClaimOrgID, Team: w.Team, CreatedAt: now, ActiveKey: &w.ID, Version: 1,
	}
	if slot > 0 {
		key := SlotKey(c.ClaimerID, c.OrgID, slot)
		c.SlotKey = &key
	}
	return c
}

// SlotKey names the place numbered slot of a claimer: of the unit, or of the
// person who claims for himself.
func SlotKey(claimer, org int64, slot int) string {
	who := "u" + strconv.FormatInt(claimer, 10)
	if org != 0 {
		who = "o" + strconv.FormatInt(org, 10)
	}
	return who + ":" + strconv.Itoa(slot)
}

// End closes c in one of its final states.
func (c *Claim) End(as ClaimState, reason string, late bool, now time.Time) {
	c.State, c.Reason, c.Late, c.EndedAt, c.ActiveKey, c.SlotKey = as, reason, late, &now, nil, nil
}

// EvaluationState is how a judgement stands.
type EvaluationState string

// The states of an evaluation.
const (
	EvaluationSubmitted   EvaluationState = "submitted"
	EvaluationUnrated     EvaluationState = "unrated"
	EvaluationUnderReview EvaluationState = "under_review"
	EvaluationKept        EvaluationState = "kept"
	EvaluationAdjusted    EvaluationState = "adjusted"
	EvaluationRemoved     EvaluationState = "removed"
)

// Evaluation is a resident's judgement on a wish (评单), or the record that none
// was given: unrated is never praise. One claim is judged once.
type Evaluation struct {
	ID        int64           `gorm:"primaryKey;autoIncrement:false"`
	TenantID  int64           `gorm:"not null"`
	WishID    int64           `gorm:"not null;index:idx_evaluations_wish"`
	ClaimID   int64           `gorm:"not null;uniqueIndex:idx_evaluations_claim"`
	ClaimerID int64           `gorm:"not null;index:idx_evaluations_claimer"`
	ByID      int64           `gorm:"not null"` // 0: nobody
	ByProxy   bool            `gorm:"not null"`
	State     EvaluationState `gorm:"size:16;not null"`
	Stars     int64           `gorm:"not null"` // 0: none
	Solved    Solved          `gorm:"size:8;not null"`
	Comment   string          `gorm:"size:500;not null"`
	Flags     string          `gorm:"size:64;not null"` // why it is to be reviewed: "low_stars,not_solved,by_proxy"
	CreatedAt time.Time       `gorm:"not null"`
	Version   int64           `gorm:"not null"`
}

// Referral is a matter that was no wish and went on elsewhere (转办).
type Referral struct {
	ID        int64     `gorm:"primaryKey;autoIncrement:false"`
	TenantID  int64     `gorm:"not null"`
	WishID    int64     `gorm:"not null;uniqueIndex:idx_referrals_wish"`
	To        string    `gorm:"column:referred_to;size:16;not null"` // grid_event, topic
	Reason    string    `gorm:"size:500;not null"`
	CreatedBy int64     `gorm:"not null"`
	CreatedAt time.Time `gorm:"not null"`
}

// TaskKind is what a worker is asked to do.
type TaskKind string

// The kinds of task.
const (
	TaskDecide   TaskKind = "must_decide"   // 必须研判: nobody claimed it for a week, or rework did not help
	TaskCall     TaskKind = "call"          // 电话回访: an elder who has not judged
	TaskResume   TaskKind = "resume"        // 恢复办理: the date of a suspension has come
	TaskOverdue  TaskKind = "overdue"       // 逾期督促
	TaskTakeOver TaskKind = "take_over"     // 兜底: the township takes over
	TaskConfirm  TaskKind = "confirm_fail"  // 复核未能实现
	TaskExtend   TaskKind = "approve_delay" // 审批延期
)

// Task is something that an organisation's workers have to do about a wish
// (待办). ActiveKey is unique and set while it is open.
type Task struct {
	ID        int64     `gorm:"primaryKey;autoIncrement:false;index:idx_tasks_org,priority:3;index:idx_tasks_org_kind,priority:4"`
	TenantID  int64     `gorm:"not null"`
	OrgID     int64     `gorm:"not null;index:idx_tasks_org,priority:1;index:idx_tasks_org_kind,priority:1"`
	Kind      TaskKind  `gorm:"size:16;not null;index:idx_tasks_org_kind,priority:3"`
	WishID    int64     `gorm:"not null;index:idx_tasks_wish"`
	Open      bool      `gorm:"column:is_open;not null;index:idx_tasks_org,priority:2;index:idx_tasks_org_kind,priority:2"`
	DoneBy    int64     `gorm:"not null"` // 0: not done, or overtaken by events
	Outcome   string    `gorm:"size:500;not null"`
	CreatedAt time.Time `gorm:"not null"`
	DoneAt    *time.Time
	ActiveKey *string `gorm:"size:48;uniqueIndex:idx_tasks_active"`
	Version   int64   `gorm:"not null"`
}

// NewTask returns an open task of w's queue.
func NewTask(id int64, w *Wish, kind TaskKind, now time.Time) *Task {
	key := strconv.FormatInt(w.ID, 10) + ":" + string(kind)
	return &Task{ID: id, TenantID: w.TenantID, OrgID: w.QueueOrgID, Kind: kind, WishID: w.ID, Open: true, CreatedAt: now, ActiveKey: &key, Version: 1}
}

// WishHelper is one of a team who goes with the claimer. The claimer himself is
// on the wish.
type WishHelper struct {
	ClaimID int64 `gorm:"primaryKey;autoIncrement:false"`
	UserID  int64 `gorm:"primaryKey;autoIncrement:false;index:idx_wish_helpers_user,priority:1"`
	WishID  int64 `gorm:"not null;index:idx_wish_helpers_user,priority:2"`
}

// Open sets e on its way: unrated, to be reviewed, or simply submitted.
func (e *Evaluation) Open(flags []string) {
	switch {
	case e.Stars == 0:
		e.State = EvaluationUnrated
	case len(flags) > 0:
		e.State = EvaluationUnderReview
	default:
		e.State = EvaluationSubmitted
	}
}

// Remove takes e out of every count, since what it judged is done again.
func (e *Evaluation) Remove() { e.State = EvaluationRemoved }

// Finish closes t with what came of it.
func (t *Task) Finish(by Actor, outcome string, now time.Time) {
	t.Open, t.ActiveKey, t.DoneBy, t.Outcome, t.DoneAt = false, nil, by.UserID, outcome, &now
}
