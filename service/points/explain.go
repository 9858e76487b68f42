package points

import (
	"context"
	"fmt"
	"slices"

	"dandelion/internal/db"
	"dandelion/model"
)

// overseers may have every transaction of their organisations explained.
var overseers = []model.Role{model.RoleWorker, model.RoleTownship, model.RoleCounty, model.RoleAuditor}

// Explained is a transaction with how it came about, as one reader may see it:
// of other people's shares only those who oversee the points are told.
type Explained struct {
	Txn        model.PointTxn
	Why        model.Explanation
	Computed   bool // Why says something
	Lines      []model.PointEntry
	ReversedBy int64 // 0: it stands
}

// Explain returns how a transaction came about: to those whose points it moved,
// and to those who oversee the organisation or the county.
func (s *Service) Explain(ctx context.Context, who model.Actor, id int64) (*Explained, error) {
	var x *Explained
	err := s.db.View(ctx, func(tx *db.Tx) error {
		p, err := posting(tx, id)
		if err != nil {
			return err
		}
		all, err := oversees(tx, who, p)
		if err != nil {
			return err
		}
		mine := func(e model.PointEntry) bool { return !e.Account.OfOrg() && e.OwnerID == who.UserID }
		if p.Txn.TenantID != who.TenantID || !all && !slices.ContainsFunc(p.Entries, mine) {
			return model.ErrPointsNotFound
		}
		x = &Explained{Txn: p.Txn, Lines: p.Entries}
		x.Why, x.Computed = p.Txn.Explained()
		if !all {
			x.Lines = slices.DeleteFunc(x.Lines, func(e model.PointEntry) bool { return !mine(e) })
			x.Why.Shares = slices.DeleteFunc(x.Why.Shares, func(s model.Share) bool { return s.UserID != who.UserID })
		}
		err = tx.Raw("SELECT id FROM point_txns WHERE tenant_id = ? AND source_type = ? AND source_id = ? AND kind = ?",
			p.Txn.TenantID, model.OfPointTxn, id, model.PointReverse).Scan(&x.ReversedBy).Error
		if err != nil {
			return fmt.Errorf("points: reversal of %d: %w", id, err)
		}
		return nil
	})
	return x, err
}

// oversees reports whether who may see everything of p: by a duty over the
// county, or over the organisation whose account it touched.
func oversees(tx *db.Tx, who model.Actor, p *model.Posting) (bool, error) {
	if who.HoldsAt(p.Txn.TenantID, model.RoleCounty) || who.HoldsAt(p.Txn.TenantID, model.RoleAuditor) {
		return true, nil
	}
	for _, e := range p.Entries {
		if !e.Account.OfOrg() {
			continue
		}
		o, err := db.Find[model.Org](tx, e.OwnerID, model.ErrPointsNotFound)
		if err != nil {
			return false, err
		}
		return who.Holds(o.Path, overseers...), nil
	}
	return false, nil
}
