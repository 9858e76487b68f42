package model

import (
	"errors"
	"testing"
	"time"
)

// ruled is the policy with some limits set.
func ruled(t *testing.T, set map[Limit]int64) Policy {
	t.Helper()
	var p Policy
	for l, n := range set {
		q, err := p.With(l, n)
		if err != nil {
			t.Fatalf("%s of %d: %v", l, n, err)
		}
		p = q
	}
	return p
}

// arrived is the attendance of the helper, who has come some time after the
// beginning.
func arrived(t *testing.T, s *Slot, after time.Duration) *Attendance {
	t.Helper()
	a, err := placeIn(s).CheckIn(11, s, stepAt(helper, slotStart.Add(after)), Shown{Code: true})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheWindowsAreWhatTheCountySays(t *testing.T) {
	for _, c := range []struct {
		name       string
		set        map[Limit]int64
		early, out time.Duration // before the beginning; after the end
	}{
		{"by default", nil, 30 * time.Minute, 2 * time.Hour},
		{"not a moment early or late", map[Limit]int64{CheckInEarly: 0, CheckOutLate: 0}, 0, 0},
		{"as wide as can be", map[Limit]int64{CheckInEarly: 240, CheckOutLate: 720}, 4 * time.Hour, 12 * time.Hour},
		{"an hour early", map[Limit]int64{CheckInEarly: 60}, time.Hour, 2 * time.Hour},
		{"five minutes late", map[Limit]int64{CheckOutLate: 5}, 30 * time.Minute, 5 * time.Minute},
	} {
		policy := ruled(t, c.set)
		for off, want := range map[time.Duration]error{0: nil, -1: ErrCheckInWindow} {
			s := slotIn(ModeCode)
			e := placeIn(s)
			before := *e
			_, err := e.CheckIn(11, s, Step{Who: helper, Now: slotStart.Add(off - c.early), Policy: policy}, Shown{Code: true})
			if !errors.Is(err, want) || err != nil && *e != before {
				t.Errorf("in, %s, %s: %v", c.name, off, err)
			}
		}
		for off, want := range map[time.Duration]error{0: nil, 1: ErrCheckInWindow} {
			s := slotIn(ModeCode)
			a := arrived(t, s, 0)
			before := *a
			err := a.CheckOut(s, Step{Who: helper, Now: slotEnd.Add(c.out + off), Policy: policy}, Shown{Code: true})
			if !errors.Is(err, want) || err != nil && *a != before {
				t.Errorf("out, %s, %s: %v", c.name, off, err)
			}
		}
	}
}

func TestALeaderIsHeldToTheSameWindows(t *testing.T) {
	for _, c := range []struct {
		name    string
		in, out time.Time
		want    [2]error
	}{
		{"in time", slotStart.Add(-30 * time.Minute), slotEnd.Add(2 * time.Hour), [2]error{nil, nil}},
		{"in too early", slotStart.Add(-30*time.Minute - 1), slotEnd, [2]error{ErrCheckInWindow, nil}},
		{"in after the end", slotEnd.Add(1), slotEnd, [2]error{ErrCheckInWindow, nil}},
		{"out too late", slotStart, slotEnd.Add(2*time.Hour + 1), [2]error{nil, ErrCheckInWindow}},
	} {
		for _, mode := range SlotModes() {
			s := slotIn(mode)
			e := placeIn(s)
			a, err := e.LetIn(11, s, stepAt(captain, c.in), ModeLeader, "没带手机")
			if !errors.Is(err, c.want[0]) {
				t.Errorf("%s, %s: %v", c.name, mode, err)
			}
			if err != nil {
				continue
			}
			if a.InBy != captain.UserID || a.UserID != helper.UserID || a.InMode != ModeLeader || a.InLat != nil || e.State != EnrolmentAttended {
				t.Errorf("%s, %s: let in as %+v", c.name, mode, a)
			}
			before := *a
			if err := a.LetOut(e, s, stepAt(captain, c.out), ModeKiosk); !errors.Is(err, c.want[1]) || err != nil && *a != before {
				t.Errorf("%s, %s: %v, %+v", c.name, mode, err, a)
			}
		}
	}
}

func TestWhoIsLateIsWhatTheCountySays(t *testing.T) {
	for _, c := range []struct {
		limit int64
		after time.Duration
		late  bool
	}{
		{0, -time.Minute, false},
		{0, 0, false},
		{0, 1, true},
		{15, 15 * time.Minute, false},
		{15, 15*time.Minute + 1, true},
		{120, 2 * time.Hour, false},
		{120, 2*time.Hour + 1, true},
	} {
		s := slotIn(ModeCode)
		st := Step{Who: helper, Now: slotStart.Add(c.after), Policy: ruled(t, map[Limit]int64{CheckInLate: c.limit})}
		if a, err := placeIn(s).CheckIn(11, s, st, Shown{Code: true}); err != nil || a.Late != c.late {
			t.Errorf("%+v: %+v, %v", c, a, err)
		}
		st.Who = captain
		if a, err := placeIn(s).LetIn(11, s, st, ModeLeader, ""); err != nil || a.Late != c.late {
			t.Errorf("%+v by the leader: %+v, %v", c, a, err)
		}
	}
}

func TestMinutesServedStayWithinTheirBounds(t *testing.T) {
	for _, c := range []struct {
		planned int64
		served  time.Duration
		want    int64
	}{
		{120, 0, 0},
		{120, time.Minute - 1, 0},
		{120, time.Minute, 1},
		{120, 2*time.Hour - 1, 119},
		{120, 2 * time.Hour, 120},
		{120, 150*time.Minute - 1, 149},
		{120, 150 * time.Minute, 150},
		{120, 151 * time.Minute, 150},
		{120, 240 * time.Hour, 150},
		{120, -1, 0},
		{120, -time.Hour, 0},
		{0, time.Hour, 30},
		{0, 29 * time.Minute, 29},
		{720, 750 * time.Minute, 750},
		{720, 24 * time.Hour, 750},
	} {
		if got := Served(c.planned, slotStart, slotStart.Add(c.served)); got != c.want {
			t.Errorf("%s of %d minutes count %d, want %d", c.served, c.planned, got, c.want)
		}
	}
}

// TestWhoDidNotCheckOutIsProposedWhatWasLeft closes attendances that began at
// all times: what one was there before the beginning is not proposed.
func TestWhoDidNotCheckOutIsProposedWhatWasLeft(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration
		want  int64
	}{
		{"as early as one can", -30 * time.Minute, 180},
		{"a moment before the beginning", -1, 180},
		{"at the beginning", 0, 180},
		{"a second after it", time.Second, 179},
		{"an hour late", time.Hour, 120},
		{"for the last minute", 179 * time.Minute, 1},
		{"for less than a minute", 179*time.Minute + 1, 0},
		{"at the end", 180 * time.Minute, 0},
	} {
		s := slotIn(ModeCode)
		a := arrived(t, s, c.after)
		if err := a.Close(s, stepAt(SystemActor(1), slotEnd.Add(2*time.Hour))); err != nil || a.Minutes != c.want || a.OutAt != nil || a.OutMode != "" {
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
		for minutes, want := range map[int64]error{-1: ErrAttendanceState, 0: nil, c.want: nil, c.want + 1: ErrAttendanceState} {
			trial := *a
			err := trial.Confirm(s, minutes, stepAt(captain, slotEnd.Add(3*time.Hour)))
			if !errors.Is(err, want) || err != nil && trial != *a || err == nil && trial.Minutes != minutes {
				t.Errorf("%s, confirmed %d: %+v, %v", c.name, minutes, trial, err)
			}
		}
	}
	s := slotIn(ModeCode)
	a := arrived(t, s, 0)
	a.InAt = slotEnd.Add(time.Hour) // the slot was moved after he had come
	if err := a.Close(s, stepAt(SystemActor(1), slotEnd.Add(2*time.Hour))); err != nil || a.Minutes != 0 {
		t.Errorf("who came after the end is proposed %d minutes: %v", a.Minutes, err)
	}
}

func TestNobodyDecidesOnHisOwnHours(t *testing.T) {
	s := slotIn(ModeCode)
	a := arrived(t, s, 0)
	if err := a.Close(s, stepAt(SystemActor(1), slotEnd.Add(2*time.Hour))); err != nil {
		t.Fatal(err)
	}
	a.UserID = captain.UserID
	before, st := *a, stepAt(captain, slotEnd.Add(3*time.Hour))
	if err := a.Confirm(s, 60, st); !errors.Is(err, ErrAttestSelf) || *a != before {
		t.Errorf("confirmed: %v", err)
	}
	if err := a.Refuse(s, "没有来", st); !errors.Is(err, ErrAttestSelf) || *a != before {
		t.Errorf("refused: %v", err)
	}
	own := placeIn(s)
	own.UserID = captain.UserID
	a.State = AttendancePresent
	before = *a
	if err := a.LetOut(own, s, st, ModeLeader); !errors.Is(err, ErrAttestSelf) || *a != before {
		t.Errorf("let out: %v", err)
	}
	other := *s
	other.ID++
	if err := a.Confirm(&other, 60, st); !errors.Is(err, ErrAttendanceNotFound) || *a != before {
		t.Errorf("in another slot: %v", err)
	}
}

func TestAFixIsKeptAsLongAsTheCountySays(t *testing.T) {
	for days, kept := range map[int64]bool{0: false, 1: true, 30: true} {
		s := slotIn(ModeFence)
		st := Step{Who: helper, Now: slotStart, Policy: ruled(t, map[Limit]int64{FixKept: days * 24 * 60})}
		shown := Shown{Fix: &Fix{Lat: 30_000_100, Lng: 115_000_100, Accuracy: SlotRadius}, Distance: SlotRadius}
		a, err := placeIn(s).CheckIn(11, s, st, shown)
		if err != nil || (a.InLat != nil) != kept || (a.FixUntil != nil) != kept || *a.InDistance != SlotRadius {
			t.Errorf("%d days: %+v, %v", days, a, err)
		}
		if kept && !a.FixUntil.Equal(slotStart.AddDate(0, 0, int(days))) {
			t.Errorf("%d days are until %s", days, a.FixUntil)
		}
		st.Now = slotEnd
		if err := a.CheckOut(s, st, shown); err != nil || (a.OutLat != nil) != kept || *a.OutDistance != SlotRadius {
			t.Errorf("%d days after: %+v, %v", days, a, err)
		}
	}
}
