package model

import (
	"fmt"
	"time"
)

// PointNotice tells a person that points of a season are about to expire, or
// have (积分到期提醒). Of each there is one: it is also what the transaction of
// the expiry is about.
type PointNotice struct {
	ID        int64     `gorm:"primaryKey;autoIncrement:false;index:idx_point_notices_user,priority:2"`
	TenantID  int64     `gorm:"not null"`
	UserID    int64     `gorm:"not null;uniqueIndex:idx_point_notices_one,priority:1;index:idx_point_notices_user,priority:1"`
	Season    int64     `gorm:"not null;uniqueIndex:idx_point_notices_one,priority:2"`
	Days      int64     `gorm:"not null;uniqueIndex:idx_point_notices_one,priority:3"` // before the expiry; 0 and less: they have expired
	Amount    int64     `gorm:"not null"`
	ExpiresAt time.Time `gorm:"not null"`
	CreatedAt time.Time `gorm:"not null"`
}

// PointSweep is how far a pass over all members has come, for one season and
// one number of days before its expiry.
type PointSweep struct {
	Season    int64 `gorm:"primaryKey;autoIncrement:false"`
	Days      int64 `gorm:"primaryKey;autoIncrement:false"`
	LastOwner int64 `gorm:"not null"`
	DoneAt    *time.Time
	Version   int64 `gorm:"not null"`
}

// noticeDays says how many days before points expire their owner is told. On
// day 0 they expire. What was held for a reward on that day and came back is
// found a month later, when no hold can be that old.
var noticeDays = []int64{60, 30, 7, 0, -31}

// SweepsAt returns the passes over all members that are due at t, the oldest
// first. A notice that a later one has overtaken is not sent any more.
func SweepsAt(t time.Time) []PointSweep {
	var due []PointSweep
	for season := SeasonOf(t) - 3; season < SeasonOf(t); season++ {
		var last *PointSweep
		for _, days := range noticeDays {
			if t.Before(ExpiryOf(season).AddDate(0, 0, int(-days))) {
				break
			}
			if days <= 0 && last != nil && last.Days <= 0 {
				due = append(due, *last)
			}
			last = &PointSweep{Season: season, Days: days}
		}
		if last != nil {
			due = append(due, *last)
		}
	}
	return due
}

// Posting returns the transaction in which the points of n expire (过期).
func (n *PointNotice) Posting() *Posting {
	p := &Posting{Txn: PointTxn{
		TenantID: n.TenantID, Kind: PointExpire, SourceType: OfExpiry, SourceID: n.ID, Memo: "积分到期", OccurredAt: n.ExpiresAt,
	}}
	p.Move(n.Amount, AccountMember, n.UserID, AccountExpired, n.UserID)
	return p
}

// Text says what n is about, in plain Chinese.
func (n *PointNotice) Text() string {
	if n.Days <= 0 {
		return fmt.Sprintf("您有 %d 分兑换分已于 %d年12月31日到期", n.Amount, n.Season+1)
	}
	return fmt.Sprintf("您有 %d 分兑换分将于 %d年12月31日到期, 请及时使用", n.Amount, n.Season+1)
}
