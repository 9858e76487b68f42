package verify

import (
	"fmt"
	"time"

	"dandelion/model"
)

// skew is by how much the clocks of two replicas may disagree: within it, what
// was booked first is not known.
const skew = time.Minute

// covered: a member's balance may become negative by a correction, never by
// what he does himself or by time. Lines are numbered in the order in which one
// process books them, so the sum up to a line is what stood on the account
// after it. When that is negative the replicas' clocks may still have disagreed,
// and only what is negative in every order of the last minute is a finding.
func (c *chunk) covered() error {
	const check = "txn.covered"
	var kinds []model.PointKind
	for _, k := range model.PointKinds() {
		if k.Covered() {
			kinds = append(kinds, k)
		}
	}
	type spent struct {
		ID, TxnID, TenantID, OwnerID, After int64
	}
	var rows []spent
	err := c.tx.Raw(`SELECT e.id, e.txn_id, e.tenant_id, e.owner_id,
		(SELECT COALESCE(SUM(b.amount), 0) FROM point_entries b WHERE b.owner_id = e.owner_id AND b.account = e.account AND b.id <= e.id) AS after
		FROM point_txns t JOIN point_entries e ON e.txn_id = t.id
		WHERE t.id >= ? AND t.id <= ? AND t.kind IN ? AND e.account = ? AND e.amount < 0`,
		c.from, c.end, kinds, model.AccountMember).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("what was spent: %w", err)
	}
	c.saw(check, len(rows))
	for _, r := range rows {
		if r.After >= 0 {
			continue
		}
		var best int64
		at := created(c.postings, r.TxnID)
		err := c.tx.Raw(`SELECT COALESCE(SUM(CASE WHEN e.amount > 0 AND t.created_at > ? THEN 0 WHEN e.amount < 0 AND t.kind IN ? AND e.id > ? THEN 0
			WHEN e.amount < 0 AND t.kind NOT IN ? AND t.created_at >= ? AND e.id <> ? THEN 0 ELSE e.amount END), 0)
			FROM point_entries e JOIN point_txns t ON t.id = e.txn_id WHERE e.owner_id = ? AND e.account = ?`,
			at.Add(skew), kinds, r.ID, kinds, at.Add(-skew), r.ID, r.OwnerID, model.AccountMember).Scan(&best).Error
		if err != nil {
			return fmt.Errorf("what was spent: %w", err)
		}
		if best < 0 {
			c.differs(check, Finding{
				TenantID: r.TenantID, Of: fmt.Sprintf("point_txns %d", r.TxnID), What: fmt.Sprintf("what is left of member %d", r.OwnerID),
				Expected: "0 or more", Found: fmt.Sprint(r.After),
			})
		}
	}
	return nil
}

func created(all []*model.Posting, id int64) time.Time {
	for _, p := range all {
		if p.Txn.ID == id {
			return p.Txn.CreatedAt
		}
	}
	return time.Time{}
}
