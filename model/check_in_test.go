package model

import (
	"errors"
	"testing"
	"time"
)

var (
	slotStart = time.Date(2026, 7, 4, 1, 0, 0, 0, time.UTC) // 9:00 in Shanghai
	slotEnd   = slotStart.Add(3 * time.Hour)
	helper    = Actor{UserID: 5, TenantID: 1}
	captain   = Actor{UserID: 9, TenantID: 1}
)

func slotIn(mode CheckInMode) *Slot {
	lat, lng := int64(30_000_000), int64(115_000_000)
	return &Slot{
		ID: 7, TenantID: 1, State: SlotOpen, Published: true, Mode: mode, Lat: &lat, Lng: &lng, Radius: SlotRadius, LeaderID: captain.UserID,
		StartsAt: slotStart, EndsAt: slotEnd, Version: 1,
	}
}

func placeIn(s *Slot) *Enrolment {
	return &Enrolment{ID: 3, TenantID: 1, SlotID: s.ID, UserID: helper.UserID, State: EnrolmentEnrolled, StartsAt: s.StartsAt, EndsAt: s.EndsAt}
}

func stepAt(who Actor, at time.Time) Step { return Step{Who: who, Now: at} }

func TestEachModeAsksForItsProof(t *testing.T) {
	near, far, vague := &Fix{Accuracy: 30}, &Fix{Accuracy: 30}, &Fix{Accuracy: SlotRadius + 1}
	for _, tt := range []struct {
		name  string
		mode  CheckInMode
		shown Shown
		want  error
	}{
		{"a code", ModeCode, Shown{Code: true}, nil},
		{"no code", ModeCode, Shown{Fix: near}, ErrCheckInCode},
		{"a fix", ModeFence, Shown{Fix: near, Distance: SlotRadius}, nil},
		{"a fix too far", ModeFence, Shown{Fix: far, Distance: SlotRadius + 1}, ErrFixFar},
		{"a fix that says nothing", ModeFence, Shown{Fix: vague}, ErrFixVague},
		{"no fix", ModeFence, Shown{Code: true}, ErrFixMissing},
		{"both", ModeCodeAndFence, Shown{Code: true, Fix: near}, nil},
		{"one of both", ModeCodeAndFence, Shown{Fix: near}, ErrCheckInCode},
		{"the other of both", ModeCodeAndFence, Shown{Code: true}, ErrFixMissing},
		{"anything to a leader", ModeLeader, Shown{Code: true, Fix: near}, ErrCheckInMode},
		{"anything to a kiosk", ModeKiosk, Shown{Code: true, Fix: near}, ErrCheckInMode},
	} {
		if err := slotIn(tt.mode).Proves(tt.shown); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestOneChecksInAndOutInTheWindow(t *testing.T) {
	for _, tt := range []struct {
		name string
		at   time.Time
		want error
		late bool
	}{
		{"a millisecond too early", slotStart.Add(-30*time.Minute - time.Millisecond), ErrCheckInWindow, false},
		{"as early as one can", slotStart.Add(-30 * time.Minute), nil, false},
		{"just not late", slotStart.Add(15 * time.Minute), nil, false},
		{"late", slotStart.Add(15*time.Minute + time.Millisecond), nil, true},
		{"at the end", slotEnd, nil, true},
		{"after the end", slotEnd.Add(time.Millisecond), ErrCheckInWindow, false},
	} {
		s := slotIn(ModeCode)
		a, err := placeIn(s).CheckIn(11, s, stepAt(helper, tt.at), Shown{Code: true})
		if !errors.Is(err, tt.want) || err == nil && a.Late != tt.late {
			t.Errorf("in, %s: %+v, %v", tt.name, a, err)
		}
	}
	for _, tt := range []struct {
		name string
		at   time.Time
		want error
	}{
		{"before it began", slotStart.Add(-10 * time.Minute), nil},
		{"as late as one can", slotEnd.Add(2 * time.Hour), nil},
		{"too late", slotEnd.Add(2*time.Hour + time.Millisecond), ErrCheckInWindow},
	} {
		s := slotIn(ModeCode)
		a, err := placeIn(s).CheckIn(11, s, stepAt(helper, slotStart.Add(-20*time.Minute)), Shown{Code: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.CheckOut(s, stepAt(helper, tt.at), Shown{Code: true}); !errors.Is(err, tt.want) {
			t.Errorf("out, %s: %v", tt.name, err)
		}
	}
}

func TestTimeServedIsCountedByTheRule(t *testing.T) {
	for _, tt := range []struct {
		name    string
		in, out time.Duration
		want    int64
	}{
		{"as planned", 0, 180 * time.Minute, 180},
		{"seconds do not count", 0, 59*time.Minute + 59*time.Second, 59},
		{"half an hour more at most", -30 * time.Minute, 300 * time.Minute, 210},
		{"a clock that went back", 10 * time.Minute, 0, 0},
		{"at once", time.Minute, time.Minute, 0},
	} {
		s := slotIn(ModeCode)
		a, err := placeIn(s).CheckIn(11, s, stepAt(helper, slotStart.Add(tt.in)), Shown{Code: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.CheckOut(s, stepAt(helper, slotStart.Add(tt.out)), Shown{Code: true}); err != nil || a.Minutes != tt.want || a.OpenKey != nil {
			t.Errorf("%s: %d minutes, %v", tt.name, a.Minutes, err)
		}
	}
}

func TestOnlyWhatTheSlotAsksForIsKept(t *testing.T) {
	fix := &Fix{Lat: 30_000_100, Lng: 115_000_100, Accuracy: 20}
	for _, mode := range []CheckInMode{ModeCode, ModeFence} {
		s := slotIn(mode)
		a, err := placeIn(s).CheckIn(11, s, stepAt(helper, slotStart), Shown{Code: true, Fix: fix, Distance: 15, Device: "d"})
		if err != nil {
			t.Fatal(err)
		}
		if kept := a.InLat != nil || a.InDistance != nil || a.FixUntil != nil; kept != (mode == ModeFence) {
			t.Errorf("%s keeps a fix: %v", mode, kept)
		}
		if mode == ModeFence && (*a.InLat != fix.Lat || *a.InDistance != 15 || !a.FixUntil.Equal(slotStart.Add(30*24*time.Hour))) {
			t.Errorf("a fence keeps %d, %d m, until %s", *a.InLat, *a.InDistance, a.FixUntil)
		}
		if err := a.CheckOut(s, stepAt(helper, slotEnd), Shown{Code: true, Fix: fix, Distance: 300}); err != nil {
			t.Fatal(err)
		}
		if kept := a.OutLat != nil; kept != (mode == ModeFence) {
			t.Errorf("%s keeps a fix of leaving: %v", mode, kept)
		}
		if mode == ModeFence && !a.FixUntil.Equal(slotStart.Add(30*24*time.Hour)) {
			t.Errorf("going keeps the fix of coming until %s", a.FixUntil)
		}
	}
}

func TestWhoMayNotCheckWhomIn(t *testing.T) {
	s, at := slotIn(ModeCode), slotStart
	for name, got := range map[string]error{
		"a stranger with the code":     second(placeIn(s).CheckIn(1, s, stepAt(captain, at), Shown{Code: true})),
		"a leader who leads another":   second(placeIn(s).LetIn(1, s, stepAt(helper, at), ModeLeader, "")),
		"a leader of another county":   second(placeIn(s).LetIn(1, s, stepAt(Actor{UserID: 9, TenantID: 2}, at), ModeLeader, "")),
		"a leader for another's place": second((&Enrolment{SlotID: 8, UserID: 5, State: EnrolmentEnrolled}).LetIn(1, s, stepAt(captain, at), ModeLeader, "")),
	} {
		if !errors.Is(got, ErrEnrolmentNotFound) {
			t.Errorf("%s: %v", name, got)
		}
	}
	own := placeIn(s)
	own.UserID = captain.UserID
	if _, err := own.LetIn(1, s, stepAt(captain, at), ModeLeader, ""); !errors.Is(err, ErrAttestSelf) {
		t.Errorf("a leader for himself: %v", err)
	}
	for state, want := range map[EnrolmentState]error{
		EnrolmentWaiting: ErrEnrolmentState, EnrolmentAbsent: ErrEnrolmentState, EnrolmentLeft: ErrEnrolmentState, EnrolmentAttended: ErrCheckedIn,
	} {
		e := placeIn(s)
		e.State = state
		if _, err := e.CheckIn(1, s, stepAt(helper, at), Shown{Code: true}); !errors.Is(err, want) {
			t.Errorf("%s: %v", state, err)
		}
		if e.State != state {
			t.Errorf("%s became %s by a refusal", state, e.State)
		}
	}
	for _, state := range []SlotState{SlotEnded, SlotClosed, SlotCancelled} {
		over := slotIn(ModeCode)
		over.State = state
		if _, err := placeIn(over).CheckIn(1, over, stepAt(helper, at), Shown{Code: true}); !errors.Is(err, ErrCheckInWindow) {
			t.Errorf("in a slot that is %s: %v", state, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestWhatIsLeftOpenIsForTheLeaderToConfirm(t *testing.T) {
	system := stepAt(SystemActor(1), slotEnd.Add(2*time.Hour))
	open := func(in time.Duration) (*Slot, *Attendance) {
		s := slotIn(ModeCode)
		a, err := placeIn(s).CheckIn(11, s, stepAt(helper, slotStart.Add(in)), Shown{Code: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Close(s, system); err != nil || a.State != AttendanceUnconfirmed || a.OpenKey != nil {
			t.Fatalf("%+v, %v", a, err)
		}
		return s, a
	}
	if _, a := open(-30 * time.Minute); a.Minutes != 180 {
		t.Errorf("who came early is proposed %d minutes", a.Minutes)
	}
	s, a := open(50 * time.Minute)
	if a.Minutes != 130 {
		t.Errorf("who came late is proposed %d minutes", a.Minutes)
	}
	for name, err := range map[string]error{
		"more than proposed":     a.Confirm(s, 131, stepAt(captain, system.Now)),
		"a stranger":             a.Confirm(s, 100, stepAt(helper, system.Now)),
		"the system as a leader": a.Confirm(s, 100, system),
		"no reason":              a.Refuse(s, " ", stepAt(captain, system.Now)),
		"a leader as the system": a.Lapse(stepAt(captain, system.Now)),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := a.Confirm(s, 120, stepAt(captain, system.Now)); err != nil || a.State != AttendanceDone || a.Minutes != 120 || a.DecidedBy != captain.UserID {
		t.Errorf("%+v, %v", a, err)
	}
	if err := a.Refuse(s, "没有来", stepAt(captain, system.Now)); !errors.Is(err, ErrAttendanceState) {
		t.Errorf("refused after it was confirmed: %v", err)
	}
	s, a = open(0)
	if err := a.Refuse(s, "只来了十分钟", stepAt(captain, system.Now)); err != nil || a.State != AttendanceVoid || a.Minutes != 0 {
		t.Errorf("%+v, %v", a, err)
	}
	_, a = open(0)
	if err := a.Lapse(system); err != nil || a.State != AttendanceVoid || a.Minutes != 0 || a.Reason == "" {
		t.Errorf("%+v, %v", a, err)
	}
	if err := a.Close(s, system); !errors.Is(err, ErrAttendanceState) {
		t.Errorf("closed twice: %v", err)
	}
}

func TestASlotThatIsOverClosesOrWaits(t *testing.T) {
	system := stepAt(SystemActor(1), slotEnd.Add(2*time.Hour))
	for _, tt := range []struct {
		from  SlotState
		open  int
		event CheckEvent
		to    SlotState
	}{{SlotOpen, 0, SlotClose, SlotClosed}, {SlotOpen, 2, SlotEnd, SlotEnded}, {SlotEnded, 0, SlotClose, SlotClosed}} {
		s := slotIn(ModeCode)
		s.State = tt.from
		if event, err := s.Ring(tt.open, system); err != nil || event != tt.event || s.State != tt.to {
			t.Errorf("%s with %d open: %s, %s, %v", tt.from, tt.open, event, s.State, err)
		}
	}
	for _, from := range []SlotState{SlotClosed, SlotCancelled} {
		s := slotIn(ModeCode)
		s.State = from
		if _, err := s.Ring(0, system); !errors.Is(err, ErrSlotState) || s.State != from {
			t.Errorf("%s: %s, %v", from, s.State, err)
		}
		if err := s.Rekey("sealed"); !errors.Is(err, ErrSlotState) {
			t.Errorf("%s has another key: %v", from, err)
		}
	}
	if _, err := slotIn(ModeCode).Ring(0, stepAt(captain, system.Now)); !errors.Is(err, ErrSlotState) {
		t.Errorf("a leader rings: %v", err)
	}
	for _, state := range AttendanceStates() {
		if state.Title() == "" || (&Attendance{State: state}).StatusText() == "" {
			t.Errorf("%s has no name", state)
		}
	}
}
