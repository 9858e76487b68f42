package model

import "time"

// VisitMost is how long a visit lasts at most. One that is left open for longer
// has been forgotten, and is in nobody's way any more.
const VisitMost = 12 * time.Hour

// VisitForgotten is what a forgotten visit ends with.
const VisitForgotten = "超过 12 小时未签退, 自动结束, 不计时长。"

// near reports whether f says where somebody is; a vague one is not kept.
func (f *Fix) near() bool { return f != nil && f.Accuracy <= SlotRadius }

// NewVisit returns the attendance of s.Who who checks in at a wish that he has
// claimed (上门签到). It earns nothing: the wish does that.
func NewVisit(id, claim int64, s Step, fix *Fix) (*Attendance, error) {
	to, ok := moves(attendanceFlow, CheckIn, AttendanceState(""), PartyVolunteer)
	if !ok {
		return nil, ErrAttendanceState
	}
	user := s.Who.UserID
	a := &Attendance{
		ID: id, TenantID: s.Who.TenantID, SourceType: OfClaim, SourceID: claim, UserID: user, State: to,
		InAt: s.Now, InMode: ModeVisit, InBy: user, OpenKey: &user, CreatedAt: s.Now, UpdatedAt: s.Now, Version: 1,
	}
	if fix.near() {
		a.keepIn(fix, s)
	}
	return a, nil
}

// EndVisit checks out of a visit (上门签退).
func (a *Attendance) EndVisit(s Step, fix *Fix) error {
	to, ok := moves(attendanceFlow, CheckOut, a.State, PartyVolunteer)
	switch {
	case a.SourceType != OfClaim || a.UserID != s.Who.UserID:
		return ErrAttendanceNotFound
	case !ok:
		return ErrNotCheckedIn
	}
	a.State, a.OutAt, a.OutMode, a.OutBy, a.OpenKey = to, &s.Now, ModeVisit, s.Who.UserID, nil
	a.Minutes = Served(int64(VisitMost/time.Minute)-OverPlanned, a.InAt, s.Now)
	if fix.near() {
		a.keepOut(fix, s)
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
