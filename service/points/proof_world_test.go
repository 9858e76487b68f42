package points_test

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/outbox"
	"dandelion/internal/policy"
	"dandelion/internal/timer"
	"dandelion/internal/verify"
	"dandelion/model"
	"dandelion/service/points"
)

// TestMain keeps what random tests find out of the tree: the seed that they
// print finds it again.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("rapid.nofailfile", "true"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// The place of the proofs: community 3 of township 2 of county 1.
const (
	proofCounty, proofCommunity int64 = 1, 3
	firstMember                 int64 = 1000
)

// proofStart is nine o'clock in Shanghai.
var proofStart = time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC)

// proof is a ledger in a database of its own.
type proof struct {
	testing.TB
	db     *db.DB
	clock  *clock.Manual
	ledger *points.Service
	timers *timer.Runner
	last   atomic.Int64 // of the numbers that sources are given
}

func newProof(t testing.TB, url string) *proof {
	t.Helper()
	p := &proof{TB: t, clock: clock.At(proofStart)}
	d, err := db.Open(url, db.Options{Now: p.clock.Now})
	p.must(err)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	p.db = d
	p.must(d.Migrate(t.Context()))
	silent := slog.New(slog.DiscardHandler)
	p.ledger = points.New(d, outbox.New(d, silent), policy.New(d, p.clock.Now), nil)
	p.timers = timer.New(d, silent, map[model.TimerKind]timer.Handler{model.PointsPost: p.ledger.Mature})
	return p
}

func proofOf(t testing.TB) *proof {
	t.Helper()
	return newProof(t, dbtest.URL(t))
}

func (p *proof) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *proof) update(f func(tx *db.Tx) error) error { return p.db.Update(context.Background(), f) }

func (p *proof) exec(query string, args ...any) {
	p.Helper()
	p.must(p.update(func(tx *db.Tx) error { return tx.Exec(query, args...).Error }))
}

// next numbers a source.
func (p *proof) next() int64 { return p.last.Add(1) }

// closed writes a wish that has been served by team and is closed, and books
// what it earns.
func (p *proof) closed(change func(w *model.Wish), team ...int64) (*model.Wish, error) {
	p.Helper()
	w := p.served(change, team...)
	return w, p.update(func(tx *db.Tx) error { return p.close(tx, w) })
}

// served writes a wish that waits for its judgement.
func (p *proof) served(change func(w *model.Wish), team ...int64) *model.Wish {
	p.Helper()
	n := p.next()
	w := &model.Wish{
		ID: n, TenantID: proofCounty, CommunityID: proofCommunity, OrgPath: "/1/2/3/", State: model.WishAwaiting, Kind: model.WishService,
		Urgency: model.Normal, Difficulty: model.Easy, Channel: model.ChannelSelf, HandOver: model.AtHome, AgeGroup: model.Adult,
		Title: "换灯泡", RequesterID: 500_000 + n, ClaimID: 700_000 + n, ClaimerID: team[0], Team: model.IDsOf(team), Minutes: 60, Stars: 4,
		Solved: model.SolvedYes, Scope: model.ScopeCommunity, Light: model.Green, ClockFrom: p.clock.Now(), CreatedAt: p.clock.Now(), UpdatedAt: p.clock.Now(), Version: 1,
	}
	if change != nil {
		change(w)
	}
	p.must(p.update(func(tx *db.Tx) error {
		if err := db.Add(tx, model.NewClaim(w, 0, tx.Now)); err != nil {
			return err
		}
		if err := db.Add(tx, &model.Beneficiary{WishID: w.ID, TenantID: w.TenantID, Name: "x", Phone: "x", Address: "x"}); err != nil {
			return err
		}
		return db.Add(tx, w)
	}))
	return w
}

// close closes a wish as its judgement does: for one of several at once.
func (p *proof) close(tx *db.Tx, w *model.Wish) error {
	until := tx.Now.AddDate(0, 0, 7)
	res := tx.Model(&model.Wish{}).Where("id = ? AND state = ? AND version = ?", w.ID, model.WishAwaiting, w.Version).
		Updates(map[string]any{"state": model.WishClosed, "closed_at": tx.Now, "appeal_until": until, "version": w.Version + 1})
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return model.ErrWishState
	}
	after := *w
	after.AppealUntil = &until
	return p.ledger.WishClosed(tx, &after)
}

// reopened opens a closed wish again, on a new claim.
func (p *proof) reopened(w *model.Wish) error {
	return p.update(func(tx *db.Tx) error {
		err := tx.Model(&model.Wish{}).Where("id = ?", w.ID).Updates(map[string]any{"state": model.WishRework, "claim_id": w.ClaimID + 100_000}).Error
		if err != nil {
			return err
		}
		return p.ledger.WishReopened(tx, w, model.SystemActor(proofCounty))
	})
}

// move books an amount from one account to another.
func (p *proof) move(kind model.PointKind, amount int64, from model.Account, payer int64, to model.Account, payee int64) (*model.PointTxn, error) {
	q := posting(kind, p.next(), amount, from, payer, to, payee)
	var t *model.PointTxn
	err := p.update(func(tx *db.Tx) (err error) {
		again := *q
		again.Entries, again.Deeds = append([]model.PointEntry(nil), q.Entries...), append([]model.Deed(nil), q.Deeds...)
		if err := sourced(tx, &again); err != nil {
			return err
		}
		t, err = p.ledger.Book(tx, &again)
		return err
	})
	return t, err
}

// posting makes a transaction of one movement, with the honour that its kind
// bears.
func posting(kind model.PointKind, source, amount int64, from model.Account, payer int64, to model.Account, payee int64) *model.Posting {
	subject := map[model.PointKind]model.Subject{
		model.PointHold: model.OfRedemption, model.PointDonate: model.OfDonation, model.PointExpire: model.OfExpiry,
	}[kind]
	if subject == "" {
		subject = model.OfPointCase
	}
	q := &model.Posting{Txn: model.PointTxn{TenantID: proofCounty, Kind: kind, SourceType: subject, SourceID: source, Memo: "记账", OccurredAt: proofStart}}
	q.Move(amount, from, payer, to, payee)
	if kind != model.PointAdjust && kind != model.PointPenalty {
		return q
	}
	for i, e := range q.Entries {
		if e.Account == model.AccountMember && e.Amount > 0 {
			q.Entries[i].Lot = model.SeasonOf(proofStart)
		}
		if e.Account == model.AccountMember {
			q.Deeds = append(q.Deeds, model.Deed{TenantID: proofCounty, UserID: e.OwnerID, Tally: model.Tally{Honour: e.Amount}})
		}
	}
	return q
}

// give lets a member have points.
func (p *proof) give(user, amount int64) {
	p.Helper()
	_, err := p.move(model.PointAdjust, amount, model.AccountIssue, proofCommunity, model.AccountMember, user)
	p.must(err)
}

func (p *proof) hold(user, amount int64) (*model.PointTxn, error) {
	return p.move(model.PointHold, amount, model.AccountMember, user, model.AccountRedeem, user)
}

// pass lets time go by and posts what falls due.
func (p *proof) pass(d time.Duration) {
	p.Helper()
	p.clock.Pass(d)
	for {
		n, err := p.timers.Fire(p.Context())
		p.must(err)
		if n == 0 {
			return
		}
	}
}

// balance returns what stands on an account.
func (p *proof) balance(user int64, a model.Account) (n int64) {
	p.Helper()
	p.must(p.db.View(p.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT COALESCE(SUM(amount), 0) FROM point_balances WHERE owner_id = ? AND account = ?", user, a).Scan(&n).Error
	}))
	return n
}

// verified proves that everything adds up.
func (p *proof) verified(names ...string) *verify.Report {
	p.Helper()
	r, err := verify.Run(p.Context(), p.db, names...)
	p.must(err)
	if r.Differing() > 0 {
		p.Errorf("it does not add up:\n%s", r)
	}
	return r
}
