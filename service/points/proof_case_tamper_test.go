package points_test

import (
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// docket has a case in each state, and one whose appeal was not decided in time.
type docket struct {
	*caseWorld
	proposed, sanction, bonus, malus, refused, lapsed, appealed, escalated, upheld, dismissed int64
}

func newDocket(t *testing.T) *docket {
	t.Helper()
	ctx := t.Context()
	k := &docket{caseWorld: newCaseWorld(t)}
	k.lapsed = k.propose(model.CaseNoShow, 0).ID
	k.escalated = k.appeal(k.approved(model.CaseAdjustment, -8).ID)
	k.pass(8 * 24 * time.Hour)
	k.sanction = k.approved(model.CaseNoShow, 0).ID
	k.bonus, k.malus = k.approved(model.CaseAdjustment, 30).ID, k.approved(model.CaseAdjustment, -4).ID
	k.refused = k.propose(model.CaseLateRelease, 0).ID
	_, err := k.ledger.Refuse(ctx, k.worker2, k.refused, "已说明")
	k.must(err)
	k.upheld = k.appeal(k.approved(model.CaseNoShow, 0).ID)
	_, err = k.ledger.Uphold(ctx, k.officer, k.upheld, "有理由")
	k.must(err)
	k.dismissed = k.appeal(k.approved(model.CaseFalsified, 0).ID)
	_, err = k.ledger.Dismiss(ctx, k.officer, k.dismissed, "属实")
	k.must(err)
	k.appealed = k.appeal(k.approved(model.CaseLateRelease, 0).ID)
	k.proposed = k.propose(model.CaseNoShow, 0).ID
	return k
}

// appeal lets the member appeal a case, and returns it.
func (k *docket) appeal(id int64) int64 {
	k.Helper()
	_, err := k.ledger.Appeal(k.Context(), k.member, id, "有急事")
	k.must(err)
	return id
}

func (k *docket) exec(query string, args ...any) {
	k.Helper()
	alter(k.TB, k.db, query, args...)
}

// state writes what a case is, by hand and with its clock.
func (k *docket) state(id int64, s model.PointCaseState) {
	k.Helper()
	k.exec("UPDATE point_cases SET state = ?, due_at = NULL WHERE id = ?", s, id)
	k.exec("DELETE FROM timers WHERE subject_id = ?", id)
}

// booked books what a case does as it is now, changed.
func (k *docket) booked(id int64, change func(p *model.Posting)) {
	k.Helper()
	k.update(func(tx *db.Tx) error {
		c, err := db.Find[model.PointCase](tx, id, model.ErrPointCaseNotFound)
		if err != nil {
			return err
		}
		p := c.Posting(tx.Now)
		change(p)
		_, err = k.ledger.Book(tx, p)
		return err
	})
}

// other makes a posting the adjustment of one point for somebody.
func (k *docket) other(p *model.Posting) {
	p.Txn.Kind, p.Txn.RequestID, p.Entries = model.PointAdjust, "", nil
	p.Move(1, model.AccountIssue, caseHome, model.AccountMember, k.member.UserID).Lot = model.SeasonOf(k.clock.Now())
	p.Deeds = []model.Deed{{TenantID: caseCounty, UserID: k.member.UserID, Tally: model.Tally{Honour: 1}}}
}

// undo reverses what is booked for a case.
func (k *docket) undo(id int64) {
	k.Helper()
	k.update(func(tx *db.Tx) error {
		return k.ledger.Undo(tx, caseCounty, model.OfPointCase, id, "撤", model.SystemActor(caseCounty))
	})
}

var caseWrongs = []wrong[*docket]{
	{"a sanction is said to take less", "case.booked", func(k *docket) { k.exec("UPDATE point_cases SET points_change = -1 WHERE id = ?", k.sanction) }},
	{"a sanction is said to give", "case.booked", func(k *docket) {
		k.exec("UPDATE point_cases SET points_change = -points_change WHERE id = ?", k.sanction)
	}},
	{"the sign of an adjustment is turned", "case.booked", func(k *docket) {
		k.exec("UPDATE point_cases SET points_change = -points_change WHERE id = ?", k.bonus)
	}},
	{"the sign of another adjustment is turned", "case.booked", func(k *docket) {
		k.exec("UPDATE point_cases SET points_change = -points_change WHERE id = ?", k.malus)
	}},
	{"a sanction is said to be an adjustment", "case.booked", func(k *docket) {
		k.exec("UPDATE point_cases SET kind = 'adjustment' WHERE id = ?", k.sanction)
	}},
	{"an adjustment is said to be a sanction", "case.booked", func(k *docket) { k.exec("UPDATE point_cases SET kind = 'no_show' WHERE id = ?", k.malus) }},
	{"a case is said to be about somebody else", "case.booked", func(k *docket) {
		k.exec("UPDATE point_cases SET user_id = ? WHERE id = ?", k.resident.UserID, k.dismissed)
	}},
	{"a case is said to be about somebody else, although it was reversed", "case.booked", func(k *docket) {
		k.exec("UPDATE point_cases SET user_id = ? WHERE id = ?", k.resident.UserID, k.upheld)
	}},
	{"an adjustment is said to be of another community", "case.booked", func(k *docket) {
		k.exec("UPDATE point_cases SET community_id = ? WHERE id = ?", caseNext, k.bonus)
	}},
	{"what an adjustment gave has become older", "case.booked", func(k *docket) {
		k.exec("UPDATE point_entries SET lot = lot - 1 WHERE lot > 0 AND amount = 30")
	}},
	{"a case is approved by hand", "case.booked", func(k *docket) { k.state(k.proposed, model.CaseApproved) }},
	{"a refused case is approved by hand", "case.booked", func(k *docket) { k.state(k.refused, model.CaseApproved) }},
	{"a lapsed case is dismissed by hand", "case.booked", func(k *docket) { k.state(k.lapsed, model.CaseDismissed) }},
	{"a refused case is upheld by hand", "case.booked", func(k *docket) { k.state(k.refused, model.CaseUpheld) }},
	{"a case in force is refused by hand", "case.booked", func(k *docket) { k.state(k.sanction, model.CaseRefused) }},
	{"a case in force lapses by hand", "case.booked", func(k *docket) { k.state(k.bonus, model.CaseLapsed) }},
	{"an upheld case was refused", "case.booked case.fate", func(k *docket) { k.state(k.upheld, model.CaseRefused) }},
	{"a case is booked before it is approved", "case.booked", func(k *docket) { k.booked(k.proposed, func(*model.Posting) {}) }},
	{"a lapsed case is booked", "case.booked", func(k *docket) { k.booked(k.lapsed, func(*model.Posting) {}) }},
	{"a refused case is booked and reversed", "case.booked case.fate", func(k *docket) {
		k.booked(k.refused, func(*model.Posting) {})
		k.undo(k.refused)
	}},
	{"a case is booked twice, once as an adjustment", "case.booked", func(k *docket) { k.booked(k.sanction, k.other) }},
	{"an upheld case is booked again, as an adjustment", "case.booked case.fate", func(k *docket) { k.booked(k.upheld, k.other) }},
	{"an upheld case is dismissed by hand", "case.fate", func(k *docket) { k.state(k.upheld, model.CaseDismissed) }},
	{"an upheld case is in force again by hand", "case.fate", func(k *docket) { k.state(k.upheld, model.CaseApproved) }},
	{"a dismissed case is upheld by hand", "case.fate", func(k *docket) { k.state(k.dismissed, model.CaseUpheld) }},
	{"a sanction is reversed that nobody has appealed", "case.fate", func(k *docket) { k.undo(k.sanction) }},
	{"an adjustment is reversed that nobody has appealed", "case.fate", func(k *docket) { k.undo(k.bonus) }},
	{"a case is reversed while it is appealed", "case.fate", func(k *docket) { k.undo(k.appealed) }},
	{"a case is reversed although it was dismissed", "case.fate", func(k *docket) { k.undo(k.dismissed) }},
	{"the timer of a proposal is lost", "case.alarm", func(k *docket) { k.exec("DELETE FROM timers WHERE subject_id = ?", k.proposed) }},
	{"the timer of an appeal is lost", "case.alarm", func(k *docket) { k.exec("DELETE FROM timers WHERE subject_id = ?", k.appealed) }},
	{"a timer was given up", "case.alarm", func(k *docket) { k.exec("UPDATE timers SET dead = ? WHERE subject_id = ?", true, k.proposed) }},
	{"a timer is put off", "case.alarm", func(k *docket) {
		k.exec("UPDATE timers SET due_at = ? WHERE subject_id = ?", caseMorning.AddDate(1, 0, 0), k.appealed)
	}},
	{"a timer is of another kind", "case.alarm", func(k *docket) {
		k.exec("UPDATE timers SET kind = ? WHERE subject_id = ?", model.RedemptionExpire, k.proposed)
	}},
	{"a timer waits for a case that is over", "case.alarm", func(k *docket) {
		k.exec("UPDATE timers SET subject_id = ? WHERE subject_id = ?", k.dismissed, k.proposed)
	}},
	{"a deadline is put off", "case.alarm", func(k *docket) {
		k.exec("UPDATE point_cases SET due_at = ? WHERE id = ?", caseMorning.AddDate(1, 0, 0), k.proposed)
	}},
	{"a proposal waits for ever", "case.alarm", func(k *docket) { k.state(k.proposed, model.CaseProposed) }},
	{"an appeal waits for ever", "case.alarm", func(k *docket) { k.state(k.appealed, model.CaseAppealed) }},
	{"an appeal has never gone to the county", "case.alarm", func(k *docket) {
		k.exec("UPDATE point_cases SET escalated = ? WHERE id = ?", false, k.escalated)
	}},
	{"an appeal has gone to the county and is due again", "case.alarm", func(k *docket) {
		k.exec("UPDATE point_cases SET escalated = ? WHERE id = ?", true, k.appealed)
	}},
	{"a case that is over has a deadline", "case.alarm", func(k *docket) {
		k.exec("UPDATE point_cases SET due_at = ? WHERE id = ?", caseMorning.AddDate(1, 0, 0), k.sanction)
	}},
	{"a case in force is deleted", "txn.source", func(k *docket) { k.exec("DELETE FROM point_cases WHERE id = ?", k.sanction) }},
	{"an adjustment is deleted", "txn.source", func(k *docket) { k.exec("DELETE FROM point_cases WHERE id = ?", k.bonus) }},
	{"an upheld case is deleted", "txn.source", func(k *docket) { k.exec("DELETE FROM point_cases WHERE id = ?", k.upheld) }},
	{"a case is moved to another county", "case.booked txn.source", func(k *docket) {
		k.exec("UPDATE point_cases SET tenant_id = ? WHERE id = ?", caseBeyond, k.dismissed)
	}},
	{"somebody is given points without a case", "txn.source", func(k *docket) {
		k.booked(k.proposed, func(p *model.Posting) { k.other(p); p.Txn.SourceID = 77 })
	}},
	{"somebody is sanctioned without a case", "txn.source", func(k *docket) { k.booked(k.sanction, func(p *model.Posting) { p.Txn.SourceID = 77 }) }},
	{"somebody is given points for what nobody knows", "txn.source", func(k *docket) {
		k.booked(k.proposed, func(p *model.Posting) { k.other(p); p.Txn.SourceType = model.OfUser })
	}},
}

// TestVerifyNamesEveryWrongToCases does each of them to what the use cases have
// made, and nothing else is named.
func TestVerifyNamesEveryWrongToCases(t *testing.T) {
	k := newDocket(t)
	k.sound()
	clean(t, k.db, map[string]int64{"case.booked": 10, "case.fate": 10, "case.alarm": 10, "txn.source": 7})
	for _, s := range model.PointCaseStates() {
		if countCases[model.PointCase](k.caseWorld, "state = ?", s) == 0 {
			t.Errorf("no case is %s", s)
		}
	}
	eachWrong(t, k.db, k, caseWrongs)
}
