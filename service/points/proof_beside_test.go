package points_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/verify"
	"dandelion/model"
)

// TestVerifySeesNoGhostsBesideWork proves the ledger again and again while it is
// being written: what is half booked, or booked between two chunks, is no
// difference.
func TestVerifySeesNoGhostsBesideWork(t *testing.T) {
	p := proofOf(t)
	for i := range int64(60) {
		p.give(firstMember+i, 100)
	}
	var stop atomic.Bool
	var done atomic.Int64
	var wg sync.WaitGroup
	for n := range int64(4) {
		wg.Go(func() {
			for i := int64(0); !stop.Load(); i++ {
				user := firstMember + (n+i*4)%60
				if err := patiently(func() error { return p.busy(user, i) }); err != nil {
					t.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	runs := 0
	for began := time.Now(); time.Since(began) < 2*time.Second; runs++ {
		r, err := verify.Run(t.Context(), p.db)
		if err != nil {
			t.Error(err)
		} else if r.Differing() > 0 {
			t.Errorf("run %d sees ghosts:\n%s", runs, r)
			break
		}
	}
	stop.Store(true)
	wg.Wait()
	r := p.verified()
	t.Logf("%d runs beside %d pieces of work; %d rows at last", runs, done.Load(), r.Checked())
	if runs < 3 || done.Load() < 20 {
		t.Errorf("%d runs beside %d pieces of work show little", runs, done.Load())
	}
}

// busy does one of the things that happen all day.
func (p *proof) busy(user, i int64) error {
	switch i % 4 {
	case 0:
		_, err := p.hold(user, 1)
		return err
	case 1:
		w := p.served(nil, user)
		if err := patiently(func() error { return p.update(func(tx *db.Tx) error { return p.close(tx, w) }) }); err != nil || i%8 == 1 {
			return err
		}
		return patiently(func() error { return p.reopened(w) })
	case 2:
		p.clock.Pass(time.Hour)
		_, err := p.timers.Fire(context.Background())
		return err
	}
	_, err := p.move(model.PointDonate, 1, model.AccountMember, user, model.AccountPool, proofCommunity)
	return err
}

// TestAReversalCountsWhereItsOriginalCounted, also for somebody who belonged
// nowhere then and has moved in since: no community loses what it never had.
func TestAReversalCountsWhereItsOriginalCounted(t *testing.T) {
	p := proofOf(t)
	w, err := p.closed(nil, firstMember)
	p.must(err)
	p.pass(8 * 24 * time.Hour)
	p.must(p.update(func(tx *db.Tx) error {
		return db.Add(tx, &model.User{
			ID: firstMember, TenantID: proofCounty, OpenID: "new", State: model.UserActive, HomeID: 3, HomePath: "/1/2/3/",
			CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
		})
	}))
	p.must(p.reopened(w))
	p.verified()
	p.give(firstMember, 5)
	by := map[int64]int64{}
	p.must(p.db.View(t.Context(), func(tx *db.Tx) error {
		var deeds []model.Deed
		err := tx.Where("user_id = ?", firstMember).Find(&deeds).Error
		for _, d := range deeds {
			by[d.CommunityID] += d.Honour
		}
		return err
	}))
	if len(by) != 2 || by[0] != 0 || by[3] != 5 {
		t.Errorf("the communities have %v, want nothing nowhere and 5 in community 3", by)
	}
}
