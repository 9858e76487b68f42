package model

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"dandelion/internal/fault"
)

// Faults of sanctions and adjustments.
var (
	ErrPointCaseNotFound = fault.Define(fault.NotFound, "points.case_not_found", "没有这项积分处理")
	ErrPointCaseWho      = fault.Define(fault.Forbidden, "points.case_forbidden", "这项积分处理不由您办理")
	ErrPointCaseOwn      = fault.Define(fault.Forbidden, "points.case_own", "涉及本人的积分处理须由他人办理")
	ErrPointCaseSame     = fault.Define(fault.Forbidden, "points.case_same_person", "提出、复核和申诉处理须由不同的人办理")
	ErrPointCaseState    = fault.Define(fault.Conflict, "points.case_state", "这项积分处理现在不能这样办理")
	ErrPointCaseLate     = fault.Define(fault.Conflict, "points.case_late", "申诉期限已过")
	ErrPointCaseTaken    = fault.Define(fault.Conflict, "points.case_exists", "同一事由已有一项同类处理")
	ErrPointCaseAmount   = fault.Define(fault.Invalid, "points.case_amount", "分值须为不超过 1000 的非零整数, 扣减不超过规则所定的范围")
	ErrPointCaseSource   = fault.Define(fault.Invalid, "points.case_source", "所依据的心愿与当事人或事由不符")
)

// MaxAdjustment is the most that one adjustment may give or take.
const MaxAdjustment = 1000

// PointCaseKind says what a case is about (事由).
type PointCaseKind string

// The kinds of case: sanctions, and the adjustment of what was booked wrongly.
const (
	CaseNoShow      PointCaseKind = "no_show"
	CaseLateRelease PointCaseKind = "late_release"
	CaseFalsified   PointCaseKind = "falsification"
	CaseAdjustment  PointCaseKind = "adjustment"
)

// pointCaseKinds names every kind, and the rule that says what a sanction takes.
var pointCaseKinds = []struct {
	kind  PointCaseKind
	title string
	rule  RuleName
}{
	{CaseNoShow, "无故缺席", RuleNoShow},
	{CaseLateRelease, "逾期退单", RuleLateRelease},
	{CaseFalsified, "弄虚作假", RuleFalsified},
	{CaseAdjustment, "积分调整", ""},
}

// PointCaseKinds returns the kinds of case.
func PointCaseKinds() []PointCaseKind {
	var all []PointCaseKind
	for _, k := range pointCaseKinds {
		all = append(all, k.kind)
	}
	return all
}

// Title returns what people call k.
func (k PointCaseKind) Title() string {
	for _, t := range pointCaseKinds {
		if t.kind == k {
			return t.title
		}
	}
	return ""
}

// Rule returns the rule that says what k takes; "" if it is no sanction.
func (k PointCaseKind) Rule() RuleName {
	for _, t := range pointCaseKinds {
		if t.kind == k {
			return t.rule
		}
	}
	return ""
}

// PointCase is a sanction or an adjustment of somebody's points (积分处理): one
// proposes it, another approves it, the person concerned may appeal, and a
// third decides. Change is what it does to his points, by the rule that was in
// force when it was proposed, so that waiting changes nothing.
//
// ActiveKey is unique and set while a case stands: nobody is sanctioned twice
// for the same. DueAt is when the clock rings, and QueueOrgID whose workers
// have to act; 0: nobody's.
type PointCase struct {
	ID          int64          `gorm:"primaryKey;autoIncrement:false;index:idx_point_cases_user,priority:2;index:idx_point_cases_queue,priority:2;index:idx_point_cases_community,priority:2;index:idx_point_cases_state,priority:3"`
	TenantID    int64          `gorm:"not null;uniqueIndex:idx_point_cases_request,priority:1"`
	UserID      int64          `gorm:"not null;index:idx_point_cases_user,priority:1"` // the person concerned
	CommunityID int64          `gorm:"not null;index:idx_point_cases_community,priority:1;index:idx_point_cases_state,priority:1"`
	OrgPath     Path           `gorm:"size:255;not null"`
	QueueOrgID  int64          `gorm:"not null;index:idx_point_cases_queue,priority:1"`
	Kind        PointCaseKind  `gorm:"size:16;not null"`
	State       PointCaseState `gorm:"size:16;not null;index:idx_point_cases_state,priority:2"`
	Change      int64          `gorm:"column:points_change;not null"`
	RuleVersion int64          `gorm:"not null"`
	WishID      int64          `gorm:"not null"` // 0: about no wish
	ClaimID     int64          `gorm:"not null"`
	RequestID   *string        `gorm:"size:64;uniqueIndex:idx_point_cases_request,priority:2"` // the number of the document (凭证号)
	PayloadHash string         `gorm:"size:64;not null"`

	Reason      string `gorm:"size:500;not null"` // why it was proposed
	Answer      string `gorm:"size:500;not null"` // the second person's
	Appeal      string `gorm:"size:500;not null"` // the person concerned's
	Ruling      string `gorm:"size:500;not null"` // on the appeal
	ProposedBy  int64  `gorm:"not null"`
	ReviewedBy  int64  `gorm:"not null"`
	DecidedBy   int64  `gorm:"not null"`
	Escalated   bool   `gorm:"not null"` // the appeal was not decided in time
	AppealUntil *time.Time
	DueAt       *time.Time
	ActiveKey   *string   `gorm:"size:96;uniqueIndex:idx_point_cases_active"`
	CreatedAt   time.Time `gorm:"not null"`
	UpdatedAt   time.Time `gorm:"not null"`
	Version     int64     `gorm:"not null"`
}

// PointCaseOrder is what a case is proposed with. Amount is signed for an
// adjustment; for a sanction it is how much to take, and 0 what the rule says.
type PointCaseOrder struct {
	Kind            PointCaseKind
	UserID          int64
	Amount          int64
	WishID, ClaimID int64
	Reason          string
	RequestID       string // the number of the document; "": none
}

// digest is the hash of what a second proposal under the same number would
// have to repeat.
func (o PointCaseOrder) digest() string {
	h := sha256.Sum256(fmt.Appendf(nil, "%s|%d|%d|%d|%d|%s", o.Kind, o.UserID, o.Amount, o.WishID, o.ClaimID, o.Reason))
	return hex.EncodeToString(h[:])
}

// change returns what o does to somebody's points under r.
func (o PointCaseOrder) change(r *PointRule) (int64, error) {
	rule := o.Kind.Rule()
	if rule == "" {
		if o.Amount == 0 || o.Amount > MaxAdjustment || o.Amount < -MaxAdjustment {
			return 0, ErrPointCaseAmount
		}
		return o.Amount, nil
	}
	take := o.Amount
	if take == 0 {
		take = r.Number(rule)
	}
	if take <= 0 || !sensible(rule, take) {
		return 0, ErrPointCaseAmount
	}
	return -take, nil
}

// On reports whether claim is what o can be about: one that the person concerned
// had, and for a late release one that he did not keep.
func (o PointCaseOrder) On(claim *Claim) bool {
	his := claim.ClaimerID == o.UserID || claim.Team.Has(o.UserID)
	late := claim.Late || claim.State == ClaimExpired || claim.State == ClaimRevoked
	return his && (o.Kind != CaseLateRelease || late)
}

// NewPointCase proposes a case about somebody who belongs to the community at
// place (提出), on a claim of his or, for the zero Claim, on none. It lapses
// unless a second person approves it in time.
func NewPointCase(id int64, o PointCaseOrder, place Path, on Claim, r *PointRule, s Step) (*PointCase, error) {
	switch {
	case o.UserID == s.Who.UserID:
		return nil, ErrPointCaseOwn
	case !s.Who.Holds(place, RoleWorker, RoleTownship, RoleCounty):
		return nil, ErrPointCaseWho
	}
	change, err := o.change(r)
	if err != nil {
		return nil, err
	}
	c := &PointCase{
		ID: id, TenantID: s.Who.TenantID, UserID: o.UserID, CommunityID: place.At(LevelCommunity), OrgPath: place, Kind: o.Kind,
		Change: change, RuleVersion: r.Version, WishID: on.WishID, ClaimID: on.ID, PayloadHash: o.digest(), Reason: o.Reason,
		ProposedBy: s.Who.UserID, CreatedAt: s.Now, UpdatedAt: s.Now, Version: 1,
	}
	if o.RequestID != "" {
		c.RequestID = &o.RequestID
	}
	if on.ID != 0 {
		key := fmt.Sprintf("%s:%d:%d", o.Kind, on.ID, o.UserID)
		c.ActiveKey = &key
	}
	c.move(CaseProposed, s)
	return c, nil
}

// Repeats reports whether c is what o asks for.
func (c *PointCase) Repeats(o PointCaseOrder) bool { return c.PayloadHash == o.digest() }

// Posting returns the transaction that carries c out. The reason stays with the
// case: lines of the ledger are for ever, and it may name people.
func (c *PointCase) Posting(now time.Time) *Posting {
	p := &Posting{
		Txn: PointTxn{
			TenantID: c.TenantID, Kind: PointPenalty, SourceType: OfPointCase, SourceID: c.ID, RuleVersion: c.RuleVersion,
			ActorID: c.ReviewedBy, Memo: c.Kind.Title(), OccurredAt: now,
		},
		Deeds: []Deed{{TenantID: c.TenantID, UserID: c.UserID, Tally: Tally{Honour: c.Change}}},
	}
	if c.RequestID != nil {
		p.Txn.RequestID = *c.RequestID
	}
	switch {
	case c.Kind != CaseAdjustment:
		p.Move(-c.Change, AccountMember, c.UserID, AccountPenalty, c.UserID)
	case c.Change > 0:
		p.Txn.Kind = PointAdjust
		p.Move(c.Change, AccountIssue, c.CommunityID, AccountMember, c.UserID).Lot = SeasonOf(now)
	default:
		p.Txn.Kind = PointAdjust
		p.Move(-c.Change, AccountMember, c.UserID, AccountIssue, c.CommunityID)
	}
	return p
}
