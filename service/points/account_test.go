package points_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/points"
)

// holding is a duty at an organisation of the town and below it.
func holding(role model.Role, org int64, path model.Path) model.Held {
	return model.Held{Role: role, OrgID: org, Path: path, Subtree: true}
}

// officer is the one who makes the rules of the county.
func officer() model.Actor { return actor(900, holding(model.RoleCounty, county, "/1/")) }

// midnight is when a day begins in Shanghai.
func midnight(day string) time.Time { return model.Day(day).Start() }

// gives books an adjustment of somebody's points and honour, by a document of
// that number.
func (w *town) gives(user, amount, document int64) {
	w.Helper()
	p := &model.Posting{
		Txn:   model.PointTxn{TenantID: county, Kind: model.PointAdjust, SourceType: model.OfPointCase, SourceID: document, OccurredAt: w.clock.Now()},
		Deeds: []model.Deed{{TenantID: county, UserID: user, Tally: model.Tally{Honour: amount}}},
	}
	p.Move(amount, model.AccountIssue, community, model.AccountMember, user).Lot = model.SeasonOf(w.clock.Now())
	w.update(func(tx *db.Tx) error { _, err := w.points.Book(tx, p); return err })
}

func (w *town) account(user int64) *points.Standing {
	w.Helper()
	a, err := w.points.Account(w.Context(), actor(user))
	w.must(err)
	return a
}

// adds publishes rules of the county.
func (w *town) adds(from string, after int64, n numbers) {
	w.Helper()
	_, err := w.points.AddRule(w.Context(), officer(), points.NewRules{Numbers: n, From: model.Day(from), After: after})
	w.must(err)
}

// newest is the transaction of somebody's newest line.
func (w *town) newest(user int64, of model.Account) int64 {
	w.Helper()
	all := w.lines(user, of)
	if len(all) == 0 {
		w.Fatalf("%d has no lines of %s", user, of)
	}
	return all[0].TxnID
}

func (w *town) explain(who model.Actor, txn int64) *points.Explained {
	w.Helper()
	x, err := w.points.Explain(w.Context(), who, txn)
	w.must(err)
	return x
}

// TestWhoHasEnoughHonourRises over every threshold, at exactly so much.
func TestWhoHasEnoughHonourRises(t *testing.T) {
	w := newTown(t)
	if a := w.account(alice); a.Level != "蒲公英种子" || a.NextLevel != 50 || a.Honour != 0 || a.Season != 2026 {
		t.Errorf("who has nothing: %+v", a)
	}
	had := int64(0)
	for i, c := range []struct {
		honour  int64
		level   string
		missing int64
	}{
		{49, "蒲公英种子", 1},
		{50, "蒲公英新芽", 100},
		{149, "蒲公英新芽", 1},
		{150, "蒲公英花苞", 250},
		{399, "蒲公英花苞", 1},
		{400, "蒲公英绽放", 600},
		{999, "蒲公英绽放", 1},
		{1000, "蒲公英飞扬", 0},
		{5000, "蒲公英飞扬", 0},
		{149, "蒲公英新芽", 1},
	} {
		w.gives(alice, c.honour-had, int64(i)+1)
		had = c.honour
		if a := w.account(alice); a.Level != c.level || a.NextLevel != c.missing || a.Honour != c.honour || a.AllTime != c.honour {
			t.Errorf("with %d: %+v, want %s with %d to go", c.honour, a, c.level, c.missing)
		}
	}
	if a := w.account(bob); a.Level != "蒲公英种子" {
		t.Errorf("another rises with her: %+v", a)
	}
	_, err := w.points.SetLevels(t.Context(), officer(), []model.HonourLevel{{Threshold: 0, Name: "种"}, {Threshold: 149, Name: "花"}, {Threshold: 150, Name: "果"}})
	w.must(err)
	if a := w.account(alice); a.Level != "花" || a.NextLevel != 1 {
		t.Errorf("with levels of the county's own: %+v", a)
	}
}

// TestNobodyIsBelowTheFirstLevel, not even who owes.
func TestNobodyIsBelowTheFirstLevel(t *testing.T) {
	w := newTown(t)
	w.gives(alice, -5, 1)
	if a := w.account(alice); a.Honour != -5 || a.Spendable != -5 || a.Level != "蒲公英种子" || a.NextLevel != 55 || a.Expiring != 0 {
		t.Errorf("with a debt: %+v", a)
	}
}

// TestSpendingCostsNoHonour, nor a level.
func TestSpendingCostsNoHonour(t *testing.T) {
	w := newTown(t)
	w.gives(alice, 60, 1)
	w.must(w.spend(alice, 60, 1))
	if a := w.account(alice); a.Spendable != 0 || a.Honour != 60 || a.Level != "蒲公英新芽" {
		t.Errorf("who has spent all: %+v", a)
	}
	if err := w.spend(alice, 1, 2); !errors.Is(err, model.ErrPointsShort) {
		t.Errorf("one more: %v", err)
	}
}

// TestHonourIsOfTheSeasonInWhichItIsBooked: what is earned in December and can
// be appealed until January is of the new year, and lasts as long as that.
func TestHonourIsOfTheSeasonInWhichItIsBooked(t *testing.T) {
	w := newTown(t)
	w.gives(alice, 100, 1)
	w.clock.Set(midnight("2027-01-01").Add(-7*24*time.Hour - time.Millisecond))
	w.close(w.wish(nil, alice)) // can be appealed until the last millisecond of the year
	w.clock.Pass(time.Millisecond)
	w.close(w.wish(nil, alice)) // until the first of the new one
	w.clock.Set(midnight("2027-01-01").Add(-time.Millisecond))
	w.pass(0)
	if a := w.account(alice); a.Season != 2026 || a.Honour != 114 || a.Spendable != 114 || a.Pending != 14 || a.Level != "蒲公英新芽" {
		t.Errorf("in the last millisecond: %+v", a)
	}
	w.pass(time.Millisecond)
	a := w.account(alice)
	if a.Season != 2027 || a.Honour != 14 || a.AllTime != 128 || a.Spendable != 128 || a.Pending != 0 || a.Level != "蒲公英种子" || a.NextLevel != 36 {
		t.Errorf("in the first: %+v", a)
	}
	if a.Expiring != 114 || !a.ExpiresAt.Equal(midnight("2028-01-01")) {
		t.Errorf("of it %d expire at %s", a.Expiring, a.ExpiresAt)
	}
	w.must(w.spend(alice, 100, 9)) // the oldest first
	if a := w.account(alice); a.Expiring != 14 || a.Spendable != 28 {
		t.Errorf("after 100 were spent: %+v", a)
	}
	w.at(2028, 1, 1, 0)
	if a := w.account(alice); a.Spendable != 14 || a.Expiring != 14 || !a.ExpiresAt.Equal(midnight("2029-01-01")) || a.Honour != 0 || a.AllTime != 128 {
		t.Errorf("a year later: %+v", a)
	}
	w.at(2029, 1, 1, 0)
	w.has(alice, 0, 0, 0)
}

// TestWhatIsTakenBackInTheNewYearIsTakenFromTheNewYear: seasons that are over
// are not opened again.
func TestWhatIsTakenBackInTheNewYearIsTakenFromTheNewYear(t *testing.T) {
	w := newTown(t)
	wish := w.earn(nil, alice)
	w.has(alice, 14, 0, 14)
	w.clock.Set(midnight("2027-01-01"))
	w.update(func(tx *db.Tx) error { return w.points.WishReopened(tx, wish, officer()) })
	a := w.account(alice)
	if a.Honour != -14 || a.AllTime != 0 || a.Spendable != 0 || a.Pending != 0 || a.Expiring != 0 {
		t.Errorf("in the new year: %+v", a)
	}
	var old model.Standing
	w.must(w.db.View(t.Context(), func(tx *db.Tx) error {
		return tx.Where("tenant_id = ? AND period = ? AND user_id = ?", county, "S2026", alice).Take(&old).Error
	}))
	if old.Honour != 14 || old.Wishes != 1 {
		t.Errorf("the season that is over has %+v", old.Tally)
	}
}

// TestAWishIsWorthWhatTheRulesOfItsMinuteSay, on both sides of the midnight in
// which they come into force, whenever it is booked for good.
func TestAWishIsWorthWhatTheRulesOfItsMinuteSay(t *testing.T) {
	w := newTown(t)
	w.adds("2026-07-05", 0, numbers{model.RuleService: 20})
	w.adds("2026-07-06", 1, numbers{model.RuleService: 5})
	type closed struct{ txn, rule, points int64 }
	var all []closed
	for i, c := range []struct {
		at           time.Time
		rule, points int64
	}{
		{midnight("2026-07-04"), 0, 14},
		{midnight("2026-07-05").Add(-time.Millisecond), 0, 14},
		{midnight("2026-07-05"), 1, 29},
		{midnight("2026-07-06").Add(-time.Millisecond), 1, 11}, // the cap of the day: 40
		{midnight("2026-07-06"), 2, 7},
	} {
		w.clock.Set(c.at)
		w.close(w.wish(func(x *model.Wish) { x.BeneficiaryID = 500 + int64(i) }, alice))
		line := w.lines(alice, model.AccountPending)[0]
		x := w.explain(actor(alice), line.TxnID)
		if line.Amount != c.points || x.Txn.RuleVersion != c.rule || x.Why.Shares[0].Points != c.points {
			t.Errorf("at %s it is worth %d under rule %d, want %d under %d", c.at, line.Amount, x.Txn.RuleVersion, c.points, c.rule)
		}
		all = append(all, closed{line.TxnID, c.rule, c.points})
	}
	w.pass(8 * 24 * time.Hour)
	w.has(alice, 75, 0, 75)
	for _, c := range all { // told as it was, under rules that are none any more
		text := strings.Join(w.explain(actor(alice), c.txn).Why.Text(c.rule), "\n")
		want := map[int64]string{0: "按系统默认积分规则: 基础 10 分", 1: "按本县第 1 版积分规则: 基础 20 分", 2: "按本县第 2 版积分规则: 基础 5 分"}[c.rule]
		if !strings.Contains(text, want) || !strings.Contains(text, fmt.Sprintf("实得 %d 分", c.points)) {
			t.Errorf("rule %d: %s", c.rule, text)
		}
	}
}

// TestAWishThatIsDoneAgainIsWorthWhatTheRulesThenSay, and what it was worth
// before is taken back as it was.
func TestAWishThatIsDoneAgainIsWorthWhatTheRulesThenSay(t *testing.T) {
	w := newTown(t)
	w.adds("2026-07-03", 0, numbers{model.RuleService: 20, model.RulePairMonth: 1})
	wish := w.wish(nil, alice)
	w.close(wish)
	w.has(alice, 0, 14, 0)
	w.clock.Set(midnight("2026-07-03"))
	w.update(func(tx *db.Tx) error { return w.points.WishReopened(tx, wish, actor(resident)) })
	w.has(alice, 0, 0, 0)
	again := w.wish(nil, alice) // the pair's one time of the month is free again
	w.close(again)
	w.has(alice, 0, 29, 0)
	w.close(w.wish(nil, alice)) // and now it is not
	w.has(alice, 0, 29, 0)
	got := []int64{}
	for _, l := range w.lines(alice, model.AccountPending) {
		got = append(got, l.Amount)
	}
	if !slices.Equal(got, []int64{0, 29, -14, 14}) {
		t.Errorf("the lines are %v", got)
	}
	w.pass(30 * 24 * time.Hour)
	w.has(alice, 29, 0, 29)
}

// TestARuleOfAnotherCountyIsNoRuleHere.
func TestARuleOfAnotherCountyIsNoRuleHere(t *testing.T) {
	w := newTown(t)
	w.update(func(tx *db.Tx) error {
		return db.Add(tx, &model.PointRule{TenantID: 77, Version: 9, EffectiveAt: tx.Now, Body: `{"wish.service":100}`, CreatedAt: tx.Now})
	})
	w.close(w.wish(nil, alice))
	w.has(alice, 0, 14, 0)
}
