package points

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/id"
	"dandelion/model"
)

// Budget is what a community means to give out in a season, and has. It warns
// and never refuses: points that somebody has earned are booked, budget or not.
type Budget struct {
	model.PointBudget
	OrgName         string
	Issued, Percent int64
	Remaining       int64
	Warning         string
}

// Budget returns the budget of a community that who works over.
func (s *Service) Budget(ctx context.Context, who model.Actor, org, season int64) (b *Budget, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o, err := served(tx, who, org)
		if err != nil {
			return err
		}
		b, err = budgetOf(tx, o, season)
		return err
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

func budgetOf(tx *db.Tx, o *model.Org, season int64) (*Budget, error) {
	if season == 0 {
		season = model.SeasonOf(tx.Now)
	}
	if err := model.CheckSeason(season, tx.Now); err != nil {
		return nil, err
	}
	b := &Budget{PointBudget: model.PointBudget{TenantID: o.TenantID, OrgID: o.ID, Season: season}, OrgName: o.Name}
	set, err := gorm.G[model.PointBudget](tx.DB).Where("tenant_id = ? AND org_id = ? AND season = ?", o.TenantID, o.ID, season).Find(tx.Ctx)
	if err != nil {
		return nil, fmt.Errorf("points: budget of %d: %w", o.ID, err)
	}
	if len(set) > 0 {
		b.PointBudget = set[0]
	}
	// What is issued leaves the account, so its lines are negative.
	err = tx.Raw("SELECT COALESCE(-SUM(amount), 0) FROM point_entries WHERE owner_id = ? AND account = ? AND id >= ? AND id < ?",
		o.ID, model.AccountIssue, id.Floor(model.SeasonStart(season)), id.Floor(model.SeasonStart(season+1))).Scan(&b.Issued).Error
	if err != nil {
		return nil, fmt.Errorf("points: issued by %d: %w", o.ID, err)
	}
	b.Remaining, b.Percent, b.Warning = max(0, b.Amount-b.Issued), b.PointBudget.Percent(b.Issued), b.PointBudget.Warning(b.Issued)
	return b, nil
}

// SetBudget sets the budget of a community of who's county for a season; 0 is
// this one.
func (s *Service) SetBudget(ctx context.Context, who model.Actor, org, season, amount int64) (b *Budget, err error) {
	if err := ofCounty(who, model.RoleCounty, model.RoleAdmin); err != nil {
		return nil, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := orgIn(tx, who, org)
		if err != nil {
			return err
		}
		year := season
		if year == 0 {
			year = model.SeasonOf(tx.Now)
		}
		row, err := model.NewPointBudget(o, year, amount, who, tx.Now)
		if err != nil {
			return err
		}
		if err := putBudget(tx, row); err != nil {
			return err
		}
		if err := audit.Put(tx, who, "points.budget", model.OfOrg, org, map[string]any{"season": year, "amount": amount}); err != nil {
			return err
		}
		b, err = budgetOf(tx, o, year)
		return err
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

func putBudget(tx *db.Tx, b *model.PointBudget) error {
	res := tx.Model(&model.PointBudget{}).Where("tenant_id = ? AND org_id = ? AND season = ?", b.TenantID, b.OrgID, b.Season).
		Updates(map[string]any{"amount": b.Amount, "updated_by": b.UpdatedBy, "updated_at": b.UpdatedAt, "version": gorm.Expr("version + 1")})
	switch {
	case res.Error != nil:
		return fmt.Errorf("points: set budget of %d: %w", b.OrgID, res.Error)
	case res.RowsAffected > 0:
		return nil
	}
	switch err := db.Add(tx, b); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return db.ErrStale
	case err != nil:
		return fmt.Errorf("points: add budget of %d: %w", b.OrgID, err)
	}
	return nil
}
