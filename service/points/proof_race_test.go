package points_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// atOnce runs n jobs on so many goroutines that start together.
func atOnce(workers, n int, job func(i int)) {
	start := make(chan struct{})
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			<-start
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				job(int(i) - 1)
			}
		})
	}
	close(start)
	wg.Wait()
}

// patiently repeats what the database was too busy for, as a client does with
// the same key.
func patiently(do func() error) error {
	for {
		if err := do(); !errors.Is(err, db.ErrBusy) && !errors.Is(err, db.ErrUnavailable) {
			return err
		}
	}
}

// TestNothingIsLostOrSpentTwice lets 2,000 credits and redemptions at once
// loose on five members.
func TestNothingIsLostOrSpentTwice(t *testing.T) {
	p := proofOf(t)
	const n, members, credit, price = 2000, 5, 7, 11
	var credited, held [members]atomic.Int64
	began := time.Now()
	atOnce(32, n, func(i int) {
		user, source := firstMember+int64(i%members), p.next()
		q := func() *model.Posting {
			return posting(model.PointAdjust, source, credit, model.AccountIssue, proofCommunity, model.AccountMember, user)
		}
		if i/members%2 == 1 {
			q = func() *model.Posting {
				return posting(model.PointHold, source, price, model.AccountMember, user, model.AccountRedeem, user)
			}
		}
		err := patiently(func() error {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			return p.db.Update(ctx, func(tx *db.Tx) error {
				q := q()
				if err := sourced(tx, q); err != nil {
					return err
				}
				_, err := p.ledger.Book(tx, q)
				return err
			})
		})
		switch kind := q().Txn.Kind; {
		case err == nil && kind == model.PointAdjust:
			credited[i%members].Add(1)
		case err == nil:
			held[i%members].Add(1)
		case kind == model.PointAdjust || !errors.Is(err, model.ErrPointsShort):
			t.Errorf("%s: %v", kind, err)
		}
	})
	took := time.Since(began)
	var refused int64
	for m := range int64(members) {
		c, h := credited[m].Load(), held[m].Load()
		refused += n/members/2 - h
		if c != n/members/2 {
			t.Errorf("member %d got %d credits, want %d", m, c, n/members/2)
		}
		want := c*credit - h*price
		if got := p.balance(firstMember+m, model.AccountMember); got != want || want < 0 {
			t.Errorf("member %d has %d after %d credits of %d and %d redemptions of %d, want %d", m, got, c, credit, h, price, want)
		}
		if got := p.balance(firstMember+m, model.AccountRedeem); got != h*price {
			t.Errorf("member %d redeemed %d, want %d", m, got, h*price)
		}
	}
	p.verified()
	t.Logf("%d operations on %d members on %s in %v; %d redemptions were short", n, members, p.db.Dialect(), took.Round(time.Millisecond), refused)
}

// TestTheRaceCatchesANaiveBalance: a balance that is read and then written,
// without its version, loses credits, and verify says so.
func TestTheRaceCatchesANaiveBalance(t *testing.T) {
	p := proofOf(t)
	const user, n = firstMember, 8
	p.give(user, 1)
	var read sync.WaitGroup // all read before the first of them writes, as on a busy day
	read.Add(n)
	atOnce(n, n, func(int) {
		was := p.balance(user, model.AccountMember)
		read.Done()
		read.Wait()
		if err := patiently(func() error { return p.update(func(tx *db.Tx) error { return p.naiveCredit(tx, user, was, 10) }) }); err != nil {
			t.Error(err)
		}
	})
	if got := p.balance(user, model.AccountMember); got >= 81 {
		t.Errorf("the naive twin has %d and lost nothing: the race has no teeth", got)
	}
	if p.found("balance") == 0 {
		t.Error("verify does not see what the naive twin has lost")
	}
}

// TestTheRaceCatchesANaiveRedemption: what is covered by a balance that was
// read before is spent by several, and verify says so.
func TestTheRaceCatchesANaiveRedemption(t *testing.T) {
	p := proofOf(t)
	const user, n = firstMember, 8
	p.give(user, 10)
	var read sync.WaitGroup
	read.Add(n)
	atOnce(n, n, func(int) {
		covered := p.balance(user, model.AccountMember) >= 10
		read.Done()
		read.Wait()
		if !covered {
			return
		}
		err := patiently(func() error {
			return p.update(func(tx *db.Tx) error {
				q := posting(model.PointHold, p.next(), 10, model.AccountMember, user, model.AccountRedeem, user)
				if err := p.naiveLines(tx, q); err != nil {
					return err
				}
				if err := tx.Exec("UPDATE point_balances SET amount = amount - 10 WHERE owner_id = ? AND account = ?", user, model.AccountMember).Error; err != nil {
					return err
				}
				return tx.Exec("UPDATE point_balances SET amount = amount + 10 WHERE owner_id = ? AND account = ?", user, model.AccountRedeem).Error
			})
		})
		if err != nil {
			t.Error(err)
		}
	})
	if got := p.balance(user, model.AccountMember); got >= 0 {
		t.Errorf("the naive twin has %d left: the race has no teeth", got)
	}
	if got := p.found("txn.covered"); got != n-1 {
		t.Errorf("verify sees %d redemptions that were not covered, want %d", got, n-1)
	}
}

// naiveCredit writes a balance that was read some time ago.
func (p *proof) naiveCredit(tx *db.Tx, user, was, amount int64) error {
	q := posting(model.PointAdjust, p.next(), amount, model.AccountIssue, proofCommunity, model.AccountMember, user)
	if err := p.naiveLines(tx, q); err != nil {
		return err
	}
	return tx.Model(&model.PointBalance{}).Where("owner_id = ? AND account = ?", user, model.AccountMember).Update("amount", was+amount).Error
}

// naiveLines writes a transaction and its lines, and nothing that goes with them.
func (p *proof) naiveLines(tx *db.Tx, q *model.Posting) error {
	q.Seal()
	q.Txn.ID, q.Txn.CreatedAt = tx.NewID(), tx.Now
	if err := tx.Create(&q.Txn).Error; err != nil {
		return err
	}
	for i := range q.Entries {
		q.Entries[i].ID, q.Entries[i].TxnID, q.Entries[i].TenantID = tx.NewID(), q.Txn.ID, proofCounty
	}
	return tx.Create(&q.Entries).Error
}

// found returns how many findings a check has, without failing the test.
func (p *proof) found(check string) int64 {
	p.Helper()
	r, err := verifyRun(p, check)
	p.must(err)
	return r.Of(check).Differing
}

// TestTwoClosesOfAWishEarnOnce closes wishes from eight sides at once.
func TestTwoClosesOfAWishEarnOnce(t *testing.T) {
	p := proofOf(t)
	for range 10 {
		w := p.served(nil, firstMember, firstMember+1)
		var won atomic.Int64
		atOnce(8, 8, func(int) {
			switch err := patiently(func() error { return p.update(func(tx *db.Tx) error { return p.close(tx, w) }) }); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, model.ErrWishState):
				t.Error(err)
			}
		})
		if won.Load() != 1 {
			t.Errorf("%d closed wish %d", won.Load(), w.ID)
		}
	}
	if got := p.balance(firstMember, model.AccountPending); got != 40 {
		t.Errorf("ten wishes of 5 points each earned %d, want 40, which is the cap", got)
	}
	p.verified()
}

// TestTheSameBookingAtOnceIsOne: the ledger itself takes a source once, however
// many book it.
func TestTheSameBookingAtOnceIsOne(t *testing.T) {
	p := proofOf(t)
	source := p.next()
	once := func() *model.Posting {
		return posting(model.PointAdjust, source, 5, model.AccountIssue, proofCommunity, model.AccountMember, firstMember)
	}
	p.must(p.update(func(tx *db.Tx) error { return sourced(tx, once()) }))
	var ids sync.Map
	atOnce(16, 64, func(int) {
		err := patiently(func() error {
			return p.update(func(tx *db.Tx) error {
				booked, err := p.ledger.Book(tx, once())
				if err == nil {
					ids.Store(booked.ID, true)
				}
				return err
			})
		})
		if err != nil {
			t.Error(err)
		}
	})
	if got := p.balance(firstMember, model.AccountMember); got != 5 {
		t.Errorf("booked 64 times it gives %d, want 5", got)
	}
	p.verified()
}

// TestUndoRacesMature: whoever comes first, nothing is left half posted.
func TestUndoRacesMature(t *testing.T) {
	p := proofOf(t)
	const rounds = 30
	matured, undone := 0, 0
	for i := range int64(rounds) {
		user := firstMember + i
		w, err := p.closed(nil, user)
		p.must(err)
		p.clock.Pass(8 * 24 * time.Hour)
		atOnce(2, 2, func(side int) {
			err := patiently(func() error {
				if side == int(i)%2 {
					return p.reopened(w)
				}
				_, err := p.timers.Fire(context.Background())
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		if m, q := p.balance(user, model.AccountMember), p.balance(user, model.AccountPending); m != 0 || q != 0 {
			t.Errorf("after both, %d has %d and %d pending", user, m, q)
		}
		var posts int64
		p.must(p.db.View(t.Context(), func(tx *db.Tx) error {
			return tx.Model(&model.PointTxn{}).Where("kind = ? AND source_id = ?", model.PointPost, w.ClaimID).Count(&posts).Error
		}))
		matured += int(posts)
		undone += 1 - int(posts)
	}
	p.pass(time.Hour)
	p.verified()
	t.Logf("of %d races %d were posted and taken back, %d never posted", rounds, matured, undone)
}
