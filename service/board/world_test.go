package board_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/outbox"
	"dandelion/internal/policy"
	"dandelion/internal/redis"
	"dandelion/model"
	"dandelion/service/board"
)

var (
	morning = time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC) // 9:00 in Shanghai, a Wednesday
	quiet   = slog.New(slog.DiscardHandler)
)

// The organisations of the tests: a county with two townships of two
// communities, units and a team, and another county.
const (
	county, town, town2            int64 = 1, 11, 12
	home, home2, home3, home4      int64 = 101, 102, 103, 104
	unit, unit2, team              int64 = 201, 202, 301
	abroad, abroadTown, abroadHome int64 = 2, 21, 121
	firstPerson, people            int64 = 1000, 60
	adminID                        int64 = 900
)

// world is a county with people who do things, and its boards.
type world struct {
	*testing.T
	db       *db.DB
	clock    *clock.Manual
	redis    *redis.Client
	boards   *board.Service
	policies *policy.Book
	outbox   *outbox.Outbox
	orgs     map[int64]*model.Org
	luck     *rand.Rand
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: clock.At(morning), orgs: map[int64]*model.Org{}, luck: rand.New(rand.NewPCG(1, 2))}
	var err error
	w.db, err = db.Open(dbtest.URL(t), db.Options{Now: w.clock.Now})
	w.must(err)
	t.Cleanup(func() { w.must(w.db.Close()) })
	w.must(w.db.Migrate(t.Context()))
	w.open()
	w.found()
	return w
}

// open starts the boards on a Redis, a new one if it is inside the process.
func (w *world) open() {
	r := redis.Open(redis.Options{Addrs: dbtest.Redis(w)})
	w.Cleanup(func() { _ = r.Close() })
	w.on(r)
}

// on starts the boards on a given Redis.
func (w *world) on(r *redis.Client) {
	w.redis = r
	w.policies = policy.New(w.db, w.clock.Now)
	w.outbox = outbox.New(w.db, quiet)
	w.boards = board.New(w.db, r, w.policies, w.outbox)
	w.outbox.Tell(w.boards.Hear)
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) update(f func(tx *db.Tx) error) {
	w.Helper()
	w.must(w.db.Update(w.Context(), f))
}

// found makes the organisations, and people of whom every third is shown and
// some belong to nothing.
func (w *world) found() {
	w.Helper()
	w.update(func(tx *db.Tx) error {
		for _, o := range []struct {
			id, parent int64
			kind       model.OrgKind
		}{
			{county, 0, model.OrgCounty},
			{town, county, model.OrgTownship},
			{town2, county, model.OrgTownship},
			{home, town, model.OrgCommunity},
			{home2, town, model.OrgCommunity},
			{home3, town2, model.OrgCommunity},
			{home4, town2, model.OrgCommunity},
			{unit, home, model.OrgUnit},
			{unit2, town2, model.OrgUnit},
			{team, county, model.OrgTeam},
			{abroad, 0, model.OrgCounty},
			{abroadTown, abroad, model.OrgTownship},
			{abroadHome, abroadTown, model.OrgCommunity},
		} {
			org, err := model.NewOrg(o.id, o.kind, fmt.Sprint("组织", o.id), w.orgs[o.parent])
			if err != nil {
				return err
			}
			org.CreatedAt, org.UpdatedAt = morning, morning
			w.orgs[o.id] = org
			if err := db.Add(tx, org); err != nil {
				return err
			}
		}
		for n := range people {
			if err := w.person(tx, firstPerson+n, n%3 == 0); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) homeOf(user int64) *model.Org {
	return w.orgs[[]int64{home, home, home2, home3}[user%4]]
}

func (w *world) person(tx *db.Tx, id int64, public bool) error {
	at := w.homeOf(id)
	err := db.Add(tx, &model.User{
		ID: id, TenantID: county, OpenID: fmt.Sprint("test-", id), State: model.UserActive, DisplayName: fmt.Sprint("某", id),
		HomeID: at.ID, HomePath: at.Path, CreatedAt: morning, UpdatedAt: morning, Version: 1,
	})
	m := &model.Member{UserID: id, TenantID: county, CommunityID: at.ID, UnitID: []int64{unit, unit2, 0}[id%3], TeamID: []int64{team, 0}[id%2], CreatedAt: morning, UpdatedAt: morning}
	err = errors.Join(err, db.Add(tx, m))
	if public {
		err = errors.Join(err, db.Add(tx, &model.BoardChoice{UserID: id, TenantID: county, IsPublic: true, ChosenAt: morning, Version: 1}))
	}
	return err
}

func (w *world) actor(user int64) model.Actor {
	at := w.homeOf(user)
	return model.Actor{UserID: user, TenantID: county, HomeID: at.ID, HomePath: at.Path, Consent: "1.0", RequestID: "test"}
}

// does adds a tally to a person's standings of now, as the ledger does, and
// puts the event. In is the community where it counts.
func (w *world) does(ctx context.Context, user int64, t model.Tally, in *model.Org) error {
	return w.db.Update(ctx, func(tx *db.Tx) error {
		for _, p := range model.PeriodsAt(tx.Now) {
			var s model.Standing
			err := tx.Where("tenant_id = ? AND period = ? AND user_id = ?", county, p, user).Take(&s).Error
			if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
				return err
			}
			isNew := s.Version == 0
			old := s.Tally
			s.TenantID, s.Period, s.UserID, s.Tally, s.Version = county, p, user, s.Plus(t), s.Version+1
			s.CommunityID, s.TownshipID = in.ID, in.Path.At(model.LevelTownship)
			s.UnitID, s.TeamID = []int64{unit, unit2, 0}[user%3], []int64{team, 0}[user%2]
			for _, at := range []struct {
				was, is int64
				at      *time.Time
			}{{old.Honour, s.Honour, &s.HonourAt}, {old.Wishes, s.Wishes, &s.WishesAt}, {old.Minutes, s.Minutes, &s.MinutesAt}, {old.Stars, s.Stars, &s.StarsAt}} {
				if isNew || at.was != at.is {
					*at.at = tx.Now
				}
			}
			if isNew {
				err = tx.Create(&s).Error
			} else {
				err = tx.Where("tenant_id = ? AND period = ? AND user_id = ? AND version = ?", county, p, user, s.Version-1).Select("*").Updates(&s).Error
			}
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return db.ErrStale
			}
			if err != nil {
				return err
			}
		}
		return w.outbox.Put(tx, model.Event{TenantID: county, Subject: model.OfPoints, SubjectID: user, Name: "post"})
	})
}

// anything is a small deed, of which many are alike so that there are ties;
// some take back what was given.
func (w *world) anything() model.Tally {
	t := model.Tally{Honour: w.luck.Int64N(4) * 5, Wishes: 1, Led: w.luck.Int64N(2), Minutes: w.luck.Int64N(3) * 30, Stars: 3 + w.luck.Int64N(3), Rated: 1, Solved: 1}
	if w.luck.IntN(6) == 0 {
		return t.Minus()
	}
	return t
}

// busy lets people do n things, with time between some of them.
func (w *world) busy(n int) {
	w.Helper()
	for range n {
		user := firstPerson + w.luck.Int64N(people)
		w.must(w.does(w.Context(), user, w.anything(), w.homeOf(user)))
		if w.luck.IntN(3) == 0 {
			w.clock.Pass(time.Duration(w.luck.IntN(4000)) * time.Millisecond)
		}
	}
}

// relay tells everybody what has happened.
func (w *world) relay() {
	w.Helper()
	for {
		n, err := w.outbox.Relay(w.Context())
		w.must(err)
		if n == 0 {
			return
		}
	}
}

// standings reads the truth.
func (w *world) standings(p model.Period) (all []model.Standing) {
	w.Helper()
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error {
		return tx.Where("tenant_id = ? AND period = ?", county, p).Find(&all).Error
	}))
	return all
}

// spot is a place on a board as the comparator has it.
type spot struct{ user, rank, value int64 }

// ranks computes a board in plain Go, from the standings and nothing else.
func ranks(all []model.Standing, m model.Measure, scope int64) []spot {
	type entry struct {
		user, value int64
		second      int64
	}
	var in []entry
	for _, s := range all {
		if scope != county && scope != s.TownshipID && scope != s.CommunityID {
			continue
		}
		e := map[model.Measure]entry{
			model.ByHonour: {s.UserID, s.Honour, s.HonourAt.Unix()}, model.ByWishes: {s.UserID, s.Wishes, s.WishesAt.Unix()},
			model.ByHours: {s.UserID, s.Minutes, s.MinutesAt.Unix()},
		}[m]
		if m == model.BySatisfaction && s.Rated >= 5 {
			e = entry{s.UserID, s.Stars * 1000 / s.Rated, s.StarsAt.Unix()}
		}
		if e.value > 0 {
			in = append(in, e)
		}
	}
	slices.SortFunc(in, func(a, b entry) int {
		return cmp.Or(-cmp.Compare(a.value, b.value), cmp.Compare(a.second, b.second), cmp.Compare(a.user, b.user))
	})
	var out []spot
	for i, e := range in {
		out = append(out, spot{e.user, int64(i) + 1, e.value})
	}
	return out
}

// public returns who may be shown.
func (w *world) public() map[int64]bool {
	w.Helper()
	var all []int64
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error {
		return tx.Model(&model.BoardChoice{}).Where("is_public = ?", true).Pluck("user_id", &all).Error
	}))
	shown := map[int64]bool{}
	for _, u := range all {
		shown[u] = true
	}
	return shown
}

// exact compares every board of the current periods, and everybody's own place,
// with the comparator.
func (w *world) exact(periods ...model.Period) {
	w.Helper()
	if len(periods) == 0 {
		periods = model.PeriodsAt(w.clock.Now())
	}
	public := w.public()
	for _, p := range periods {
		truth := w.standings(p)
		for _, m := range model.BoardMembers.Measures() {
			for _, scope := range []int64{county, town, town2, home, home2, home3, home4} {
				w.same(p, m, scope, ranks(truth, m, scope), public)
			}
		}
	}
}

func (w *world) same(p model.Period, m model.Measure, scope int64, want []spot, public map[int64]bool) {
	w.Helper()
	q := board.Query{Of: model.BoardMembers, Measure: m, Period: string(p), Scope: scope, Limit: 50}
	reader := firstPerson + w.luck.Int64N(people)
	b, err := w.boards.Get(w.Context(), w.actor(reader), q)
	w.must(err)
	var me spot
	var shown []spot
	for _, s := range want {
		if s.user == reader {
			me = s
		}
		if public[s.user] {
			shown = append(shown, s)
		}
	}
	got := linesOf(b)
	switch {
	case b.Stale:
		w.Errorf("%s is stale", b.Key)
	case !slices.Equal(got, shown):
		w.Errorf("%s shows %v, want %v", b.Key, got, shown)
	case b.Total != int64(len(want)):
		w.Errorf("%s has %d places, want %d", b.Key, b.Total, len(want))
	case b.Me.Rank != me.rank || b.Me.Value != me.value:
		w.Errorf("%s tells %d that he is %+v, want %+v", b.Key, reader, *b.Me, me)
	}
}

func linesOf(b *board.Board) (all []spot) {
	for _, l := range b.Lines {
		all = append(all, spot{l.SubjectID, l.Rank, l.Value})
	}
	return all
}

// honour is the board of the county by honour, as somebody sees it.
func (w *world) honour(period string, user int64) *board.Board {
	w.Helper()
	b, err := w.boards.Get(w.Context(), w.actor(user), board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: period, Scope: county, Limit: 50})
	w.must(err)
	return b
}

// rows are the boards of a period as they are in SQL.
func (w *world) rows(p model.Period) (all []model.BoardRow) {
	w.Helper()
	prefix := model.PeriodPrefix(county, p)
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error {
		return tx.Where("board LIKE ?", prefix+"%").Order("board, position").Find(&all).Error
	}))
	return all
}
