package board_test

import (
	"errors"
	"testing"
	"time"

	"dandelion/internal/redis"
	"dandelion/model"
	"dandelion/service/board"
)

// mine returns where somebody stands, by kind of period, by one measure.
func (w *world) mine(who model.Actor, m model.Measure) (map[model.PeriodKind]board.Place, bool) {
	w.Helper()
	all, stale, err := w.boards.Mine(w.Context(), who)
	w.must(err)
	found := map[model.PeriodKind]board.Place{}
	for _, p := range all {
		if p.Key.Measure == m {
			found[p.Kind] = p
		}
	}
	if len(all) != 20 || len(found) != 5 {
		w.Fatalf("%d places, %d by %s", len(all), len(found), m)
	}
	return found, stale
}

// movedTo is somebody who lives elsewhere since.
func (w *world) movedTo(user, home int64) model.Actor {
	who := w.actor(user)
	who.HomeID, who.HomePath = home, w.orgs[home].Path
	return who
}

func TestWhoHasDoneNothingStandsNowhere(t *testing.T) {
	w := newWorld(t)
	w.alone(1000, model.Tally{Honour: 5})
	w.must(w.boards.Keep(t.Context()))
	for kind, p := range first(w.mine(w.actor(1001), model.ByHonour)) {
		if p.Rank != 0 || p.Value != 0 || p.Key.Scope != home || p.Key.Period != model.PeriodAt(kind, w.clock.Now()) {
			t.Errorf("%s: %+v", kind, p)
		}
	}
	homeless := model.Actor{UserID: 1001, TenantID: county}
	for kind, p := range first(w.mine(homeless, model.ByHours)) {
		if p.Key.Scope != 0 || p.Rank != 0 {
			t.Errorf("without a home, %s: %+v", kind, p)
		}
	}
	if _, _, err := w.boards.Mine(t.Context(), model.Actor{UserID: 7}); !errors.Is(err, model.ErrNoHome) {
		t.Errorf("without a county: %v", err)
	}
}

func first[A, B any](a A, _ B) A { return a }

// TestOnesPlaceIsWhereOneDidIt, also after a move; where one has done nothing
// yet it is where one lives.
func TestOnesPlaceIsWhereOneDidIt(t *testing.T) {
	w := newWorld(t)
	w.must(w.boards.Keep(t.Context()))
	for user, honour := range map[int64]int64{1000: 5, 1001: 8, 1004: 3} { // all at home
		w.alone(user, model.Tally{Honour: honour})
	}
	moved := w.movedTo(1000, home3)
	for kind, p := range first(w.mine(moved, model.ByHonour)) {
		if p.Key.Scope != home || p.Rank != 2 || p.Value != 5 || p.Total != 3 {
			t.Errorf("after the move, %s: %+v", kind, p)
		}
	}
	if b := w.get(moved, board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "week"}); b.Key.Scope != home3 || b.Me.Rank != 0 || b.Total != 0 {
		t.Errorf("on the board of the new home he is %+v of %+v", b.Me, b)
	}
	_, end := lastWeek.Bounds()
	w.clock.Set(end.Add(2 * time.Hour))
	w.must(w.boards.Keep(t.Context()))
	week := first(w.mine(moved, model.ByHonour))[model.Week]
	if week.Key.Scope != home3 || week.Rank != 0 || week.Value != 0 {
		t.Errorf("in the new week he is %+v", week)
	}
	w.must(w.does(t.Context(), 1000, model.Tally{Honour: 1}, w.orgs[home3]))
	w.relay()
	places := first(w.mine(moved, model.ByHonour))
	if p := places[model.Week]; p.Key.Scope != home3 || p.Rank != 1 || p.Value != 1 || p.Total != 1 {
		t.Errorf("of the week he is %+v", p)
	}
	if p := places[model.Month]; p.Key.Scope != home3 || p.Rank != 1 || p.Value != 6 {
		t.Errorf("he takes with him what he did this month: %+v", p)
	}
	if b := w.get(w.actor(1001), board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "month", Scope: home}); b.Total != 2 || b.Me.Rank != 1 {
		t.Errorf("at the old home there are %d, the first is %+v", b.Total, b.Me)
	}
}

func TestOnesSatisfactionNeedsFiveRatings(t *testing.T) {
	w := newWorld(t)
	w.must(w.boards.Keep(t.Context()))
	w.alone(1000, model.Tally{Wishes: 4, Stars: 20, Rated: 4})
	w.alone(1001, model.Tally{Wishes: 5, Stars: 20, Rated: 5})
	four, _ := w.mine(w.actor(1000), model.BySatisfaction)
	five, _ := w.mine(w.actor(1001), model.BySatisfaction)
	for kind := range four {
		if p := four[kind]; p.Rank != 0 || p.Value != 0 || p.Total != 1 {
			t.Errorf("with four ratings, %s: %+v", kind, p)
		}
		if p := five[kind]; p.Rank != 1 || p.Value != 4000 {
			t.Errorf("with five, %s: %+v", kind, p)
		}
	}
	if p := first(w.mine(w.actor(1000), model.ByWishes))[model.All]; p.Rank != 2 || p.Value != 4 {
		t.Errorf("the wishes of who has four ratings: %+v", p)
	}
}

// TestWithoutRedisOnesValuesAreKnownAndNoRanks, and with less than nothing
// there is nothing to tell.
func TestWithoutRedisOnesValuesAreKnownAndNoRanks(t *testing.T) {
	w := newWorld(t)
	w.alone(1000, model.Tally{Honour: 7, Minutes: 90, Wishes: 2, Stars: 9, Rated: 2})
	w.alone(1001, model.Tally{Honour: -2, Minutes: 30})
	down := redis.Open(redis.Options{Addrs: []string{"127.0.0.1:1"}})
	t.Cleanup(func() { _ = down.Close() })
	w.on(down)
	for _, c := range []struct {
		user int64
		by   model.Measure
		want int64
	}{
		{1000, model.ByHonour, 7},
		{1000, model.ByHours, 90},
		{1000, model.ByWishes, 2},
		{1000, model.BySatisfaction, 0},
		{1001, model.ByHonour, 0},
		{1001, model.ByHours, 30},
	} {
		places, stale := w.mine(w.actor(c.user), c.by)
		for kind, p := range places {
			if !stale || p.Rank != 0 || p.Total != 0 || p.Value != c.want {
				t.Errorf("%d by %s, %s: %+v, stale %v, want %d", c.user, c.by, kind, p, stale, c.want)
			}
		}
	}
	if places, stale := w.mine(w.actor(1002), model.ByHonour); stale || places[model.All].Value != 0 {
		t.Errorf("who has done nothing is told %+v, stale %v", places, stale)
	}
}

// TestANewYearBeginsFromNothing but for all time.
func TestANewYearBeginsFromNothing(t *testing.T) {
	w := newWorld(t)
	w.alone(1000, model.Tally{Honour: 7})
	w.clock.Set(model.SeasonStart(2027).Add(-time.Second))
	w.must(w.boards.Keep(t.Context()))
	w.alone(1000, model.Tally{Honour: 2}) // in the last second of the year
	want := map[model.PeriodKind]int64{model.Week: 2, model.Month: 2, model.Quarter: 2, model.Season: 9, model.All: 9}
	for kind, p := range first(w.mine(w.actor(1000), model.ByHonour)) {
		if p.Value != want[kind] || p.Rank != 1 {
			t.Errorf("in the last second, %s: %+v, want %d", kind, p, want[kind])
		}
	}
	w.clock.Set(model.SeasonStart(2027))
	w.must(w.boards.Keep(t.Context()))
	places := first(w.mine(w.actor(1000), model.ByHonour))
	for _, kind := range []model.PeriodKind{model.Month, model.Quarter, model.Season} {
		if p := places[kind]; p.Value != 0 || p.Rank != 0 || p.Key.Period != model.PeriodAt(kind, model.SeasonStart(2027)) {
			t.Errorf("in the first second, %s: %+v", kind, p)
		}
	}
	if week, all := places[model.Week], places[model.All]; week.Value != 2 || week.Key.Period != "W2026-53" || all.Value != 9 {
		t.Errorf("the week goes on with %+v, all time with %+v", week, all)
	}
}
