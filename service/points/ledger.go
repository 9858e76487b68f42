package points

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// book writes a transaction: the one place where lines, balances and deeds come
// into being. A second booking of the same is none and returns the first; one
// that goes by the same name and is something else is refused.
//
// Held are the balances that the caller has decided by; nil: they are read
// now. If any of them has changed when it is written, the transaction runs
// again, so what was decided holds.
func (s *Service) book(tx *db.Tx, p *model.Posting, held accounts) (*model.PointTxn, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	changes := p.Changes()
	if held == nil {
		var err error
		if held, err = balancesOf(tx, changes); err != nil {
			return nil, err
		}
	}
	p.Seal()
	p.Txn.ID, p.Txn.CreatedAt = tx.NewID(), tx.Now
	switch err := db.Add(tx, &p.Txn); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return booked(tx, p)
	case err != nil:
		return nil, fmt.Errorf("points: add %s: %w", p.Txn.Kind, err)
	}
	for i := range p.Entries {
		p.Entries[i].ID, p.Entries[i].TxnID, p.Entries[i].TenantID = tx.NewID(), p.Txn.ID, p.Txn.TenantID
	}
	if err := tx.Create(&p.Entries).Error; err != nil {
		return nil, fmt.Errorf("points: add lines of %d: %w", p.Txn.ID, err)
	}
	for _, c := range changes {
		if err := held.change(tx, p.Txn.Kind, c); err != nil {
			return nil, err
		}
	}
	return &p.Txn, s.credit(tx, p)
}

// booked returns the transaction that goes by the name of p, if it is the same.
func booked(tx *db.Tx, p *model.Posting) (*model.PointTxn, error) {
	var all []model.PointTxn
	err := tx.Raw(`SELECT * FROM point_txns WHERE tenant_id = ? AND request_id = ?
		UNION SELECT * FROM point_txns WHERE tenant_id = ? AND source_type = ? AND source_id = ? AND kind = ?`,
		p.Txn.TenantID, p.Txn.RequestID, p.Txn.TenantID, p.Txn.SourceType, p.Txn.SourceID, p.Txn.Kind).Scan(&all).Error
	switch {
	case err != nil:
		return nil, fmt.Errorf("points: find %s: %w", p.Txn.RequestID, err)
	case len(all) == 0:
		return nil, db.ErrStale // it has been booked since this transaction began
	case len(all) == 1 && all[0].PayloadHash == p.Txn.PayloadHash:
		return &all[0], nil
	}
	return nil, model.ErrPointsRepeated
}

// account names a balance row.
type account struct {
	owner int64
	kind  model.Account
}

// accounts are balances as they were read.
type accounts map[account]model.PointBalance

// balancesOf reads the balances that changes are of.
func balancesOf(tx *db.Tx, changes []model.PointBalance) (accounts, error) {
	owners := make([]int64, len(changes))
	for i, c := range changes {
		owners[i] = c.OwnerID
	}
	return balances(tx, owners)
}

func balances(tx *db.Tx, owners []int64) (accounts, error) {
	rows, err := gorm.G[model.PointBalance](tx.DB).Where("owner_id IN ?", owners).Find(tx.Ctx)
	if err != nil {
		return nil, fmt.Errorf("points: balances: %w", err)
	}
	all := accounts{}
	for _, b := range rows {
		all[account{b.OwnerID, b.Account}] = b
	}
	return all, nil
}

// change writes one balance, if nobody has since it was read.
func (a accounts) change(tx *db.Tx, kind model.PointKind, c model.PointBalance) error {
	key := account{c.OwnerID, c.Account}
	was, known := a[key]
	if kind.Covered() && c.Account == model.AccountMember && was.Amount+c.Amount < 0 {
		return model.ErrPointsShort
	}
	if !known {
		c.UpdatedAt, c.Version = tx.Now, 1
		switch err := db.Add(tx, &c); {
		case errors.Is(err, gorm.ErrDuplicatedKey):
			return db.ErrStale
		case err != nil:
			return fmt.Errorf("points: open %s of %d: %w", c.Account, c.OwnerID, err)
		}
		return nil
	}
	res := tx.Model(&model.PointBalance{}).Where("owner_id = ? AND account = ? AND version = ?", c.OwnerID, c.Account, was.Version).
		Updates(map[string]any{"amount": was.Amount + c.Amount, "updated_at": tx.Now, "version": was.Version + 1})
	switch {
	case res.Error != nil:
		return fmt.Errorf("points: change %s of %d: %w", c.Account, c.OwnerID, res.Error)
	case res.RowsAffected == 0:
		return db.ErrStale
	}
	return nil
}

// posting reads a transaction with all that was written with it.
func posting(tx *db.Tx, id int64) (*model.Posting, error) {
	t, err := db.Find[model.PointTxn](tx, id, model.ErrPointsNotFound)
	if err != nil {
		return nil, err
	}
	p := &model.Posting{Txn: *t}
	if p.Entries, err = gorm.G[model.PointEntry](tx.DB).Where("txn_id = ?", id).Order("id").Find(tx.Ctx); err != nil {
		return nil, fmt.Errorf("points: lines of %d: %w", id, err)
	}
	if p.Deeds, err = gorm.G[model.Deed](tx.DB).Where("txn_id = ?", id).Order("id").Find(tx.Ctx); err != nil {
		return nil, fmt.Errorf("points: deeds of %d: %w", id, err)
	}
	return p, nil
}

// reverse books the mirror of a transaction (冲正), once.
func (s *Service) reverse(tx *db.Tx, id int64, memo string, who model.Actor) (*model.PointTxn, error) {
	p, err := posting(tx, id)
	if err != nil {
		return nil, err
	}
	m := p.Mirror(memo, tx.Now)
	m.Txn.ActorID = who.UserID
	t, err := s.book(tx, m, nil)
	if errors.Is(err, model.ErrPointsRepeated) {
		return nil, model.ErrPointsReversed
	}
	return t, err
}

// Undo takes back all that was booked for a source (冲正): what was posted, then
// what was earned, each by its mirror. What has been taken back stays so.
func (s *Service) Undo(tx *db.Tx, tenant int64, source model.Subject, id int64, memo string, who model.Actor) error {
	var ids []int64
	err := tx.Raw(`SELECT t.id FROM point_txns t WHERE t.tenant_id = ? AND t.source_type = ? AND t.source_id = ?
		AND NOT EXISTS (SELECT 1 FROM point_txns r WHERE r.tenant_id = t.tenant_id AND r.source_type = ? AND r.source_id = t.id AND r.kind = ?)
		ORDER BY t.id DESC`, tenant, source, id, model.OfPointTxn, model.PointReverse).Scan(&ids).Error
	if err != nil {
		return fmt.Errorf("points: of %s %d: %w", source, id, err)
	}
	for _, txn := range ids {
		if _, err := s.reverse(tx, txn, memo, who); err != nil {
			return err
		}
	}
	return nil
}
