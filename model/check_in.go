package model

import (
	"fmt"

	"dandelion/internal/fault"
)

// ErrAttestSelf says that nobody's word is good for himself.
var ErrAttestSelf = fault.Define(fault.Forbidden, "attendance.self", "不能为自己代签或确认, 请由其他组织者办理")

// Fix is where a phone says that it is, in GCJ-02 and millionths of a degree,
// with the accuracy that it claims, in metres.
type Fix struct{ Lat, Lng, Accuracy int64 }

// keepIn keeps where somebody was when he came, for as long as the county says.
func (a *Attendance) keepIn(f *Fix, st Step) {
	if a.keepFor(st) {
		a.InLat, a.InLng = &f.Lat, &f.Lng
	}
}

// keepOut keeps where somebody was when he left.
func (a *Attendance) keepOut(f *Fix, st Step) {
	if a.keepFor(st) {
		a.OutLat, a.OutLng = &f.Lat, &f.Lng
	}
}

// keepFor says until when the fixes of a are kept, if any are to be. Both are
// dropped when the first of them has to be.
func (a *Attendance) keepFor(st Step) bool {
	keep := st.Policy.Span(FixKept)
	if until := st.Now.Add(keep); keep > 0 && a.FixUntil == nil {
		a.FixUntil = &until
	}
	return keep > 0
}

// Shown is what somebody shows to prove that he is there.
type Shown struct {
	Code     bool // a code of the slot that is good now
	Fix      *Fix
	Distance int64  // of the fix from the slot, in metres
	Device   string // a hash of what the phone calls itself
}

// Proves says why x does not prove to be at s, or nil. Whoever is refused for
// his phone's sake can still be attested by the leader.
func (s *Slot) Proves(x Shown) error {
	code := s.Mode == ModeCode || s.Mode == ModeCodeAndFence
	switch {
	case !code && !s.Fenced():
		return ErrCheckInMode.Saying("本场由领队点名或扫码签到, 请找领队")
	case code && !x.Code:
		return ErrCheckInCode
	case s.Fenced():
		return s.near(x)
	}
	return nil
}

// near says why a fix does not show that a phone is at s, or nil.
func (s *Slot) near(x Shown) error {
	switch {
	case x.Fix == nil:
		return ErrFixMissing.At("body.fix", "须有定位")
	case x.Fix.Accuracy > s.Radius:
		return ErrFixVague
	case x.Distance > s.Radius:
		return ErrFixFar
	}
	return nil
}

// Fenced reports whether s asks where one is.
func (s *Slot) Fenced() bool { return s.Mode == ModeFence || s.Mode == ModeCodeAndFence }

// within says that now is not the time to come to s or to go, or nil.
func (s *Slot) within(d Direction, st Step) error {
	from, to := s.StartsAt.Add(-st.Policy.Span(CheckInEarly)), s.EndsAt
	if d == DirectionOut {
		to = s.EndsAt.Add(st.Policy.Span(CheckOutLate))
	}
	if s.State != SlotOpen || !s.Published || st.Now.Before(from) || st.Now.After(to) {
		return ErrCheckInWindow.Saying("本场的%s时间是%s至%s", d.Title(), Said(from), Said(to))
	}
	return nil
}

// Attend notes that he whose e is has come (签到). By is himself or the leader.
func (e *Enrolment) Attend(by CheckParty) error {
	to, ok := moves(enrolmentFlow, EnrolAttend, e.State, by)
	switch {
	case e.State == EnrolmentAttended:
		return ErrCheckedIn
	case !ok:
		return ErrEnrolmentState
	}
	e.State = to
	return nil
}

// CheckIn returns the attendance of whoever checks himself in at s by what he
// shows (签到).
func (e *Enrolment) CheckIn(id int64, s *Slot, st Step, x Shown) (*Attendance, error) {
	if e.UserID != st.Who.UserID || e.SlotID != s.ID {
		return nil, ErrEnrolmentNotFound
	}
	a, err := e.arrive(id, s, st, PartyVolunteer)
	if err != nil {
		return nil, err
	}
	if err := s.Proves(x); err != nil {
		return nil, err
	}
	a.InMode, a.InDevice = s.Mode, x.Device
	if s.Fenced() {
		a.InDistance = &x.Distance
		a.keepIn(x.Fix, st)
	}
	return a, nil
}

// LetIn returns the attendance of whomever the leader of s lets in, by his own
// word or by scanning his code (代为签到).
func (e *Enrolment) LetIn(id int64, s *Slot, st Step, how CheckInMode, reason string) (*Attendance, error) {
	if err := e.ledBy(s, st); err != nil {
		return nil, err
	}
	a, err := e.arrive(id, s, st, PartyLeader)
	if err != nil {
		return nil, err
	}
	a.InMode, a.Reason = how, reason
	return a, nil
}

func (e *Enrolment) ledBy(s *Slot, st Step) error {
	switch {
	case e.SlotID != s.ID || !st.Who.Leads(s):
		return ErrEnrolmentNotFound
	case e.UserID == st.Who.UserID:
		return ErrAttestSelf
	}
	return nil
}

func (e *Enrolment) arrive(id int64, s *Slot, st Step, by CheckParty) (*Attendance, error) {
	to, ok := moves(attendanceFlow, CheckIn, AttendanceState(""), by)
	trial := *e
	if err := trial.Attend(by); err != nil {
		return nil, err
	}
	if !ok {
		return nil, ErrAttendanceState
	}
	if err := s.within(DirectionIn, st); err != nil {
		return nil, err
	}
	*e = trial
	return &Attendance{
		ID: id, TenantID: s.TenantID, SourceType: OfEnrolment, SourceID: e.ID, UserID: e.UserID, SlotID: s.ID, State: to, InAt: st.Now,
		InBy: st.Who.UserID, Late: st.Now.After(s.StartsAt.Add(st.Policy.Span(CheckInLate))), OpenKey: &e.UserID,
		CreatedAt: st.Now, UpdatedAt: st.Now, Version: 1,
	}, nil
}

// CheckOut ends a by what its owner shows (签退).
func (a *Attendance) CheckOut(s *Slot, st Step, x Shown) error {
	if a.UserID != st.Who.UserID || a.SlotID != s.ID {
		return ErrAttendanceNotFound
	}
	after := *a
	if err := after.depart(s, st, PartyVolunteer); err != nil {
		return err
	}
	if err := s.Proves(x); err != nil {
		return err
	}
	after.OutMode, after.OutDevice = s.Mode, x.Device
	if s.Fenced() {
		after.OutDistance = &x.Distance
		after.keepOut(x.Fix, st)
	}
	*a = after
	return nil
}

// LetOut ends a by the word of the leader of s, or because he has scanned the
// code (代为签退).
func (a *Attendance) LetOut(e *Enrolment, s *Slot, st Step, how CheckInMode) error {
	if err := e.ledBy(s, st); err != nil {
		return err
	}
	if err := a.depart(s, st, PartyLeader); err != nil {
		return err
	}
	a.OutMode = how
	return nil
}

func (a *Attendance) depart(s *Slot, st Step, by CheckParty) error {
	to, ok := moves(attendanceFlow, CheckOut, a.State, by)
	if !ok {
		return ErrAttendanceState
	}
	if err := s.within(DirectionOut, st); err != nil {
		return err
	}
	a.State, a.OutAt, a.OutBy, a.OpenKey = to, &st.Now, st.Who.UserID, nil
	a.Minutes = Served(s.Planned(), a.InAt, st.Now)
	return nil
}

// Close ends a because s is over and nobody has checked out (到时未签退): its
// leader has to confirm the planned minutes, or what of them was left when he
// came.
func (a *Attendance) Close(s *Slot, st Step) error {
	to, ok := moves(attendanceFlow, CheckClose, a.State, PartySystem)
	if !ok || !st.Who.System {
		return ErrAttendanceState
	}
	from := a.InAt
	if from.Before(s.StartsAt) {
		from = s.StartsAt
	}
	a.State, a.OpenKey, a.Minutes = to, nil, Served(s.Planned(), from, s.EndsAt)
	return nil
}

// Confirm counts what was left open (确认), as many minutes as proposed or fewer.
func (a *Attendance) Confirm(s *Slot, minutes int64, st Step) error {
	to, err := a.decided(CheckConfirm, s, st)
	switch {
	case err != nil:
		return err
	case minutes < 0 || minutes > a.Minutes:
		return ErrAttendanceState.Saying("确认的分钟数不能超过计划时长").At("body.minutes", fmt.Sprintf("须为 0–%d", a.Minutes))
	}
	a.State, a.Minutes, a.DecidedBy = to, minutes, st.Who.UserID
	return nil
}

// Refuse counts nothing of what was left open (不予确认).
func (a *Attendance) Refuse(s *Slot, reason string, st Step) error {
	to, err := a.decided(CheckRefuse, s, st)
	text, ok := CleanText(reason, 2, 200)
	switch {
	case err != nil:
		return err
	case !ok:
		return ErrAttendanceState.Saying("请写明不予确认的原因").At("body.reason", "须为 2–200 个可见的字")
	}
	a.State, a.Minutes, a.DecidedBy, a.Reason = to, 0, st.Who.UserID, text
	return nil
}

func (a *Attendance) decided(e CheckEvent, s *Slot, st Step) (AttendanceState, error) {
	to, ok := moves(attendanceFlow, e, a.State, PartyLeader)
	switch {
	case a.SlotID != s.ID || !st.Who.Leads(s):
		return "", ErrAttendanceNotFound
	case a.UserID == st.Who.UserID:
		return "", ErrAttestSelf
	case !ok:
		return "", ErrAttendanceState
	}
	return to, nil
}

// Lapse counts nothing of what nobody has confirmed in time (逾期未确认). It can
// be disputed.
func (a *Attendance) Lapse(st Step) error {
	to, ok := moves(attendanceFlow, CheckLapse, a.State, PartySystem)
	if !ok || !st.Who.System {
		return ErrAttendanceState
	}
	a.State, a.Minutes, a.Reason = to, 0, "领队逾期未确认, 如有不符可提出异议"
	return nil
}

// Finish ends e because s is over: whoever has not come was absent (缺席), whoever
// still waited has not got a place (候补未成).
func (e *Enrolment) Finish(st Step) (CheckEvent, error) {
	event := EnrolMiss
	if e.State == EnrolmentWaiting {
		event = EnrolLapse
	}
	to, ok := moves(enrolmentFlow, event, e.State, PartySystem)
	if !ok || !st.Who.System {
		return "", ErrEnrolmentState
	}
	e.State = to
	if event == EnrolLapse {
		e.EndedAt, e.ActiveKey = &st.Now, nil
	}
	return event, nil
}

// Ring takes s on when its alarm rings: it ends, to be confirmed or at once for
// good, or it has been confirmed long enough. Open is how many attendances its
// leader has to confirm.
func (s *Slot) Ring(open int, st Step) (CheckEvent, error) {
	event := SlotClose
	if s.State == SlotOpen && open > 0 {
		event = SlotEnd
	}
	to, ok := moves(slotFlow, event, s.State, PartySystem)
	if !ok || !st.Who.System {
		return "", ErrSlotState
	}
	s.State = to
	return event, nil
}

// attendanceWords say what each state is called, and what it means to the
// person.
var attendanceWords = map[AttendanceState]struct{ title, text string }{
	AttendancePresent:     {"已签到", "您已签到, 结束时请记得签退。"},
	AttendanceDone:        {"已签退", "您已签退, 服务时长已记录。"},
	AttendanceUnconfirmed: {"待领队确认", "您没有签退, 等待领队确认时长。"},
	AttendanceVoid:        {"不计时长", "本次没有计入时长, 如有不符可提出异议。"},
}

// AttendanceStates returns the states of an attendance in the order of its life.
func AttendanceStates() []AttendanceState {
	return []AttendanceState{AttendancePresent, AttendanceDone, AttendanceUnconfirmed, AttendanceVoid}
}

// Title returns what people call s.
func (s AttendanceState) Title() string { return attendanceWords[s].title }

// StatusText says what a means to whose it is, in plain Chinese.
func (a *Attendance) StatusText() string { return attendanceWords[a.State].text }

// Rekey gives s another sealed key for its codes.
func (s *Slot) Rekey(sealed string) error {
	if s.State != SlotOpen {
		return ErrSlotState
	}
	s.Key, s.KeyNo = sealed, s.KeyNo+1
	return nil
}

// End ends a because none of its slots is left (结束).
func (a *Activity) End(st Step) error {
	to, ok := moves(activityFlow, ActivityEnd, a.State, PartySystem)
	if !ok || !st.Who.System {
		return ErrActivityState
	}
	a.State, a.EndedAt = to, &st.Now
	return nil
}
