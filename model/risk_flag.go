package model

import (
	"time"

	"dandelion/internal/fault"
)

// Faults of risk flags.
var (
	ErrRiskNotFound = fault.Define(fault.NotFound, "risk_flag.not_found", "没有这条风险提示")
	ErrRiskState    = fault.Define(fault.Conflict, "risk_flag.state", "这条风险提示已经有人核查过")
	ErrRiskOwn      = fault.Define(fault.Forbidden, "risk_flag.own", "本场的领队和参加者不能核查本场的风险提示")
	ErrRiskPlace    = fault.Define(fault.Forbidden, "risk_flag.place", "只能查看本社区的风险提示")
)

// RiskKind is what about a check-in is odd (风险类型).
type RiskKind string

// The kinds of risk.
const (
	RiskDevice   RiskKind = "shared_device" // 多人共用设备
	RiskSpeed    RiskKind = "speed"         // 移动过快
	RiskFix      RiskKind = "same_fix"      // 定位完全相同
	RiskBurst    RiskKind = "burst"         // 集中签到
	RiskAttested RiskKind = "attested"      // 代签过多
)

// RiskKinds returns the kinds of risk.
func RiskKinds() []RiskKind {
	return []RiskKind{RiskDevice, RiskSpeed, RiskFix, RiskBurst, RiskAttested}
}

// Title returns what people call k.
func (k RiskKind) Title() string {
	return map[RiskKind]string{
		RiskDevice: "多人共用设备", RiskSpeed: "移动过快", RiskFix: "定位完全相同", RiskBurst: "集中签到", RiskAttested: "代签过多",
	}[k]
}

// RiskState is how a risk flag stands.
type RiskState string

// The states of a risk flag.
const (
	RiskOpen      RiskState = "open"      // 待核查
	RiskDismissed RiskState = "dismissed" // 已排除
	RiskUpheld    RiskState = "upheld"    // 属实
)

// RiskStates returns the states of a risk flag.
func RiskStates() []RiskState { return []RiskState{RiskOpen, RiskDismissed, RiskUpheld} }

// Title returns what people call s.
func (s RiskState) Title() string {
	return map[RiskState]string{RiskOpen: "待核查", RiskDismissed: "已排除", RiskUpheld: "属实"}[s]
}

// The events of a risk flag.
const (
	RiskRaise   CheckEvent = "flag"
	RiskDismiss CheckEvent = "dismiss"
	RiskUphold  CheckEvent = "uphold"
)

// riskFlow is the whole life of a risk flag.
var riskFlow = []CheckArrow{
	{RiskRaise, "提示", "", string(RiskOpen), PartySystem},
	{RiskDismiss, "排除", string(RiskOpen), string(RiskDismissed), PartyReviewer},
	{RiskUphold, "属实", string(RiskOpen), string(RiskUpheld), PartyReviewer},
}

// RiskArrows returns every way that a risk flag can go.
func RiskArrows() []CheckArrow { return riskFlow }

// RiskFlag asks a person to look at a check-in that is odd (风险提示). It blocks
// nothing and changes no minutes: what comes of it is decided by people, each
// case by itself. Its text holds no coordinates.
type RiskFlag struct {
	ID           int64     `gorm:"primaryKey;autoIncrement:false;index:idx_risk_flags_queue,priority:3;index:idx_risk_flags_tenant,priority:3"`
	TenantID     int64     `gorm:"not null;index:idx_risk_flags_tenant,priority:1"`
	SlotID       int64     `gorm:"not null;uniqueIndex:idx_risk_flags_one,priority:2"`
	OrgPath      Path      `gorm:"size:255;not null"`
	CommunityID  int64     `gorm:"not null;index:idx_risk_flags_queue,priority:1"`
	AttendanceID int64     `gorm:"not null;uniqueIndex:idx_risk_flags_one,priority:3"` // 0: the slot's as a whole
	UserID       int64     `gorm:"not null"`                                           // 0: nobody's in particular
	Kind         RiskKind  `gorm:"size:16;not null;uniqueIndex:idx_risk_flags_one,priority:1"`
	Detail       string    `gorm:"size:200;not null"`
	State        RiskState `gorm:"size:16;not null;index:idx_risk_flags_queue,priority:2;index:idx_risk_flags_tenant,priority:2"`
	ReviewedBy   int64     `gorm:"not null"`
	Note         string    `gorm:"size:200;not null"`
	CreatedAt    time.Time `gorm:"not null"`
	ReviewedAt   *time.Time
	UpdatedAt    time.Time `gorm:"not null"`
	Version      int64     `gorm:"not null"`
}

// NewRiskFlag returns the flag that r raises at slot.
func NewRiskFlag(id int64, slot *Slot, r Risk, now time.Time) (*RiskFlag, error) {
	to, ok := moves(riskFlow, RiskRaise, RiskState(""), PartySystem)
	if !ok {
		return nil, ErrRiskState
	}
	return &RiskFlag{
		ID: id, TenantID: slot.TenantID, SlotID: slot.ID, OrgPath: slot.OrgPath, CommunityID: slot.CommunityID, AttendanceID: r.AttendanceID,
		UserID: r.UserID, Kind: r.Kind, Detail: r.Detail, State: to, CreatedAt: now, UpdatedAt: now, Version: 1,
	}, nil
}

// RiskCase is what is known of a flag's slot when it is reviewed: who leads it,
// where it is, and whether the reviewer had a part in it.
type RiskCase struct {
	LeaderID  int64
	Community Path
	TookPart  bool
}

// Review is a second person's word on f (核查): nothing is wrong, or something
// is. Neither the leader of the slot nor anybody who was there has it.
func (f *RiskFlag) Review(s Step, c RiskCase, e CheckEvent, note string) error {
	reviewers := []Role{RoleWorker, RoleTownship, RoleCounty}
	switch {
	case s.Who.TenantID != f.TenantID || s.Who.UserID == 0,
		!s.Who.Holds(f.OrgPath, reviewers...) && !s.Who.Holds(c.Community, reviewers...):
		return ErrRiskNotFound
	case s.Who.UserID == c.LeaderID, s.Who.UserID == f.UserID, c.TookPart:
		return ErrRiskOwn
	}
	to, ok := moves(riskFlow, e, f.State, PartyReviewer)
	if !ok {
		return ErrRiskState
	}
	f.State, f.ReviewedBy, f.Note, f.ReviewedAt = to, s.Who.UserID, note, &s.Now
	return nil
}
