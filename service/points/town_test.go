package points_test

import (
	"context"
	"fmt"
	"log/slog"
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

// The organisations and people of the town.
const (
	county, township, community int64 = 1, 2, 3
	resident, alice, bob        int64 = 101, 102, 103
)

var summer = time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC) // 9:00 in Shanghai

// town is a small county in a database of its own, with the ledger.
type town struct {
	*testing.T
	db     *db.DB
	clock  *clock.Manual
	points *points.Service
	timers *timer.Runner
	claims int64
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{T: t, clock: clock.At(summer)}
	d, err := db.Open(dbtest.URL(t), db.Options{Now: w.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	w.db = d
	w.must(d.Migrate(t.Context()))
	quiet := slog.New(slog.DiscardHandler)
	w.points = points.New(d, outbox.New(d, quiet), policy.New(d, w.clock.Now), nil)
	w.timers = timer.New(d, quiet, map[model.TimerKind]timer.Handler{model.PointsPost: w.points.Mature})
	w.settle()
	return w
}

func (w *town) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *town) settle() {
	w.Helper()
	top, err := model.NewOrg(county, model.OrgCounty, "梅城县", nil)
	w.must(err)
	middle, err := model.NewOrg(township, model.OrgTownship, "城关镇", top)
	w.must(err)
	home, err := model.NewOrg(community, model.OrgCommunity, "红星社区", middle)
	w.must(err)
	w.update(func(tx *db.Tx) error {
		for _, o := range []*model.Org{top, middle, home} {
			o.CreatedAt, o.UpdatedAt = tx.Now, tx.Now
			if err := db.Add(tx, o); err != nil {
				return err
			}
		}
		for _, id := range []int64{resident, alice, bob} {
			phone := fmt.Sprint("phone-", id)
			u := model.NewUser(id, fmt.Sprint("test-", id), tx.Now)
			u.TenantID, u.HomeID, u.HomePath, u.PhoneIndex = county, home.ID, home.Path, &phone
			if err := db.Add(tx, &u); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *town) update(f func(tx *db.Tx) error) {
	w.Helper()
	w.must(w.db.Update(context.Background(), f))
}

func actor(id int64, held ...model.Held) model.Actor {
	return model.Actor{UserID: id, TenantID: county, HomeID: community, Consent: "1.0", Held: held}
}

// wish is a closed one of the resident's, served by team, that change has its
// way with.
func (w *town) wish(change func(*model.Wish), team ...int64) *model.Wish {
	w.claims++
	until := w.clock.Now().Add(7 * 24 * time.Hour)
	wish := &model.Wish{
		ID: 10_000 + w.claims, TenantID: county, CommunityID: community, Kind: model.WishService, Difficulty: model.Medium, Title: "换灯泡",
		RequesterID: resident, BeneficiaryID: resident, ClaimID: 1000 + w.claims, ClaimerID: team[0], Team: model.IDsOf(team),
		Minutes: 30, Stars: 5, Solved: model.SolvedYes, AppealUntil: &until, State: model.WishClosed,
	}
	if change != nil {
		change(wish)
	}
	return wish
}

// close books what a wish earns.
func (w *town) close(wish *model.Wish) {
	w.Helper()
	w.update(func(tx *db.Tx) error { return w.points.WishClosed(tx, wish) })
}

// earn lets team earn by a wish, and lets it mature.
func (w *town) earn(change func(*model.Wish), team ...int64) *model.Wish {
	w.Helper()
	wish := w.wish(change, team...)
	w.close(wish)
	w.pass(7 * 24 * time.Hour)
	return wish
}

// pass lets time go by and does what falls due.
func (w *town) pass(d time.Duration) {
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

// has checks what somebody can spend, what is pending, and his honour of the
// season.
func (w *town) has(user, spendable, pending, honour int64) {
	w.Helper()
	a, err := w.points.Account(w.Context(), actor(user))
	w.must(err)
	if a.Spendable != spendable || a.Pending != pending || a.Honour != honour {
		w.Errorf("%d has %d, %d pending, %d honour; want %d, %d, %d", user, a.Spendable, a.Pending, a.Honour, spendable, pending, honour)
	}
}

// lines returns somebody's history, the newest first.
func (w *town) lines(user int64, of model.Account) []points.Line {
	w.Helper()
	all, err := w.points.History(w.Context(), actor(user), of, 0, 50)
	w.must(err)
	return all
}

// spend books something that somebody spends.
func (w *town) spend(user, amount, source int64) error {
	p := &model.Posting{Txn: model.PointTxn{TenantID: county, Kind: model.PointHold, SourceType: model.OfRedemption, SourceID: source, OccurredAt: w.clock.Now()}}
	p.Move(amount, model.AccountMember, user, model.AccountRedeem, user)
	return w.db.Update(context.Background(), func(tx *db.Tx) error { _, err := w.points.Book(tx, p); return err })
}
