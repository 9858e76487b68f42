package points_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/verify"
	"dandelion/model"
)

func verifyRun(p *proof, names ...string) (*verify.Report, error) {
	return verify.Run(p.Context(), p.db, names...)
}

// TestFiftyClosesFillACapExactly closes fifty wishes of one claimer at once.
func TestFiftyClosesFillACapExactly(t *testing.T) {
	p := proofOf(t)
	const user, n = firstMember, 50
	all := make([]*model.Wish, n)
	for i := range all {
		all[i] = p.served(func(w *model.Wish) { w.Stars = []int64{0, 3, 4, 5}[i%4] }, user)
	}
	atOnce(n, n, func(i int) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := patiently(func() error {
			return p.db.Update(ctx, func(tx *db.Tx) error { return p.close(tx, all[i]) })
		}); err != nil {
			t.Error(err)
		}
	})
	if got := p.balance(user, model.AccountPending); got != 40 {
		t.Errorf("fifty wishes at once earn %d, want exactly 40", got)
	}
	p.verified()
}

// TestThePairCapHoldsInARace closes ten wishes of one household at once.
func TestThePairCapHoldsInARace(t *testing.T) {
	p := proofOf(t)
	const user, n = firstMember, 10
	all := make([]*model.Wish, n)
	for i := range all {
		all[i] = p.served(func(w *model.Wish) { w.BeneficiaryID, w.Kind = 4242, model.WishGoods }, user)
	}
	atOnce(n, n, func(i int) {
		if err := patiently(func() error { return p.update(func(tx *db.Tx) error { return p.close(tx, all[i]) }) }); err != nil {
			t.Error(err)
		}
	})
	if got := p.balance(user, model.AccountPending); got != 16 {
		t.Errorf("ten wishes of one pair earn %d, want 2 times 8", got)
	}
	p.verified()
}

// TestTheRaceCatchesANaiveCap: a cap that is read before the balances' versions
// protect it lets several have the last points, and verify says so.
func TestTheRaceCatchesANaiveCap(t *testing.T) {
	p := proofOf(t)
	const user, n = firstMember, 8
	p.must(p.update(func(tx *db.Tx) error { return p.naive(tx, p.feat(user), 0) })) // the balance is there
	var read sync.WaitGroup
	read.Add(n)
	atOnce(n, n, func(int) {
		f, used := p.feat(user), int64(0)
		// What is used is read in one transaction and trusted in the next.
		p.must(p.db.View(t.Context(), func(tx *db.Tx) error {
			return tx.Raw("SELECT COALESCE(SUM(amount), 0) FROM point_entries WHERE owner_id = ? AND cap_day = ?", user, model.DayNumber(f.At)).Scan(&used).Error
		}))
		read.Done()
		read.Wait()
		if err := patiently(func() error { return p.update(func(tx *db.Tx) error { return p.naive(tx, f, used) }) }); err != nil {
			t.Error(err)
		}
	})
	if got := p.balance(user, model.AccountPending); got <= 40 {
		t.Errorf("the naive twin earns %d: the race has no teeth", got)
	}
	if p.found("cap.day") == 0 {
		t.Error("verify does not see that the cap is broken")
	}
}

// feat is a wish of 15 points.
func (p *proof) feat(user int64) model.Feat {
	n := p.next()
	return model.Feat{
		Source: model.OfClaim, SourceID: n, TenantID: proofCounty, IssuerID: proofCommunity, Pair: fmt.Sprint("u", n), Title: "心愿办结",
		At: p.clock.Now(), PostAt: p.clock.Now(), Facts: model.Facts{Team: []int64{user}, Kind: model.WishService, Difficulty: model.Hard, Stars: 4},
	}
}

// naive earns by a cap that somebody has read before.
func (p *proof) naive(tx *db.Tx, f model.Feat, used int64) error {
	rule := &model.PointRule{}
	q, err := f.Posting(rule.Weigh(f, map[int64]model.Used{f.Team[0]: {Day: used}}), 0)
	if err != nil {
		return err
	}
	_, err = p.ledger.Book(tx, q)
	return err
}

// TestManyPeopleEarnAtOnce: those who share nothing do not wait for each other,
// and their common issuing account has no row that they could fight for.
func TestManyPeopleEarnAtOnce(t *testing.T) {
	p := proofOf(t)
	const n = 200
	all := make([]*model.Wish, n)
	for i := range all {
		all[i] = p.served(nil, firstMember+int64(i), firstMember+int64(i+1)%n)
	}
	var failed atomic.Int64
	atOnce(32, n, func(i int) {
		if err := patiently(func() error { return p.update(func(tx *db.Tx) error { return p.close(tx, all[i]) }) }); err != nil {
			failed.Add(1)
			t.Error(err)
		}
	})
	r := p.verified()
	if rows := r.Of("earn.explained").Rows; rows != n-failed.Load() {
		t.Errorf("%d earned, want %d", rows, n)
	}
}

// TestWhatIsTakenBackFreesItsCaps: a wish that is done again fills no cap until
// it is closed again.
func TestWhatIsTakenBackFreesItsCaps(t *testing.T) {
	p := proofOf(t)
	const user = firstMember
	pair := func(w *model.Wish) { w.BeneficiaryID, w.Difficulty = 77, model.Hard } // 15 points
	first, err := p.closed(pair, user)
	p.must(err)
	if got := p.earned(user, pair); got != 15 {
		t.Errorf("the second wish of a pair earns %d, want 15", got)
	}
	if got := p.earned(user, pair); got != 0 {
		t.Errorf("the third wish of a pair earns %d, want 0", got)
	}
	p.must(p.reopened(first))
	if got := p.earned(user, pair); got != 15 {
		t.Errorf("after one of a pair was taken back a wish earns %d, want 15", got)
	}
	if got := p.earned(user, pair); got != 0 {
		t.Errorf("and the next one %d, want 0", got)
	}
	hard := func(w *model.Wish) { w.Difficulty = model.Hard }
	filling, err := p.closed(hard, user)
	p.must(err)
	if got := p.balance(user, model.AccountPending); got != 40 {
		t.Errorf("a full day has %d, want 40", got)
	}
	p.must(p.reopened(filling))
	if got := p.earned(user, hard); got != 10 {
		t.Errorf("after the last was taken back a wish earns %d, want the 10 that are left again", got)
	}
	p.verified()
}

// TestARuleOfYesterdayStillExplainsYesterday: what was earned is proved under the
// version that was in force, and caps under the most generous of a day.
func TestARuleOfYesterdayStillExplainsYesterday(t *testing.T) {
	p := proofOf(t)
	const user = firstMember
	if got := p.earned(user, nil); got != 10 {
		t.Errorf("by the built-in rules a wish earns %d, want 10", got)
	}
	rule, err := model.NewPointRule(&model.PointRule{}, map[model.RuleName]int64{model.RuleService: 20, model.RuleWishDay: 60, model.RulePairMonth: 1},
		model.DayOf(p.clock.Now().AddDate(0, 0, 1)), "试行", model.Actor{UserID: 9, TenantID: proofCounty}, p.clock.Now())
	p.must(err)
	p.must(p.update(func(tx *db.Tx) error { return db.Add(tx, rule) }))
	if got := p.earned(user, nil); got != 10 {
		t.Errorf("before its day a rule changes a wish to %d", got)
	}
	p.clock.Pass(24 * time.Hour)
	for i, want := range []int64{20, 20, 20, 0} {
		if got := p.earned(user, nil); got != want {
			t.Errorf("by the new rules wish %d earns %d, want %d", i, got, want)
		}
	}
	p.verified()
	p.exec("UPDATE point_rules SET body = '{\"wish.service\":20,\"wish.day_cap\":50}'")
	if p.found("cap.day") != 1 || p.found("earn.explained") == 0 {
		t.Error("a rule that is changed behind its back is not noticed")
	}
}
