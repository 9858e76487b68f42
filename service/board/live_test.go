package board_test

import (
	"slices"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/redis"
	"dandelion/model"
	"dandelion/service/board"
)

func TestBoardsAreWhatTheStandingsSay(t *testing.T) {
	w := newWorld(t)
	w.busy(200)
	w.must(w.boards.Keep(t.Context()))
	w.exact()
	w.busy(150)
	w.relay()
	w.exact()
	before := w.honour("all", firstPerson)
	w.must(w.boards.Keep(t.Context())) // nothing is due
	_, err := w.boards.Rebuild(t.Context(), county)
	w.must(err)
	w.exact()
	if after := w.honour("all", firstPerson); !slices.Equal(linesOf(before), linesOf(after)) {
		t.Error("a rebuild changes what is right")
	}
}

// TestTiesStandInTheOrderOfWhoCameFirst and then of ids, however they are heard.
func TestTiesStandInTheOrderOfWhoCameFirst(t *testing.T) {
	w := newWorld(t)
	w.must(w.boards.Keep(t.Context()))
	at := w.orgs[home]
	for _, user := range []int64{1030, 1009, 1021, 1003} {
		w.must(w.does(t.Context(), user, model.Tally{Honour: 10}, at))
		if user != 1009 { // 1009 and 1021 in the same second
			w.clock.Pass(time.Second)
		}
	}
	w.must(w.does(t.Context(), 1000, model.Tally{Honour: 11}, at))
	for _, user := range []int64{1003, 1021, 1000, 1009, 1030} {
		w.must(w.boards.Hear(t.Context(), model.Event{TenantID: county, Subject: model.OfPoints, SubjectID: user}))
	}
	want := []spot{{1000, 1, 11}, {1030, 2, 10}, {1009, 3, 10}, {1021, 4, 10}, {1003, 5, 10}}
	shown := slices.DeleteFunc(slices.Clone(want), func(s spot) bool { return (s.user-firstPerson)%3 != 0 })
	if got := linesOf(w.honour("week", 1021)); !slices.Equal(got, shown) {
		t.Errorf("the board is %v, want %v", got, shown)
	}
	w.exact()
}

// TestWhatIsOldChangesNothing writes what was true before after what is.
func TestWhatIsOldChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.must(w.boards.Keep(t.Context()))
	w.must(w.does(t.Context(), 1000, model.Tally{Honour: 5, Wishes: 1}, w.orgs[home]))
	old, err := w.boards.Remember(t.Context(), county, 1000)
	w.must(err)
	w.must(w.does(t.Context(), 1000, model.Tally{Honour: 7}, w.orgs[home2]))
	w.relay()
	w.exact()
	w.must(old(t.Context()))
	w.exact()
}

// TestWhoMovesLeavesTheBoardsOfHisOldCommunity as soon as he does something in
// the new one.
func TestWhoMovesLeavesTheBoardsOfHisOldCommunity(t *testing.T) {
	w := newWorld(t)
	w.must(w.boards.Keep(t.Context()))
	w.must(w.does(t.Context(), 1000, model.Tally{Honour: 5, Minutes: 60}, w.orgs[home]))
	w.relay()
	w.must(w.does(t.Context(), 1000, model.Tally{Honour: 5}, w.orgs[home3]))
	w.relay()
	w.exact()
	w.must(w.does(t.Context(), 1000, model.Tally{Honour: -10}, w.orgs[home3])) // and has nothing left
	w.relay()
	w.exact()
}

// TestANameIsShownOnlyWhileItsOwnerWantsIt follows somebody through his choices.
func TestANameIsShownOnlyWhileItsOwnerWantsIt(t *testing.T) {
	w := newWorld(t)
	w.must(w.boards.Keep(t.Context()))
	const shy = firstPerson + 1
	w.must(w.does(t.Context(), shy, model.Tally{Honour: 50}, w.orgs[home]))
	w.must(w.does(t.Context(), firstPerson, model.Tally{Honour: 5}, w.orgs[home]))
	w.relay()
	shownTo := func(reader int64) bool {
		return slices.ContainsFunc(w.honour("week", reader).Lines, func(l board.Line) bool { return l.SubjectID == shy || l.Name == "某1001" })
	}
	if shownTo(firstPerson) || shownTo(shy) {
		t.Error("somebody is shown who did not choose to be")
	}
	if me := w.honour("week", shy).Me; me.Rank != 1 || me.Value != 50 {
		t.Errorf("he himself is told %+v", me)
	}
	if b := w.honour("week", firstPerson); b.Lines[0].Rank != 2 || b.Me.Rank != 2 {
		t.Errorf("his place is given to another: %+v", b)
	}
	for _, public := range []bool{true, true, false, true} {
		w.must(w.boards.Choose(t.Context(), w.actor(shy), public))
		if got := shownTo(firstPerson); got != public {
			t.Errorf("chosen %v, shown %v", public, got)
		}
		if got, err := w.boards.Public(t.Context(), w.actor(shy)); got != public || err != nil {
			t.Errorf("chosen %v, remembered %v, %v", public, got, err)
		}
	}
	w.relay()
	w.exact()
	w.update(func(tx *db.Tx) error { // behind the back of Redis
		return tx.Model(&model.BoardChoice{}).Where("user_id = ?", shy).Update("is_public", false).Error
	})
	if shownTo(firstPerson) {
		t.Error("a name is shown because Redis says so")
	}
}

func TestWhoIsDisabledIsNotShown(t *testing.T) {
	w := newWorld(t)
	w.must(w.boards.Keep(t.Context()))
	w.must(w.does(t.Context(), firstPerson, model.Tally{Honour: 5}, w.orgs[home]))
	w.relay()
	if n := len(w.honour("week", 1001).Lines); n != 1 {
		t.Fatalf("%d lines", n)
	}
	w.update(func(tx *db.Tx) error {
		return tx.Model(&model.User{}).Where("id = ?", firstPerson).Update("state", model.UserDisabled).Error
	})
	if b := w.honour("week", 1001); len(b.Lines) != 0 || b.Total != 1 {
		t.Errorf("the board is %+v", b)
	}
}

// TestARunOfWeeksStaysExact at midnight of Monday in Shanghai, where events of
// the old week are heard in the new one.
func TestARunOfWeeksStaysExact(t *testing.T) {
	w := newWorld(t)
	_, end := model.Period("W2026-27").Bounds()
	w.clock.Set(end.Add(-time.Minute))
	w.busy(30)
	w.must(w.boards.Keep(t.Context()))
	w.clock.Set(end.Add(-time.Millisecond))
	w.must(w.does(t.Context(), 1000, model.Tally{Honour: 500}, w.orgs[home]))
	w.clock.Set(end)
	w.must(w.does(t.Context(), 1000, model.Tally{Honour: 3}, w.orgs[home]))
	w.must(w.does(t.Context(), 1003, model.Tally{Honour: 3}, w.orgs[home2]))
	w.relay()
	w.must(w.boards.Keep(t.Context()))
	w.exact("W2026-27", "W2026-28", "M2026-07", "A")
	if b := w.honour("week", 1000); b.Key.Period != "W2026-28" || b.Me.Rank != 1 || b.Me.Value != 3 || b.Total != 2 {
		t.Errorf("the new week has %+v %+v", b, b.Me)
	}
	_, err := w.boards.Rebuild(t.Context(), county) // in the first hour, both are there
	w.must(err)
	w.exact("W2026-27", "W2026-28", "M2026-07", "A")
	w.clock.Set(end.Add(2 * time.Hour))
	w.must(w.boards.Keep(t.Context()))
	w.must(w.boards.Record(t.Context()))
	w.exact("W2026-27", "W2026-28")
	if b := w.honour("W2026-27", 1000); !b.Frozen {
		t.Errorf("the old week is not frozen: %+v", b)
	}
}

// TestMyPlacesAreAsked in one round trip, for every period and measure.
func TestMyPlacesAreAsked(t *testing.T) {
	w := newWorld(t)
	w.busy(200)
	w.must(w.boards.Keep(t.Context()))
	for user := firstPerson; user < firstPerson+8; user++ {
		all, stale, err := w.boards.Mine(t.Context(), w.actor(user))
		w.must(err)
		if stale || len(all) != 20 {
			t.Fatalf("%d places, stale %v", len(all), stale)
		}
		for _, p := range all {
			want := spot{}
			truth := ranks(w.standings(p.Key.Period), p.Key.Measure, p.Key.Scope)
			for _, s := range truth {
				if s.user == user {
					want = s
				}
			}
			if p.Rank != want.rank || p.Value != want.value || p.Total != int64(len(truth)) && p.Total != 0 {
				t.Errorf("%s of %d is %+v, want %+v of %d", p.Key, user, p, want, len(truth))
			}
		}
	}
}

// TestTwoDatabasesOnOneRedis do not see each other's boards.
func TestTwoDatabasesOnOneRedis(t *testing.T) {
	one, two := newWorld(t), newWorld(t)
	two.on(redisOf(one))
	one.must(one.does(t.Context(), 1000, model.Tally{Honour: 5}, one.orgs[home]))
	one.must(one.boards.Keep(t.Context()))
	two.must(two.boards.Keep(t.Context()))
	one.exact()
	two.exact()
}

func redisOf(w *world) *redis.Client { return w.redis }
