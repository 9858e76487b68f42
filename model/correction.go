package model

import (
	"time"

	"dandelion/internal/fault"
)

// Faults of corrections.
var (
	ErrCorrectionNotFound = fault.Define(fault.NotFound, "correction.not_found", "没有这条更正申请")
	ErrCorrectionState    = fault.Define(fault.Conflict, "correction.state", "这条更正申请已经处理过")
	ErrCorrectionOpen     = fault.Define(fault.Conflict, "correction.exists", "这条服务记录已有待审核的更正申请")
	ErrCorrectionSame     = fault.Define(fault.Forbidden, "correction.same_person", "更正须由申请人和当事人以外的工作人员审核")
	ErrCorrectionMinutes  = fault.Define(fault.Invalid, "correction.minutes", "更正后的时长须与原时长不同, 且不超过计划时长加 30 分钟")
	ErrCorrectionWish     = fault.Define(fault.Conflict, "correction.wish", "心愿服务的时长随心愿办理结果记录, 不能在此更正")
)

// CorrectionState is how a correction stands.
type CorrectionState string

// The states of a correction.
const (
	CorrectionRequested CorrectionState = "requested" // 待审核
	CorrectionApproved  CorrectionState = "approved"  // 已更正
	CorrectionRefused   CorrectionState = "refused"   // 未通过
)

// The events of a correction.
const (
	CorrectRequest CheckEvent = "request"
	CorrectApprove CheckEvent = "approve"
	CorrectRefuse  CheckEvent = "refuse"
)

// correctionFlow is the whole life of a correction.
var correctionFlow = []CheckArrow{
	{CorrectRequest, "申请更正", "", string(CorrectionRequested), PartyVolunteer},
	{CorrectRequest, "申请更正", "", string(CorrectionRequested), PartyLeader},
	{CorrectApprove, "同意更正", string(CorrectionRequested), string(CorrectionApproved), PartyReviewer},
	{CorrectRefuse, "不同意更正", string(CorrectionRequested), string(CorrectionRefused), PartyReviewer},
}

// CorrectionArrows returns every way that a correction can go.
func CorrectionArrows() []CheckArrow { return correctionFlow }

// CorrectionStates returns the states of a correction.
func CorrectionStates() []CorrectionState {
	return []CorrectionState{CorrectionRequested, CorrectionApproved, CorrectionRefused}
}

// Title returns what people call s.
func (s CorrectionState) Title() string {
	return map[CorrectionState]string{CorrectionRequested: "待审核", CorrectionApproved: "已更正", CorrectionRefused: "未通过"}[s]
}

// Correction asks that a record of service say other minutes (更正): one asks, a
// second person decides, and the old minutes and the new are kept. ActiveKey is
// unique and set while it waits: a record is corrected by one at a time.
// QueueOrgID is whose workers have to act; 0: nobody's.
type Correction struct {
	ID          int64           `gorm:"primaryKey;autoIncrement:false;index:idx_corrections_queue,priority:2;index:idx_corrections_record,priority:2"`
	TenantID    int64           `gorm:"not null"`
	RecordID    int64           `gorm:"not null;index:idx_corrections_record,priority:1"`
	UserID      int64           `gorm:"not null"` // whose record it is
	SlotID      int64           `gorm:"not null"`
	OrgID       int64           `gorm:"not null"`
	OrgPath     Path            `gorm:"size:255;not null"`
	QueueOrgID  int64           `gorm:"not null;index:idx_corrections_queue,priority:1"`
	State       CorrectionState `gorm:"size:16;not null"`
	OldMinutes  int64           `gorm:"not null"` // served, whether they counted or not
	NewMinutes  int64           `gorm:"not null"`
	Reason      string          `gorm:"size:200;not null"`
	Answer      string          `gorm:"size:200;not null"`
	RequestedBy int64           `gorm:"not null"`
	DecidedBy   int64           `gorm:"not null"`
	DecidedAt   *time.Time
	NewRecordID int64     `gorm:"not null"`                           // 0: none
	ActiveKey   *int64    `gorm:"uniqueIndex:idx_corrections_active"` // the record
	CreatedAt   time.Time `gorm:"not null"`
	UpdatedAt   time.Time `gorm:"not null"`
	Version     int64     `gorm:"not null"`
}

// DeskOf returns the organisation whose workers see to what the one at path
// does: its community, or what is above it if it belongs to none.
func DeskOf(path Path) int64 {
	for _, level := range []int{LevelCommunity, LevelTownship, LevelCounty} {
		if id := path.At(level); id != 0 {
			return id
		}
	}
	return 0
}

// NewCorrection asks that r say so many minutes (申请更正): himself, the leader,
// or who organised it. For others the record is not there.
func NewCorrection(id int64, r *ServiceRecord, slot *Slot, minutes int64, reason string, s Step) (*Correction, error) {
	by := correcting(r, slot, s.Who)
	state, ok := moves(correctionFlow, CorrectRequest, CorrectionState(""), by)
	switch {
	case by == "":
		return nil, ErrRecordNotFound
	case r.SlotID == 0:
		return nil, ErrCorrectionWish
	case r.State != RecordValid || !ok:
		return nil, ErrRecordState
	case minutes < 0 || minutes == r.Total() || minutes > slot.Planned()+OverPlanned:
		return nil, ErrCorrectionMinutes
	}
	return &Correction{
		ID: id, TenantID: r.TenantID, RecordID: r.ID, UserID: r.UserID, SlotID: r.SlotID, OrgID: r.OrgID, OrgPath: r.OrgPath, QueueOrgID: DeskOf(r.OrgPath),
		State: state, OldMinutes: r.Total(), NewMinutes: minutes, Reason: reason, RequestedBy: s.Who.UserID, ActiveKey: &r.ID,
		CreatedAt: s.Now, UpdatedAt: s.Now, Version: 1,
	}, nil
}

// correcting returns as what who may ask that r be corrected; "" if he may not.
func correcting(r *ServiceRecord, slot *Slot, who Actor) CheckParty {
	switch {
	case who.TenantID != r.TenantID:
		return ""
	case who.UserID == r.UserID:
		return PartyVolunteer
	case r.SlotID != 0 && who.Leads(slot), who.Organises(r.OrgPath):
		return PartyLeader
	}
	return ""
}

// may says why who cannot decide c, or nil: it takes a second person of the
// staff over the organisation. For others it is not there.
func (c *Correction) may(who Actor) error {
	switch {
	case who.TenantID != c.TenantID || !who.Reviews(c.OrgPath):
		return ErrCorrectionNotFound
	case who.UserID == c.RequestedBy || who.UserID == c.UserID:
		return ErrCorrectionSame
	}
	return nil
}

// Approve lets the new minutes count (同意更正), in a record of that id.
func (c *Correction) Approve(record int64, answer string, s Step) error {
	if err := c.decide(CorrectApprove, answer, s); err != nil {
		return err
	}
	c.NewRecordID = record
	return nil
}

// Refuse leaves the record as it is (不同意更正).
func (c *Correction) Refuse(answer string, s Step) error { return c.decide(CorrectRefuse, answer, s) }

func (c *Correction) decide(e CheckEvent, answer string, s Step) error {
	if err := c.may(s.Who); err != nil {
		return err
	}
	to, ok := moves(correctionFlow, e, c.State, PartyReviewer)
	if !ok {
		return ErrCorrectionState
	}
	c.State, c.Answer, c.DecidedBy, c.DecidedAt, c.QueueOrgID, c.ActiveKey = to, answer, s.Who.UserID, &s.Now, 0, nil
	return nil
}
