package points_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/verify"
	"dandelion/model"
)

// scene is a small ledger in which everything has happened once.
type scene struct {
	*proof
	waiting, posted, undone, reposted *model.Wish // what became of what they earned
	hold, released, release           int64       // transactions
	capped                            int64       // who earned up to the cap on one day, and more on another
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{proof: proofOf(t), capped: firstMember + 5}
	var err error
	s.posted, err = s.closed(nil, firstMember, firstMember+1)
	s.must(err)
	for range 2 {
		_, err = s.closed(func(w *model.Wish) { w.Kind, w.Minutes, w.Stars, w.BeneficiaryID = model.WishCompanionship, 400, 5, 77 }, s.capped)
		s.must(err)
	}
	s.reposted, err = s.closed(nil, firstMember+2)
	s.must(err)
	s.pass(8 * 24 * time.Hour)
	s.must(s.reopened(s.reposted))
	s.undone, err = s.closed(nil, firstMember)
	s.must(err)
	s.must(s.reopened(s.undone))
	s.waiting, err = s.closed(func(w *model.Wish) { w.BeneficiaryID = 77 }, s.capped)
	s.must(err)
	s.give(firstMember+3, 50)
	h, err := s.proof.hold(firstMember+3, 20)
	s.must(err)
	g, err := s.proof.hold(firstMember+3, 5)
	s.must(err)
	s.hold, s.released = h.ID, g.ID
	s.must(s.update(func(tx *db.Tx) error {
		r, err := s.ledger.Reverse(tx, g.ID, "取消兑换", model.SystemActor(proofCounty))
		if err != nil {
			return err
		}
		s.release = r.ID
		return givenBack(tx, g.SourceID)
	}))
	for _, m := range []struct {
		kind model.PointKind
		to   model.Account
		who  int64
	}{{model.PointDonate, model.AccountPool, proofCommunity}, {model.PointPenalty, model.AccountPenalty, firstMember + 3}, {model.PointExpire, model.AccountExpired, firstMember + 3}} {
		_, err := s.move(m.kind, 3, model.AccountMember, firstMember+3, m.to, m.who)
		s.must(err)
	}
	return s
}

// txn returns the transaction of a kind for what a wish earned.
func (s *scene) txn(w *model.Wish, kind model.PointKind) (id int64) {
	s.Helper()
	s.must(s.db.View(s.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT id FROM point_txns WHERE source_type = ? AND source_id = ? AND kind = ?", model.OfClaim, w.ClaimID, kind).Scan(&id).Error
	}))
	if id == 0 {
		s.Fatalf("wish %d has no %s", w.ID, kind)
	}
	return id
}

// some returns the first row of a table for a transaction.
func (s *scene) some(table string, txn int64, more string) (id int64) {
	s.Helper()
	s.must(s.db.View(s.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT MIN(id) FROM "+table+" WHERE txn_id = ? AND "+more, txn).Scan(&id).Error
	}))
	return id
}

// touched are the tables that are put back after each case.
var touched = []string{"point_txns", "point_entries", "point_balances", "deeds", "standings", "timers", "wishes", "claims"}

func (s *scene) remember() {
	s.Helper()
	for _, t := range touched {
		s.exec("CREATE TABLE kept_" + t + " AS SELECT * FROM " + t)
	}
}

func (s *scene) restore() {
	s.Helper()
	for _, t := range touched {
		s.exec("DELETE FROM " + t)
		s.exec("INSERT INTO " + t + " SELECT * FROM kept_" + t)
	}
}

// tamperings are ways to do wrong in the database, and the check that must name
// each. What one does may break other checks too.
var tamperings = []struct {
	name, check string
	do          func(s *scene)
}{
	{"an amount is raised", "txn.lines", func(s *scene) {
		s.exec("UPDATE point_entries SET amount = amount + 1 WHERE id = ?", s.some("point_entries", s.hold, "amount > 0"))
	}},
	{"an amount is raised: the whole no longer adds up", "line.total", func(s *scene) {
		s.exec("UPDATE point_entries SET amount = amount + 1 WHERE id = ?", s.some("point_entries", s.hold, "amount > 0"))
	}},
	{"both amounts of a transaction are doubled", "txn.hash", func(s *scene) {
		s.exec("UPDATE point_entries SET amount = amount * 2 WHERE txn_id = ?", s.hold)
	}},
	{"both amounts are doubled: the balance stays behind", "balance", func(s *scene) {
		s.exec("UPDATE point_entries SET amount = amount * 2 WHERE txn_id = ?", s.hold)
	}},
	{"a line is deleted", "txn.lines", func(s *scene) {
		s.exec("DELETE FROM point_entries WHERE id = ?", s.some("point_entries", s.hold, "amount < 0"))
	}},
	{"all lines of a transaction are deleted", "txn.lines", func(s *scene) { s.exec("DELETE FROM point_entries WHERE txn_id = ?", s.hold) }},
	{"a transaction is deleted, its lines are left", "line.orphan", func(s *scene) { s.exec("DELETE FROM point_txns WHERE id = ?", s.hold) }},
	{"a line is given to somebody else", "txn.hash", func(s *scene) {
		s.exec("UPDATE point_entries SET owner_id = ? WHERE id = ?", firstMember, s.some("point_entries", s.hold, "amount < 0"))
	}},
	{"a line is put on an account that its kind does not touch", "txn.lines", func(s *scene) {
		s.exec("UPDATE point_entries SET account = 'penalty' WHERE id = ?", s.some("point_entries", s.hold, "amount > 0"))
	}},
	{"a line is moved to another county", "txn.lines", func(s *scene) {
		s.exec("UPDATE point_entries SET tenant_id = 9 WHERE id = ?", s.some("point_entries", s.hold, "amount > 0"))
	}},
	{"a transaction gets another kind", "txn.hash", func(s *scene) { s.exec("UPDATE point_txns SET kind = 'penalty' WHERE id = ?", s.hold) }},
	{"a transaction gets a kind that is none", "txn.lines", func(s *scene) { s.exec("UPDATE point_txns SET kind = 'gift' WHERE id = ?", s.hold) }},
	{"a memo is reworded", "txn.hash", func(s *scene) { s.exec("UPDATE point_txns SET memo = '奖励' WHERE id = ?", s.hold) }},
	{"a balance is forged", "balance", func(s *scene) {
		s.exec("UPDATE point_balances SET amount = amount + 100 WHERE owner_id = ? AND account = 'member'", firstMember)
	}},
	{"a balance is deleted", "line.orphan", func(s *scene) {
		s.exec("DELETE FROM point_balances WHERE owner_id = ? AND account = 'member'", firstMember)
	}},
	{"an organisation gets a balance", "balance", func(s *scene) {
		s.exec("INSERT INTO point_balances (owner_id, account, tenant_id, amount, updated_at, version) VALUES (3, 'issue', 1, 1000, '2026-07-01 00:00:00', 1)")
	}},
	{"a reversal takes back more than was booked", "txn.reversal", func(s *scene) {
		s.exec("UPDATE point_entries SET amount = amount * 3 WHERE txn_id = ?", s.release)
	}},
	{"a reversal frees the cap of another day", "txn.reversal", func(s *scene) {
		s.exec("UPDATE point_entries SET cap_day = 20260702 WHERE amount < 0 AND cap_day > 0")
	}},
	{"a reversal is of nothing", "txn.reversal", func(s *scene) { s.exec("UPDATE point_txns SET source_id = 12345 WHERE id = ?", s.release) }},
	{"a reversal is of a reversal", "txn.reversal", func(s *scene) { s.exec("UPDATE point_txns SET source_id = ? WHERE id = ?", s.release, s.release) }},
	{"a reversal keeps the honour", "txn.reversal", func(s *scene) { s.exec("UPDATE deeds SET honour = 0 WHERE honour < 0 AND wishes < 0") }},
	{"honour is forged in a deed", "txn.deeds", func(s *scene) {
		s.exec("UPDATE deeds SET honour = honour + 10 WHERE id = ?", s.some("deeds", s.txn(s.posted, model.PointPost), "1 = 1"))
	}},
	{"a deed is deleted", "txn.deeds", func(s *scene) { s.exec("DELETE FROM deeds WHERE txn_id = ?", s.txn(s.posted, model.PointPost)) }},
	{"a hold bears honour", "txn.deeds", func(s *scene) {
		s.exec("UPDATE deeds SET txn_id = ? WHERE txn_id = ?", s.hold, s.txn(s.posted, model.PointPost))
	}},
	{"minutes are forged in a deed", "earn.fate", func(s *scene) {
		s.exec("UPDATE deeds SET minutes = 600 WHERE id = ?", s.some("deeds", s.txn(s.posted, model.PointPost), "1 = 1"))
	}},
	{"a deed belongs to no transaction", "deed", func(s *scene) {
		s.exec("UPDATE deeds SET txn_id = 5 WHERE id = ?", s.some("deeds", s.txn(s.posted, model.PointPost), "1 = 1"))
	}},
	{"a deed is dated back over a month's end", "standing", func(s *scene) {
		s.exec("UPDATE deeds SET created_at = '2026-06-30 15:59:59.999' WHERE txn_id = ?", s.txn(s.posted, model.PointPost))
	}},
	{"a standing is shifted", "standing", func(s *scene) {
		s.exec("UPDATE standings SET honour = honour + 1 WHERE user_id = ? AND period = 'A'", firstMember)
	}},
	{"the stars of a standing are shifted", "standing", func(s *scene) {
		s.exec("UPDATE standings SET stars = stars + 5 WHERE user_id = ? AND period = 'S2026'", firstMember)
	}},
	{"a standing is deleted", "deed", func(s *scene) { s.exec("DELETE FROM standings WHERE user_id = ? AND period = 'M2026-07'", firstMember) }},
	{"standings are moved to another quarter", "standing", func(s *scene) {
		s.exec("UPDATE standings SET period = 'Q2026-1' WHERE period = 'Q2026-3'")
	}},
	{"a timer is lost", "earn.fate", func(s *scene) { s.exec("DELETE FROM timers WHERE subject_id = ?", s.txn(s.waiting, model.PointEarn)) }},
	{"a timer was given up", "earn.fate", func(s *scene) {
		s.exec("UPDATE timers SET dead = ? WHERE subject_id = ?", true, s.txn(s.waiting, model.PointEarn))
	}},
	{"what was earned was posted to others", "earn.fate", func(s *scene) {
		s.exec("UPDATE point_entries SET owner_id = ? WHERE txn_id = ? AND owner_id = ?", firstMember+2, s.txn(s.posted, model.PointPost), firstMember+1)
	}},
	{"something is posted that nobody earned", "earn.fate", func(s *scene) {
		s.exec("UPDATE point_txns SET source_id = 999 WHERE id = ?", s.txn(s.posted, model.PointPost))
	}},
	{"the reversal of what was posted is lost", "earn.fate", func(s *scene) {
		s.exec("DELETE FROM point_txns WHERE kind = 'reverse' AND source_id = ?", s.txn(s.reposted, model.PointPost))
	}},
	{"the reversal of what was earned is lost", "earn.source", func(s *scene) {
		s.exec("DELETE FROM point_txns WHERE kind = 'reverse' AND source_id = ?", s.txn(s.undone, model.PointEarn))
	}},
	{"stars are forged in an explanation", "earn.explained", func(s *scene) {
		s.exec(`UPDATE point_txns SET detail = REPLACE(detail, '"Stars":4', '"Stars":5') WHERE id = ?`, s.txn(s.waiting, model.PointEarn))
	}},
	{"a cut is taken out of an explanation", "earn.explained", func(s *scene) {
		s.exec(`UPDATE point_txns SET detail = REPLACE(detail, '"Cuts":[', '"Cut":[') WHERE detail LIKE '%"Cuts":[%'`)
	}},
	{"an explanation is lost", "earn.explained", func(s *scene) {
		s.exec("UPDATE point_txns SET detail = '' WHERE id = ?", s.txn(s.posted, model.PointEarn))
	}},
	{"a rule is named that there is not", "earn.explained", func(s *scene) {
		s.exec("UPDATE point_txns SET rule_version = 7 WHERE id = ?", s.txn(s.posted, model.PointEarn))
	}},
	{"what was earned on another day is moved over a cap", "cap.day", func(s *scene) {
		s.exec("UPDATE point_entries SET cap_day = 20260701 WHERE owner_id = ? AND cap_day > 0", s.capped)
	}},
	{"a third wish of a pair counts", "cap.pair", func(s *scene) {
		s.exec("UPDATE point_entries SET pair = 'u77' WHERE cap_day > 0 AND amount = 5")
		s.exec("UPDATE point_entries SET owner_id = ? WHERE cap_day > 0 AND amount = 5", s.capped)
	}},
	{"a wish is closed that has earned nothing", "wish.earns", func(s *scene) { s.exec("UPDATE wishes SET state = 'closed' WHERE id = ?", s.undone.ID) }},
	{"a wish is opened that keeps its points", "earn.source", func(s *scene) { s.exec("UPDATE wishes SET state = 'rework' WHERE id = ?", s.posted.ID) }},
	{"a wish is on another claim than it earned for", "earn.source", func(s *scene) { s.exec("UPDATE wishes SET claim_id = 1 WHERE id = ?", s.posted.ID) }},
	{"a claim is deleted", "earn.source", func(s *scene) { s.exec("DELETE FROM claims WHERE id = ?", s.posted.ClaimID) }},
	{"somebody spends what he has not", "txn.covered", func(s *scene) {
		s.must(s.update(func(tx *db.Tx) error {
			return s.naiveLines(tx, posting(model.PointHold, s.next(), 500, model.AccountMember, firstMember, model.AccountRedeem, firstMember))
		}))
	}},
	{"points expire that nobody has", "txn.covered", func(s *scene) {
		s.must(s.update(func(tx *db.Tx) error {
			return s.naiveLines(tx, posting(model.PointExpire, s.next(), 500, model.AccountMember, firstMember, model.AccountExpired, firstMember))
		}))
	}},
}

func TestVerifyNamesEveryTampering(t *testing.T) {
	s := newScene(t)
	s.verified()
	s.remember()
	seen := map[string]bool{}
	for _, c := range tamperings {
		c.do(s)
		r, err := verify.Run(t.Context(), s.db)
		s.must(err)
		result := r.Of(c.check)
		if result.Differing == 0 || len(result.Findings) == 0 {
			t.Errorf("%s: %s does not notice\n%s", c.name, c.check, r)
		}
		for _, f := range result.Findings {
			if f.Of == "" || f.What == "" || f.Expected == f.Found {
				t.Errorf("%s: a finding that says nothing: %+v", c.name, f)
			}
		}
		seen[c.check] = true
		s.restore()
	}
	s.verified()
	for _, w := range slices.Concat(names(rewardWrongs), names(caseWrongs), names(expiryWrongs)) {
		seen[w] = true // by a test of its own
	}
	for _, w := range []string{"record.earns", "record.source", "record.day"} {
		seen[w] = true // by one of service/activity, which writes the records
	}
	for _, c := range verify.Checks() {
		if !seen[c.Name] && c.Name != "txn.once" {
			t.Errorf("nothing shows that %s notices anything", c.Name)
		}
	}
}

// TestVerifyFindsWhatConstraintsForbid takes the unique keys away, as somebody
// with the rights of an administrator could.
func TestVerifyFindsWhatConstraintsForbid(t *testing.T) {
	s := newScene(t)
	s.verified()
	for _, index := range []string{"idx_point_txns_request", "idx_point_txns_source"} {
		if s.db.Dialect() == "mysql" {
			s.exec("ALTER TABLE point_txns DROP INDEX " + index)
		} else {
			s.exec("DROP INDEX " + index)
		}
	}
	copied := func(id int64) {
		var t model.PointTxn
		var lines []model.PointEntry
		s.must(s.update(func(tx *db.Tx) error {
			if err := tx.Where("id = ?", id).Take(&t).Error; err != nil {
				return err
			}
			if err := tx.Where("txn_id = ?", id).Order("id").Find(&lines).Error; err != nil {
				return err
			}
			t.ID = tx.NewID()
			for i := range lines {
				lines[i].ID, lines[i].TxnID = tx.NewID(), t.ID
			}
			if err := tx.Create(&t).Error; err != nil {
				return err
			}
			return tx.Create(&lines).Error
		}))
	}
	copied(s.release) // a second reversal, of the same name
	r, err := verify.Run(t.Context(), s.db)
	s.must(err)
	for check, n := range map[string]int64{"txn.reversal": 1, "txn.once": 2, "balance": 2, "txn.lines": 0, "line.total": 0} {
		if got := r.Of(check).Differing; got != n {
			t.Errorf("%s has %d findings, want %d\n%s", check, got, n, r)
		}
	}
}

// TestAReportKeepsAHundredFindingsAndCountsAll breaks more than anybody reads.
func TestAReportKeepsAHundredFindingsAndCountsAll(t *testing.T) {
	p := proofOf(t)
	for i := range int64(130) {
		p.give(firstMember+i, 5)
	}
	p.exec("UPDATE point_balances SET amount = amount + 1")
	r, err := verify.Run(t.Context(), p.db, "balance", "txn.lines")
	p.must(err)
	if got := r.Of("balance"); got.Differing != 130 || len(got.Findings) != 100 || got.Rows != 130 {
		t.Errorf("the report counts %d of %d and keeps %d, want 130 of 130 and 100", got.Differing, got.Rows, len(got.Findings))
	}
	if got := r.Of("txn.lines"); got.Differing != 0 || got.Rows != 130 || len(r.Results) != 2 {
		t.Errorf("another check says %+v, of %d", got, len(r.Results))
	}
	if !slices.ContainsFunc(r.Of("balance").Findings, func(f verify.Finding) bool {
		return f.TenantID == proofCounty && f.Of == fmt.Sprintf("point_balances member of %d", firstMember) && f.Expected == "5" && f.Found == "6"
	}) {
		t.Errorf("no finding says what is wrong with the first member: %+v", r.Of("balance").Findings[0])
	}
}
