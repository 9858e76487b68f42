package model

import "time"

// VisitMost is how long a visit lasts at most. One that is left open for longer
// has been forgotten, and is in nobody's way any more.
const VisitMost = 12 * time.Hour

// VisitForgotten is what a forgotten visit ends with.
const VisitForgotten = "超过 12 小时未签退, 自动结束, 不计时长。"

// VisitFix is where a visitor says he is, in GCJ-02, in millionths of a degree;
// Accuracy is in metres.
type VisitFix struct{ Lat, Lng, Accuracy int64 }

// kept returns until when f is kept; nil if it is not worth keeping, or nobody
// shall keep it.
func (f *VisitFix) kept(s Step) *time.Time {
	if f == nil || f.Accuracy > SlotRadius || s.Policy.Span(FixKept) <= 0 {
		return nil
	}
	until := s.Now.Add(s.Policy.Span(FixKept))
	return &until
}

// NewVisit returns the attendance of s.Who who checks in at a wish that he has
// claimed (上门签到). It earns nothing: the wish does that.
func NewVisit(id, claim int64, s Step, fix *VisitFix) (*Attendance, error) {
	to, ok := moves(attendanceFlow, CheckIn, AttendanceState(""), PartyVolunteer)
	if !ok {
		return nil, ErrAttendanceState
	}
	user := s.Who.UserID
	a := &Attendance{
		ID: id, TenantID: s.Who.TenantID, SourceType: OfClaim, SourceID: claim, UserID: user, State: to,
		InAt: s.Now, InMode: ModeVisit, InBy: user, OpenKey: &user, CreatedAt: s.Now, UpdatedAt: s.Now, Version: 1,
	}
	if until := fix.kept(s); until != nil {
		a.InLat, a.InLng, a.FixUntil = &fix.Lat, &fix.Lng, until
	}
	return a, nil
}

// EndVisit checks out of a visit (上门签退). Both fixes are dropped when the
// first of them has to be.
func (a *Attendance) EndVisit(s Step, fix *VisitFix) error {
	to, ok := moves(attendanceFlow, CheckOut, a.State, PartyVolunteer)
	switch {
	case a.SourceType != OfClaim || a.UserID != s.Who.UserID:
		return ErrAttendanceNotFound
	case !ok:
		return ErrNotCheckedIn
	}
	a.State, a.OutAt, a.OutMode, a.OutBy, a.OpenKey = to, &s.Now, ModeVisit, s.Who.UserID, nil
	a.Minutes = Served(int64(VisitMost/time.Minute)-OverPlanned, a.InAt, s.Now)
	if until := fix.kept(s); until != nil {
		a.OutLat, a.OutLng = &fix.Lat, &fix.Lng
		if a.FixUntil == nil {
			a.FixUntil = until
		}
	}
	return nil
}

// ForgottenVisit reports whether a is a visit that has been open for too long.
func (a *Attendance) ForgottenVisit(now time.Time) bool {
	return a.SourceType == OfClaim && a.State == AttendancePresent && now.Sub(a.InAt) > VisitMost
}

// AbandonVisit ends a forgotten visit, which counts for nothing: nobody knows
// when it ended.
func (a *Attendance) AbandonVisit(now time.Time) error {
	if !a.ForgottenVisit(now) {
		return ErrAttendanceState
	}
	to := a.State
	for _, e := range []CheckEvent{CheckClose, CheckLapse} {
		next, ok := moves(attendanceFlow, e, to, PartySystem)
		if !ok {
			return ErrAttendanceState
		}
		to = next
	}
	a.State, a.OpenKey, a.Minutes, a.Reason = to, nil, 0, VisitForgotten
	return nil
}
