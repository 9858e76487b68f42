package points

import (
	"context"
	"fmt"
	"math"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// Standing is what a person has: honour, which is never spent, and points,
// which are (我的积分).
type Standing struct {
	Season    int64
	Honour    int64  // of the season
	AllTime   int64  // honour of all seasons
	Level     string // what so much honour is called
	NextLevel int64  // honour that is missing to the next level; 0: there is none
	Spendable int64
	Pending   int64
	Expiring  int64 // of the spendable, on ExpiresAt
	ExpiresAt time.Time
}

// Account returns what who has.
func (s *Service) Account(ctx context.Context, who model.Actor) (*Standing, error) {
	var a *Standing
	err := s.db.View(ctx, func(tx *db.Tx) error {
		season := model.SeasonOf(tx.Now)
		a = &Standing{Season: season, ExpiresAt: model.ExpiryOf(season - 1)}
		held, err := balances(tx, []int64{who.UserID})
		if err != nil {
			return err
		}
		a.Spendable = held[account{who.UserID, model.AccountMember}].Amount
		a.Pending = held[account{who.UserID, model.AccountPending}].Amount
		if a.Expiring, err = olderThan(tx, who.UserID, a.Spendable, season-1); err != nil {
			return err
		}
		now := model.PeriodAt(model.Season, tx.Now)
		rows, err := gorm.G[model.Standing](tx.DB).Where("tenant_id = ? AND user_id = ? AND period IN ?",
			who.TenantID, who.UserID, []model.Period{now, model.AllTime}).Find(tx.Ctx)
		if err != nil {
			return fmt.Errorf("points: standings of %d: %w", who.UserID, err)
		}
		for _, r := range rows {
			if r.Period == now {
				a.Honour = r.Honour
			} else {
				a.AllTime = r.Honour
			}
		}
		levels, err := levelsOf(tx, who.TenantID)
		a.Level, a.NextLevel = model.LevelOf(levels, a.Honour)
		return err
	})
	return a, err
}

// levelsOf returns the honour levels of a tenant, the lowest first.
func levelsOf(tx *db.Tx, tenant int64) ([]model.HonourLevel, error) {
	rows, err := gorm.G[model.HonourLevel](tx.DB).Where("tenant_id = ?", tenant).Order("threshold").Find(tx.Ctx)
	if err != nil {
		return nil, fmt.Errorf("points: levels of %d: %w", tenant, err)
	}
	if len(rows) == 0 {
		return model.DefaultLevels(), nil
	}
	return rows, nil
}

// Line is one line of a person's history, with what it is about.
type Line struct {
	ID         int64
	TxnID      int64
	Amount     int64
	Kind       model.PointKind
	Memo       string
	OccurredAt time.Time
	CreatedAt  time.Time
}

// historyPage reads an account from an index that holds all of the lines that
// a page needs, so that it costs the same however many there are.
const historyPage = `SELECT e.id, e.txn_id, e.amount, t.kind, t.memo, t.occurred_at, t.created_at FROM point_entries e
	JOIN point_txns t ON t.id = e.txn_id WHERE e.owner_id = ? AND e.account = ? AND e.id < ? ORDER BY e.id DESC LIMIT ?`

// History returns up to limit lines of one of who's own accounts that are older
// than before, the newest first.
func (s *Service) History(ctx context.Context, who model.Actor, of model.Account, before int64, limit int) (lines []Line, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		return tx.Raw(historyPage, who.UserID, of, before, limit).Scan(&lines).Error
	})
	if err != nil {
		return nil, fmt.Errorf("points: history of %d: %w", who.UserID, err)
	}
	return lines, nil
}

// Notices returns up to limit notices of points that will expire or have, older
// than before, the newest first.
func (s *Service) Notices(ctx context.Context, who model.Actor, before int64, limit int) (all []model.PointNotice, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	err = s.db.View(ctx, func(tx *db.Tx) (err error) {
		all, err = gorm.G[model.PointNotice](tx.DB).Where("user_id = ? AND id < ?", who.UserID, before).Order("id DESC").Limit(limit).Find(tx.Ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("points: notices of %d: %w", who.UserID, err)
	}
	return all, nil
}
