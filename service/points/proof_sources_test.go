package points_test

import (
	"fmt"
	"strings"
	"testing"

	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/internal/verify"
	"dandelion/model"
)

// sourced writes the row that a posting of these tests is about, as its use case
// would have, and marks what is credited with the season of now.
func sourced(tx *db.Tx, q *model.Posting) error {
	from, to, id := q.Entries[0], q.Entries[1], q.Txn.SourceID
	c := &model.PointCase{
		ID: id, TenantID: q.Txn.TenantID, UserID: from.OwnerID, CommunityID: proofCommunity, OrgPath: "/1/2/3/", Kind: model.CaseNoShow, State: model.CaseApproved,
		Change: from.Amount, ProposedBy: 8, ReviewedBy: 9, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	switch q.Txn.Kind {
	case model.PointHold:
		key := model.PlaceKey(id, from.OwnerID, 1, tx.Now)
		d := &model.Redemption{
			ID: id, TenantID: q.Txn.TenantID, RewardID: id, UserID: from.OwnerID, OrgID: proofCommunity, OrgPath: "/1/2/3/", State: model.RedemptionHeld, Cost: to.Amount,
			PlaceKey: &key, CodeIndex: fmt.Sprint(id), ExpiresAt: tx.Now.AddDate(10, 0, 0), CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
		}
		if err := db.Add(tx, d); err != nil {
			return err
		}
		return timer.Start(tx, model.RedemptionExpire, id, d.ExpiresAt)
	case model.PointDonate:
		return db.Add(tx, &model.Donation{ID: id, TenantID: q.Txn.TenantID, UserID: from.OwnerID, OrgID: to.OwnerID, Amount: to.Amount, CreatedAt: tx.Now})
	case model.PointExpire:
		return db.Add(tx, &model.PointNotice{
			ID: id, TenantID: q.Txn.TenantID, UserID: from.OwnerID, Season: 2026, Days: -id, Amount: to.Amount, ExpiresAt: tx.Now, CreatedAt: tx.Now,
		})
	case model.PointAdjust:
		c.Kind, c.UserID, c.Change = model.CaseAdjustment, to.OwnerID, to.Amount
		q.Entries[1].Lot = model.SeasonOf(tx.Now)
	}
	return db.Add(tx, c)
}

// givenBack ends the row of a hold that has been reversed.
func givenBack(tx *db.Tx, id int64) error {
	if err := timer.Clear(tx, model.RedemptionExpire, id); err != nil {
		return err
	}
	return tx.Exec("UPDATE redemptions SET state = ?, place_key = NULL WHERE id = ?", model.RedemptionCancelled, id).Error
}

// adjustment writes a case that gives somebody points, and returns what it
// books.
func adjustment(tx *db.Tx, who model.Actor, amount int64) (*model.Posting, error) {
	c := &model.PointCase{
		ID: tx.NewID(), TenantID: who.TenantID, UserID: who.UserID, CommunityID: theStation, OrgPath: "/1/2/3/", Kind: model.CaseAdjustment, State: model.CaseApproved,
		Change: amount, Reason: "期初", ProposedBy: 8, ReviewedBy: 9, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	return c.Posting(tx.Now), db.Add(tx, c)
}

// wrong is a way to do wrong in the database, and the checks that must name it:
// these and no others.
type wrong[W any] struct {
	name, checks string
	do           func(w W)
}

// names returns the checks that some wrongs show to be awake.
func names[W any](all []wrong[W]) (checks []string) {
	for _, w := range all {
		checks = append(checks, strings.Fields(w.checks)...)
	}
	return checks
}

// alter does something to a database that no use case would.
func alter(t testing.TB, d *db.DB, query string, args ...any) {
	t.Helper()
	if err := d.Update(t.Context(), func(tx *db.Tx) error { return tx.Exec(query, args...).Error }); err != nil {
		t.Fatal(err)
	}
}

// clean proves that everything adds up, and that each of some checks has looked
// at so many rows; by all checks, or those of the given names.
func clean(t testing.TB, d *db.DB, least map[string]int64, checks ...string) {
	t.Helper()
	r, err := verify.Run(t.Context(), d, checks...)
	if err != nil || r.Differing() > 0 {
		t.Fatalf("it does not add up: %v\n%s", err, r)
	}
	for check, n := range least {
		if got := r.Of(check).Rows; got < n {
			t.Errorf("%s looked at %d rows, want %d or more", check, got, n)
		}
	}
}

// withoutWishes are the checks of a world in which things are earned for feats
// that no wish tells of.
func withoutWishes() (checks []string) {
	for _, c := range verify.Checks() {
		if c.Name != "earn.source" && c.Name != "wish.earns" {
			checks = append(checks, c.Name)
		}
	}
	return checks
}

// eachWrong does one wrong after the other, each to tables that are as they
// were, and sees who notices.
func eachWrong[W any](t *testing.T, d *db.DB, w W, all []wrong[W]) {
	t.Helper()
	tables := []string{
		"point_txns", "point_entries", "point_balances", "deeds", "standings", "timers", "rewards", "redemptions", "donations", "point_cases", "point_notices",
	}
	for _, table := range tables {
		alter(t, d, "CREATE TABLE kept_"+table+" AS SELECT * FROM "+table)
	}
	for _, c := range all {
		c.do(w)
		r, err := verify.Run(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		noticed := map[string]bool{}
		for _, result := range r.Results {
			for _, f := range result.Findings {
				noticed[result.Name] = true
				if f.TenantID == 0 || f.Of == "" || f.What == "" || f.Expected == f.Found {
					t.Errorf("%s: a finding that says nothing: %+v", c.name, f)
				}
			}
		}
		want := map[string]bool{}
		for _, check := range strings.Fields(c.checks) {
			want[check] = true
		}
		if fmt.Sprint(noticed) != fmt.Sprint(want) {
			t.Errorf("%s is noticed by %v, want %v\n%s", c.name, noticed, want, r)
		}
		for _, table := range tables {
			alter(t, d, "DELETE FROM "+table)
			alter(t, d, "INSERT INTO "+table+" SELECT * FROM kept_"+table)
		}
	}
	clean(t, d, nil)
}

// unbook takes a transaction that bears no honour out of the ledger without a
// trace.
func unbook(t testing.TB, d *db.DB, txn int64) {
	t.Helper()
	if txn == 0 {
		t.Fatal("there is no such transaction")
	}
	alter(t, d, "DELETE FROM point_entries WHERE txn_id = ?", txn)
	alter(t, d, "DELETE FROM point_txns WHERE id = ?", txn)
	alter(t, d, `UPDATE point_balances SET amount = (SELECT COALESCE(SUM(e.amount), 0) FROM point_entries e
		WHERE e.owner_id = point_balances.owner_id AND e.account = point_balances.account)`)
}
