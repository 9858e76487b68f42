package points_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/points"
)

// numbers is short for what differs from the defaults.
type numbers = map[model.RuleName]int64

// closes books a closed wish of somebody's that a team has served, and returns
// the transaction.
func (w *caseWorld) closes(claim int64, kind model.WishKind, stars int64, owner int64, team ...int64) int64 {
	w.Helper()
	w.update(func(tx *db.Tx) error {
		return w.ledger.WishClosed(tx, &model.Wish{
			ID: claim + 1, TenantID: caseCounty, CommunityID: caseHome, ClaimID: claim, Title: "心愿", Kind: kind, Difficulty: model.Medium, Minutes: 90, Stars: stars,
			Solved: model.SolvedYes, Team: model.IDsOf(team), RequesterID: owner,
		})
	})
	var id int64
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT id FROM point_txns WHERE kind = ? AND source_id = ?", model.PointEarn, claim).Scan(&id).Error
	}))
	return id
}

// busyWeek books what a community does in some days: enough for both caps to
// cut, with a shared claim and one that is taken back.
func (w *caseWorld) busyWeek() {
	w.Helper()
	claim := int64(1000)
	for day := range 4 {
		for n := range 6 {
			claim += 10
			kind := []model.WishKind{model.WishService, model.WishGoods, model.WishCompanionship}[n%3]
			team := []int64{101}
			if n%2 == 1 {
				team = []int64{101, 102}
			}
			w.closes(claim, kind, int64(n%6), 300+int64(n%2), team...)
			w.clock.Pass(10 * time.Minute)
			if day == 1 && n == 2 {
				w.update(func(tx *db.Tx) error {
					return w.ledger.WishReopened(tx, &model.Wish{TenantID: caseCounty, ClaimID: claim, Title: "心愿"}, w.worker)
				})
			}
		}
		w.clock.Pass(23 * time.Hour)
	}
}

// issued is what the community has given out.
func (w *caseWorld) issued() int64 {
	w.Helper()
	b, err := w.ledger.Budget(w.Context(), w.worker, caseHome, 0)
	w.must(err)
	return b.Issued
}

// TestAPreviewIsWhatWouldBeBooked runs the same week in two counties: one looks
// at it under new rules, the other lives under them.
func TestAPreviewIsWhatWouldBeBooked(t *testing.T) {
	for i, trial := range []numbers{
		{},
		{model.RuleService: 25, model.RuleGoods: 3},
		{model.RuleWishDay: 12, model.RulePairMonth: 5},
		{model.RuleCompanionship: 0, model.RuleMedium: 20, model.RuleUnrated: 0},
	} {
		t.Run(fmt.Sprint("trial ", i), func(t *testing.T) {
			looks, lives := newCaseWorld(t), newCaseWorld(t)
			looks.busyWeek()
			events := countCases[model.Event](looks, "1 = 1")
			v, err := looks.ledger.Preview(t.Context(), looks.county, trial)
			looks.must(err)
			if countCases[model.PointRule](looks, "1 = 1")+countCases[model.Event](looks, "1 = 1")-events != 0 {
				t.Error("a preview leaves something behind")
			}
			_, err = lives.ledger.AddRule(t.Context(), lives.county, points.NewRules{Numbers: trial, From: "2026-07-02"})
			lives.must(err)
			lives.clock.Pass(24 * time.Hour)
			lives.busyWeek()
			if v.Before != looks.issued() || v.After != lives.issued() || v.Feats != 23 || v.Truncated {
				t.Errorf("the preview says %d → %d of %d; booked are %d and %d", v.Before, v.After, v.Feats, looks.issued(), lives.issued())
			}
			if v.Uncapped < v.After || v.More+v.Less+v.Equal != 2 || i == 0 && v.Equal != 2 {
				t.Errorf("the preview: %+v", v)
			}
			looks.sound()
			lives.sound()
		})
	}
}

// TestAPreviewSeesThirtyDays: what is older only fills the caps of its month.
func TestAPreviewSeesThirtyDays(t *testing.T) {
	w := newCaseWorld(t)
	w.clock.Set(caseMorning.Add(time.Hour))
	w.closes(10, model.WishService, 4, 300, 101)
	w.closes(20, model.WishService, 4, 300, 101)
	w.clock.Pass(30 * 24 * time.Hour) // 31 July
	w.closes(30, model.WishService, 4, 300, 101)
	w.closes(40, model.WishService, 4, 301, 101)
	w.clock.Pass(time.Millisecond)
	v, err := w.ledger.Preview(t.Context(), w.county, nil)
	w.must(err)
	if v.Feats != 2 || v.Before != 12 || v.After != 12 || v.Uncapped != 24 {
		t.Errorf("the third time of a pair this month: %+v", v)
	}
	if v, err = w.ledger.Preview(t.Context(), w.county, numbers{model.RulePairMonth: 3}); err != nil || v.After != 24 {
		t.Errorf("with a third time: %+v, %v", v, err)
	}
}

func TestARuleComesIntoForceOnItsDay(t *testing.T) {
	w := newCaseWorld(t)
	add := func(who model.Actor, in points.NewRules) error {
		_, err := w.ledger.AddRule(t.Context(), who, in)
		return err
	}
	for name, tt := range map[string]struct {
		who  model.Actor
		in   points.NewRules
		want error
	}{
		"today":              {w.county, points.NewRules{From: "2026-07-01"}, model.ErrPointRuleDate},
		"no day":             {w.county, points.NewRules{From: "2026-13-01"}, model.ErrPointRuleDate},
		"an unknown number":  {w.county, points.NewRules{From: "2026-07-05", Numbers: numbers{"x": 1}}, model.ErrPointRule},
		"a worker":           {w.worker, points.NewRules{From: "2026-07-05"}, model.ErrForbidden},
		"another county's":   {w.outsiderHere(), points.NewRules{From: "2026-07-05"}, model.ErrForbidden},
		"a future it missed": {w.county, points.NewRules{From: "2026-07-05", After: 1}, model.ErrPointRuleRace},
	} {
		if err := add(tt.who, tt.in); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	w.must(add(w.county, points.NewRules{From: "2026-07-05", Numbers: numbers{model.RuleNoShow: 6}, Note: "从严"}))
	old := w.propose(model.CaseNoShow, 0)
	inForce := func() int64 {
		r, err := w.ledger.Rules(t.Context(), w.member)
		w.must(err)
		if len(r.Versions) != 1 || r.Versions[0].Number(model.RuleNoShow) != 6 || r.Versions[0].Note != "从严" {
			t.Errorf("the versions: %+v", r.Versions)
		}
		return r.InForce.Version
	}
	if inForce() != 0 {
		t.Error("it is in force before its day")
	}
	w.clock.Set(model.Day("2026-07-05").Start())
	if inForce() != 1 {
		t.Error("it is not in force on its day")
	}
	fresh := w.propose(model.CaseNoShow, 0)
	if old.Change != -2 || fresh.Change != -6 || fresh.RuleVersion != 1 {
		t.Errorf("before it a no-show takes %d, after it %d", old.Change, fresh.Change)
	}
	if _, err := w.ledger.Approve(t.Context(), w.worker2, old.ID, "属实"); err != nil {
		t.Fatal(err)
	}
	if amount, _ := w.stands(101, model.AccountMember); amount != -2 {
		t.Errorf("what was proposed under the old rule takes %d", amount)
	}
	if other, err := w.ledger.Rules(t.Context(), w.outsider); err != nil || len(other.Versions) != 0 {
		t.Errorf("another county sees %d versions, %v", len(other.Versions), err)
	}
}

// outsiderHere is the officer of another county, with an account in this one.
func (w *caseWorld) outsiderHere() model.Actor {
	who := w.outsider
	who.TenantID = caseCounty
	return who
}

func TestLevelsAreReplacedAsAWhole(t *testing.T) {
	w := newCaseWorld(t)
	if all, err := w.ledger.Levels(t.Context(), w.member); err != nil || len(all) != 5 || all[0].Name != "蒲公英种子" {
		t.Errorf("the defaults: %v %v", all, err)
	}
	if _, err := w.ledger.SetLevels(t.Context(), w.worker, model.DefaultLevels()); !errors.Is(err, model.ErrForbidden) {
		t.Errorf("a worker: %v", err)
	}
	if _, err := w.ledger.SetLevels(t.Context(), w.county, []model.HonourLevel{{Threshold: 3, Name: "芽"}}); !errors.Is(err, model.ErrHonourLevels) {
		t.Errorf("not from 0: %v", err)
	}
	_, err := w.ledger.SetLevels(t.Context(), w.county, []model.HonourLevel{{Threshold: 0, Name: "种"}, {Threshold: 7, Name: " 芽 "}})
	w.must(err)
	if all, err := w.ledger.Levels(t.Context(), w.member); err != nil || len(all) != 2 || all[1].Name != "芽" || all[1].Threshold != 7 {
		t.Errorf("after: %v %v", all, err)
	}
	if all, err := w.ledger.Levels(t.Context(), w.outsider); err != nil || len(all) != 5 {
		t.Errorf("another county: %v %v", all, err)
	}
	if n := countCases[model.Audit](w, "action = ?", "points.levels"); n != 1 {
		t.Errorf("%d lines in the audit log", n)
	}
}
