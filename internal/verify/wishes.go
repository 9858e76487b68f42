package verify

import (
	"context"
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
)

// overWishes goes over the wishes: one that is closed has earned by the claim
// that closed it. The other way round is the check earn.source.
func overWishes(ctx context.Context, v *verifier) error {
	var after int64
	return v.each(ctx, func(tx *db.Tx) (bool, error) {
		end, n, err := next(tx, "wishes", after)
		if err != nil || n == 0 {
			return false, err
		}
		v.saw("wish.earns", n)
		var rows []struct{ ID, TenantID, ClaimID, Earned int64 }
		err = tx.Raw(`SELECT w.id, w.tenant_id, w.claim_id, COUNT(t.id) AS earned FROM wishes w
			LEFT JOIN point_txns t ON t.tenant_id = w.tenant_id AND t.source_type = ? AND t.source_id = w.claim_id AND t.kind = ?
				AND NOT EXISTS (SELECT 1 FROM point_txns r WHERE r.tenant_id = t.tenant_id AND r.source_type = ? AND r.source_id = t.id AND r.kind = ?)
			WHERE w.id > ? AND w.id <= ? AND w.state = ? GROUP BY w.id, w.tenant_id, w.claim_id HAVING COUNT(t.id) <> 1`,
			model.OfClaim, model.PointEarn, model.OfPointTxn, model.PointReverse, after, end, model.WishClosed).Scan(&rows).Error
		if err != nil {
			return false, fmt.Errorf("wishes: %w", err)
		}
		for _, r := range rows {
			v.differs("wish.earns", Finding{
				TenantID: r.TenantID, Of: fmt.Sprintf("wishes %d (claim %d)", r.ID, r.ClaimID), What: "what it has earned", Expected: "1 transaction", Found: fmt.Sprint(r.Earned),
			})
		}
		after = end
		return n == batch, nil
	})
}
