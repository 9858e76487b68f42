package points_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/crypt"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/outbox"
	"dandelion/internal/policy"
	"dandelion/internal/timer"
	"dandelion/model"
	"dandelion/service/points"
)

var opening = time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC) // 9:00 in Shanghai

// The organisations of the tests: a county with a township with two
// communities, and another county.
const (
	theCounty, theTown, theStation, theOther, theForeign int64 = 1, 2, 3, 4, 9
)

// station is a small county with rewards, in a database of its own.
type station struct {
	*testing.T
	db     *db.DB
	clock  *clock.Manual
	points *points.Service
	timers *timer.Runner
	orgs   map[int64]*model.Org

	officer, verifier, verifier2, other, foreign, member model.Actor
}

func newStation(t *testing.T, url string) *station {
	t.Helper()
	w := &station{T: t, clock: clock.At(opening), orgs: map[int64]*model.Org{}}
	d, err := db.Open(url, db.Options{Now: w.clock.Now})
	w.must(err)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	w.db = d
	w.must(d.Migrate(t.Context()))
	key := func(b byte) []byte { return append(make([]byte, 31), b) }
	keys, err := crypt.New("t", map[string][]byte{"t": key(1)}, key(2))
	w.must(err)
	log := slog.New(slog.DiscardHandler)
	w.points = points.New(d, outbox.New(d, log), policy.New(d, w.clock.Now), keys)
	w.timers = timer.New(d, log, map[model.TimerKind]timer.Handler{model.RedemptionExpire: w.points.ExpireRedemption})
	w.found(theCounty, 0, model.OrgCounty, "梅城县")
	w.found(theTown, theCounty, model.OrgTownship, "城关镇")
	w.found(theStation, theTown, model.OrgCommunity, "红星社区")
	w.found(theOther, theTown, model.OrgCommunity, "东风社区")
	w.found(theForeign, 0, model.OrgCounty, "云溪县")
	w.officer = w.person(101, theStation, model.RoleCounty, theCounty)
	w.verifier = w.person(102, theStation, model.RoleVerifier, theStation)
	w.verifier2 = w.person(103, theStation, model.RoleVerifier, theStation)
	w.other = w.person(104, theOther, model.RoleVerifier, theOther)
	w.foreign = w.person(105, theForeign, model.RoleCounty, theForeign)
	w.member = w.person(106, theStation, "", 0)
	return w
}

// onBoth runs f on the engine in force, and on SQLite if that is another.
func onBoth(t *testing.T, f func(w *station)) {
	t.Helper()
	f(newStation(t, dbtest.URL(t)))
	if dbtest.Remote() {
		f(newStation(t, dbtest.File(t)))
	}
}

func (w *station) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *station) update(f func(tx *db.Tx) error) error { return w.db.Update(context.Background(), f) }

func (w *station) found(id, parent int64, kind model.OrgKind, name string) {
	w.Helper()
	o, err := model.NewOrg(id, kind, name, w.orgs[parent])
	w.must(err)
	o.CreatedAt, o.UpdatedAt = opening, opening
	w.orgs[id] = o
	w.must(w.update(func(tx *db.Tx) error { return db.Add(tx, o) }))
}

// person brings somebody in; role "" is a resident.
func (w *station) person(id, home int64, role model.Role, org int64) model.Actor {
	w.Helper()
	o := w.orgs[home]
	u := model.NewUser(id, fmt.Sprint("test-", id), opening)
	u.TenantID, u.HomeID, u.HomePath, u.DisplayName, u.Consent = o.TenantID, home, o.Path, "张三丰", "1.0"
	w.must(w.update(func(tx *db.Tx) error { return db.Add(tx, &u) }))
	a := model.Actor{UserID: id, TenantID: o.TenantID, HomeID: home, HomePath: o.Path, Consent: "1.0", RequestID: "test"}
	if role != "" {
		a.Held = []model.Held{{Role: role, OrgID: org, Path: w.orgs[org].Path, Subtree: true}}
	}
	return a
}

// fund gives each of n people points to spend, by an adjustment.
func (w *station) fund(amount int64, all ...model.Actor) {
	w.Helper()
	w.must(w.update(func(tx *db.Tx) error {
		for _, who := range all {
			p, err := adjustment(tx, who, amount)
			if err != nil {
				return err
			}
			if _, err := w.points.Book(tx, p); err != nil {
				return err
			}
		}
		return nil
	}))
}

// crowd brings in n people with points each.
func (w *station) crowd(n int, amount int64) []model.Actor {
	w.Helper()
	all := make([]model.Actor, n)
	for i := range all {
		all[i] = w.person(int64(10_000+i), theStation, "", 0)
	}
	w.fund(amount, all...)
	return all
}

// reward offers something at the station.
func (w *station) reward(cost, stock, each int64) int64 {
	w.Helper()
	o, err := w.points.CreateReward(w.Context(), w.officer, theStation, model.RewardTerms{Name: "雨伞", Cost: cost, Stock: stock, PerPerson: each})
	w.must(err)
	return o.ID
}

func (w *station) redeem(who model.Actor, reward int64) *points.Redeemed {
	w.Helper()
	d, err := w.points.Redeem(w.Context(), who, reward, "")
	w.must(err)
	return d
}

// number returns the one number that a query finds.
func (w *station) number(query string, args ...any) (n int64) {
	w.Helper()
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error { return tx.Raw(query, args...).Scan(&n).Error }))
	return n
}

func (w *station) balance(who model.Actor) int64 {
	w.Helper()
	return w.number("SELECT COALESCE(SUM(amount), 0) FROM point_balances WHERE owner_id = ? AND account = 'member'", who.UserID)
}

func (w *station) stock(reward int64) int64 {
	w.Helper()
	return w.number("SELECT stock FROM rewards WHERE id = ?", reward)
}

// sound checks what always must be so.
func (w *station) sound() {
	w.Helper()
	clean(w.T, w.db, nil)
	for what, query := range map[string]string{
		"transactions whose lines do not add up to 0": "SELECT COUNT(*) FROM (SELECT txn_id FROM point_entries GROUP BY txn_id HAVING SUM(amount) <> 0) x",
		"balances that are not the sum of their lines": `SELECT COUNT(*) FROM point_balances b WHERE b.amount <>
			(SELECT COALESCE(SUM(e.amount), 0) FROM point_entries e WHERE e.owner_id = b.owner_id AND e.account = b.account)`,
		"members in debt":               "SELECT COUNT(*) FROM point_balances WHERE account = 'member' AND amount < 0",
		"rewards of which less is left": "SELECT COUNT(*) FROM rewards WHERE stock < 0",
		"live redemptions without one hold": `SELECT COUNT(*) FROM redemptions d WHERE d.state IN ('held', 'picked_up') AND d.cost <>
			(SELECT COALESCE(SUM(b.amount), 0) FROM point_entries b JOIN point_txns t ON t.id = b.txn_id
			WHERE t.source_type = 'redemption' AND t.source_id = d.id AND b.account = 'redeem')`,
		"dead redemptions without one mirror": `SELECT COUNT(*) FROM redemptions d WHERE d.state IN ('cancelled', 'expired') AND 1 <>
			(SELECT COUNT(*) FROM point_txns r JOIN point_txns t ON t.id = r.source_id AND r.source_type = 'point_txn' AND r.kind = 'reverse'
			WHERE t.source_type = 'redemption' AND t.source_id = d.id)`,
		"holds that do not stand for what is redeemed": `SELECT (SELECT COALESCE(SUM(amount), 0) FROM point_balances WHERE account = 'redeem') -
			(SELECT COALESCE(SUM(cost), 0) FROM redemptions WHERE state IN ('held', 'picked_up'))`,
		"places of what came to nothing": "SELECT COUNT(*) FROM redemptions WHERE state IN ('cancelled', 'expired') AND place_key IS NOT NULL",
		"timers of what is over":         "SELECT COUNT(*) FROM timers t JOIN redemptions d ON d.id = t.subject_id WHERE d.state <> 'held'",
	} {
		if n := w.number(query); n != 0 {
			w.Errorf("%d %s", n, what)
		}
	}
}

// outcomes lets n do at once, and counts by error code.
func outcomes(n int, do func(i int) error) map[string]int {
	var mu sync.Mutex
	got := map[string]int{}
	atOnce(n, n, func(i int) {
		code := "ok"
		if err := do(i); err != nil {
			code = err.Error()
		}
		mu.Lock()
		defer mu.Unlock()
		got[code]++
	})
	return got
}
