package wish_test

import (
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/wish"
)

// TestWhatIsGivenBackLateIsMarked: a claim remembers whether it was given back,
// or taken away, after its time.
func TestWhatIsGivenBackLateIsMarked(t *testing.T) {
	for _, tt := range []struct {
		name  string
		after time.Duration
		end   func(w *world, id int64) error
		late  bool
	}{
		{"released in time", 6 * 24 * time.Hour, release, false},
		{"released late", 8 * 24 * time.Hour, release, true},
		{"revoked by a timer", 10 * 24 * time.Hour, func(*world, int64) error { return nil }, true},
		{"done late", 8 * 24 * time.Hour, finish, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := world1(t)
			id := w.in(model.WishInService)
			w.pass(tt.after)
			w.must(tt.end(w, id))
			if n := count[model.Claim](w, "wish_id = ? AND active_key IS NULL AND late = ?", id, tt.late); n != 1 {
				t.Errorf("%d claims have ended with late %v", n, tt.late)
			}
		})
	}
}

func release(w *world, id int64) error {
	_, err := w.wishes.Release(w.Context(), w.member, id, "家里有事")
	return err
}

func finish(w *world, id int64) error {
	for _, do := range []func() (*wish.Seen, error){
		func() (*wish.Seen, error) { return w.wishes.Report(w.Context(), w.member, id, "已换好", 30) },
		func() (*wish.Seen, error) { return w.wishes.Verify(w.Context(), w.worker, id) },
		func() (*wish.Seen, error) {
			return w.wishes.Evaluate(w.Context(), w.resident, id, 4, model.SolvedYes, "")
		},
	} {
		if _, err := do(); err != nil {
			return err
		}
	}
	return nil
}

// TestAnAlarmWaitsForItsTime: a timer that was set for a shorter limit does
// nothing but set itself anew.
func TestAnAlarmWaitsForItsTime(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishSubmitted)
	before := w.get(id)
	for range 3 {
		w.must(w.update(func(tx *db.Tx) error { return w.wishes.Alarm(tx, id) }))
	}
	after := w.get(id)
	if after.Alarm != before.Alarm || after.Light != model.Green || after.Version != before.Version {
		t.Errorf("it has rung before its time: %+v", after.Wish)
	}
	if n := count[model.Timer](w, "subject_id = ? AND due_at = ?", id, *before.NextAlarm(model.Policy{})); n != 1 {
		t.Error("its timer is not set for its time")
	}
}

func TestNobodysJudgementIsNoPraise(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishAwaiting)
	w.pass(8 * 24 * time.Hour)
	if v := w.get(id); v.State != model.WishClosed || v.Stars != 0 || v.Solved != "" || v.ClosedAt == nil {
		t.Errorf("closed as %+v", v.Wish)
	}
	if n := count[model.Evaluation](w, "wish_id = ? AND state = ? AND stars = 0 AND solved = '' AND by_id = 0", id, model.EvaluationUnrated); n != 1 {
		t.Error("it is not recorded as unrated")
	}
	if n := count[model.Member](w, "user_id = ? AND stars = 0 AND rated = 0", w.member.UserID); n != 1 {
		t.Error("the member is rated by nobody")
	}
}

// TestACommunityIsListedByItsOwnPeopleOnly: there is something to see, and it is
// not shown.
func TestACommunityIsListedByItsOwnPeopleOnly(t *testing.T) {
	w := world1(t)
	id := w.place(w.stranger, forGranny(nil)).ID
	for name, tt := range map[string]struct {
		who  model.Actor
		want int
	}{
		"the worker of another": {w.worker, 0}, "an officer": {w.officer, 1}, "an auditor": {w.auditor, 1},
		"a grid worker of another": {staffer(201, model.RoleGrid, gridPath, true), 0},
	} {
		all := w.list(tt.who, wish.Filter{View: wish.ViewCommunity, OrgID: elsewhere})
		if len(all) != tt.want || len(all) > 0 && all[0] != id {
			t.Errorf("%s lists %v", name, all)
		}
	}
}
