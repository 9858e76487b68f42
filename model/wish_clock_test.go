package model

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// arrive returns a wish that has just come to a state at noon.
func arrive(t *testing.T, state WishState, urgency Urgency) *Wish {
	t.Helper()
	w := wishIn(state)
	w.Urgency = urgency
	if state == WishSuspended {
		w = wishIn(WishInService)
		mustDo(t, w, step("", 0), "worker", WishSuspend)
		return w
	}
	w.move(state, step("system", 0))
	if state == WishOpen {
		w.PoolOrgID = 3
	}
	return w
}

// chime is one alarm as it must ring: when, what for, in which light and state
// the wish is then, and in whose queue.
type chime struct {
	after time.Duration
	do    AlarmAction
	light Light
	state WishState
	queue int64
}

func TestEveryStateHasItsAlarms(t *testing.T) {
	const h, m = time.Hour, time.Minute
	const day = 24 * h
	tests := []struct {
		state   WishState
		urgency Urgency
		chimes  []chime
	}{
		{WishDraft, Normal, []chime{{24 * day, "amber", Amber, WishDraft, 0}, {30 * day, "cancel", Green, WishCancelled, 0}}},
		{WishSubmitted, Normal, []chime{
			{19*h + 12*m, "amber", Amber, WishSubmitted, 3},
			{24 * h, "red", Red, WishSubmitted, 3},
			{48 * h, "escalate", Red, WishSubmitted, 2},
		}},
		{WishSubmitted, Urgent, []chime{
			{96 * m, "amber", Amber, WishSubmitted, 3},
			{2 * h, "red", Red, WishSubmitted, 3},
			{4 * h, "escalate", Red, WishSubmitted, 2},
		}},
		{WishReturned, Urgent, []chime{
			{134*h + 24*m, "amber", Amber, WishReturned, 3}, {7 * day, "cancel", Green, WishCancelled, 0},
		}},
		{WishOpen, Normal, []chime{
			{72 * h, "widen", Green, WishOpen, 3},
			{134*h + 24*m, "amber", Amber, WishOpen, 3},
			{144 * h, "widen", Amber, WishOpen, 3},
			{7 * day, "decide", Red, WishOpen, 3},
			{10 * day, "escalate", Red, WishOpen, 2},
		}},
		{WishDispatched, Normal, []chime{{19*h + 12*m, "amber", Amber, WishDispatched, 3}, {24 * h, "time_out", Green, WishOpen, 3}}},
		{WishDispatched, Urgent, []chime{{96 * m, "amber", Amber, WishDispatched, 3}, {2 * h, "time_out", Green, WishOpen, 3}}},
		{WishClaimed, Normal, []chime{
			{19*h + 12*m, "amber", Amber, WishClaimed, 3},
			{24 * h, "red", Red, WishClaimed, 3},
			{72 * h, "expire", Green, WishOpen, 3},
		}},
		{WishInService, Normal, []chime{
			{134*h + 24*m, "amber", Amber, WishInService, 3},
			{7 * day, "red", Red, WishInService, 3},
			{9 * day, "revoke", Green, WishOpen, 3},
		}},
		{WishReported, Normal, []chime{{38*h + 24*m, "amber", Amber, WishReported, 3}, {48 * h, "pass", Green, WishAwaiting, 3}}},
		{WishAwaiting, Normal, []chime{
			{3 * day, "call", Green, WishAwaiting, 3},
			{134*h + 24*m, "amber", Amber, WishAwaiting, 3},
			{7 * day, "lapse", Green, WishClosed, 0},
		}},
		{WishRework, Normal, []chime{
			{57*h + 36*m, "amber", Amber, WishRework, 3},
			{72 * h, "red", Red, WishRework, 3},
			{120 * h, "escalate", Red, WishRework, 2},
		}},
		{WishSuspended, Normal, []chime{{72 * h, "resume", Red, WishSuspended, 3}, {144 * h, "escalate", Red, WishSuspended, 2}}},
	}
	seen := map[WishState]bool{}
	for _, tt := range tests {
		seen[tt.state] = true
		t.Run(string(tt.state)+" "+string(tt.urgency), func(t *testing.T) {
			w := arrive(t, tt.state, tt.urgency)
			for i, want := range tt.chimes {
				at := w.NextAlarm(Policy{})
				if at == nil || at.Sub(noon) != want.after {
					t.Fatalf("alarm %d rings at %v, want %v after noon", i, at, want.after)
				}
				do, err := w.Ring(Step{Who: cast["system"], Now: *at})
				if got := (chime{at.Sub(noon), do, w.Light, w.State, w.QueueOrgID}); err != nil || got != want {
					t.Fatalf("alarm %d: %+v, %v; want %+v", i, got, err, want)
				}
			}
			if w.State == tt.state && (w.NextAlarm(Policy{}) != nil || w.QueueOrgID != 2 || w.Light != Red) {
				t.Errorf("after its alarms it is with nobody: %+v", w)
			}
		})
	}
	for _, s := range WishStates() {
		if seen[s] == s.Final() {
			t.Errorf("%s: alarms are checked: %v", s, seen[s])
		}
	}
}

func TestAnOpenWishIsOfferedToMoreAndMore(t *testing.T) {
	w := arrive(t, WishOpen, Normal)
	reach := []int64{}
	for at := w.NextAlarm(Policy{}); at != nil; at = w.NextAlarm(Policy{}) {
		do, err := w.Ring(Step{Who: cast["system"], Now: *at})
		if err != nil {
			t.Fatal(err)
		}
		if do == AlarmWiden {
			reach = append(reach, w.PoolOrgID)
		}
	}
	if !slices.Equal(reach, []int64{2, 1}) || w.Scope != ScopeCounty {
		t.Errorf("offered to %v, at last to the %s", reach, w.Scope)
	}
	w.widen()
	if w.PoolOrgID != 1 {
		t.Errorf("beyond the county is %d", w.PoolOrgID)
	}
	mustDo(t, w, step("", 0), "worker", WishDispatch, "target liaison", WishDecline)
	if w.PoolOrgID != 1 {
		t.Errorf("after a failed order it is offered to %d, not as widely as before", w.PoolOrgID)
	}
}

func TestGoodsInHandAreNeverTakenBack(t *testing.T) {
	w := arrive(t, WishInService, Normal)
	handed(w)
	var done []AlarmAction
	for at := w.NextAlarm(Policy{}); at != nil; at = w.NextAlarm(Policy{}) {
		do, err := w.Ring(Step{Who: cast["system"], Now: *at})
		if err != nil {
			t.Fatal(err)
		}
		done = append(done, do)
	}
	if !slices.Equal(done, []AlarmAction{AlarmAmber, AlarmRed, AlarmEscalate}) {
		t.Errorf("alarms: %v", done)
	}
	if w.State != WishInService || !w.GoodsHanded || w.ClaimID == 0 || w.QueueOrgID != 2 || w.Light != Red {
		t.Errorf("the township has to see to it: %+v", w)
	}
}

func TestALimitBeyondTheNextOneDelaysNothing(t *testing.T) {
	tests := []struct {
		name  string
		state WishState
		limit Limit
		value int64
		end   AlarmAction
		after time.Duration
	}{
		{"a wish is decided on in a day, widened or not", WishOpen, MustDecide, day, AlarmDecide, 24 * time.Hour},
		{"a judgement lapses in a day, reminded or not", WishAwaiting, EvaluateTime, day, AlarmLapse, 24 * time.Hour},
	}
	for _, tt := range tests {
		p, err := Policy{}.With(tt.limit, tt.value)
		if err != nil {
			t.Fatal(err)
		}
		w := wishIn(tt.state)
		w.move(tt.state, Step{Who: cast["system"], Now: noon, Policy: p})
		for do := AlarmAction(""); do != tt.end; {
			at := w.NextAlarm(p)
			if at == nil || at.Sub(noon) > tt.after {
				t.Fatalf("%s: after %s, the next alarm is at %v", tt.name, do, at)
			}
			if do, err = w.Ring(Step{Who: cast["system"], Now: *at, Policy: p}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestWhatTheTownshipHasStaysRed(t *testing.T) {
	w := wishIn(WishDispatched)
	w.DispatchFailures = 2
	mustDo(t, w, step("", 0), "target liaison", WishDecline)
	for range 2 {
		if _, err := w.Ring(step("system", 0)); err != nil || w.Light != Red || w.QueueOrgID != 2 {
			t.Errorf("%s in queue %d: %v", w.Light, w.QueueOrgID, err)
		}
	}
}

func TestARefusedAlarmLeavesNoMark(t *testing.T) {
	w := wishIn(WishReported)
	w.Alarm = 1
	before := *w
	if do, err := w.Ring(step("worker", 0)); !errors.Is(err, ErrWishWho) || do != "" || *w != before {
		t.Errorf("a worker rings %q: %v", do, err)
	}
	w.Alarm = 2
	if _, err := w.Ring(step("system", 0)); !errors.Is(err, ErrWishState) {
		t.Errorf("an alarm that there is not: %v", err)
	}
	if at := w.NextAlarm(Policy{}); at != nil {
		t.Errorf("an alarm that there is not rings at %v", at)
	}
}

func TestTimeIsGiven(t *testing.T) {
	expected, soon, far := noon.Add(30*time.Hour), noon.Add(24*time.Hour), noon.Add(72*time.Hour)
	past := noon.Add(-time.Hour)
	tests := []struct {
		name string
		from WishState
		with func(*Wish)
		who  string
		verb WishEvent
		due  time.Duration // after the verb
	}{
		{"service has a week", WishClaimed, nil, "claimer", WishStart, 7 * 24 * time.Hour},
		{"or until the day that was asked for", WishClaimed, func(w *Wish) { w.ExpectedBy = &expected }, "claimer", WishStart, 29 * time.Hour},
		{"unless that is over", WishClaimed, func(w *Wish) { w.ExpectedBy = &past }, "claimer", WishStart, 7 * 24 * time.Hour},
		{"an appointment gives a day after it", WishClaimed, func(w *Wish) { w.DueAt = &soon }, "claimer", WishAppoint, 29 * time.Hour},
		{"and takes no time away", WishClaimed, nil, "claimer", WishAppoint, 47 * time.Hour},
		{"more time is what was asked for", WishInService, func(w *Wish) { w.ExtendUntil = &far }, "worker", WishApprove, 71 * time.Hour},
		{"unless there is more already", WishClaimed, func(w *Wish) { w.ExtendUntil = &expected }, "worker", WishApprove, 47 * time.Hour},
		{"and no time is no time", WishInService, func(w *Wish) { w.ExtendUntil = &expected }, "worker", WishRefuse, 47 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := wishIn(tt.from)
			w.Alarm, w.Light = 2, Red
			if tt.with != nil {
				tt.with(w)
			}
			s := step("", time.Hour)
			mustDo(t, w, s, tt.who, tt.verb)
			if got := w.DueAt.Sub(s.Now); got != tt.due || w.ExtendUntil != nil {
				t.Errorf("due in %v, want %v", got, tt.due)
			}
			if fresh := tt.due != 47*time.Hour; (w.Alarm == 0) != fresh || (w.Light == Green) != fresh {
				t.Errorf("alarm %d in %s", w.Alarm, w.Light)
			}
		})
	}
}

func TestASuspensionStopsTheClock(t *testing.T) {
	for _, state := range []WishState{WishSubmitted, WishReturned, WishOpen, WishDispatched, WishClaimed, WishInService, WishReported, WishAwaiting, WishRework} {
		t.Run(string(state), func(t *testing.T) {
			w := arrive(t, state, Normal)
			if _, err := w.Ring(step("system", 6*24*time.Hour)); err != nil { // the first alarm
				t.Fatal(err)
			}
			before := *w
			mustDo(t, w, step("", 20*time.Hour), "worker", WishSuspend)
			if w.State != WishSuspended || w.PoolOrgID != 0 || w.SuspendedFrom != state || w.Light != Green {
				t.Fatalf("suspended: %+v", w)
			}
			if _, err := w.Ring(step("system", 20*time.Hour+72*time.Hour)); err != nil || w.Light != Red {
				t.Fatalf("the day has come: %v, %s", err, w.Light)
			}
			mustDo(t, w, step("", 120*time.Hour), "worker", WishResume)
			due := before.DueAt.Add(100 * time.Hour)
			if !w.DueAt.Equal(due) || !w.ClockFrom.Equal(noon.Add(100*time.Hour)) || w.Alarm != 1 || w.Light != before.Light {
				t.Errorf("due %v, want %v; alarm %d, %s", w.DueAt, due, w.Alarm, w.Light)
			}
			w.DueAt, w.ClockFrom, w.Reason = before.DueAt, before.ClockFrom, before.Reason
			if *w != before {
				t.Errorf("is not what it was:\n%+v\n%+v", *w, before)
			}
		})
	}
}

func TestASuspensionTakesNothingFromTheTownship(t *testing.T) {
	w := arrive(t, WishOpen, Normal)
	for range wishClocks[WishOpen] {
		if _, err := w.Ring(step("system", 10*24*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	mustDo(t, w, step("", 11*24*time.Hour), "township", WishSuspend)
	if w.QueueOrgID != 2 {
		t.Errorf("suspended in queue %d", w.QueueOrgID)
	}
	mustDo(t, w, step("", 12*24*time.Hour), "worker", WishResume)
	if w.QueueOrgID != 2 || w.Light != Red {
		t.Errorf("resumed in queue %d, %s, with no alarm left", w.QueueOrgID, w.Light)
	}
}

// TestALifeOfAlarmsAlone: what nobody cares for ends, or lies red in the
// township's queue.
func TestALifeOfAlarmsAlone(t *testing.T) {
	for _, state := range WishStates() {
		for _, kind := range []WishKind{WishService, WishGoods} {
			w := wishIn(state)
			if !state.Final() && state != WishSuspended {
				w = arrive(t, state, Normal)
			}
			w.Kind, w.GoodsHanded = kind, kind == WishGoods && state == WishInService
			rings, last := 0, noon
			for at := w.NextAlarm(Policy{}); at != nil; at = w.NextAlarm(Policy{}) {
				if at.Before(last) || rings > 30 {
					t.Fatalf("%s rings at %v after %v, %d times", w.State, at, last, rings)
				}
				last, rings = *at, rings+1
				if _, err := w.Ring(Step{Who: cast["system"], Now: *at}); err != nil {
					t.Fatalf("%s: %v", w.State, err)
				}
			}
			if !w.State.Final() && (w.QueueOrgID != 2 || w.Light != Red) {
				t.Errorf("from %s it hangs in %s, queue %d, %s", state, w.State, w.QueueOrgID, w.Light)
			}
		}
	}
}
