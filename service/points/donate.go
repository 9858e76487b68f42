package points

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// Donate gives points of who's own to the pool of his community (捐赠).
func (s *Service) Donate(ctx context.Context, who model.Actor, amount int64, note, request string) (d *model.Donation, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if d, err = model.NewDonation(tx.NewID(), who, amount, note, request, tx.Now); err != nil {
			return err
		}
		first, err := donated(tx, d)
		if err != nil || first != nil {
			d = first
			return err
		}
		switch err := db.Add(tx, d); {
		case errors.Is(err, gorm.ErrDuplicatedKey):
			return db.ErrStale // the same request a moment ago: look again
		case err != nil:
			return fmt.Errorf("points: add donation: %w", err)
		}
		if _, err := s.book(tx, d.Give(), nil); err != nil {
			return err
		}
		return s.events.Put(tx, model.Event{
			TenantID: d.TenantID, Subject: model.OfDonation, SubjectID: d.ID, Name: string(model.PointDonate), ActorID: who.UserID,
			ActorRole: string(model.RedemptionOwner), RequestID: who.RequestID,
		})
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// donated returns what was given by the same request as d, nil if nothing was.
func donated(tx *db.Tx, d *model.Donation) (*model.Donation, error) {
	if d.Request == nil {
		return nil, nil
	}
	all, err := gorm.G[model.Donation](tx.DB).Where("user_id = ? AND request = ?", d.UserID, *d.Request).Limit(1).Find(tx.Ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("points: find donation: %w", err)
	case len(all) == 0:
		return nil, nil
	case !all[0].Same(d):
		return nil, model.ErrPointsRepeated
	}
	return &all[0], nil
}

// Pool is what a community's pool holds.
type Pool struct {
	OrgID   int64
	OrgName string
	Amount  int64
}

// PoolOf returns what the pool of a community of who's county holds (社区公益池): the
// sum of its lines, which one range of one index has.
func (s *Service) PoolOf(ctx context.Context, who model.Actor, org int64) (p *Pool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		place, err := db.Find[model.Org](tx, org, model.ErrOrgNotFound)
		switch {
		case err != nil:
			return err
		case place.TenantID != who.TenantID || place.Kind != model.OrgCommunity:
			return model.ErrOrgNotFound
		}
		p = &Pool{OrgID: org, OrgName: place.Name}
		return tx.Raw("SELECT COALESCE(SUM(amount), 0) FROM point_entries WHERE owner_id = ? AND account = ?", org, model.AccountPool).
			Scan(&p.Amount).Error
	})
	if err != nil {
		return nil, fmt.Errorf("points: pool of %d: %w", org, err)
	}
	return p, nil
}
