package model

import (
	"strconv"
	"strings"
	"time"
)

// Subject says what kind of thing a record is about.
type Subject string

// The subjects of events, timers, tasks and audit rows.
const (
	OfWish    Subject = "wish"
	OfUser    Subject = "user"
	OfOrg     Subject = "org"
	OfGrant   Subject = "grant"
	OfPolicy  Subject = "policy"
	OfSystem  Subject = "system"
	OfSession Subject = "session"

	OfClaim      Subject = "claim"      // points for a wish that was served
	OfPointTxn   Subject = "point_txn"  // the reversal of a transaction
	OfPoints     Subject = "points"     // a person's points
	OfRedemption Subject = "redemption" // a reward that was taken
	OfDonation   Subject = "donation"
	OfPointCase  Subject = "point_case" // a sanction or an adjustment
	OfExpiry     Subject = "expiry"     // points that grew too old
	OfReward     Subject = "reward"
	OfBoardName  Subject = "board_name" // whether a person's name may stand on boards

	OfActivity      Subject = "activity"
	OfSlot          Subject = "slot"
	OfEnrolment     Subject = "enrolment"
	OfAttendance    Subject = "attendance"
	OfServiceRecord Subject = "service_record"
	OfCorrection    Subject = "correction"   // of a record of service
	OfDispute       Subject = "dispute"      // about hours of service
	OfCertificate   Subject = "certificate"  // of hours of service
	OfRiskFlag      Subject = "risk_flag"    // of a check-in
	OfRegistration  Subject = "registration" // of a party member with a community
	OfRoster        Subject = "roster"       // the party members of a unit
)

// Event is a line of history and of the outbox at once: what happened, written
// in the transaction in which it happened, and whether it is still to be told
// to those who listen. It names what changed and not the new value, so hearing
// it twice, late or out of turn does no harm.
//
// RelayAt is when to tell it next, and NULL once it has been told; DueBefore is
// no part of it, so the index on it holds little more than what waits.
type Event struct {
	ID        int64     `gorm:"primaryKey;autoIncrement:false"`
	TenantID  int64     `gorm:"not null"`
	Subject   Subject   `gorm:"size:16;not null;index:idx_events_subject,priority:1"`
	SubjectID int64     `gorm:"not null;index:idx_events_subject,priority:2"`
	Name      string    `gorm:"size:32;not null"` // the verb: "claim"
	FromState string    `gorm:"size:24;not null"`
	ToState   string    `gorm:"size:24;not null"`
	ActorID   int64     `gorm:"not null"` // 0: the system
	ActorRole string    `gorm:"size:24;not null"`
	Reason    string    `gorm:"size:500;not null"`
	Note      string    `gorm:"size:1000;not null"` // more, for people
	RequestID string    `gorm:"size:32;not null"`
	CreatedAt time.Time `gorm:"not null"`

	RelayAt  *time.Time `gorm:"index:idx_events_relay"`
	Attempts int64      `gorm:"not null"`
	Dead     bool       `gorm:"not null"` // given up; an operator can run it again
	Failure  string     `gorm:"size:200;not null"`
}

// TimerKind says what a timer is for.
type TimerKind string

// The kinds of timer.
const (
	WishAlarm  TimerKind = "wish.alarm"
	PointsPost TimerKind = "points.post" // what was earned can no longer be appealed

	PointCaseAlarm   TimerKind = "point_case.alarm"  // a case waits too long
	RedemptionExpire TimerKind = "redemption.expire" // nobody has picked a reward up

	SlotAlarm         TimerKind = "slot.alarm"         // a slot is over, or waits too long for its leader
	DisputeAlarm      TimerKind = "dispute.alarm"      // nobody has answered a dispute
	RegistrationAlarm TimerKind = "registration.alarm" // nobody has decided on a registration
)

// Timer is a promise that something will be done when a time has come.
// LeaseUntil is both the lease of a runner and the back-off after a failure;
// Attempts counts the leases taken and fences them.
type Timer struct {
	ID         int64     `gorm:"primaryKey;autoIncrement:false"`
	Kind       TimerKind `gorm:"size:32;not null;uniqueIndex:idx_timers_one,priority:1"`
	SubjectID  int64     `gorm:"not null;uniqueIndex:idx_timers_one,priority:2"`
	DueAt      time.Time `gorm:"not null;index:idx_timers_due,priority:2"`
	LeaseUntil time.Time `gorm:"not null"`
	Attempts   int64     `gorm:"not null"`
	Dead       bool      `gorm:"not null;index:idx_timers_due,priority:1"` // given up; an operator can run it again
	Failure    string    `gorm:"size:200;not null"`
}

// Node is the lease of a process on one of the numbers that ids carry.
type Node struct {
	Number     int64     `gorm:"primaryKey;autoIncrement:false"`
	Owner      string    `gorm:"size:64;not null"`
	LeaseUntil time.Time `gorm:"not null"`
}

// Idempotency remembers the answer to a request, so that a retry of it does
// nothing and gets the same (幂等). Answer is sealed, and empty while it is not
// known; Status 0 likewise.
type Idempotency struct {
	ID        int64     `gorm:"primaryKey;autoIncrement:false"`
	UserID    int64     `gorm:"not null;uniqueIndex:idx_idempotency_key,priority:1"`
	Key       string    `gorm:"column:idem_key;size:64;not null;uniqueIndex:idx_idempotency_key,priority:2"`
	BodyHash  string    `gorm:"size:64;not null"` // of route, path, query and body
	Status    int       `gorm:"not null"`
	Answer    string    `gorm:"type:mediumtext;not null"`
	CreatedAt time.Time `gorm:"not null;index:idx_idempotency_created"`
}

// TableName is in the singular: it is no count noun.
func (Idempotency) TableName() string { return "idempotency" }

// Audit is one line of the audit log (审计日志): who did what to whom, when, in
// which request. Rows are added and never changed.
type Audit struct {
	ID        int64     `gorm:"primaryKey;autoIncrement:false"`
	TenantID  int64     `gorm:"not null;index:idx_audits_tenant"`
	ActorID   int64     `gorm:"not null"`
	Action    string    `gorm:"size:32;not null"` // "grant.give"
	Subject   Subject   `gorm:"size:16;not null;index:idx_audits_subject,priority:1"`
	SubjectID int64     `gorm:"not null;index:idx_audits_subject,priority:2"`
	Detail    string    `gorm:"size:2000;not null"` // JSON without personal data
	RequestID string    `gorm:"size:32;not null"`
	CreatedAt time.Time `gorm:"not null"`
}

// IDs is a short list of ids in one column: ",12,345,".
type IDs string

// IDsOf joins ids.
func IDsOf(ids []int64) IDs {
	if len(ids) == 0 {
		return ""
	}
	var b strings.Builder
	for _, n := range ids {
		b.WriteByte(',')
		b.WriteString(strconv.FormatInt(n, 10))
	}
	b.WriteByte(',')
	return IDs(b.String())
}

// Has reports whether n is in the list.
func (l IDs) Has(n int64) bool { return strings.Contains(string(l), ","+strconv.FormatInt(n, 10)+",") }

// List returns the ids.
func (l IDs) List() []int64 {
	var ids []int64
	for s := range strings.SplitSeq(strings.Trim(string(l), ","), ",") {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			ids = append(ids, n)
		}
	}
	return ids
}
