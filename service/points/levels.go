package points

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/model"
)

// Levels returns the honour levels of who's county, the lowest first.
func (s *Service) Levels(ctx context.Context, who model.Actor) (all []model.HonourLevel, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) (err error) { all, err = levelsOf(tx, who.TenantID); return err })
	return all, err
}

// SetLevels replaces the honour levels of who's county. All sets have a level
// at 0, so of two written at once one meets the other's key and runs again:
// they never mix.
func (s *Service) SetLevels(ctx context.Context, who model.Actor, levels []model.HonourLevel) ([]model.HonourLevel, error) {
	if err := ofCounty(who, model.RoleCounty, model.RoleAdmin); err != nil {
		return nil, err
	}
	all, err := model.NewLevels(who.TenantID, levels)
	if err != nil {
		return nil, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if _, err := gorm.G[model.HonourLevel](tx.DB).Where("tenant_id = ?", who.TenantID).Delete(tx.Ctx); err != nil {
			return fmt.Errorf("points: clear levels of %d: %w", who.TenantID, err)
		}
		switch err := tx.Create(&all).Error; {
		case errors.Is(err, gorm.ErrDuplicatedKey):
			return db.ErrStale
		case err != nil:
			return fmt.Errorf("points: add levels of %d: %w", who.TenantID, err)
		}
		return audit.Put(tx, who, "points.levels", model.OfPolicy, who.TenantID, map[string]any{"levels": len(all)})
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}
