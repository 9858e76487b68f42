package points_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/outbox"
	"dandelion/internal/policy"
	"dandelion/internal/timer"
	"dandelion/model"
	"dandelion/service/points"
)

// The county of the cases: a township of two communities, the first with a grid,
// and a county beyond the wall.
const (
	caseCounty, caseTown, caseHome, caseGrid, caseNext int64 = 1, 2, 3, 4, 5
	caseBeyond                                         int64 = 9
)

// caseMorning is 9:00 in Shanghai.
var caseMorning = time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC)

// caseWorld is a small county in a database of its own, with a ledger.
type caseWorld struct {
	testing.TB
	db     *db.DB
	clock  *clock.Manual
	timers *timer.Runner
	ledger *points.Service
	orgs   map[int64]*model.Org

	member, resident, worker, worker2, officer, county, auditor, admin, elsewhere, outsider model.Actor
}

func newCaseWorld(t testing.TB) *caseWorld {
	t.Helper()
	w := &caseWorld{TB: t, clock: clock.At(caseMorning), orgs: map[int64]*model.Org{}}
	d, err := db.Open(dbtest.URL(t), db.Options{Now: w.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	w.db = d
	w.must(d.Migrate(t.Context()))
	quiet := slog.New(slog.DiscardHandler)
	w.ledger = points.New(d, outbox.New(d, quiet), policy.New(d, w.clock.Now), nil)
	w.timers = timer.New(d, quiet, map[model.TimerKind]timer.Handler{model.PointCaseAlarm: w.ledger.CaseAlarm, model.PointsPost: w.ledger.Mature})
	w.settle()
	return w
}

func (w *caseWorld) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *caseWorld) update(f func(tx *db.Tx) error) {
	w.Helper()
	w.must(w.db.Update(context.Background(), f))
}

func (w *caseWorld) settle() {
	w.Helper()
	for _, o := range []struct {
		id, parent int64
		kind       model.OrgKind
	}{
		{caseCounty, 0, model.OrgCounty},
		{caseTown, caseCounty, model.OrgTownship},
		{caseHome, caseTown, model.OrgCommunity},
		{caseGrid, caseHome, model.OrgGrid},
		{caseNext, caseTown, model.OrgCommunity},
		{caseBeyond, 0, model.OrgCounty},
	} {
		org, err := model.NewOrg(o.id, o.kind, fmt.Sprint("组织", o.id), w.orgs[o.parent])
		w.must(err)
		org.CreatedAt, org.UpdatedAt, w.orgs[o.id] = caseMorning, caseMorning, org
		w.update(func(tx *db.Tx) error { return db.Add(tx, org) })
	}
	w.member = w.person(101, caseGrid, "", 0)
	w.resident = w.person(102, caseNext, "", 0)
	w.update(func(tx *db.Tx) error { // he lives next door, and is registered here
		return db.Add(tx, &model.Member{UserID: 102, TenantID: caseCounty, CommunityID: caseHome, CreatedAt: tx.Now, UpdatedAt: tx.Now})
	})
	w.worker, w.worker2 = w.person(201, caseHome, model.RoleWorker, caseHome), w.person(202, caseHome, model.RoleWorker, caseHome)
	w.officer, w.county = w.person(203, caseHome, model.RoleTownship, caseTown), w.person(204, caseHome, model.RoleCounty, caseCounty)
	w.auditor, w.admin = w.person(205, caseHome, model.RoleAuditor, caseCounty), w.person(206, caseHome, model.RoleAdmin, caseCounty)
	w.elsewhere = w.person(207, caseNext, model.RoleWorker, caseNext)
	w.outsider = w.person(208, caseBeyond, model.RoleCounty, caseBeyond)
}

// person brings in somebody who lives at home and holds a role.
func (w *caseWorld) person(id, home int64, role model.Role, at int64) model.Actor {
	w.Helper()
	o := w.orgs[home]
	u := &model.User{
		ID: id, TenantID: o.TenantID, OpenID: fmt.Sprint("case-", id), State: model.UserActive, DisplayName: fmt.Sprint("某人", id), HomeID: home, HomePath: o.Path,
		Consent: "1.0", CreatedAt: caseMorning, UpdatedAt: caseMorning, Version: 1,
	}
	w.update(func(tx *db.Tx) error { return db.Add(tx, u) })
	who := model.Actor{UserID: id, TenantID: o.TenantID, HomeID: home, HomePath: o.Path, Consent: "1.0", RequestID: "test"}
	if role != "" {
		who.Held = []model.Held{{Role: role, OrgID: at, Path: w.orgs[at].Path, Subtree: true}}
	}
	return who
}

// propose proposes a case about the member, which must succeed.
func (w *caseWorld) propose(kind model.PointCaseKind, amount int64) *points.Case {
	w.Helper()
	c, err := w.ledger.Propose(w.Context(), w.worker, model.PointCaseOrder{Kind: kind, UserID: w.member.UserID, Amount: amount, Reason: "约好没有来"})
	w.must(err)
	return c
}

// approved proposes a case and approves it.
func (w *caseWorld) approved(kind model.PointCaseKind, amount int64) *points.Case {
	w.Helper()
	c, err := w.ledger.Approve(w.Context(), w.worker2, w.propose(kind, amount).ID, "属实")
	w.must(err)
	return c
}

// stands returns what is on an account of somebody, and his honour of all time.
func (w *caseWorld) stands(user int64, a model.Account) (amount, honour int64) {
	w.Helper()
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error {
		if err := tx.Raw("SELECT COALESCE(SUM(amount), 0) FROM point_balances WHERE owner_id = ? AND account = ?", user, a).Scan(&amount).Error; err != nil {
			return err
		}
		return tx.Raw("SELECT COALESCE(SUM(honour), 0) FROM standings WHERE user_id = ? AND period = ?", user, model.AllTime).Scan(&honour).Error
	}))
	return amount, honour
}

// countCases counts the rows of T that where selects.
func countCases[T any](w *caseWorld, where string, args ...any) (n int64) {
	w.Helper()
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error { return tx.Model(new(T)).Where(where, args...).Count(&n).Error }))
	return n
}

// pass lets time go by and does what falls due.
func (w *caseWorld) pass(d time.Duration) {
	w.Helper()
	w.clock.Pass(d)
	for {
		n, err := w.timers.Fire(w.Context())
		w.must(err)
		if n == 0 {
			return
		}
	}
}

// atOnce lets all do at once, and counts by error.
func (w *caseWorld) atOnce(all ...func() error) map[string]int {
	w.Helper()
	var mu sync.Mutex
	got := map[string]int{}
	start := make(chan struct{})
	var wg sync.WaitGroup
	for _, do := range all {
		wg.Go(func() {
			<-start
			code := "ok"
			if err := do(); err != nil {
				code = err.Error()
			}
			mu.Lock()
			defer mu.Unlock()
			got[code]++
		})
	}
	close(start)
	wg.Wait()
	return got
}

// sound checks that the ledger adds up.
func (w *caseWorld) sound() {
	w.Helper()
	clean(w, w.db, nil, withoutWishes()...)
	r, err := w.ledger.Reconcile(w.Context(), w.auditor, 0)
	w.must(err)
	if !r.Sound() {
		w.Errorf("the ledger does not add up: %+v", r)
	}
}
