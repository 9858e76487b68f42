package points_test

import (
	"errors"
	"testing"

	"dandelion/model"
	"dandelion/service/points"
)

// TestTwoApproversBookOnce lets a whole office approve at once.
func TestTwoApproversBookOnce(t *testing.T) {
	w := newCaseWorld(t)
	for range 5 {
		c := w.propose(model.CaseNoShow, 0)
		before := countCases[model.PointTxn](w, "1 = 1")
		var all []func() error
		for _, who := range []model.Actor{w.worker2, w.officer, w.county, w.worker2, w.officer, w.county} {
			all = append(all, func() error { _, err := w.ledger.Approve(t.Context(), who, c.ID, "属实"); return err })
		}
		got := w.atOnce(all...)
		if got["ok"] != 1 || got[model.ErrPointCaseState.Code] != 5 {
			t.Errorf("of six approvers: %v", got)
		}
		if n := countCases[model.PointTxn](w, "1 = 1") - before; n != 1 {
			t.Errorf("%d bookings of one case", n)
		}
	}
	if amount, honour := w.stands(101, model.AccountMember); amount != -10 || honour != -10 {
		t.Errorf("five sanctions of 2 make %d points, %d honour", amount, honour)
	}
	w.sound()
}

// TestApprovalAndLapseAtOnce: a case that lapses while somebody approves it is
// one of the two, and booked exactly if it is approved.
func TestApprovalAndLapseAtOnce(t *testing.T) {
	w := newCaseWorld(t)
	for range 8 {
		c := w.propose(model.CaseNoShow, 0)
		w.clock.Pass(caseWeek)
		before := countCases[model.PointTxn](w, "1 = 1")
		got := w.atOnce(
			func() error { _, err := w.ledger.Approve(t.Context(), w.worker2, c.ID, "属实"); return err },
			func() error { _, err := w.timers.Fire(t.Context()); return err },
			func() error { _, err := w.timers.Fire(t.Context()); return err },
		)
		w.pass(0)
		after, err := w.ledger.Case(t.Context(), w.worker, c.ID)
		w.must(err)
		booked := countCases[model.PointTxn](w, "1 = 1") - before
		switch {
		case after.State == model.CaseApproved && booked == 1 && got["ok"] == 3:
		case after.State == model.CaseLapsed && booked == 0 && got["ok"] == 2 && got[model.ErrPointCaseState.Code] == 1:
		default:
			t.Errorf("the case is %s with %d bookings: %v", after.State, booked, got)
		}
		if n := countCases[model.Timer](w, "subject_id = ?", c.ID); n != 0 {
			t.Errorf("%d clocks tick on", n)
		}
	}
	w.sound()
}

// TestTwoDecisionsAtOnce: an appeal is upheld or dismissed, and reversed once.
func TestTwoDecisionsAtOnce(t *testing.T) {
	w := newCaseWorld(t)
	c := w.approved(model.CaseNoShow, 0)
	if _, err := w.ledger.Appeal(t.Context(), w.member, c.ID, "生病了"); err != nil {
		t.Fatal(err)
	}
	got := w.atOnce(
		func() error { _, err := w.ledger.Uphold(t.Context(), w.officer, c.ID, "可信"); return err },
		func() error { _, err := w.ledger.Uphold(t.Context(), w.county, c.ID, "可信"); return err },
		func() error { _, err := w.ledger.Dismiss(t.Context(), w.county, c.ID, "无据"); return err },
	)
	if got["ok"] != 1 {
		t.Errorf("three decisions: %v", got)
	}
	after, err := w.ledger.Case(t.Context(), w.worker, c.ID)
	w.must(err)
	if n := countCases[model.PointTxn](w, "kind = ?", model.PointReverse); (after.State == model.CaseUpheld) != (n == 1) || n > 1 {
		t.Errorf("the case is %s with %d reversals", after.State, n)
	}
	w.sound()
}

// TestOneDocumentProposesOnceHoweverOftenItIsSent, and one matter has one case.
func TestOneDocumentProposesOnceHoweverOftenItIsSent(t *testing.T) {
	w := newCaseWorld(t)
	o := model.PointCaseOrder{Kind: model.CaseAdjustment, UserID: 101, Amount: 5, Reason: "补记", RequestID: "MC-2026-001"}
	ids := make([]int64, 6)
	var all []func() error
	for i := range ids {
		all = append(all, func() error {
			c, err := w.ledger.Propose(t.Context(), w.worker, o)
			if err == nil {
				ids[i] = c.ID
			}
			return err
		})
	}
	if got := w.atOnce(all...); got["ok"] != 6 || countCases[model.PointCase](w, "1 = 1") != 1 {
		t.Errorf("six times the same document: %v, %v", got, ids)
	}
}

// TestTwoEditorsOfTheRules: one publishes, the other is told to look again.
func TestTwoEditorsOfTheRules(t *testing.T) {
	w := newCaseWorld(t)
	publish := func(who model.Actor, n int64, after int64, day model.Day) func() error {
		return func() error {
			_, err := w.ledger.AddRule(t.Context(), who, points.NewRules{Numbers: map[model.RuleName]int64{model.RuleService: n}, From: day, After: after})
			return err
		}
	}
	for version, day := range []model.Day{"2026-07-02", "2026-07-03", "2026-07-04"} {
		v := int64(version)
		got := w.atOnce(publish(w.county, 11, v, day), publish(w.admin, 12, v, day), publish(w.county, 13, v, day), publish(w.admin, 14, v, day))
		if got["ok"] != 1 || got[model.ErrPointRuleRace.Code] != 3 {
			t.Errorf("four editors of version %d: %v", v+1, got)
		}
	}
	if err := publish(w.county, 15, 2, "2026-09-01")(); !errors.Is(err, model.ErrPointRuleRace) {
		t.Errorf("an editor who has not seen the newest: %v", err)
	}
}

// TestLevelsNeverMix lets two counties' clerks replace the levels at once.
func TestLevelsNeverMix(t *testing.T) {
	w := newCaseWorld(t)
	set := func(name string, thresholds ...int64) func() error {
		var all []model.HonourLevel
		for i, n := range thresholds {
			all = append(all, model.HonourLevel{Threshold: n, Name: name + string(rune('1'+i))})
		}
		return func() error { _, err := w.ledger.SetLevels(t.Context(), w.county, all); return err }
	}
	for range 5 {
		if got := w.atOnce(set("甲", 0, 10, 20), set("乙", 0, 15), set("丙", 0, 10, 30, 40)); got["ok"] != 3 {
			t.Errorf("three at once: %v", got)
		}
		all, err := w.ledger.Levels(t.Context(), w.member)
		w.must(err)
		first := []rune(all[0].Name)[0]
		for _, l := range all {
			if []rune(l.Name)[0] != first || len(all) != map[rune]int{'甲': 3, '乙': 2, '丙': 4}[first] {
				t.Fatalf("the levels are a mixture: %+v", all)
			}
		}
	}
}
