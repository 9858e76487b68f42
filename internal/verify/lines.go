package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"dandelion/internal/db"
	"dandelion/model"
)

// overLedger goes over the transactions and then over the lines, which only
// together say what all lines add up to.
func overLedger(ctx context.Context, v *verifier) error {
	if err := overTxns(ctx, v); err != nil {
		return err
	}
	return overLines(ctx, v)
}

// overLines goes over the lines, for those that belong to nothing, and then
// adds up all tenants. The lines of transactions have been added by overTxns,
// each wholly or not at all, so that a booking meanwhile does no harm.
func overLines(ctx context.Context, v *verifier) error {
	var after int64
	err := v.each(ctx, func(tx *db.Tx) (bool, error) {
		end, n, err := next(tx, "point_entries", after)
		if err != nil || n == 0 {
			return false, err
		}
		v.saw("line.orphan", n)
		v.saw("line.total", n)
		err = v.orphans(tx, after, end)
		after = end
		return n == batch, err
	})
	if err != nil {
		return err
	}
	for _, tenant := range slices.Sorted(maps.Keys(v.totals)) {
		if sum := v.totals[tenant]; sum != 0 {
			v.differs("line.total", Finding{TenantID: tenant, Of: fmt.Sprintf("tenant %d", tenant), What: "sum of all lines", Expected: "0", Found: fmt.Sprint(sum)})
		}
	}
	return nil
}

// next returns where the next chunk of a table with an id ends, and how many
// rows it has.
func next(tx *db.Tx, table string, after int64) (end int64, n int, err error) {
	var row struct{ Last, N int64 }
	err = tx.Raw("SELECT COALESCE(MAX(id), 0) AS last, COUNT(*) AS n FROM (SELECT id FROM "+table+" WHERE id > ? ORDER BY id LIMIT ?) c", after, batch).
		Scan(&row).Error
	if err != nil {
		return 0, 0, fmt.Errorf("%s after %d: %w", table, after, err)
	}
	return row.Last, int(row.N), nil
}

func (v *verifier) orphans(tx *db.Tx, after, end int64) error {
	var rows []struct {
		ID, TenantID, TxnID, OwnerID, Amount int64
		Account                              model.Account
		Booked                               int64
	}
	err := tx.Raw(`SELECT e.id, e.tenant_id, e.txn_id, e.owner_id, e.amount, e.account, CASE WHEN t.id IS NULL THEN 0 ELSE 1 END AS booked
		FROM point_entries e LEFT JOIN point_txns t ON t.id = e.txn_id
		LEFT JOIN point_balances b ON b.owner_id = e.owner_id AND b.account = e.account
		WHERE e.id > ? AND e.id <= ? AND (t.id IS NULL OR b.owner_id IS NULL AND e.account NOT IN ?) ORDER BY e.id`,
		after, end, []model.Account{model.AccountIssue, model.AccountPool}).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("orphans: %w", err)
	}
	for _, r := range rows {
		f := Finding{TenantID: r.TenantID, Of: fmt.Sprintf("point_entries %d", r.ID)}
		if r.Booked == 0 {
			v.totals[r.TenantID] += r.Amount
			f.What, f.Expected, f.Found = "its transaction", fmt.Sprint(r.TxnID), "none"
		} else {
			f.What, f.Expected, f.Found = fmt.Sprintf("balance %s of %d", r.Account, r.OwnerID), "a row", "none"
		}
		v.differs("line.orphan", f)
	}
	return nil
}

// balance is a balance with the sum of its lines.
type balance struct {
	model.PointBalance
	Total int64
}

// overBalances goes over the balances of people.
func overBalances(ctx context.Context, v *verifier) error {
	var owner int64
	return v.each(ctx, func(tx *db.Tx) (bool, error) {
		// Whole people at a time, so that the key is one number.
		var owners []int64
		err := tx.Raw("SELECT DISTINCT owner_id FROM point_balances WHERE owner_id > ? ORDER BY owner_id LIMIT ?", owner, batch).Scan(&owners).Error
		if err != nil || len(owners) == 0 {
			return false, err
		}
		var rows []balance
		err = tx.Raw(`SELECT b.*, COALESCE(s.total, 0) AS total FROM point_balances b
			LEFT JOIN (SELECT owner_id, account, SUM(amount) AS total FROM point_entries WHERE owner_id IN ? GROUP BY owner_id, account) s
			ON s.owner_id = b.owner_id AND s.account = b.account WHERE b.owner_id > ? AND b.owner_id <= ? ORDER BY b.owner_id, b.account`,
			owners, owner, owners[len(owners)-1]).Scan(&rows).Error
		if err != nil {
			return false, fmt.Errorf("balances: %w", err)
		}
		owner = owners[len(owners)-1]
		v.saw("balance", len(rows))
		for _, b := range rows {
			v.balanced(b)
		}
		return len(owners) == batch, nil
	})
}

// balanced: a balance is what its lines add up to; only what a member can spend
// may be a debt.
func (v *verifier) balanced(b balance) {
	f := Finding{TenantID: b.TenantID, Of: fmt.Sprintf("point_balances %s of %d", b.Account, b.OwnerID)}
	if b.Account.OfOrg() {
		f.What, f.Expected, f.Found = "a balance of an organisation", "none", fmt.Sprint(b.Amount)
		v.differs("balance", f)
		return
	}
	if b.Amount != b.Total {
		f.What, f.Expected, f.Found = "amount", fmt.Sprint(b.Total), fmt.Sprint(b.Amount)
		v.differs("balance", f)
	}
	if b.Amount < 0 && b.Account != model.AccountMember {
		f.What, f.Expected, f.Found = "amount", "0 or more", fmt.Sprint(b.Amount)
		v.differs("balance", f)
	}
}
