package points_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/points"
)

const caseWeek = 7 * 24 * time.Hour

func TestASanctionIsBookedWhenASecondPersonApproves(t *testing.T) {
	w := newCaseWorld(t)
	c := w.propose(model.CaseNoShow, 0)
	if c.State != model.CaseProposed || c.Change != -2 || c.CommunityID != caseHome || c.QueueOrgID != caseHome {
		t.Errorf("the proposal: %+v", c.PointCase)
	}
	if amount, honour := w.stands(101, model.AccountMember); amount != 0 || honour != 0 {
		t.Errorf("a proposal books %d and %d", amount, honour)
	}
	if _, err := w.ledger.Approve(t.Context(), w.worker, c.ID, "属实"); !errors.Is(err, model.ErrPointCaseSame) {
		t.Errorf("the proposer approves: %v", err)
	}
	c, err := w.ledger.Approve(t.Context(), w.worker2, c.ID, "属实")
	w.must(err)
	if c.State != model.CaseApproved || c.ReviewedBy != 202 || !c.AppealUntil.Equal(caseMorning.Add(caseWeek)) {
		t.Errorf("approved: %+v", c.PointCase)
	}
	if amount, honour := w.stands(101, model.AccountMember); amount != -2 || honour != -2 {
		t.Errorf("the member has %d points and %d honour, want -2 and -2", amount, honour)
	}
	if amount, _ := w.stands(101, model.AccountPenalty); amount != 2 {
		t.Errorf("the penalty is %d", amount)
	}
	if n := countCases[model.Timer](w, "kind = ?", model.PointCaseAlarm); n != 0 {
		t.Errorf("%d clocks tick on", n)
	}
	if n := countCases[model.Audit](w, "subject = ? AND subject_id = ?", model.OfPointCase, c.ID); n != 2 {
		t.Errorf("%d lines in the audit log, want 2", n)
	}
	if len(c.History) != 2 || c.History[0].Name != "propose" || c.History[1].Name != "approve" || c.History[1].ActorRole != "worker" {
		t.Errorf("the history: %+v", c.History)
	}
	w.sound()
}

func TestAnAdjustmentGivesAndTakes(t *testing.T) {
	w := newCaseWorld(t)
	w.approved(model.CaseAdjustment, 30)
	w.approved(model.CaseAdjustment, -12)
	if amount, honour := w.stands(101, model.AccountMember); amount != 18 || honour != 18 {
		t.Errorf("after +30 and -12: %d points, %d honour", amount, honour)
	}
	var lots []int64
	w.must(w.db.View(t.Context(), func(tx *db.Tx) error {
		return tx.Model(&model.PointEntry{}).Where("account = ?", model.AccountMember).Order("id").Pluck("lot", &lots).Error
	}))
	if len(lots) != 2 || lots[0] != 2026 || lots[1] != 0 {
		t.Errorf("the lots are %v", lots)
	}
	w.sound()
}

func TestAProposalLapses(t *testing.T) {
	w := newCaseWorld(t)
	c := w.propose(model.CaseFalsified, 0)
	w.pass(caseWeek - time.Minute)
	if n := countCases[model.PointCase](w, "state = ?", model.CaseProposed); n != 1 {
		t.Error("it lapsed too early")
	}
	w.pass(time.Minute)
	after, err := w.ledger.Case(t.Context(), w.member, c.ID)
	w.must(err)
	if after.State != model.CaseLapsed || !strings.Contains(after.Told, "失效") || after.History[1].ActorRole != "system" {
		t.Errorf("after a week: %s, %q, %+v", after.State, after.Told, after.History)
	}
	if _, err := w.ledger.Approve(t.Context(), w.worker2, c.ID, "属实"); !errors.Is(err, model.ErrPointCaseState) {
		t.Errorf("approving what has lapsed: %v", err)
	}
	if n := countCases[model.PointTxn](w, "1 = 1"); n != 0 {
		t.Errorf("%d bookings", n)
	}
}

func TestAnAppealIsDecidedByAThirdPersonAndReversesOnce(t *testing.T) {
	w := newCaseWorld(t)
	w.approved(model.CaseAdjustment, 10)
	c := w.approved(model.CaseFalsified, 0)
	if _, err := w.ledger.Appeal(t.Context(), w.worker2, c.ID, "替他说"); !errors.Is(err, model.ErrPointCaseWho) {
		t.Errorf("a worker appeals: %v", err)
	}
	mine, err := w.ledger.Case(t.Context(), w.member, c.ID)
	w.must(err)
	if len(mine.Possible) != 1 || mine.Possible[0] != model.CaseAppeal || !strings.Contains(mine.Told, "7月8日 09:00前申诉") {
		t.Errorf("the member is told %q and can %v", mine.Told, mine.Possible)
	}
	if _, err = w.ledger.Appeal(t.Context(), w.member, c.ID, "照片是真的"); err != nil {
		t.Fatal(err)
	}
	for _, who := range []model.Actor{w.worker, w.worker2, w.member, w.auditor} {
		if _, err := w.ledger.Uphold(t.Context(), who, c.ID, "x"); err == nil {
			t.Errorf("%d decides the appeal", who.UserID)
		}
	}
	if _, err := w.ledger.Uphold(t.Context(), w.outsider, c.ID, "x"); !errors.Is(err, model.ErrPointCaseNotFound) {
		t.Errorf("another county: %v", err)
	}
	c, err = w.ledger.Uphold(t.Context(), w.officer, c.ID, "照片可信")
	w.must(err)
	if amount, honour := w.stands(101, model.AccountMember); c.State != model.CaseUpheld || amount != 10 || honour != 10 {
		t.Errorf("upheld (%s): %d points, %d honour", c.State, amount, honour)
	}
	if _, err := w.ledger.Uphold(t.Context(), w.county, c.ID, "再来"); !errors.Is(err, model.ErrPointCaseState) {
		t.Errorf("upheld twice: %v", err)
	}
	if n := countCases[model.PointTxn](w, "kind = ?", model.PointReverse); n != 1 {
		t.Errorf("%d reversals", n)
	}
	w.sound()
}

func TestAnAppealComesInTimeOrNotAtAll(t *testing.T) {
	w := newCaseWorld(t)
	first, second := w.approved(model.CaseNoShow, 0), w.approved(model.CaseNoShow, 0)
	w.pass(caseWeek)
	if _, err := w.ledger.Appeal(t.Context(), w.member, first.ID, "最后一刻"); err != nil {
		t.Errorf("in the last moment: %v", err)
	}
	w.pass(time.Millisecond)
	if _, err := w.ledger.Appeal(t.Context(), w.member, second.ID, "晚了"); !errors.Is(err, model.ErrPointCaseLate) {
		t.Errorf("a moment too late: %v", err)
	}
}

func TestAnAppealThatWaitsGoesToTheCounty(t *testing.T) {
	w := newCaseWorld(t)
	c := w.approved(model.CaseNoShow, 0)
	if _, err := w.ledger.Appeal(t.Context(), w.member, c.ID, "生病了"); err != nil {
		t.Fatal(err)
	}
	queue := func(who model.Actor, org int64) int {
		all, err := w.ledger.Cases(t.Context(), who, points.CaseFilter{View: points.CasesQueue, OrgID: org, Limit: 10})
		w.must(err)
		return len(all)
	}
	if queue(w.officer, caseTown) != 1 || queue(w.county, caseCounty) != 0 {
		t.Error("an appeal begins in the township's queue")
	}
	w.pass(caseWeek)
	after, err := w.ledger.Case(t.Context(), w.member, c.ID)
	w.must(err)
	if queue(w.officer, caseTown) != 0 || queue(w.county, caseCounty) != 1 || !after.Escalated || !strings.Contains(after.Told, "县级") || after.State != model.CaseAppealed {
		t.Errorf("after a week: %q %+v", after.Told, after.PointCase)
	}
	if _, err := w.ledger.Dismiss(t.Context(), w.county, c.ID, "未提供证明"); err != nil {
		t.Error(err)
	}
	if amount, _ := w.stands(101, model.AccountMember); amount != -2 || queue(w.county, caseCounty) != 0 {
		t.Errorf("dismissed: %d points", amount)
	}
}

func TestNobodyHandlesHisOwnOrAnotherPlaces(t *testing.T) {
	w := newCaseWorld(t)
	order := func(user int64) model.PointCaseOrder {
		return model.PointCaseOrder{Kind: model.CaseAdjustment, UserID: user, Amount: 5, Reason: "补记"}
	}
	for name, tt := range map[string]struct {
		who  model.Actor
		user int64
		want error
	}{
		"one's own":                       {w.worker, 201, model.ErrPointCaseOwn},
		"a person of another place":       {w.elsewhere, 101, model.ErrPointCaseWho},
		"where he lives, not registered":  {w.elsewhere, 102, model.ErrPointCaseWho},
		"a person of another county":      {w.county, 208, model.ErrUserNotFound},
		"nobody":                          {w.county, 999, model.ErrUserNotFound},
		"an auditor proposes":             {w.auditor, 101, model.ErrPointCaseWho},
		"where he is registered":          {w.worker, 102, nil},
		"a worker's, by another":          {w.worker2, 201, nil},
		"by the township":                 {w.officer, 101, nil},
		"of the township, by the county":  {w.county, 203, nil},
		"of the county, by the community": {w.worker, 204, nil},
	} {
		if _, err := w.ledger.Propose(t.Context(), tt.who, order(tt.user)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	own, err := w.ledger.Propose(t.Context(), w.worker2, order(201))
	w.must(err)
	if _, err := w.ledger.Approve(t.Context(), w.worker, own.ID, "给自己"); !errors.Is(err, model.ErrPointCaseOwn) {
		t.Errorf("a worker approves his own: %v", err)
	}
	for _, who := range []model.Actor{w.elsewhere, w.outsider, w.resident} {
		if _, err := w.ledger.Case(t.Context(), who, own.ID); !errors.Is(err, model.ErrPointCaseNotFound) {
			t.Errorf("%d reads it: %v", who.UserID, err)
		}
	}
	if _, err := w.ledger.Case(t.Context(), w.auditor, own.ID); err != nil {
		t.Errorf("an auditor cannot read it: %v", err)
	}
}

func TestADocumentsNumberProposesOnce(t *testing.T) {
	w := newCaseWorld(t)
	o := model.PointCaseOrder{Kind: model.CaseAdjustment, UserID: 101, Amount: 5, Reason: "补记", RequestID: "MC-2026-001"}
	first, err := w.ledger.Propose(t.Context(), w.worker, o)
	w.must(err)
	again, err := w.ledger.Propose(t.Context(), w.worker2, o)
	if err != nil || again.ID != first.ID {
		t.Errorf("the same again: %v", err)
	}
	other := o
	other.Amount = 6
	if _, err := w.ledger.Propose(t.Context(), w.worker, other); !errors.Is(err, model.ErrPointsRepeated) {
		t.Errorf("another amount under the same number: %v", err)
	}
	if _, err := w.ledger.Propose(t.Context(), w.elsewhere, o); !errors.Is(err, model.ErrPointsRepeated) {
		t.Errorf("whoever may not see the case: %v", err)
	}
	if _, err := w.ledger.Approve(t.Context(), w.worker2, first.ID, "好"); err != nil {
		t.Fatal(err)
	}
	if n := countCases[model.PointTxn](w, "request_id = ?", o.RequestID); n != 1 {
		t.Errorf("the ledger knows the number %d times", n)
	}
	w.update(func(tx *db.Tx) error {
		return db.Add(tx, &model.PointTxn{ID: 77, TenantID: caseCounty, Kind: model.PointDonate, SourceType: model.OfDonation, SourceID: 1, RequestID: "MC-2026-002", OccurredAt: tx.Now, CreatedAt: tx.Now})
	})
	o.RequestID = "MC-2026-002"
	if _, err := w.ledger.Propose(t.Context(), w.worker, o); !errors.Is(err, model.ErrPointsRepeated) {
		t.Errorf("a number that the ledger knows: %v", err)
	}
}

func TestOneMatterIsSanctionedOnce(t *testing.T) {
	w := newCaseWorld(t)
	w.update(func(tx *db.Tx) error {
		for _, c := range []model.Claim{{ID: 51, WishID: 50, ClaimerID: 101, Late: true}, {ID: 61, WishID: 60, ClaimerID: 102}} {
			c.TenantID, c.CreatedAt, c.Version = caseCounty, tx.Now, 1
			if err := db.Add(tx, &c); err != nil {
				return err
			}
		}
		return nil
	})
	order := model.PointCaseOrder{Kind: model.CaseLateRelease, UserID: 101, WishID: 50, Reason: "逾期退单"}
	c, err := w.ledger.Propose(t.Context(), w.worker, order)
	w.must(err)
	if c.ClaimID != 51 || c.Change != -1 {
		t.Errorf("about claim %d, %d points", c.ClaimID, c.Change)
	}
	byClaim := order
	byClaim.WishID, byClaim.ClaimID = 0, 51
	if _, err := w.ledger.Propose(t.Context(), w.worker2, byClaim); !errors.Is(err, model.ErrPointCaseTaken) {
		t.Errorf("the same matter twice: %v", err)
	}
	if _, err := w.ledger.Refuse(t.Context(), w.worker2, c.ID, "有原因"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.ledger.Propose(t.Context(), w.worker2, byClaim); err != nil {
		t.Errorf("after the first was refused: %v", err)
	}
	for name, o := range map[string]model.PointCaseOrder{
		"another's claim": {Kind: model.CaseNoShow, UserID: 101, ClaimID: 61},
		"no claim at all": {Kind: model.CaseNoShow, UserID: 101, WishID: 999},
		"a mixed source":  {Kind: model.CaseNoShow, UserID: 101, WishID: 60, ClaimID: 51},
	} {
		o.Reason = "x"
		if _, err := w.ledger.Propose(t.Context(), w.worker, o); !errors.Is(err, model.ErrPointCaseSource) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheListsOfCases(t *testing.T) {
	w := newCaseWorld(t)
	for range 3 {
		w.propose(model.CaseNoShow, 0)
	}
	w.approved(model.CaseAdjustment, 3)
	list := func(who model.Actor, f points.CaseFilter) []*points.Case {
		t.Helper()
		if f.Limit == 0 {
			f.Limit = 10
		}
		all, err := w.ledger.Cases(t.Context(), who, f)
		w.must(err)
		return all
	}
	if all := list(w.worker, points.CaseFilter{View: points.CasesQueue}); len(all) != 3 || all[0].UserName != "某人101" || all[0].CommunityName != "组织3" {
		t.Errorf("the queue holds %d", len(all))
	}
	if all := list(w.county, points.CaseFilter{View: points.CasesCommunity, OrgID: caseHome, State: model.CaseApproved}); len(all) != 1 {
		t.Errorf("%d approved", len(all))
	}
	mine := list(w.member, points.CaseFilter{View: points.CasesMine, Limit: 3})
	if len(mine) != 3 || mine[0].State != model.CaseApproved {
		t.Errorf("mine: %d", len(mine))
	}
	if rest := list(w.member, points.CaseFilter{View: points.CasesMine, Before: mine[2].ID}); len(rest) != 1 {
		t.Errorf("the next page holds %d", len(rest))
	}
	if all := list(w.resident, points.CaseFilter{View: points.CasesMine}); len(all) != 0 {
		t.Errorf("another's: %d", len(all))
	}
	for name, tt := range map[string]struct {
		who  model.Actor
		org  int64
		want error
	}{
		"a member asks for a queue":   {w.member, caseHome, model.ErrForbidden},
		"without any organisation":    {w.member, 0, model.ErrOrgNotFound},
		"a worker of another place":   {w.elsewhere, caseHome, model.ErrForbidden},
		"a queue of another county":   {w.county, caseBeyond, model.ErrOrgNotFound},
		"an organisation above one's": {w.worker, caseTown, model.ErrForbidden},
	} {
		if _, err := w.ledger.Cases(t.Context(), tt.who, points.CaseFilter{View: points.CasesQueue, OrgID: tt.org, Limit: 10}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}
