package model

import (
	"slices"
	"time"

	"dandelion/internal/fault"
)

// Faults of disputes.
var (
	ErrDisputeNotFound = fault.Define(fault.NotFound, "dispute.not_found", "没有这条异议")
	ErrDisputeState    = fault.Define(fault.Conflict, "dispute.state", "这条异议已经答复")
	ErrDisputeTaken    = fault.Define(fault.Conflict, "dispute.exists", "这次报名已提出过异议")
	ErrDisputeLate     = fault.Define(fault.Conflict, "dispute.late", "异议期限已过")
	ErrDisputeNothing  = fault.Define(fault.Conflict, "dispute.nothing", "这次报名还没有可以提出异议的结果")
	ErrDisputeSame     = fault.Define(fault.Forbidden, "dispute.same_person", "异议须由当事人、领队和原确认人以外的工作人员答复")
	ErrDisputeHigher   = fault.Define(fault.Forbidden, "dispute.escalated", "异议已逾期上提, 由乡镇（街道）或县级答复")
	ErrDisputeMinutes  = fault.Define(fault.Invalid, "dispute.minutes", "时长须多于已计时长, 且不超过所主张的时长和计划时长加 30 分钟")
)

// Dispute is a volunteer's word that his hours are not what was recorded (异议),
// which gets an answer in time: AnswerBy is stored when it is filed. DueAt is
// when the clock rings, and QueueOrgID whose workers have to act; 0: nobody's.
type Dispute struct {
	ID          int64        `gorm:"primaryKey;autoIncrement:false;index:idx_disputes_user,priority:2;index:idx_disputes_queue,priority:2"`
	TenantID    int64        `gorm:"not null"`
	EnrolmentID int64        `gorm:"not null;uniqueIndex:idx_disputes_enrolment"`
	UserID      int64        `gorm:"not null;index:idx_disputes_user,priority:1"`
	SlotID      int64        `gorm:"not null"`
	Title       string       `gorm:"size:30;not null"` // of the slot
	OrgID       int64        `gorm:"not null"`
	OrgPath     Path         `gorm:"size:255;not null"`
	QueueOrgID  int64        `gorm:"not null;index:idx_disputes_queue,priority:1"`
	State       DisputeState `gorm:"size:16;not null"`
	About       DisputeAbout `gorm:"size:8;not null"`
	OldMinutes  int64        `gorm:"not null"`
	Claimed     int64        `gorm:"not null"`
	Granted     int64        `gorm:"not null"`
	Reason      string       `gorm:"size:200;not null"`
	Answer      string       `gorm:"size:200;not null"`
	DecidedBy   int64        `gorm:"not null"`
	DecidedAt   *time.Time
	RecordID    int64     `gorm:"not null"` // that came of it; 0: none
	Escalated   bool      `gorm:"not null"` // it was not answered in time
	AnswerBy    time.Time `gorm:"not null"`
	DueAt       *time.Time
	CreatedAt   time.Time `gorm:"not null"`
	UpdatedAt   time.Time `gorm:"not null"`
	Version     int64     `gorm:"not null"`
}

// disputable returns what about an enrolment can be disputed, and how many
// minutes count so far; "" if there is nothing yet. The attendance is nil of who
// was not there.
func disputable(e *Enrolment, a *Attendance) (DisputeAbout, int64) {
	switch {
	case a == nil && e.State == EnrolmentAbsent:
		return AboutAbsent, 0
	case a == nil:
		return "", 0
	case a.State == AttendanceVoid:
		return AboutVoid, 0
	case a.State == AttendanceDone:
		return AboutShort, a.Minutes
	}
	return "", 0
}

// NewDispute files that an enrolment should count so many minutes (提出异议): by
// the volunteer himself, in time. For others the enrolment is not there.
func NewDispute(id int64, e *Enrolment, a *Attendance, slot *Slot, minutes int64, reason string, s Step) (*Dispute, error) {
	state, _ := moves(disputeFlow, DisputeFile, DisputeState(""), PartyVolunteer)
	about, counted := disputable(e, a)
	switch {
	case e.TenantID != s.Who.TenantID || e.UserID != s.Who.UserID:
		return nil, ErrEnrolmentNotFound
	case about == "":
		return nil, ErrDisputeNothing
	case s.Now.After(slot.EndsAt.Add(s.Policy.Span(DisputeTime))):
		return nil, ErrDisputeLate
	case minutes <= counted || minutes > slot.Planned()+OverPlanned:
		return nil, ErrDisputeMinutes
	}
	due := s.Now.Add(s.Policy.Span(DisputeAnswer))
	return &Dispute{
		ID: id, TenantID: e.TenantID, EnrolmentID: e.ID, UserID: e.UserID, SlotID: slot.ID, Title: slot.Title, OrgID: slot.OrgID, OrgPath: slot.OrgPath,
		QueueOrgID: DeskOf(slot.OrgPath), State: state, About: about, OldMinutes: counted, Claimed: minutes, Reason: reason,
		AnswerBy: due, DueAt: &due, CreatedAt: s.Now, UpdatedAt: s.Now, Version: 1,
	}, nil
}

// Sees reports whether d is there for who: for the volunteer, and for the staff
// over the organisation.
func (d *Dispute) Sees(who Actor) bool {
	return who.TenantID == d.TenantID && who.UserID != 0 && (who.UserID == d.UserID || who.Reviews(d.OrgPath) || who.Holds(d.OrgPath, RoleAuditor))
}

// Deciders are those who had a part in what a dispute is about, and so cannot
// decide it: the leader, and whoever confirmed or refused.
func Deciders(slot *Slot, a *Attendance, r *ServiceRecord) []int64 {
	all := []int64{slot.LeaderID}
	if a != nil {
		all = append(all, a.DecidedBy)
	}
	if r != nil {
		all = append(all, r.CertifierID)
	}
	return slices.DeleteFunc(all, func(id int64) bool { return id == 0 })
}

// may says why who cannot decide d, or nil. Involved are those who had a part in
// it.
func (d *Dispute) may(who Actor, involved []int64) error {
	switch {
	case who.TenantID != d.TenantID || !who.Reviews(d.OrgPath):
		return ErrDisputeNotFound
	case who.UserID == d.UserID || slices.Contains(involved, who.UserID):
		return ErrDisputeSame
	case d.Escalated && !who.Holds(d.OrgPath, RoleTownship, RoleCounty):
		return ErrDisputeHigher
	}
	return nil
}

// Uphold finds that so many minutes were served (异议成立), and counts them in a
// record of that id. Counted is what counts so far.
func (d *Dispute) Uphold(minutes, counted int64, slot *Slot, record int64, answer string, involved []int64, s Step) error {
	after := *d
	if err := after.decide(DisputeUphold, answer, involved, s); err != nil {
		return err
	}
	if minutes <= counted || minutes > d.Claimed || minutes > slot.Planned()+OverPlanned {
		return ErrDisputeMinutes
	}
	after.Granted, after.RecordID = minutes, record
	*d = after
	return nil
}

// Dismiss finds that the record is right (维持原记录).
func (d *Dispute) Dismiss(answer string, involved []int64, s Step) error {
	return d.decide(DisputeDismiss, answer, involved, s)
}

func (d *Dispute) decide(e CheckEvent, answer string, involved []int64, s Step) error {
	if err := d.may(s.Who, involved); err != nil {
		return err
	}
	to, ok := moves(disputeFlow, e, d.State, PartyReviewer)
	if !ok {
		return ErrDisputeState
	}
	d.State, d.Answer, d.DecidedBy, d.DecidedAt, d.QueueOrgID, d.DueAt = to, answer, s.Who.UserID, &s.Now, 0, nil
	return nil
}

// Escalate gives a dispute that nobody has answered in time to the township,
// whose queue it stays in (逾期上提).
func (d *Dispute) Escalate() error {
	to, ok := moves(disputeFlow, DisputeEscalate, d.State, PartySystem)
	if !ok || d.Escalated {
		return ErrDisputeState
	}
	d.State, d.Escalated, d.DueAt, d.QueueOrgID = to, true, nil, DeskOf(d.OrgPath.To(LevelTownship))
	return nil
}

// Told returns how d stands and what comes next, in plain words for the
// volunteer.
func (d *Dispute) Told() string {
	switch {
	case d.State == DisputeUpheld:
		return "异议成立, 已按 " + SaidMinutes(d.Granted) + "更正服务时长。"
	case d.State == DisputeDismissed:
		return "经核实维持原记录。"
	case d.Escalated:
		return "社区未在期限内答复, 已上提到乡镇（街道）处理。"
	}
	return "由社区工作人员核实, 将在" + Said(d.AnswerBy) + "前答复; 超过期限自动上提到乡镇（街道）。"
}
