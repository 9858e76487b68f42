package points_test

import (
	"errors"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

func TestAClosedWishEarnsWhenItCanNoLongerBeAppealed(t *testing.T) {
	w := newTown(t)
	w.close(w.wish(nil, alice))
	w.has(alice, 0, 14, 0) // 10 × 1.2 × 1.2 = 14.4
	w.pass(7*24*time.Hour - time.Millisecond)
	w.has(alice, 0, 14, 0)
	w.pass(time.Millisecond)
	w.has(alice, 14, 0, 14)
	if l := w.lines(alice, model.AccountMember); len(l) != 1 || l[0].Amount != 14 || l[0].Kind != model.PointPost || l[0].Memo != "心愿办结: 换灯泡" {
		t.Errorf("history %+v", l)
	}
	if l := w.lines(alice, model.AccountPending); len(l) != 2 || l[0].Amount != -14 || l[1].Amount != 14 {
		t.Errorf("pending %+v", l)
	}
}

func TestAWishIsBookedOnce(t *testing.T) {
	w := newTown(t)
	wish := w.wish(nil, alice)
	w.close(wish)
	other := *wish
	other.Stars = 1
	err := w.db.Update(t.Context(), func(tx *db.Tx) error { return w.points.WishClosed(tx, &other) })
	if !errors.Is(err, model.ErrPointsRepeated) {
		t.Errorf("another booking of the same claim: %v", err)
	}
	w.has(alice, 0, 14, 0)
}

func TestATeamSharesAndTheHouseholdEarnsNothing(t *testing.T) {
	w := newTown(t)
	w.earn(nil, alice, bob)
	w.has(alice, 7, 0, 7)
	w.has(bob, 7, 0, 7)
	w.earn(func(x *model.Wish) { x.Difficulty, x.Stars = model.Easy, 0 }, bob, alice) // 10 × 0.8
	w.has(bob, 11, 0, 11)
	wish := w.wish(func(x *model.Wish) { x.BeneficiaryID = 300 }, alice, bob)
	w.update(func(tx *db.Tx) error {
		return db.Add(tx, &model.Beneficiary{WishID: wish.ID, TenantID: county, PhoneIndex: "phone-102"}) // alice's own number
	})
	w.close(wish)
	w.pass(7 * 24 * time.Hour)
	w.has(alice, 11, 0, 11)
	w.has(bob, 11+7, 0, 11+7)
	if n := len(w.lines(alice, model.AccountMember)); n != 3 {
		t.Errorf("alice has %d lines: nothing earned is told too", n)
	}
}

func TestWhoHasAskedUnderANumberBelongsToItsHousehold(t *testing.T) {
	w := newTown(t)
	wish := w.wish(nil, alice)
	w.update(func(tx *db.Tx) error {
		own := model.Wish{ID: 1, TenantID: county, Channel: model.ChannelSelf, RequesterID: alice, ClockFrom: tx.Now, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		return errors.Join(db.Add(tx, &own),
			db.Add(tx, &model.Beneficiary{WishID: 1, TenantID: county, PhoneIndex: "home"}),
			db.Add(tx, &model.Beneficiary{WishID: wish.ID, TenantID: county, PhoneIndex: "home"}))
	})
	w.close(wish)
	w.has(alice, 0, 0, 0)
}

func TestCapsCutToTheRemainderAndSaySo(t *testing.T) {
	w := newTown(t)
	for n := range 4 {
		w.close(w.wish(func(x *model.Wish) { x.BeneficiaryID = int64(200 + n) }, alice)) // 14, 14, then 12 of 14, then nothing
	}
	w.has(alice, 0, 40, 0)
	last := w.lines(alice, model.AccountPending)
	x, err := w.points.Explain(t.Context(), actor(alice), last[1].TxnID)
	w.must(err)
	want := model.Cut{Cap: model.RuleWishDay, Title: model.RuleWishDay.Title(), Limit: 40, Used: 28, Cut: 2}
	if got := x.Why.Shares[0]; got.Due != 14 || got.Points != 12 || len(got.Cuts) != 1 || got.Cuts[0] != want {
		t.Errorf("%+v", got)
	}
	w.clock.Pass(24 * time.Hour)
	w.close(w.wish(func(x *model.Wish) { x.BeneficiaryID = 300 }, alice))
	w.has(alice, 0, 54, 0)
}

func TestOnePairEarnsTwiceAMonth(t *testing.T) {
	w := newTown(t)
	var wishes []*model.Wish
	for range 3 {
		wishes = append(wishes, w.wish(nil, alice))
		w.close(wishes[len(wishes)-1])
		w.clock.Pass(24 * time.Hour)
	}
	w.has(alice, 0, 28, 0)
	w.update(func(tx *db.Tx) error { return w.points.WishReopened(tx, wishes[0], actor(resident)) })
	w.close(w.wish(nil, alice)) // what is reversed no longer fills the cap
	w.has(alice, 0, 28, 0)
	w.clock.Set(time.Date(2026, 7, 31, 16, 0, 0, 0, time.UTC)) // 1 August in Shanghai
	w.close(w.wish(nil, alice))
	w.has(alice, 0, 42, 0)
}

func TestAReopenedWishLosesItsPointsOnce(t *testing.T) {
	w := newTown(t)
	for name, wish := range map[string]*model.Wish{"pending": w.wish(nil, alice), "posted": w.wish(nil, bob)} {
		w.close(wish)
		if name == "posted" {
			w.pass(7 * 24 * time.Hour)
		}
		for range 2 {
			w.update(func(tx *db.Tx) error { return w.points.WishReopened(tx, wish, actor(resident)) })
		}
		w.pass(8 * 24 * time.Hour)
		w.has(wish.ClaimerID, 0, 0, 0)
	}
}

func TestNobodySpendsWhatHeHasNot(t *testing.T) {
	w := newTown(t)
	wish := w.earn(nil, alice)
	if err := w.spend(alice, 15, 1); !errors.Is(err, model.ErrPointsShort) {
		t.Errorf("15 of 14: %v", err)
	}
	if err := w.spend(bob, 1, 2); !errors.Is(err, model.ErrPointsShort) {
		t.Errorf("1 of nothing: %v", err)
	}
	w.must(w.spend(alice, 14, 3))
	w.has(alice, 0, 0, 14)
	w.update(func(tx *db.Tx) error { return w.points.WishReopened(tx, wish, actor(resident)) })
	w.has(alice, -14, 0, 0) // a debt that later points pay
}

func TestWhatDoesNotAddUpIsNotBooked(t *testing.T) {
	w := newTown(t)
	for name, spoil := range map[string]func(p *model.Posting){
		"lines that do not add up": func(p *model.Posting) { p.Entries[0].Amount++ },
		"one line":                 func(p *model.Posting) { p.Entries = p.Entries[:1]; p.Entries[0].Amount = 0 },
		"nobody's account":         func(p *model.Posting) { p.Entries[1].OwnerID = 0 },
		"an account of other use":  func(p *model.Posting) { p.Entries[1].Account = model.AccountIssue },
	} {
		p := &model.Posting{Txn: model.PointTxn{TenantID: county, Kind: model.PointPenalty, SourceType: model.OfPointCase, SourceID: 1, OccurredAt: summer}}
		p.Move(2, model.AccountMember, alice, model.AccountPenalty, alice)
		spoil(p)
		err := w.db.Update(t.Context(), func(tx *db.Tx) error { _, err := w.points.Book(tx, p); return err })
		if err == nil {
			t.Errorf("%s were booked", name)
		}
	}
	w.has(alice, 0, 0, 0)
}
