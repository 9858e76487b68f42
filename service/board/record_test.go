package board_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/board"
)

const lastWeek = model.Period("W2026-27")

// nextWeek is when the boards of the last week can be frozen.
func nextWeek() time.Time {
	_, end := lastWeek.Bounds()
	return end.Add(time.Hour + time.Minute)
}

// complete compares the rows of a frozen period with the comparator.
func (w *world) complete(p model.Period) {
	w.Helper()
	truth, public := w.standings(p), w.public()
	got := map[string][]model.BoardRow{}
	for _, r := range w.rows(p) {
		got[r.Board] = append(got[r.Board], r)
	}
	for _, m := range model.BoardMembers.Measures() {
		for _, scope := range []int64{county, town, town2, home, home2, home3, home4} {
			k := model.BoardKey{Tenant: county, Period: p, Of: model.BoardMembers, Measure: m, Scope: scope}
			var have []spot
			for _, r := range got[k.String()] {
				have = append(have, spot{r.SubjectID, r.Position, r.Value})
				if r.IsPublic != public[r.SubjectID] {
					w.Errorf("%s says of %d that he is public: %v", k, r.SubjectID, r.IsPublic)
				}
			}
			if want := ranks(truth, m, scope); !slices.Equal(have, want) {
				w.Errorf("%s is frozen as %v, want %v", k, have, want)
			}
		}
	}
}

func TestAPeriodThatIsOverIsFrozenForGood(t *testing.T) {
	w := newWorld(t)
	w.busy(150)
	w.must(w.boards.Record(t.Context()))
	if n := len(w.rows(lastWeek)); n == 0 {
		t.Fatal("there is no snapshot")
	}
	w.clock.Set(nextWeek())
	w.busy(10)
	w.relay()
	w.must(w.boards.Keep(t.Context()))
	w.must(w.boards.Record(t.Context()))
	w.complete(lastWeek)
	w.exact(lastWeek)
	frozen := w.rows(lastWeek)
	b := w.honour(string(lastWeek), 1003)
	if !b.Frozen || b.Stale {
		t.Errorf("the last week is %+v", b)
	}
	w.update(func(tx *db.Tx) error { // whatever happens, it stays
		return tx.Model(&model.Standing{}).Where("period = ?", lastWeek).Update("honour", 1).Error
	})
	w.must(w.boards.Freeze(t.Context(), county, lastWeek))
	_, err := w.boards.RebuildAll(t.Context())
	w.must(err)
	w.clock.Pass(2 * time.Hour)
	w.must(w.boards.Record(t.Context()))
	if after := w.rows(lastWeek); !slices.EqualFunc(frozen, after, func(a, b model.BoardRow) bool {
		return a.Board == b.Board && a.Position == b.Position && a.SubjectID == b.SubjectID && a.Value == b.Value
	}) {
		t.Error("a frozen week has changed")
	}
	w.must(w.boards.Choose(t.Context(), w.actor(1003), false))
	if b := w.honour(string(lastWeek), 1000); slices.ContainsFunc(b.Lines, func(l board.Line) bool { return l.SubjectID == 1003 }) {
		t.Error("a name that was taken back is on a frozen board")
	}
	if me := w.honour(string(lastWeek), 1003).Me; me.Rank == 0 {
		t.Error("he himself has lost his place")
	}
}

// TestAFreezeThatDiedIsDoneAgain from the start, and not before its lease ends.
func TestAFreezeThatDiedIsDoneAgain(t *testing.T) {
	w := newWorld(t)
	w.busy(150)
	w.must(w.boards.Record(t.Context()))
	w.clock.Set(nextWeek())
	ctx, die := context.WithCancel(t.Context())
	if err := w.boards.FreezeUntil(ctx, county, lastWeek, 12, die); !errors.Is(err, context.Canceled) {
		t.Fatalf("it did not die: %v", err)
	}
	half := len(w.rows(lastWeek))
	if b := w.honour(string(lastWeek), 1000); b.Frozen {
		t.Errorf("half a week is shown as frozen: %+v", b)
	}
	w.clock.Pass(time.Minute)
	w.must(w.boards.Freeze(t.Context(), county, lastWeek))
	if n := len(w.rows(lastWeek)); n != half {
		t.Error("two freeze at once")
	}
	w.clock.Pass(2 * time.Minute)
	w.must(w.boards.Freeze(t.Context(), county, lastWeek))
	w.complete(lastWeek)
	if !w.honour(string(lastWeek), 1000).Frozen {
		t.Error("it is not marked complete")
	}
}

func TestAPeriodIsNotFrozenBeforeItHasSettled(t *testing.T) {
	w := newWorld(t)
	w.busy(20)
	_, end := lastWeek.Bounds()
	w.clock.Set(end.Add(model.SettleTime - time.Second))
	w.must(w.boards.Freeze(t.Context(), county, lastWeek))
	if n := len(w.rows(lastWeek)); n != 0 {
		t.Errorf("%d rows", n)
	}
	w.clock.Pass(time.Second)
	w.must(w.boards.Freeze(t.Context(), county, lastWeek))
	w.complete(lastWeek)
}

// orgs is a board of organisations of all time.
func (w *world) orgBoard(of model.BoardOf, m model.Measure, scope int64) *board.Board {
	w.Helper()
	b, err := w.boards.Get(w.Context(), w.actor(1000), board.Query{Of: of, Measure: m, Period: "all", Scope: scope, Limit: 50})
	w.must(err)
	return b
}

func TestOrganisationsAreRankedByWhatTheirPeopleBring(t *testing.T) {
	w := newWorld(t)
	w.busy(200)
	w.must(w.boards.Record(t.Context()))
	want := map[int64]*model.OrgTally{unit: {}, unit2: {}}
	for n := range people {
		if of := want[[]int64{unit, unit2, 0}[(firstPerson+n)%3]]; of != nil {
			of.Members++
		}
	}
	for _, s := range w.standings(model.AllTime) {
		if of := want[s.UnitID]; of != nil {
			of.Add(&s)
		}
	}
	for _, m := range model.BoardUnits.Measures() {
		b := w.orgBoard(model.BoardUnits, m, county)
		if len(b.Lines) != 2 || b.Me != nil || b.Stale || b.Total != 2 || !b.AsOf.Equal(w.clock.Now()) {
			t.Errorf("%s: %+v", m, b)
			continue
		}
		for i, l := range b.Lines {
			if v, _ := want[l.SubjectID].Value(m); l.Value != v || l.Rank != int64(i)+1 || l.Name == "" || i > 0 && l.Value > b.Lines[0].Value {
				t.Errorf("%s: %+v, want %d", m, l, v)
			}
		}
	}
	for scope, n := range map[int64]int{home: 1, town: 1, town2: 1, home2: 0} {
		if b := w.orgBoard(model.BoardUnits, model.ByWishes, scope); len(b.Lines) != n {
			t.Errorf("in %d there are %d units, want %d", scope, len(b.Lines), n)
		}
	}
	if b := w.orgBoard(model.BoardTeams, model.ByHours, county); len(b.Lines) != 1 {
		t.Errorf("teams: %+v", b)
	}
	if b := w.orgBoard(model.BoardCommunities, model.ByHonour, 0); len(b.Lines) != 3 || b.Key.Scope != county {
		t.Errorf("communities: %+v", b)
	}
	w.update(func(tx *db.Tx) error {
		return tx.Where("unit_id = ? AND user_id > ?", unit, firstPerson+9).Delete(&model.Member{}).Error
	})
	w.clock.Pass(time.Hour)
	w.must(w.boards.Record(t.Context()))
	if b := w.orgBoard(model.BoardUnits, model.ByHonour, county); len(b.Lines) != 1 || b.Lines[0].SubjectID != unit2 {
		t.Errorf("a unit of four is ranked: %+v", b.Lines)
	}
}

func TestARecordIsMadeByOneAndOnlyWhenItIsDue(t *testing.T) {
	w := newWorld(t)
	w.must(w.boards.Record(t.Context()))
	asOf := func() time.Time { return w.orgBoard(model.BoardUnits, model.ByHonour, county).AsOf }
	first := asOf()
	w.clock.Pass(10 * time.Minute)
	w.must(w.boards.Record(t.Context()))
	if !asOf().Equal(first) {
		t.Error("it is written although nothing has happened")
	}
	w.busy(1)
	w.relay()
	w.must(w.boards.Record(t.Context()))
	second := asOf()
	if !second.After(first) {
		t.Error("it is not written although something has happened")
	}
	w.busy(1)
	w.relay()
	w.must(w.boards.Record(t.Context()))
	if !asOf().Equal(second) {
		t.Error("it is written at every deed")
	}
}

func TestWhatIsAskedForMustMakeSense(t *testing.T) {
	w := newWorld(t)
	ask := func(q board.Query) error {
		q.Limit = 5
		_, err := w.boards.Get(t.Context(), w.actor(1000), q)
		return err
	}
	for _, c := range []struct {
		q    board.Query
		want error
	}{
		{board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "week"}, nil},
		{board.Query{Of: model.BoardMembers, Measure: model.BySolved, Period: "week"}, model.ErrBoardMeasure},
		{board.Query{Of: model.BoardUnits, Measure: model.BySolved, Period: "week"}, nil},
		{board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "W2027-01"}, model.ErrBoardPeriod},
		{board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "week", Scope: abroadHome}, model.ErrOrgNotFound},
		{board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "week", Scope: 77}, model.ErrOrgNotFound},
		{board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "week", Scope: unit}, model.ErrBoardScope},
		{board.Query{Of: model.BoardCommunities, Measure: model.ByHonour, Period: "week", Scope: home}, model.ErrBoardScope},
	} {
		if err := ask(c.q); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.q, err, c.want)
		}
	}
	nobody := model.Actor{UserID: 5}
	if _, err := w.boards.Get(t.Context(), nobody, board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "all"}); !errors.Is(err, model.ErrNoHome) {
		t.Errorf("without a county: %v", err)
	}
	if err := w.boards.Choose(t.Context(), nobody, true); !errors.Is(err, model.ErrNoHome) {
		t.Errorf("without a county: %v", err)
	}
}

func TestACountyCanSwitchItsBoardsOff(t *testing.T) {
	w := newWorld(t)
	admin := model.Actor{UserID: adminID, TenantID: county}
	people := board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "week", Limit: 5}
	units := board.Query{Of: model.BoardUnits, Measure: model.ByHonour, Period: "week", Limit: 5}
	for _, c := range []struct {
		limit     model.Limit
		off, stay board.Query
	}{{model.BoardPeople, people, units}, {model.BoardOrgs, units, people}} {
		w.must(w.policies.Set(t.Context(), admin, c.limit, 0))
		if _, err := w.boards.Get(t.Context(), w.actor(1000), c.off); !errors.Is(err, model.ErrBoardOff) {
			t.Errorf("%s is off: %v", c.limit, err)
		}
		if _, err := w.boards.Get(t.Context(), w.actor(1000), c.stay); err != nil {
			t.Errorf("%s is off, and the others with it: %v", c.limit, err)
		}
		if _, _, err := w.boards.Mine(t.Context(), w.actor(1000)); errors.Is(err, model.ErrBoardOff) != (c.limit == model.BoardPeople) {
			t.Errorf("%s is off: my places are told %v", c.limit, err)
		}
		w.must(w.policies.Set(t.Context(), admin, c.limit, 1))
	}
}
