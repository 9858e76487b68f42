package model

import (
	"fmt"
	"time"

	"dandelion/internal/fault"
)

// Faults of budgets and seasons.
var (
	ErrPointBudget = fault.Define(fault.Invalid, "points.budget", "预算须为社区的本季或下一季, 且为 0 至 1000 万之间的整数")
	ErrPointSeason = fault.Define(fault.Invalid, "points.season", "没有这个积分年度")
)

// maxBudget is far more than any community gives out.
const maxBudget = 10_000_000

// PointBudget is how many points a community means to give out in a season
// (积分预算). It is a plan and a warning, and no limit: a budget never refuses
// points that somebody has earned.
type PointBudget struct {
	TenantID  int64     `gorm:"primaryKey;autoIncrement:false"`
	OrgID     int64     `gorm:"primaryKey;autoIncrement:false"`
	Season    int64     `gorm:"primaryKey;autoIncrement:false"`
	Amount    int64     `gorm:"not null"`
	UpdatedBy int64     `gorm:"not null"`
	UpdatedAt time.Time `gorm:"not null"`
	Version   int64     `gorm:"not null"`
}

// NewPointBudget returns the budget of a community for this season or the next.
func NewPointBudget(of *Org, season, amount int64, who Actor, now time.Time) (*PointBudget, error) {
	switch this := SeasonOf(now); {
	case of.Kind != OrgCommunity, season != this && season != this+1, amount < 0 || amount > maxBudget:
		return nil, ErrPointBudget
	}
	return &PointBudget{
		TenantID: of.TenantID, OrgID: of.ID, Season: season, Amount: amount, UpdatedBy: who.UserID, UpdatedAt: now, Version: 1,
	}, nil
}

// Percent returns how much of b has been issued.
func (b *PointBudget) Percent(issued int64) int64 {
	if b.Amount <= 0 {
		return 0
	}
	return issued * 100 / b.Amount
}

// Warning says in words that b runs out, "" while there is enough.
func (b *PointBudget) Warning(issued int64) string {
	switch percent := b.Percent(issued); {
	case b.Version == 0:
		return "本年度尚未设定预算。"
	case b.Amount == 0 && issued > 0, percent >= 100:
		return fmt.Sprintf("本年度发放 %d 分, 已达到或超过预算 %d 分; 居民和党员挣得的积分照常发放, 请县级核定追加。", issued, b.Amount)
	case percent >= 80:
		return fmt.Sprintf("本年度发放已达预算的 %d%%, 请留意。", percent)
	}
	return ""
}

// CheckSeason says whether a season can be asked for: from the first to the one
// after now's.
func CheckSeason(season int64, now time.Time) error {
	if season < 2024 || season > SeasonOf(now)+1 {
		return ErrPointSeason
	}
	return nil
}
