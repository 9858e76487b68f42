package points_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/model"
	"dandelion/service/points"
)

// TestACaseThatCannotBeBookedStays: what the ledger refuses leaves no trace, and
// somebody can still end the case.
func TestACaseThatCannotBeBookedStays(t *testing.T) {
	w := newCaseWorld(t)
	c, err := w.ledger.Propose(t.Context(), w.worker, model.PointCaseOrder{Kind: model.CaseNoShow, UserID: 101, Reason: "没有来", RequestID: "MC-2026-009"})
	w.must(err)
	w.update(func(tx *db.Tx) error { // the number is used elsewhere while the case waits
		return db.Add(tx, &model.PointTxn{ID: 78, TenantID: caseCounty, Kind: model.PointDonate, SourceType: model.OfDonation, SourceID: 2, RequestID: "MC-2026-009", OccurredAt: tx.Now, CreatedAt: tx.Now})
	})
	events, audits := countCases[model.Event](w, "1 = 1"), countCases[model.Audit](w, "1 = 1")
	if _, err := w.ledger.Approve(t.Context(), w.worker2, c.ID, "属实"); !errors.Is(err, model.ErrPointsRepeated) {
		t.Errorf("approved under a number that is taken: %v", err)
	}
	after, err := w.ledger.Case(t.Context(), w.worker, c.ID)
	w.must(err)
	if after.State != model.CaseProposed || after.ReviewedBy != 0 || countCases[model.Event](w, "1 = 1") != events || countCases[model.Audit](w, "1 = 1") != audits {
		t.Errorf("what was refused has left a trace: %+v", after.PointCase)
	}
	if _, err := w.ledger.Refuse(t.Context(), w.worker2, c.ID, "凭证号有误"); err != nil {
		t.Errorf("and cannot be ended: %v", err)
	}
}

func TestAClockThatRingsForNothing(t *testing.T) {
	w := newCaseWorld(t)
	if err := w.db.Update(t.Context(), func(tx *db.Tx) error { return w.ledger.CaseAlarm(tx, 999) }); !errors.Is(err, model.ErrPointCaseNotFound) {
		t.Errorf("for a case that is not there: %v", err)
	}
	c := w.propose(model.CaseNoShow, 0)
	w.update(func(tx *db.Tx) error { return w.ledger.CaseAlarm(tx, c.ID) })
	if n := countCases[model.Timer](w, "subject_id = ? AND due_at = ?", c.ID, *c.DueAt); n != 1 {
		t.Error("a clock that rings too early is not set again")
	}
	_, err := w.ledger.Approve(t.Context(), w.worker2, c.ID, "属实")
	w.must(err)
	w.clock.Pass(caseWeek)
	w.update(func(tx *db.Tx) error { return timer.Start(tx, model.PointCaseAlarm, c.ID, tx.Now) })
	w.pass(0)
	if after, err := w.ledger.Case(t.Context(), w.worker, c.ID); err != nil || after.State != model.CaseApproved {
		t.Errorf("a clock that was cleared too late changes the case: %v %v", after.State, err)
	}
}

// TestACountysLimitsCount: what it has set is stored with the case, so that a
// later change moves no deadline that somebody has been told.
func TestACountysLimitsCount(t *testing.T) {
	w := newCaseWorld(t)
	set := func(l model.Limit, days int64) {
		w.update(func(tx *db.Tx) error {
			if err := tx.Where("name = ?", l).Delete(&model.PolicyRow{}).Error; err != nil {
				return err
			}
			return db.Add(tx, &model.PolicyRow{TenantID: caseCounty, Name: l, Value: days * 24 * 60, UpdatedAt: tx.Now})
		})
		w.clock.Pass(11 * time.Second) // the copy of the limits is that old at most
	}
	set(model.CaseAppealTime, 3)
	set(model.CaseReviewTime, 2)
	c := w.propose(model.CaseNoShow, 0)
	if got := c.DueAt.Sub(w.clock.Now()); got != 48*time.Hour {
		t.Errorf("to be reviewed in %s", got)
	}
	_, err := w.ledger.Approve(t.Context(), w.worker2, c.ID, "属实")
	w.must(err)
	told := w.clock.Now().Add(72 * time.Hour)
	set(model.CaseAppealTime, 1)
	w.clock.Pass(60 * time.Hour)
	after, err := w.ledger.Appeal(t.Context(), w.member, c.ID, "生病了")
	if err != nil || !after.AppealUntil.Equal(told) {
		t.Errorf("an appeal in the time that was told: %v", err)
	}
}

// TestWhatATitleTellsIsMasked: a case is read by more people than a wish.
func TestWhatATitleTellsIsMasked(t *testing.T) {
	w := newCaseWorld(t)
	w.update(func(tx *db.Tx) error {
		if err := db.Add(tx, &model.Claim{ID: 51, TenantID: caseCounty, WishID: 50, ClaimerID: 101, CreatedAt: tx.Now, Version: 1}); err != nil {
			return err
		}
		return db.Add(tx, &model.Wish{ID: 50, TenantID: caseCounty, Title: "请联系13800001234换灯", OrgPath: "/1/2/3/", CommunityID: caseHome, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1})
	})
	c, err := w.ledger.Propose(t.Context(), w.worker, model.PointCaseOrder{Kind: model.CaseNoShow, UserID: 101, ClaimID: 51, Reason: "没有来"})
	w.must(err)
	if c.WishID != 50 || strings.Contains(c.WishTitle, "1380000") || !strings.Contains(c.WishTitle, "换灯") {
		t.Errorf("the title reads %q", c.WishTitle)
	}
}

// TestHowManyStatementsACaseTakes: a page is one, a step a handful, and the
// number does not grow with the cases there are.
func TestHowManyStatementsACaseTakes(t *testing.T) {
	w := newCaseWorld(t)
	for range 30 {
		w.propose(model.CaseNoShow, 0)
	}
	c := w.propose(model.CaseNoShow, 0)
	for name, tt := range map[string]struct {
		most int64
		do   func(w *caseWorld, ctx context.Context) error
	}{
		"a page of the queue": {2, func(w *caseWorld, ctx context.Context) error {
			_, err := w.ledger.Cases(ctx, w.worker, points.CaseFilter{View: points.CasesQueue, Limit: 21})
			return err
		}},
		"my cases": {1, func(w *caseWorld, ctx context.Context) error {
			_, err := w.ledger.Cases(ctx, w.member, points.CaseFilter{View: points.CasesMine, Limit: 21})
			return err
		}},
		"an approval": {22, func(w *caseWorld, ctx context.Context) error {
			_, err := w.ledger.Approve(ctx, w.worker2, c.ID, "属实")
			return err
		}},
		"a reconciliation": {1, func(w *caseWorld, ctx context.Context) error {
			_, err := w.ledger.Reconcile(ctx, w.auditor, 0)
			return err
		}},
		"a preview": {1, func(w *caseWorld, ctx context.Context) error {
			_, err := w.ledger.Preview(ctx, w.county, nil)
			return err
		}},
	} {
		ctx, n := db.CountStatements(t.Context())
		w.must(tt.do(w, ctx))
		if n.Load() > tt.most {
			t.Errorf("%s takes %d statements, more than %d", name, n.Load(), tt.most)
		}
	}
}
