package board_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/redis"
	"dandelion/model"
	"dandelion/service/board"
)

// get reads a board that must be there.
func (w *world) get(who model.Actor, q board.Query) *board.Board {
	w.Helper()
	if q.Limit == 0 {
		q.Limit = 50
	}
	b, err := w.boards.Get(w.Context(), who, q)
	w.must(err)
	return b
}

// alone lets one person do one thing where he lives, and tells everybody.
func (w *world) alone(user int64, t model.Tally) {
	w.Helper()
	w.must(w.does(w.Context(), user, t, w.homeOf(user)))
	w.relay()
}

// leave keeps only so many of an organisation's members, by the column that
// says whose they are.
func (w *world) leave(column string, of int64, n int) {
	w.Helper()
	w.update(func(tx *db.Tx) error {
		var all []int64
		if err := tx.Model(&model.Member{}).Where(column+" = ?", of).Order("user_id").Pluck("user_id", &all).Error; err != nil {
			return err
		}
		return tx.Where("user_id IN ?", all[n:]).Delete(&model.Member{}).Error
	})
	w.clock.Pass(time.Hour)
	w.must(w.boards.Record(w.Context()))
}

// TestFourPeopleAreNoOrganisation: of five members an organisation is ranked, of
// four it is gone, whatever kind it is of.
func TestFourPeopleAreNoOrganisation(t *testing.T) {
	for _, c := range []struct {
		of     model.BoardOf
		column string
		id     int64
		boards int // five with five ratings; the unit has four, and home3 three
	}{{model.BoardUnits, "unit_id", unit, 3}, {model.BoardTeams, "team_id", team, 5}, {model.BoardCommunities, "community_id", home3, 3}} {
		t.Run(string(c.of), func(t *testing.T) {
			w := newWorld(t)
			for n := range int64(12) { // some of every organisation
				w.must(w.does(t.Context(), firstPerson+n, model.Tally{Honour: 5, Wishes: 1, Led: 1, Minutes: 60, Stars: 5, Rated: 1, Solved: 1}, w.homeOf(firstPerson+n)))
			}
			ranked := func() (n int) {
				for _, m := range c.of.Measures() {
					for _, l := range w.get(w.actor(1000), board.Query{Of: c.of, Measure: m, Period: "all", Scope: county}).Lines {
						if l.SubjectID == c.id {
							n++
						}
					}
				}
				return n
			}
			w.leave(c.column, c.id, 5)
			if got := ranked(); got != c.boards {
				t.Errorf("with five it stands on %d boards, want %d", got, c.boards)
			}
			w.leave(c.column, c.id, 4)
			if got := ranked(); got != 0 {
				t.Errorf("with four it stands on %d boards", got)
			}
		})
	}
}

// TestAmountsArePerHundredMembers with seven members, where nothing is even.
func TestAmountsArePerHundredMembers(t *testing.T) {
	w := newWorld(t)
	w.leave("unit_id", unit, 7)
	w.alone(1002, model.Tally{Honour: 10, Wishes: 1, Led: 1, Minutes: 50, Stars: 9, Rated: 2, Solved: 1})
	w.alone(1005, model.Tally{Honour: 10, Wishes: 1, Minutes: 50, Stars: 9, Rated: 2, Solved: 1}) // the same wish
	value := func(m model.Measure) int64 {
		w.clock.Pass(time.Hour)
		w.must(w.boards.Record(t.Context()))
		for _, l := range w.get(w.actor(1000), board.Query{Of: model.BoardUnits, Measure: m, Period: "all", Scope: county}).Lines {
			if l.SubjectID == unit {
				return l.Value
			}
		}
		return 0
	}
	for m, want := range map[model.Measure]int64{
		model.ByHonour: 20 * 10_000 / 7, model.ByWishes: 10_000 / 7, model.ByHours: 100 * 10_000 / 60 / 7, model.BySatisfaction: 0, model.BySolved: 0,
	} {
		if got := value(m); got != want {
			t.Errorf("by %s it is %d, want %d", m, got, want)
		}
	}
	w.alone(1008, model.Tally{Stars: 4, Rated: 1, Solved: 1}) // the fifth rating
	if s, r := value(model.BySatisfaction), value(model.BySolved); s != 22*100/5 || r != 3*10_000/5 {
		t.Errorf("of five ratings they are %d stars and %d solved", s, r)
	}
	w.alone(1002, model.Tally{Honour: -30}) // a sanction takes more than there was
	if got := value(model.ByHonour); got != 0 {
		t.Errorf("with less than nothing it is ranked with %d", got)
	}
}

// TestFourRatingsAreNoSatisfaction of a person, and the fifth makes one.
func TestFourRatingsAreNoSatisfaction(t *testing.T) {
	w := newWorld(t)
	w.must(w.boards.Keep(t.Context()))
	q := board.Query{Of: model.BoardMembers, Measure: model.BySatisfaction, Period: "month", Scope: county}
	w.alone(1002, model.Tally{Honour: 1, Wishes: 4, Stars: 19, Rated: 4})
	if b := w.get(w.actor(1002), q); b.Total != 0 || b.Me.Rank != 0 || b.Me.Value != 0 {
		t.Errorf("with four ratings he is %+v of %d", b.Me, b.Total)
	}
	w.alone(1002, model.Tally{Stars: 4, Rated: 1})
	if b := w.get(w.actor(1002), q); b.Total != 1 || b.Me.Rank != 1 || b.Me.Value != 4600 || len(b.Lines) != 0 {
		t.Errorf("with five he is %+v of %d, shown are %v", b.Me, b.Total, b.Lines)
	}
	w.alone(1002, model.Tally{Stars: -4, Rated: -1}) // the wish was done again
	if b := w.get(w.actor(1002), q); b.Total != 0 || b.Me.Rank != 0 {
		t.Errorf("with four again he is %+v of %d", b.Me, b.Total)
	}
}

// TestWhoHasNoNameIsNotShown, and his place is not given to anybody else.
func TestWhoHasNoNameIsNotShown(t *testing.T) {
	w := newWorld(t)
	w.must(w.boards.Keep(t.Context()))
	for user, honour := range map[int64]int64{1000: 30, 1003: 20, 1006: 10} {
		w.alone(user, model.Tally{Honour: honour})
	}
	change := func(user int64, column string, to any) {
		w.update(func(tx *db.Tx) error {
			return tx.Model(&model.User{}).Where("id = ?", user).Update(column, to).Error
		})
	}
	change(1003, "display_name", "")
	if got := linesOf(w.honour("week", 1001)); len(got) != 2 || got[0] != (spot{1000, 1, 30}) || got[1] != (spot{1006, 3, 10}) {
		t.Errorf("without the name of the second the board is %v", got)
	}
	if b := w.honour("week", 1003); b.Me.Rank != 2 || b.Me.Value != 20 || b.Total != 3 {
		t.Errorf("he himself is %+v of %d", b.Me, b.Total)
	}
	change(1003, "display_name", "又是我")
	change(1000, "state", model.UserDisabled)
	b := w.honour("week", 1001)
	if got := linesOf(b); len(got) != 2 || got[0].rank != 2 || b.Lines[0].Name != "又是我" {
		t.Errorf("with a name, and without who is disabled: %+v", b.Lines)
	}
	w.clock.Set(nextWeek())
	w.must(w.boards.Record(t.Context()))
	if b := w.honour(string(lastWeek), 1001); !b.Frozen || len(b.Lines) != 2 || b.Lines[0].Rank != 2 || b.Total != 3 {
		t.Errorf("frozen it is %+v", b)
	}
}

// TestABoardIsAsLongAsItIsAskedFor, although some who would stand on it have
// gone since it was ranked.
func TestABoardIsAsLongAsItIsAskedFor(t *testing.T) {
	w := newWorld(t)
	w.must(w.boards.Keep(t.Context()))
	for n := range int64(15) {
		w.must(w.does(t.Context(), firstPerson+3*n, model.Tally{Honour: 100 - n}, w.orgs[home]))
	}
	w.relay()
	q := board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "week", Scope: county}
	for _, limit := range []int{1, 3, 14, 15, 50} {
		q.Limit = limit
		if b := w.get(w.actor(1001), q); len(b.Lines) != min(limit, 15) || b.Lines[len(b.Lines)-1].Rank != int64(min(limit, 15)) || b.Total != 15 {
			t.Errorf("of %d there are %d lines of %d", limit, len(b.Lines), b.Total)
		}
	}
	w.update(func(tx *db.Tx) error { // the first ten
		return tx.Model(&model.User{}).Where("id >= ? AND id < ?", firstPerson, firstPerson+30).Update("state", model.UserDisabled).Error
	})
	q.Limit = 2
	if b := w.get(w.actor(1001), q); fmt.Sprint(linesOf(b)) != fmt.Sprint([]spot{{1030, 11, 90}, {1033, 12, 89}}) {
		t.Errorf("when ten have gone the board is %v", linesOf(b))
	}
}

func TestAPeriodThatThereIsNotIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, word := range []string{
		"", "day", "Week", " week", "tick", "W2026-99", "W2026-00", "W2026-28", "M2026-13", "M2026-08", "Q2026-5", "Q2026-4", "S2027", "S26", "B2026-01", "A2026", "%",
	} {
		for _, of := range []model.BoardOf{model.BoardMembers, model.BoardUnits} {
			_, err := w.boards.Get(t.Context(), w.actor(1000), board.Query{Of: of, Measure: model.ByHonour, Period: word, Scope: county, Limit: 5})
			if !errors.Is(err, model.ErrBoardPeriod) {
				t.Errorf("%q of %s: %v", word, of, err)
			}
		}
	}
	for word, want := range map[string]model.Period{"week": "W2026-27", "month": "M2026-07", "quarter": "Q2026-3", "season": "S2026", "all": "A", "Q2026-2": "Q2026-2", "S2024": "S2024"} {
		if b := w.get(w.actor(1000), board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: word}); b.Key.Period != want || len(b.Lines) != 0 {
			t.Errorf("%q is %s", word, b.Key)
		}
	}
}

// TestNobodyReadsTheBoardsOfAnotherCounty, nor those of what has none.
func TestNobodyReadsTheBoardsOfAnotherCounty(t *testing.T) {
	w := newWorld(t)
	w.alone(1000, model.Tally{Honour: 5, Led: 1})
	w.must(w.boards.Keep(t.Context()))
	w.must(w.boards.Record(t.Context()))
	ask := func(who model.Actor, of model.BoardOf, scope int64) error {
		_, err := w.boards.Get(t.Context(), who, board.Query{Of: of, Measure: model.ByHonour, Period: "all", Scope: scope, Limit: 5})
		return err
	}
	for _, of := range model.BoardOfs() {
		for _, scope := range []int64{abroad, abroadTown, abroadHome, 999_999} {
			if err := ask(w.actor(1000), of, scope); !errors.Is(err, model.ErrOrgNotFound) {
				t.Errorf("%s of %d: %v", of, scope, err)
			}
		}
		for _, scope := range []int64{unit, team} {
			if err := ask(w.actor(1000), of, scope); !errors.Is(err, model.ErrBoardScope) {
				t.Errorf("%s of %d: %v", of, scope, err)
			}
		}
	}
	foreigner := model.Actor{UserID: 5000, TenantID: abroad, HomeID: abroadHome, HomePath: w.orgs[abroadHome].Path}
	for _, scope := range []int64{0, abroad} {
		b := w.get(foreigner, board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "all", Scope: scope})
		if b.Total != 0 || len(b.Lines) != 0 || b.Key.Tenant != abroad {
			t.Errorf("abroad the board is %+v", b)
		}
	}
	if err := ask(foreigner, model.BoardMembers, county); !errors.Is(err, model.ErrOrgNotFound) {
		t.Errorf("from abroad: %v", err)
	}
	homeless := model.Actor{UserID: 5001, TenantID: county}
	if err := ask(homeless, model.BoardMembers, 0); !errors.Is(err, model.ErrNoHome) {
		t.Errorf("without a home: %v", err)
	}
	if err := ask(homeless, model.BoardCommunities, 0); err != nil {
		t.Errorf("the communities of the county, without a home: %v", err)
	}
}

// TestSwitchingPeopleOffLeavesOrganisationsOn, also those of weeks that are over,
// and the next county.
func TestSwitchingPeopleOffLeavesOrganisationsOn(t *testing.T) {
	w := newWorld(t)
	w.alone(1000, model.Tally{Honour: 5, Led: 1})
	w.clock.Set(nextWeek())
	w.must(w.boards.Keep(t.Context()))
	w.must(w.boards.Record(t.Context()))
	w.must(w.policies.Set(t.Context(), model.Actor{UserID: adminID, TenantID: county}, model.BoardPeople, 0))
	for _, period := range []string{"week", "all", string(lastWeek)} {
		for _, of := range model.BoardOfs() {
			_, err := w.boards.Get(t.Context(), w.actor(1000), board.Query{Of: of, Measure: model.ByHonour, Period: period, Scope: county, Limit: 5})
			if people := of == model.BoardMembers; people != errors.Is(err, model.ErrBoardOff) || !people && err != nil {
				t.Errorf("%s of %s: %v", of, period, err)
			}
		}
	}
	foreigner := model.Actor{UserID: 5000, TenantID: abroad, HomeID: abroadHome, HomePath: w.orgs[abroadHome].Path}
	w.get(foreigner, board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "week"})
	w.must(w.boards.Choose(t.Context(), w.actor(1001), true)) // for when they are on again
	w.must(w.policies.Set(t.Context(), model.Actor{UserID: adminID, TenantID: county}, model.BoardPeople, 1))
	if b := w.honour("all", 1000); b.Me.Rank != 1 || b.Me.Value != 5 || b.Stale {
		t.Errorf("on again, the board is %+v, %+v", b, b.Me)
	}
}

// TestWithoutRedisOnesOwnValueIsKnown where one stands, and nowhere else.
func TestWithoutRedisOnesOwnValueIsKnown(t *testing.T) {
	w := newWorld(t)
	w.alone(1000, model.Tally{Honour: 5, Minutes: 90}) // at home, in town
	w.alone(1003, model.Tally{Honour: 9})              // in home3, in town2
	w.must(w.boards.Record(t.Context()))
	down := redis.Open(redis.Options{Addrs: []string{"127.0.0.1:1"}})
	t.Cleanup(func() { _ = down.Close() })
	w.on(down)
	for scope, want := range map[int64]int64{county: 5, town: 5, home: 5, 0: 5, town2: 0, home2: 0, home3: 0} {
		b := w.get(w.actor(1000), board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "week", Scope: scope, Limit: 1})
		if !b.Stale || b.Frozen || b.Me.Rank != 0 || b.Me.Value != want || b.Total != 0 {
			t.Errorf("in %d he is %+v of %+v, want %d", scope, b.Me, b, want)
		}
		if len(b.Lines) > 1 || scope == county && (len(b.Lines) != 1 || b.Lines[0].Value != 9) || scope == home2 && len(b.Lines) != 0 {
			t.Errorf("in %d there are %+v", scope, b.Lines)
		}
	}
}
