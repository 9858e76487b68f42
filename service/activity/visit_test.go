package activity

import (
	"errors"
	"sync"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
	"dandelion/service/wish"
)

// claimed brings a new wish to the point where somebody has claimed it.
func (w *edge) claimed(by model.Actor) int64 {
	w.Helper()
	ctx := w.Context()
	v, err := w.wishes.Place(ctx, w.resident, wish.Order{
		WishOrder: model.WishOrder{Kind: model.WishService, Urgency: model.Normal, AgeGroup: model.Elder, Channel: model.ChannelSelf, Title: "换灯泡"},
		Name:      "王秀英", Phone: "13800001234", Address: "红星路1号", Submit: true,
	})
	w.must(err)
	_, err = w.wishes.Publish(ctx, w.worker, v.ID, model.Medium)
	w.must(err)
	_, err = w.wishes.Claim(ctx, by, v.ID, 0, nil)
	w.must(err)
	return v.ID
}

// told returns the names of the lines about visits in a wish's history.
func (w *edge) told(id int64) (names []string) {
	w.Helper()
	all, err := w.wishes.History(w.Context(), w.resident, id, 0, 50)
	w.must(err)
	for _, l := range all {
		if l.Name == string(model.WishVisitIn) || l.Name == string(model.WishVisitOut) {
			names = append(names, l.Name+" "+l.ActorRole+" "+l.Reason)
		}
	}
	return names
}

func TestAVisitOfAClaimedWishIsOnRecordAndEarnsNothing(t *testing.T) {
	w := newEdge(t, dbtest.URL(t))
	ctx, id := t.Context(), w.claimed(w.member)
	a, err := w.to.VisitIn(ctx, w.member, id, &model.Fix{Lat: 31_230_000, Lng: 121_470_000, Accuracy: 300})
	w.must(err)
	if a.InMode != model.ModeVisit || a.SlotID != 0 || *a.InLat != 31_230_000 || !a.FixUntil.Equal(saturday.Add(30*24*time.Hour)) {
		t.Errorf("the visit is %+v", a)
	}
	_, err = w.wishes.Start(ctx, w.member, id)
	w.must(err)
	_, err = w.wishes.Report(ctx, w.member, id, "已换好", 30)
	w.must(err)
	w.clock.Pass(45 * time.Minute)
	a, err = w.to.VisitOut(ctx, w.member, id, &model.Fix{Lat: 31_230_010, Lng: 121_470_000, Accuracy: 301})
	w.must(err) // although it has been reported since
	if a.Minutes != 45 || a.OpenKey != nil || a.OutLat != nil || !a.FixUntil.Equal(saturday.Add(30*24*time.Hour)) {
		t.Errorf("after it the visit is %+v", a)
	}
	if got := w.told(id); len(got) != 2 || got[0] != "visit_out claimer " || got[1] != "visit_in claimer " {
		t.Errorf("history says %q", got)
	}
	if len(rows[model.ServiceRecord](w, "1 = 1"))+len(rows[model.PointTxn](w, "1 = 1")) != 0 {
		t.Error("a visit has earned something")
	}
}

func TestWhoMayVisitAndWhen(t *testing.T) {
	w := newEdge(t, dbtest.URL(t))
	ctx, id, second := t.Context(), w.claimed(w.member), w.claimed(w.member)
	visit := func(name string, do func() (*model.Attendance, error), want error) {
		t.Helper()
		if _, err := do(); !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	in := func(who model.Actor, id int64) func() (*model.Attendance, error) {
		return func() (*model.Attendance, error) { return w.to.VisitIn(ctx, who, id, nil) }
	}
	out := func(who model.Actor, id int64) func() (*model.Attendance, error) {
		return func() (*model.Attendance, error) { return w.to.VisitOut(ctx, who, id, nil) }
	}
	visit("a stranger", in(w.member2, id), model.ErrWishNotFound)
	visit("another county's", in(w.outsider, id), model.ErrWishNotFound)
	visit("the worker, who does not go", in(w.worker, id), model.ErrWishWho)
	visit("who has not come leaves", out(w.member, id), model.ErrNotCheckedIn)
	visit("a stranger leaves", out(w.member2, id), model.ErrWishNotFound)
	visit("the claimer", in(w.member, id), nil)
	visit("the claimer again", in(w.member, id), model.ErrCheckedIn)
	visit("the claimer elsewhere", in(w.member, second), model.ErrElsewhere)
	visit("he leaves where he is not", out(w.member, second), model.ErrNotCheckedIn)
	_, err := w.wishes.Release(ctx, w.member, id, "临时有事")
	w.must(err)
	visit("he leaves what he has given back", out(w.member, id), nil)
	visit("he leaves twice", out(w.member, id), model.ErrWishWho) // for now he could only claim it
	visit("he comes back", in(w.member, id), model.ErrWishWho)
	_, err = w.wishes.Start(ctx, w.member, second)
	w.must(err)
	visit("in service", in(w.member, second), nil)
	visit("and out", out(w.member, second), nil)
	visit("a second visit of one claim", in(w.member, second), model.ErrCheckedIn)
	third := w.claimed(w.member)
	_, err = w.wishes.Start(ctx, w.member, third)
	w.must(err)
	_, err = w.wishes.Report(ctx, w.member, third, "已换好", 30)
	w.must(err)
	visit("what is reported", in(w.member, third), model.ErrWishState)
}

func TestAForgottenVisitKeepsNobodyFromAnotherPlace(t *testing.T) {
	w := newEdge(t, dbtest.URL(t))
	ctx, id, second := t.Context(), w.claimed(w.member), w.claimed(w.member)
	_, err := w.to.VisitIn(ctx, w.member, id, nil)
	w.must(err)
	w.clock.Pass(model.VisitMost)
	if n, err := w.to.LeaveVisits(ctx); n != 0 || err != nil {
		t.Errorf("after twelve hours %d are ended, %v", n, err)
	}
	if _, err := w.to.VisitIn(ctx, w.member, second, nil); !errors.Is(err, model.ErrElsewhere) {
		t.Errorf("after twelve hours he comes elsewhere: %v", err)
	}
	w.clock.Pass(time.Millisecond)
	_, err = w.to.VisitIn(ctx, w.member, second, nil)
	w.must(err)
	first := rows[model.Attendance](w, "user_id = ?", w.member.UserID)[0]
	if first.State != model.AttendanceVoid || first.Minutes != 0 || first.OpenKey != nil || first.OutAt != nil || first.Reason != model.VisitForgotten {
		t.Errorf("the forgotten visit is %+v", first)
	}
	if got := w.told(id); len(got) != 2 || got[0] != "visit_out system "+model.VisitForgotten {
		t.Errorf("history says %q", got)
	}
	w.clock.Pass(model.VisitMost + time.Millisecond)
	if n, err := w.to.LeaveVisits(ctx); n != 1 || err != nil {
		t.Errorf("the sweep ends %d, %v", n, err)
	}
	if n, err := w.to.LeaveVisits(ctx); n != 0 || err != nil {
		t.Errorf("and then %d, %v", n, err)
	}
}

func TestLeavingAVisitTouchesNothingElse(t *testing.T) {
	w := newEdge(t, dbtest.File(t))
	user := w.member.UserID
	a := w.there(w.slot(edgeHome), user, func(a *model.Attendance) { a.State, a.OpenKey = model.AttendancePresent, &user })
	w.clock.Pass(100 * time.Hour)
	w.update(func(tx *db.Tx) error {
		if err := w.to.elsewhere(tx, edgeCounty, user); !errors.Is(err, model.ErrElsewhere) {
			t.Errorf("he is told %v", err)
		}
		return nil
	})
	if n, err := w.to.LeaveVisits(t.Context()); n != 0 || err != nil {
		t.Errorf("%d are ended, %v", n, err)
	}
	if got := rows[model.Attendance](w, "id = ?", a.ID)[0]; got.Version != 1 || got.OpenKey == nil {
		t.Errorf("a slot's attendance is %+v", got)
	}
}

// TestOfManyVisitsAtOnceOneIsMade races one person to two wishes.
func TestOfManyVisitsAtOnceOneIsMade(t *testing.T) {
	w := newEdge(t, dbtest.MySQL(t))
	ids := []int64{w.claimed(w.member), w.claimed(w.member)}
	var mu sync.Mutex
	var all sync.WaitGroup
	got, start := map[string]int{}, make(chan struct{})
	for n := range 20 {
		all.Go(func() {
			<-start
			code := "ok"
			if _, err := w.to.VisitIn(t.Context(), w.member, ids[n%2], nil); err != nil {
				code = err.Error()
			}
			mu.Lock()
			defer mu.Unlock()
			got[code]++
		})
	}
	close(start)
	all.Wait()
	if got["ok"] != 1 || got[model.ErrCheckedIn.Code] != 9 || got[model.ErrElsewhere.Code] != 10 {
		t.Errorf("twenty at once get %v", got)
	}
	if n := len(w.told(ids[0])) + len(w.told(ids[1])); n != 1 {
		t.Errorf("history has %d lines", n)
	}
}
