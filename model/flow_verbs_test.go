package model

import (
	"slices"
	"testing"
	"time"
)

// A flowDeed is a verb called with arguments that are right in themselves: which
// event it causes, and in the name of which parties.
type flowDeed[T any] struct {
	event CheckEvent
	by    []CheckParty
	free  bool // it asks nobody who he is: its caller is the clock, or a verb that has asked
	do    func(*T, Actor) error
}

// flowPerson is somebody who tries, and what he is to the noun.
type flowPerson struct {
	who Actor
	is  []CheckParty
}

func flowPeople() map[string]flowPerson {
	return map[string]flowPerson{
		"the organiser": {host, []CheckParty{PartyOrganiser, PartyLeader, PartyReviewer}},
		"the leader":    {guide, []CheckParty{PartyLeader}},
		"the volunteer": {guest, []CheckParty{PartyVolunteer}},
		"the system":    {SystemActor(1), []CheckParty{PartySystem}},
		"a neighbour":   {outsider, nil},
		"a foreigner":   {foreigner, nil},
		"a foreign one": {Actor{UserID: guest.UserID + 500, TenantID: 9}, nil},
		"a visitor":     {Actor{}, nil},
	}
}

// leads returns where a deed may lead from a state when p does it.
func (d flowDeed[T]) leads(flow []CheckArrow, from string, p flowPerson) (string, bool) {
	for _, by := range d.by {
		if to, ok := moves(flow, d.event, from, by); ok && (d.free || slices.Contains(p.is, by)) {
			return to, true
		}
	}
	return "", false
}

// flowTry has everybody do everything in every state: what the table does not
// allow is refused, and leaves not a mark.
func flowTry[T comparable, S ~string](t *testing.T, flow []CheckArrow, states []S, in func(S) *T, state func(*T) S, deeds map[string]flowDeed[T]) {
	t.Helper()
	done := map[CheckArrow]bool{}
	for name, d := range deeds {
		for _, from := range states {
			for title, p := range flowPeople() {
				x := in(from)
				before := *x
				err := d.do(x, p.who)
				to, may := d.leads(flow, string(from), p)
				switch {
				case may && (err != nil || string(state(x)) != to):
					t.Errorf("%s, %s, by %s: %v, it is %s and not %s", from, name, title, err, state(x), to)
				case !may && (err == nil || *x != before):
					t.Errorf("%s, %s, by %s: %v, it is %+v", from, name, title, err, x)
				case may:
					done[CheckArrow{Event: d.event, From: string(from), To: to}] = true
				}
			}
		}
	}
	for _, a := range flow {
		if a.From != "" && !done[CheckArrow{Event: a.Event, From: a.From, To: a.To}] {
			t.Errorf("no verb goes %+v", a)
		}
	}
}

// flowOnly runs what causes one event or another, and lets it be only if it was
// that one.
func flowOnly[T any](want CheckEvent, run func(*T, Actor) (CheckEvent, error)) func(*T, Actor) error {
	return func(x *T, who Actor) error {
		trial := *x
		if e, err := run(&trial, who); err != nil || e != want {
			return ErrEnrolmentState
		}
		*x = trial
		return nil
	}
}

func TestEverybodyTriesEverythingWithAnActivity(t *testing.T) {
	title, open, organiser := "清洁河道", []Slot{{StartsAt: noon.Add(time.Hour)}}, []CheckParty{PartyOrganiser}
	in := func(s ActivityState) *Activity {
		a := drafted(t)
		a.State = s
		if s != ActivityDraft {
			a.PublishedAt = &noon
		}
		return a
	}
	flowTry(t, ActivityArrows(), ActivityStates(), in, func(a *Activity) ActivityState { return a.State }, map[string]flowDeed[Activity]{
		"edit":    {ActivityChange, organiser, false, func(a *Activity, w Actor) error { return a.Edit(ActivityEdit{Title: &title}, nil, by(w, 0)) }},
		"extend":  {ActivityChange, organiser, false, func(a *Activity, w Actor) error { return a.Extend(1, 1, by(w, 0)) }},
		"publish": {ActivityPublish, organiser, false, func(a *Activity, w Actor) error { return a.Publish(hostOrg, open, by(w, 0)) }},
		"cancel":  {ActivityCancel, organiser, false, func(a *Activity, w Actor) error { return a.Cancel("下雨", by(w, 0)) }},
		"end":     {ActivityEnd, []CheckParty{PartySystem}, false, func(a *Activity, w Actor) error { return a.End(by(w, 0)) }},
	})
}

func TestEverybodyTriesEverythingWithASlot(t *testing.T) {
	place, organiser, system := "东门", []CheckParty{PartyOrganiser}, []CheckParty{PartySystem}
	ring := func(open int) func(*Slot, Actor) (CheckEvent, error) {
		return func(s *Slot, w Actor) (CheckEvent, error) { return s.Ring(open, by(w, 52)) }
	}
	in := func(state SlotState) *Slot {
		s := placed(t)
		s.State, s.Enrolled, s.Waiting = state, 1, 1
		return s
	}
	flowTry(t, SlotArrows(), SlotStates(), in, func(s *Slot) SlotState { return s.State }, map[string]flowDeed[Slot]{
		"change": {SlotChange, organiser, false, func(s *Slot, w Actor) error {
			return s.Change(SlotEdit{Place: &place, Reason: "施工"}, false, by(w, 0))
		}},
		"announce": {SlotChange, organiser, false, func(s *Slot, w Actor) error { return s.Announce(by(w, 0)) }},
		"cancel":   {SlotCancel, organiser, false, func(s *Slot, w Actor) error { return s.Cancel("下雨", false, by(w, 0)) }},
		"end":      {SlotEnd, system, false, flowOnly(SlotEnd, ring(1))},
		"close":    {SlotClose, system, false, flowOnly(SlotClose, ring(0))},
	})
}

func TestEverybodyTriesEverythingWithAnEnrolment(t *testing.T) {
	s := placed(t)
	leader, system, person := []CheckParty{PartyLeader}, []CheckParty{PartySystem}, []CheckParty{PartyVolunteer}
	finish := func(e *Enrolment, w Actor) (CheckEvent, error) { return e.Finish(by(w, 52)) }
	in := func(state EnrolmentState) *Enrolment {
		e := enrolled(t, s)
		e.State = state
		return e
	}
	flowTry(t, EnrolmentArrows(), EnrolmentStates(), in, func(e *Enrolment) EnrolmentState { return e.State }, map[string]flowDeed[Enrolment]{
		"promote":  {EnrolPromote, []CheckParty{PartyLeader, PartySystem}, false, func(e *Enrolment, w Actor) error { return e.Promote(s, by(w, 1)) }},
		"leave":    {EnrolLeave, person, false, func(e *Enrolment, w Actor) error { return e.Leave(s, by(w, 1)) }},
		"remove":   {EnrolRemove, leader, false, func(e *Enrolment, w Actor) error { return e.Remove(s, "另有安排", by(w, 1)) }},
		"clash":    {EnrolClash, system, true, func(e *Enrolment, w Actor) error { return e.Clash(by(w, 1)) }},
		"call off": {EnrolCancel, system, true, func(e *Enrolment, w Actor) error { return e.CallOff("下雨", by(w, 1)) }},
		"check in": {EnrolAttend, person, false, func(e *Enrolment, w Actor) error { return second(e.CheckIn(1, s, by(w, 48), Shown{Code: true})) }},
		"let in":   {EnrolAttend, leader, false, func(e *Enrolment, w Actor) error { return second(e.LetIn(1, s, by(w, 48), ModeLeader, "")) }},
		"miss":     {EnrolMiss, system, false, flowOnly(EnrolMiss, finish)},
		"lapse":    {EnrolLapse, system, false, flowOnly(EnrolLapse, finish)},
		"vouch":    {EnrolVouch, []CheckParty{PartyReviewer}, true, func(e *Enrolment, _ Actor) error { return e.Vouch() }},
	})
}

func TestEverybodyTriesEverythingWithAnAttendance(t *testing.T) {
	s := placed(t)
	e := enrolled(t, s)
	leader, system := []CheckParty{PartyLeader}, []CheckParty{PartySystem}
	in := func(state AttendanceState) *Attendance {
		arriving := *e
		a, err := arriving.CheckIn(1, s, by(guest, 48), Shown{Code: true})
		if err != nil {
			t.Fatal(err)
		}
		a.State, a.Minutes = state, 60
		return a
	}
	flowTry(t, AttendanceArrows(), AttendanceStates(), in, func(a *Attendance) AttendanceState { return a.State }, map[string]flowDeed[Attendance]{
		"check out": {CheckOut, []CheckParty{PartyVolunteer}, false, func(a *Attendance, w Actor) error { return a.CheckOut(s, by(w, 50), Shown{Code: true}) }},
		"let out":   {CheckOut, leader, false, func(a *Attendance, w Actor) error { return a.LetOut(e, s, by(w, 50), ModeLeader) }},
		"close":     {CheckClose, system, false, func(a *Attendance, w Actor) error { return a.Close(s, by(w, 52)) }},
		"confirm":   {CheckConfirm, leader, false, func(a *Attendance, w Actor) error { return a.Confirm(s, 60, by(w, 53)) }},
		"refuse":    {CheckRefuse, leader, false, func(a *Attendance, w Actor) error { return a.Refuse(s, "没有来", by(w, 53)) }},
		"lapse":     {CheckLapse, system, false, func(a *Attendance, w Actor) error { return a.Lapse(by(w, 130)) }},
		"revise":    {CheckRevise, []CheckParty{PartyReviewer}, true, func(a *Attendance, w Actor) error { return a.Revise(90, "属实", by(w, 130)) }},
	})
}

func TestEverybodyTriesEverythingWithADispute(t *testing.T) {
	s := placed(t)
	e := enrolled(t, s)
	e.State = EnrolmentAbsent
	reviewer, involved := []CheckParty{PartyReviewer}, Deciders(s, nil, nil)
	in := func(state DisputeState) *Dispute {
		d, err := NewDispute(8, e, nil, s, 100, "我在", by(guest, 52))
		if err != nil {
			t.Fatal(err)
		}
		d.State = state
		return d
	}
	flowTry(t, DisputeArrows(), DisputeStates(), in, func(d *Dispute) DisputeState { return d.State }, map[string]flowDeed[Dispute]{
		"uphold":   {DisputeUphold, reviewer, false, func(d *Dispute, w Actor) error { return d.Uphold(90, 0, s, 31, "属实", involved, by(w, 60)) }},
		"dismiss":  {DisputeDismiss, reviewer, false, func(d *Dispute, w Actor) error { return d.Dismiss("不实", involved, by(w, 60)) }},
		"escalate": {DisputeEscalate, []CheckParty{PartySystem}, true, func(d *Dispute, _ Actor) error { return d.Escalate() }},
	})
}

func TestEverybodyTriesEverythingWithACorrection(t *testing.T) {
	s := placed(t)
	e := enrolled(t, s)
	a := NewVouched(5, e, s, 60, "属实", by(host, 52))
	reviewer := []CheckParty{PartyReviewer}
	in := func(state CorrectionState) *Correction {
		r := NewServiceRecord(9, a, e, s, Member{}, DayUse{0, 480}, 0, by(host, 52).Now)
		c, err := NewCorrection(7, r, s, 90, "少记", by(guest, 60))
		if err != nil {
			t.Fatal(err)
		}
		c.State = state
		return c
	}
	flowTry(t, CorrectionArrows(), CorrectionStates(), in, func(c *Correction) CorrectionState { return c.State }, map[string]flowDeed[Correction]{
		"approve": {CorrectApprove, reviewer, false, func(c *Correction, w Actor) error { return c.Approve(30, "属实", by(w, 61)) }},
		"refuse":  {CorrectRefuse, reviewer, false, func(c *Correction, w Actor) error { return c.Refuse("不实", by(w, 61)) }},
	})
}
