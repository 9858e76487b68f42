package points_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// held is a duty over an organisation of the town.
func held(role model.Role, org int64, subtree bool) model.Held {
	paths := map[int64]model.Path{county: "/1/", township: "/1/2/", community: "/1/2/3/"}
	return model.Held{Role: role, OrgID: org, Path: paths[org], Subtree: subtree}
}

// TestWhoMayHavePointsExplained goes through those who may see all of a
// transaction, a part of it, or nothing.
func TestWhoMayHavePointsExplained(t *testing.T) {
	w := newTown(t)
	w.close(w.wish(nil, alice, bob))
	txn := w.lines(alice, model.AccountPending)[0].TxnID
	for _, tt := range []struct {
		name  string
		who   model.Actor
		lines int // 0: it is not there
	}{
		{"whose points they are", actor(alice), 1},
		{"another of the team", actor(bob), 1},
		{"the resident", actor(resident), 0},
		{"a visitor", model.Actor{}, 0},
		{"a worker of the community", actor(201, held(model.RoleWorker, community, true)), 4},
		{"a township officer", actor(202, held(model.RoleTownship, township, true)), 4},
		{"a township officer of nothing below", actor(203, held(model.RoleTownship, township, false)), 0},
		{"the county", actor(204, held(model.RoleCounty, county, true)), 4},
		{"the auditor", actor(205, held(model.RoleAuditor, county, true)), 4},
		{"a member of the community", actor(206, held(model.RoleMember, community, true)), 0},
		{"an administrator", actor(207, held(model.RoleAdmin, county, true)), 0},
		{"a worker of another county", model.Actor{UserID: 208, TenantID: 9, Held: []model.Held{{Role: model.RoleCounty, OrgID: 9, Path: "/9/", Subtree: true}}}, 0},
	} {
		x, err := w.points.Explain(t.Context(), tt.who, txn)
		if tt.lines == 0 {
			if !errors.Is(err, model.ErrPointsNotFound) {
				t.Errorf("to %s: %+v %v", tt.name, x, err)
			}
			continue
		}
		w.must(err)
		if len(x.Lines) != tt.lines || len(x.Why.Shares) != max(1, tt.lines/2) {
			t.Errorf("%s sees %d lines and %d shares, want %d lines", tt.name, len(x.Lines), len(x.Why.Shares), tt.lines)
		}
		if tt.lines == 1 && (x.Lines[0].OwnerID != tt.who.UserID || x.Why.Shares[0].UserID != tt.who.UserID) {
			t.Errorf("%s sees what is another's", tt.name)
		}
	}
	if _, err := w.points.Explain(t.Context(), actor(alice), 77); !errors.Is(err, model.ErrPointsNotFound) {
		t.Errorf("what is not there: %v", err)
	}
}

// TestAnExplanationIsComputedAgain: what was booked is what the rule of its day
// gives for the facts that are kept with it.
func TestAnExplanationIsComputedAgain(t *testing.T) {
	w := newTown(t)
	for name, change := range map[string]func(*model.Wish){
		"a service":       nil,
		"goods, unrated":  func(x *model.Wish) { x.Kind, x.Stars, x.Solved = model.WishGoods, 0, "" },
		"company":         func(x *model.Wish) { x.Kind, x.Minutes, x.Difficulty = model.WishCompanionship, 95, model.Hard },
		"two stars":       func(x *model.Wish) { x.Stars, x.Solved = 2, model.SolvedNo },
		"three, partly":   func(x *model.Wish) { x.Stars, x.Solved = 3, model.SolvedPartly },
		"somebody else's": func(x *model.Wish) { x.BeneficiaryID = 0; x.RequesterID = 999 },
	} {
		w.clock.Pass(31 * 24 * time.Hour) // a month of its own, with its own caps
		w.close(w.wish(change, alice, bob))
		line := w.lines(alice, model.AccountPending)[0]
		x, err := w.points.Explain(t.Context(), actor(205, held(model.RoleAuditor, county, true)), line.TxnID)
		w.must(err)
		again := (&model.PointRule{}).Weigh(model.Feat{Facts: x.Why.Facts}, nil)
		if again.Total != x.Why.Total || !slices.EqualFunc(again.Shares, x.Why.Shares, func(a, b model.Share) bool { return a.UserID == b.UserID && a.Points == b.Points }) {
			t.Errorf("%s: %+v again is %+v", name, x.Why, again)
		}
		booked := map[int64]int64{}
		for _, l := range x.Lines {
			if l.Account == model.AccountPending {
				booked[l.OwnerID] += l.Amount
			}
		}
		for _, s := range x.Why.Shares {
			if booked[s.UserID] != s.Points {
				t.Errorf("%s: %d was booked %d, and explained as %d", name, s.UserID, booked[s.UserID], s.Points)
			}
		}
	}
}

func TestAReversalIsToldWhereItBelongs(t *testing.T) {
	w := newTown(t)
	wish := w.wish(nil, alice)
	w.close(wish)
	txn := w.lines(alice, model.AccountPending)[0].TxnID
	x, err := w.points.Explain(t.Context(), actor(alice), txn)
	w.must(err)
	if x.ReversedBy != 0 || !x.Computed {
		t.Errorf("before: %+v", x)
	}
	w.update(func(tx *db.Tx) error { return w.points.WishReopened(tx, wish, actor(resident)) })
	if x, err = w.points.Explain(t.Context(), actor(alice), txn); err != nil || x.ReversedBy == 0 {
		t.Fatalf("after: %+v %v", x, err)
	}
	mirror, err := w.points.Explain(t.Context(), actor(alice), x.ReversedBy)
	w.must(err)
	if mirror.Computed || mirror.Txn.Kind != model.PointReverse || mirror.Txn.SourceID != txn || mirror.Txn.ActorID != resident || !strings.Contains(mirror.Txn.Memo, "重新办理") {
		t.Errorf("the mirror is %+v", mirror.Txn)
	}
}

// TestARuleCountsFromItsDayOn closes one wish a moment before a rule comes into
// force and one at that moment.
func TestARuleCountsFromItsDayOn(t *testing.T) {
	w := newTown(t)
	who := actor(204, held(model.RoleCounty, county, true))
	rule, err := model.NewPointRule(&model.PointRule{}, map[model.RuleName]int64{model.RuleService: 5}, "2026-07-02", "试行", who, w.clock.Now())
	w.must(err)
	w.update(func(tx *db.Tx) error { return db.Add(tx, rule) })
	w.clock.Set(rule.EffectiveAt.Add(-time.Millisecond))
	w.close(w.wish(func(x *model.Wish) { x.BeneficiaryID = 301 }, alice))
	w.clock.Set(rule.EffectiveAt)
	w.close(w.wish(func(x *model.Wish) { x.BeneficiaryID = 302 }, bob))
	w.has(alice, 0, 14, 0) // 10 × 1.2 × 1.2
	w.has(bob, 0, 7, 0)    // 5 × 1.2 × 1.2 = 7.2
	for user, version := range map[int64]int64{alice: 0, bob: 1} {
		x, err := w.points.Explain(t.Context(), actor(user), w.lines(user, model.AccountPending)[0].TxnID)
		w.must(err)
		if x.Txn.RuleVersion != version {
			t.Errorf("%d was booked by version %d, want %d", user, x.Txn.RuleVersion, version)
		}
	}
}

// TestLevelsGrowWithTheHonourOfASeason follows the name of a member's honour,
// and lets a new year begin at the first level.
func TestLevelsGrowWithTheHonourOfASeason(t *testing.T) {
	w := newTown(t)
	w.update(func(tx *db.Tx) error {
		return tx.Create(&[]model.HonourLevel{{TenantID: county, Threshold: 0, Name: "种子"}, {TenantID: county, Threshold: 14, Name: "新芽"}, {TenantID: county, Threshold: 20, Name: "绽放"}}).Error
	})
	level := func(want string, missing, allTime int64) {
		t.Helper()
		a, err := w.points.Account(t.Context(), actor(alice))
		w.must(err)
		if a.Level != want || a.NextLevel != missing || a.AllTime != allTime {
			t.Errorf("%d honour is %s, %d to the next, %d of all time; want %s, %d, %d", a.Honour, a.Level, a.NextLevel, a.AllTime, want, missing, allTime)
		}
	}
	level("种子", 14, 0)
	w.earn(nil, alice)
	level("新芽", 6, 14)
	w.earn(func(x *model.Wish) { x.BeneficiaryID = 300 }, alice)
	level("绽放", 0, 28)
	w.must(w.spend(alice, 28, 1)) // what is spent lowers no honour
	level("绽放", 0, 28)
	w.clock.Set(time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)) // the new year in Shanghai
	level("种子", 14, 28)
}
