package points_test

import (
	"errors"
	"strings"
	"testing"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/points"
)

func TestABudgetWarnsAndNeverRefuses(t *testing.T) {
	w := newCaseWorld(t)
	budget := func() *points.Budget {
		t.Helper()
		b, err := w.ledger.Budget(t.Context(), w.worker, 0, 0)
		w.must(err)
		return b
	}
	if b := budget(); b.Amount != 0 || !strings.Contains(b.Warning, "尚未设定") || b.OrgID != caseHome || b.Season != 2026 {
		t.Errorf("before it is set: %+v", b)
	}
	_, err := w.ledger.SetBudget(t.Context(), w.county, caseHome, 0, 20)
	w.must(err)
	w.closes(10, model.WishService, 4, 300, 101) // 12 points
	if b := budget(); b.Issued != 12 || b.Remaining != 8 || b.Percent != 60 || b.Warning != "" {
		t.Errorf("after 12 of 20: %+v", b)
	}
	w.approved(model.CaseAdjustment, 5)
	if b := budget(); b.Issued != 17 || !strings.Contains(b.Warning, "85%") {
		t.Errorf("after 17 of 20: %+v", b)
	}
	w.closes(20, model.WishService, 4, 301, 102)
	if b := budget(); b.Issued != 29 || b.Remaining != 0 || b.Percent != 145 || !strings.Contains(b.Warning, "照常发放") {
		t.Errorf("after 29 of 20: %+v", b)
	}
	w.approved(model.CaseAdjustment, -9)
	if b := budget(); b.Issued != 20 {
		t.Errorf("what is taken back returns to the budget: %+v", b)
	}
	b, err := w.ledger.SetBudget(t.Context(), w.admin, caseHome, 2026, 100)
	if err != nil || b.Amount != 100 || b.Version != 2 || b.Issued != 20 {
		t.Errorf("a second time: %+v %v", b, err)
	}
	if next, err := w.ledger.SetBudget(t.Context(), w.county, caseHome, 2027, 50); err != nil || next.Issued != 0 || budget().Amount != 100 {
		t.Errorf("next season: %+v %v", next, err)
	}
}

func TestWhoSeesAndSetsABudget(t *testing.T) {
	w := newCaseWorld(t)
	for name, tt := range map[string]struct {
		who  model.Actor
		org  int64
		want error
	}{
		"a worker of the place":     {w.worker, caseHome, nil},
		"the township":              {w.officer, caseHome, nil},
		"an auditor":                {w.auditor, caseHome, nil},
		"a worker of another place": {w.elsewhere, caseHome, model.ErrForbidden},
		"another county":            {w.outsider, caseHome, model.ErrOrgNotFound},
		"a member":                  {w.member, caseHome, model.ErrForbidden},
	} {
		if _, err := w.ledger.Budget(t.Context(), tt.who, tt.org, 0); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if _, err := w.ledger.Budget(t.Context(), w.worker, caseHome, 2031); !errors.Is(err, model.ErrPointSeason) {
		t.Errorf("a season to come: %v", err)
	}
	for name, tt := range map[string]struct {
		who    model.Actor
		org    int64
		season int64
		want   error
	}{
		"a worker":         {w.worker, caseHome, 0, model.ErrForbidden},
		"another county":   {w.outsider, caseHome, 0, model.ErrOrgNotFound},
		"of a township":    {w.county, caseTown, 0, model.ErrPointBudget},
		"of a past season": {w.county, caseHome, 2025, model.ErrPointBudget},
	} {
		if _, err := w.ledger.SetBudget(t.Context(), tt.who, tt.org, tt.season, 5); !errors.Is(err, tt.want) {
			t.Errorf("set by %s: %v, want %v", name, err, tt.want)
		}
	}
	if got := w.atOnce(
		func() error { _, err := w.ledger.SetBudget(t.Context(), w.county, caseHome, 0, 10); return err },
		func() error { _, err := w.ledger.SetBudget(t.Context(), w.admin, caseHome, 0, 20); return err },
		func() error { _, err := w.ledger.SetBudget(t.Context(), w.county, caseHome, 0, 30); return err },
	); got["ok"] != 3 || countCases[model.PointBudget](w, "version = ?", 3) != 1 {
		t.Errorf("three at once: %v", got)
	}
}

func TestTheReconciliationAddsUp(t *testing.T) {
	w := newCaseWorld(t)
	w.closes(10, model.WishService, 4, 300, 101) // 12
	w.approved(model.CaseNoShow, 0)              // −2
	w.approved(model.CaseAdjustment, 5)
	w.pass(caseWeek)
	w.closes(20, model.WishService, 4, 300, 102) // 12, pending
	r, err := w.ledger.Reconcile(t.Context(), w.auditor, 0)
	w.must(err)
	if !r.Sound() || r.Season != 2026 || !r.GeneratedAt.Equal(w.clock.Now()) {
		t.Errorf("the report: %+v", r)
	}
	want := map[model.PointKind]points.KindTotal{
		model.PointEarn: {Kind: model.PointEarn, Txns: 2, Moved: 24}, model.PointPost: {Kind: model.PointPost, Txns: 1, Moved: 12},
		model.PointPenalty: {Kind: model.PointPenalty, Txns: 1, Moved: 2}, model.PointAdjust: {Kind: model.PointAdjust, Txns: 1, Moved: 5},
	}
	for _, k := range r.Kinds {
		if w := want[k.Kind]; k.Txns != w.Txns || k.Moved != w.Moved || k.Sum != 0 {
			t.Errorf("%s: %+v, want %+v", k.Kind, k, w)
		}
	}
	totals := map[model.Account]int64{model.AccountIssue: -29, model.AccountMember: 15, model.AccountPending: 12, model.AccountPenalty: 2}
	for _, a := range r.Accounts {
		if a.Total != totals[a.Account] || a.SeasonTotal != a.Total || a.Differs() != 0 || !a.Account.OfOrg() && a.Balance != a.Total {
			t.Errorf("%s: %+v, want %d", a.Account, a, totals[a.Account])
		}
	}
	before, err := w.ledger.Reconcile(t.Context(), w.county, 2025)
	w.must(err)
	for _, a := range before.Accounts {
		if a.SeasonLines != 0 || a.Total != totals[a.Account] {
			t.Errorf("of last season, %s: %+v", a.Account, a)
		}
	}
	other, err := w.ledger.Reconcile(t.Context(), w.outsider, 0)
	w.must(err)
	for _, a := range other.Accounts {
		if a.Lines != 0 || a.Owners != 0 {
			t.Errorf("another county sees %+v", a)
		}
	}
}

// TestTheReconciliationFindsWhatIsWrong changes the tables behind the ledger's
// back, each time in another way.
func TestTheReconciliationFindsWhatIsWrong(t *testing.T) {
	for name, wrong := range map[string]string{
		"a balance":           "UPDATE point_balances SET amount = amount + 1 WHERE owner_id = 101 AND account = 'member'",
		"a lost balance":      "DELETE FROM point_balances WHERE owner_id = 101 AND account = 'member'",
		"a line":              "UPDATE point_entries SET amount = amount + 1 WHERE account = 'issue'",
		"a lost line":         "DELETE FROM point_entries WHERE account = 'penalty'",
		"lines that swap":     "UPDATE point_entries SET account = 'expired' WHERE account = 'penalty'",
		"kinds that swap sum": "UPDATE point_entries SET amount = CASE WHEN amount = 5 THEN 6 WHEN amount = -2 THEN -3 ELSE amount END",
	} {
		t.Run(name, func(t *testing.T) {
			w := newCaseWorld(t)
			w.approved(model.CaseNoShow, 0)
			w.approved(model.CaseAdjustment, 5)
			w.update(func(tx *db.Tx) error { return tx.Exec(wrong).Error })
			r, err := w.ledger.Reconcile(t.Context(), w.auditor, 0)
			w.must(err)
			if r.Sound() {
				t.Errorf("nothing is found: %+v", r)
			}
		})
	}
}

func TestWhoReconciles(t *testing.T) {
	w := newCaseWorld(t)
	local := w.auditor
	local.Held = []model.Held{{Role: model.RoleAuditor, OrgID: caseHome, Path: w.orgs[caseHome].Path, Subtree: true}}
	for name, tt := range map[string]struct {
		who  model.Actor
		want error
	}{
		"the county": {w.county, nil}, "an auditor": {w.auditor, nil}, "an administrator": {w.admin, nil},
		"a worker": {w.worker, model.ErrForbidden}, "a township": {w.officer, model.ErrForbidden}, "an auditor of one place": {local, model.ErrForbidden},
	} {
		if _, err := w.ledger.Reconcile(t.Context(), tt.who, 0); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if _, err := w.ledger.Reconcile(t.Context(), w.county, 2031); !errors.Is(err, model.ErrPointSeason) {
		t.Errorf("a season to come: %v", err)
	}
}
