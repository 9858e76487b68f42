package wish_test

import (
	"testing"
	"time"

	"dandelion/model"
	"dandelion/service/wish"
)

// TestTimeMovesAWish drives a wish through each time-out of the loop.
func TestTimeMovesAWish(t *testing.T) {
	const day = 24 * time.Hour
	draft := func(o *wish.Order) { o.Submit = false }
	urgent := func(o *wish.Order) { o.Urgency = model.Urgent }
	for _, tt := range []struct {
		name  string
		begin func(w *world) int64
		after time.Duration
		state model.WishState
		light model.Light
		queue int64
		tasks []model.TaskKind
		event string
	}{
		{"a draft is reminded of", func(w *world) int64 { return w.order(draft) }, 25 * day, model.WishDraft, model.Amber, 0, nil, "amber"},
		{"a forgotten draft is cancelled", func(w *world) int64 { return w.order(draft) }, 31 * day, model.WishCancelled, model.Green, 0, nil, "cancel"},
		{"review in time", in(model.WishSubmitted), 19 * time.Hour, model.WishSubmitted, model.Green, community, nil, "submit"},
		{"review is due soon", in(model.WishSubmitted), 20 * time.Hour, model.WishSubmitted, model.Amber, community, nil, "amber"},
		{"review is late", in(model.WishSubmitted), 25 * time.Hour, model.WishSubmitted, model.Red, community, []model.TaskKind{model.TaskOverdue}, "red"},
		{"urgent review is late", in(model.WishSubmitted, urgent), 3 * time.Hour, model.WishSubmitted, model.Red, community, []model.TaskKind{model.TaskOverdue}, "red"},
		{"review goes to the township", in(model.WishSubmitted), 49 * time.Hour, model.WishSubmitted, model.Red, township, []model.TaskKind{model.TaskOverdue, model.TaskTakeOver}, "escalate"},
		{"what was returned lapses", returned, 8 * day, model.WishCancelled, model.Green, 0, nil, "cancel"},
		{"an open wish is offered to the township", in(model.WishOpen), 73 * time.Hour, model.WishOpen, model.Green, community, nil, "widen"},
		{"an open wish must be decided", in(model.WishOpen), 8 * day, model.WishOpen, model.Red, community, []model.TaskKind{model.TaskDecide}, "decide"},
		{"and goes to the township", in(model.WishOpen), 11 * day, model.WishOpen, model.Red, township, []model.TaskKind{model.TaskDecide, model.TaskTakeOver}, "escalate"},
		{"an order times out", func(w *world) int64 { return dispatched(w) }, 25 * time.Hour, model.WishOpen, model.Green, community, nil, "time_out"},
		{"an urgent order times out", func(w *world) int64 { return dispatched(w, urgent) }, 3 * time.Hour, model.WishOpen, model.Green, community, nil, "time_out"},
		{"a claimer is reminded", in(model.WishClaimed), 20 * time.Hour, model.WishClaimed, model.Amber, community, nil, "amber"},
		{"a claim expires", in(model.WishClaimed), 73 * time.Hour, model.WishOpen, model.Green, community, nil, "expire"},
		{"service is late", in(model.WishInService), 7*day + time.Hour, model.WishInService, model.Red, community, []model.TaskKind{model.TaskOverdue}, "red"},
		{"late service is revoked", in(model.WishInService), 9*day + time.Hour, model.WishOpen, model.Green, community, nil, "revoke"},
		{"a report goes on unverified", in(model.WishReported), 49 * time.Hour, model.WishAwaiting, model.Green, community, nil, "pass"},
		{"an elder is called", in(model.WishAwaiting), 73 * time.Hour, model.WishAwaiting, model.Green, community, []model.TaskKind{model.TaskCall}, "call"},
		{"nobody's judgement is no praise", in(model.WishAwaiting), 8 * day, model.WishClosed, model.Green, 0, nil, "lapse"},
		{"rework goes to the township", rework, 6 * day, model.WishRework, model.Red, township, []model.TaskKind{model.TaskOverdue, model.TaskTakeOver}, "escalate"},
		{"a suspension comes to an end", suspended, 11 * day, model.WishSuspended, model.Red, community, []model.TaskKind{model.TaskResume}, "resume"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := world1(t)
			id := tt.begin(w)
			w.pass(tt.after)
			v, err := w.wishes.Get(t.Context(), w.resident, id)
			w.must(err)
			if v.State != tt.state || v.Light != tt.light || v.QueueOrgID != tt.queue {
				t.Errorf("the wish is %s, %s, in the queue of %d; want %s, %s, %d", v.State, v.Light, v.QueueOrgID, tt.state, tt.light, tt.queue)
			}
			if n := count[model.Task](w, "wish_id = ? AND is_open = ?", id, true); int(n) != len(tt.tasks) {
				t.Errorf("%d tasks are open, want %v", n, tt.tasks)
			}
			for _, kind := range tt.tasks {
				if count[model.Task](w, "wish_id = ? AND is_open = ? AND kind = ?", id, true, kind) != 1 {
					t.Errorf("no task %s is open", kind)
				}
			}
			lines, err := w.wishes.History(t.Context(), w.resident, id, 0, 1)
			w.must(err)
			if lines[0].Name != tt.event {
				t.Errorf("the last that happened is %s, want %s", lines[0].Name, tt.event)
			}
			live := count[model.Timer](w, "subject_id = ?", id)
			if !v.State.Final() && v.QueueOrgID == 0 && live == 0 {
				t.Error("the wish hangs")
			}
		})
	}
}

// TestTwoAlarmsAtOneTimeBothRing: a county may set limits that fall on the same
// millisecond; the first that rings must not leave the wish without a timer.
func TestTwoAlarmsAtOneTimeBothRing(t *testing.T) {
	const day = 24 * 60
	for _, tt := range []struct {
		name   string
		state  model.WishState
		limits map[model.Limit]int64
		passes []time.Duration
		last   string
	}{
		{
			"widen and decide", model.WishOpen,
			map[model.Limit]int64{model.MustDecide: 3 * day},
			[]time.Duration{57*time.Hour + 36*time.Minute, 14*time.Hour + 24*time.Minute},
			"decide",
		},
		{
			"call and amber", model.WishAwaiting,
			map[model.Limit]int64{model.EvaluateTime: 5 * day, model.EvaluateRemind: 4 * day},
			[]time.Duration{96 * time.Hour},
			"amber",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := world1(t)
			for limit, value := range tt.limits {
				w.must(w.policies.Set(t.Context(), w.officer, limit, value))
			}
			id := w.in(tt.state)
			for _, d := range tt.passes {
				w.pass(d)
			}
			if n := count[model.Timer](w, "subject_id = ?", id); n != 1 {
				t.Errorf("%d timers are left, want 1", n)
			}
			lines, err := w.wishes.History(t.Context(), w.resident, id, 0, 2)
			w.must(err)
			if lines[0].Name != tt.last && lines[1].Name != tt.last {
				t.Errorf("%s has not rung: %s, %s", tt.last, lines[1].Name, lines[0].Name)
			}
		})
	}
}

func in(state model.WishState, change ...func(*wish.Order)) func(*world) int64 {
	return func(w *world) int64 { return w.in(state, change...) }
}

func returned(w *world) int64 {
	id := w.in(model.WishSubmitted)
	_, err := w.wishes.Return(w.Context(), w.worker, id, "说不清", "请写明型号")
	w.must(err)
	return id
}

func dispatched(w *world, change ...func(*wish.Order)) int64 {
	id := w.in(model.WishSubmitted, change...)
	_, err := w.wishes.Dispatch(w.Context(), w.worker, id, model.Order{UserID: w.member.UserID}, "")
	w.must(err)
	return id
}

func rework(w *world) int64 {
	id := w.in(model.WishReported)
	_, err := w.wishes.SendBack(w.Context(), w.worker, id, "没修好")
	w.must(err)
	return id
}

func suspended(w *world) int64 {
	id := w.in(model.WishInService)
	_, err := w.wishes.Suspend(w.Context(), w.worker, id, w.clock.Now().Add(10*24*time.Hour), "等配件")
	w.must(err)
	return id
}

func TestGoodsThatWereHandedOverAreNotTakenAway(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishInService, func(o *wish.Order) { o.Kind = model.WishGoods })
	_, err := w.wishes.HandGoods(t.Context(), w.member, id, "王奶奶签收")
	w.must(err)
	w.pass(10 * 24 * time.Hour)
	v := w.get(id)
	if v.State != model.WishInService || v.QueueOrgID != township || v.ClaimerID != w.member.UserID {
		t.Errorf("the wish is %s in the queue of %d, claimed by %d", v.State, v.QueueOrgID, v.ClaimerID)
	}
}

func TestASuspensionStopsTheClock(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishInService)
	due := *w.get(id).DueAt
	w.pass(2 * 24 * time.Hour)
	_, err := w.wishes.Suspend(t.Context(), w.worker, id, w.clock.Now().Add(10*24*time.Hour), "等配件")
	w.must(err)
	w.pass(5 * 24 * time.Hour)
	v, err := w.wishes.Resume(t.Context(), w.worker, id)
	w.must(err)
	if want := due.Add(5 * 24 * time.Hour); v.State != model.WishInService || !v.DueAt.Equal(want) {
		t.Errorf("resumed as %s due %v, want %v", v.State, v.DueAt, want)
	}
}

func TestALimitThatATenantChangesMovesTheAlarms(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishSubmitted)
	w.must(w.policies.Set(t.Context(), w.officer, model.ReviewTime, 48*60))
	w.pass(25 * time.Hour)
	if v := w.get(id); v.Light != model.Red { // this wish keeps the time it was given
		t.Errorf("the change reached back: light %s", v.Light)
	}
	other := w.in(model.WishSubmitted)
	w.pass(25 * time.Hour)
	if v := w.get(other); v.Light != model.Green {
		t.Errorf("with two days for review the light is %s after 25 hours", v.Light)
	}
}
