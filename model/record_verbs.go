package model

import "time"

// The events of records of service.
const (
	RecordAdd      CheckEvent = "record"
	RecordReplace  CheckEvent = "replace"
	RecordWithdraw CheckEvent = "withdraw"
)

// recordFlow is the whole life of a record of service.
var recordFlow = []CheckArrow{
	{RecordAdd, "记录", "", string(RecordValid), PartySystem},
	{RecordReplace, "更正", string(RecordValid), string(RecordVoid), PartyReviewer},
	{RecordWithdraw, "心愿重新办理", string(RecordValid), string(RecordVoid), PartySystem},
}

// RecordArrows returns every way that a record of service can go.
func RecordArrows() []CheckArrow { return recordFlow }

// Reviews reports whether a decides about the hours that the organisation at
// path has recorded.
func (a Actor) Reviews(path Path) bool {
	return a.UserID != 0 && a.Holds(path, RoleWorker, RoleTownship, RoleCounty)
}

// DayUse is how many minutes of somebody's day count already, and how many may.
type DayUse struct{ Used, Limit int64 }

// fill lets r have what is left of its day of so many minutes.
func (r *ServiceRecord) fill(total int64, day DayUse) {
	r.Minutes = min(total, max(0, day.Limit-day.Used))
	r.CutMinutes, r.DayLimit = total-r.Minutes, day.Limit
}

// Total returns how many minutes were served, whether they count or not.
func (r *ServiceRecord) Total() int64 { return r.Minutes + r.CutMinutes }

// NewServiceRecord returns the record of what somebody served in a slot (记录).
// He belongs to what m says; the zero Member belongs to where he served.
func NewServiceRecord(id int64, a *Attendance, e *Enrolment, slot *Slot, m Member, day DayUse, certifier int64, now time.Time) *ServiceRecord {
	state, _ := moves(recordFlow, RecordAdd, RecordState(""), PartySystem)
	r := &ServiceRecord{
		ID: id, TenantID: a.TenantID, UserID: a.UserID, SourceType: OfAttendance, SourceID: a.ID, State: state, Role: e.Role, SlotID: slot.ID, AttendanceID: a.ID,
		Title: slot.Title, Place: slot.Place, OrgID: slot.OrgID, OrgPath: slot.OrgPath, CommunityID: slot.CommunityID, UnitID: m.UnitID,
		StartedAt: a.InAt, EndedAt: a.InAt.Add(time.Duration(a.Minutes) * time.Minute), Day: DayOf(a.InAt),
		CertifierID: certifier, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	if a.OutAt != nil && a.OutAt.After(a.InAt) {
		r.EndedAt = *a.OutAt
	}
	if m.CommunityID != 0 {
		r.CommunityID = m.CommunityID
	}
	r.fill(a.Minutes, day)
	return r
}

// NewWishRecord returns the record of what somebody served for a wish that was
// closed. It has no place: where somebody lives is nobody's business.
func NewWishRecord(id int64, w *Wish, user int64, m Member, day DayUse, now time.Time) *ServiceRecord {
	state, _ := moves(recordFlow, RecordAdd, RecordState(""), PartySystem)
	from, to := wishTime(w, now)
	r := &ServiceRecord{
		ID: id, TenantID: w.TenantID, UserID: user, SourceType: OfClaim, SourceID: w.ClaimID, State: state, Role: EnrolMember, Title: wishTitle(w),
		OrgID: w.CommunityID, OrgPath: w.OrgPath.To(LevelCommunity), CommunityID: w.CommunityID, UnitID: m.UnitID, StartedAt: from, EndedAt: to, Day: DayOf(from),
		CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	if user == w.ClaimerID {
		r.Role = EnrolLeader
	}
	if m.CommunityID != 0 {
		r.CommunityID = m.CommunityID
	}
	r.fill(w.Minutes, day)
	return r
}

func wishTitle(w *Wish) string {
	said := []rune("心愿服务: " + MaskText(w.Title))
	return string(said[:min(len(said), 60)])
}

// wishTime returns from when to when a wish was served, as far as is known: so
// many minutes from its beginning, or else before it was closed.
func wishTime(w *Wish, now time.Time) (from, to time.Time) {
	served := time.Duration(w.Minutes) * time.Minute
	switch {
	case w.StartedAt != nil:
		return *w.StartedAt, w.StartedAt.Add(served)
	case w.ClosedAt != nil:
		return w.ClosedAt.Add(-served), *w.ClosedAt
	}
	return now.Add(-served), now
}

// WishDay returns the day that what was served for w counts towards.
func WishDay(w *Wish, now time.Time) Day {
	from, _ := wishTime(w, now)
	return DayOf(from)
}

// Owe says that a new record of so many minutes comes from something else than
// the attendance itself.
func (r *ServiceRecord) Owe(source Subject, sourceID, total int64, day DayUse) {
	r.SourceType, r.SourceID = source, sourceID
	r.EndedAt = r.StartedAt.Add(time.Duration(total) * time.Minute)
	r.fill(total, day)
}

// Replace makes r void and returns the record that takes its place (更正): of so
// many minutes, as source says.
func (r *ServiceRecord) Replace(id int64, source Subject, sourceID, total int64, day DayUse, s Step) (*ServiceRecord, error) {
	to, ok := moves(recordFlow, RecordReplace, r.State, PartyReviewer)
	if !ok {
		return nil, ErrRecordState
	}
	fresh := *r
	fresh.ID, fresh.SourceType, fresh.SourceID, fresh.CertifierID = id, source, sourceID, s.Who.UserID
	fresh.EndedAt = r.StartedAt.Add(time.Duration(total) * time.Minute)
	fresh.CreatedAt, fresh.UpdatedAt, fresh.Version = s.Now, s.Now, 1
	fresh.fill(total, day)
	r.State, r.ReplacedBy = to, id
	return &fresh, nil
}

// Withdraw makes the record of a wish void that is done again.
func (r *ServiceRecord) Withdraw() error {
	to, ok := moves(recordFlow, RecordWithdraw, r.State, PartySystem)
	if !ok || r.SourceType != OfClaim {
		return ErrRecordState
	}
	r.State = to
	return nil
}

// Revise says that so many minutes of a count, and not what was said before
// (更正).
func (a *Attendance) Revise(minutes int64, why string, s Step) error {
	to, ok := moves(attendanceFlow, CheckRevise, a.State, PartyReviewer)
	if !ok {
		return ErrAttendanceState
	}
	a.State, a.Minutes, a.DecidedBy, a.Reason = to, minutes, s.Who.UserID, why
	return nil
}

// NewVouched returns the attendance of somebody who was said to be absent and was
// there after all (异议成立). When he came nobody knows; he is taken to have come
// in time.
func NewVouched(id int64, e *Enrolment, slot *Slot, minutes int64, why string, s Step) *Attendance {
	state, _ := moves(attendanceFlow, CheckRevise, AttendanceState(""), PartyReviewer)
	out := slot.StartsAt.Add(time.Duration(minutes) * time.Minute)
	return &Attendance{
		ID: id, TenantID: e.TenantID, SourceType: OfEnrolment, SourceID: e.ID, UserID: e.UserID, SlotID: slot.ID, State: state,
		InAt: slot.StartsAt, InMode: ModeLeader, InBy: s.Who.UserID, OutAt: &out, OutMode: ModeLeader, OutBy: s.Who.UserID,
		Minutes: minutes, DecidedBy: s.Who.UserID, Reason: why, CreatedAt: s.Now, UpdatedAt: s.Now, Version: 1,
	}
}

// Vouch says that somebody was there who was said to be absent (异议成立).
func (e *Enrolment) Vouch() error {
	to, ok := moves(enrolmentFlow, EnrolVouch, e.State, PartyReviewer)
	if !ok {
		return ErrEnrolmentState
	}
	e.State = to
	return nil
}
