// Package demo loads the demo county (演示县): the organisations and people of
// the county's report with its exact figures, persons to log in as, and some
// hundred wishes in every state, so that the system can be tried at once.
// It is deterministic: the same moment gives the same county.
package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/clock"
	"dandelion/internal/crypt"
	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/activity"
	"dandelion/service/points"
	"dandelion/service/wish"
)

// Figures of the county's report; the organisations and people of the demo
// county are exactly as many.
const (
	Units       = 78   // 共建单位
	Members     = 3500 // 在职党员
	Teams       = 73   // 党员志愿服务队
	Socials     = 11   // 社会组织
	Properties  = 8    // 物业企业, each with a party branch
	Instructors = 16   // 党建指导员
)

// Ids of what people come across first. All ids of organisations and people
// are far below those that the system makes.
const (
	CountyID    int64 = 1000
	TownshipID  int64 = 1100 // 城关镇
	CommunityID int64 = 1200 // 红星社区
	GridID      int64 = 1300 // its first grid
	UnitID      int64 = 2000 // 县人民医院
	TeamID      int64 = 2200 // 梅城红
	OtherCounty int64 = 9000 // 云溪县, on the other side of the wall
)

// Load fills the database at url, unless the demo county is there already. Now
// is when the county's story ends.
func Load(ctx context.Context, url string, keys *crypt.Keys, now time.Time) error {
	c := clock.At(now.Add(-history))
	d, err := db.Open(url, db.Options{Now: c.Now})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	l := &loader{db: d, clock: c, keys: keys, until: now.Add(-time.Minute)}
	return errors.Join(l.load(ctx), d.Close())
}

// history is how long ago the story begins.
const history = 60 * 24 * time.Hour

type loader struct {
	db    *db.DB
	clock *clock.Manual
	keys  *crypt.Keys
	until time.Time

	world   *world
	service *wish.Service
	points  *points.Service

	activity *activity.Service
}

func (l *loader) load(ctx context.Context) error {
	fresh, err := l.settle(ctx)
	if err != nil || !fresh {
		return err
	}
	if err := l.wishes(ctx); err != nil {
		return err
	}
	return l.boards(ctx)
}

// settle founds the counties and brings in their people, all or nothing. Of
// several processes that start at once one does it.
func (l *loader) settle(ctx context.Context) (fresh bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err = l.db.Update(ctx, func(tx *db.Tx) error {
		var n int64
		if err := tx.Model(&model.Org{}).Where("id = ?", CountyID).Count(&n).Error; err != nil || n > 0 {
			fresh = false
			return err
		}
		fresh = true
		if l.world, err = build(tx.Now); err != nil {
			return err
		}
		return l.world.write(tx)
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return false, nil // a sibling was faster
	}
	if err != nil {
		return false, fmt.Errorf("demo: settle: %w", err)
	}
	return fresh, nil
}

// Count returns how many organisations and people of the report's figures the
// demo county has.
func Count(tx *db.Tx) (map[string]int64, error) {
	got := map[string]int64{}
	for name, q := range map[string]string{
		"units":       "SELECT COUNT(*) FROM orgs WHERE tenant_id = ? AND kind = 'unit'",
		"teams":       "SELECT COUNT(*) FROM orgs WHERE tenant_id = ? AND kind = 'team'",
		"socials":     "SELECT COUNT(*) FROM orgs WHERE tenant_id = ? AND kind = 'social'",
		"properties":  "SELECT COUNT(*) FROM orgs WHERE tenant_id = ? AND kind = 'property'",
		"branches":    "SELECT COUNT(*) FROM orgs b JOIN orgs p ON p.id = b.parent_id WHERE b.tenant_id = ? AND b.kind = 'branch' AND p.kind = 'property'",
		"members":     "SELECT COUNT(*) FROM members m JOIN grants g ON g.user_id = m.user_id AND g.role = 'member' WHERE m.tenant_id = ?",
		"instructors": "SELECT COUNT(DISTINCT user_id) FROM grants WHERE tenant_id = ? AND role = 'instructor'",
	} {
		var n int64
		if err := tx.Raw(q, CountyID).Scan(&n).Error; err != nil {
			return nil, fmt.Errorf("demo: count %s: %w", name, err)
		}
		got[name] = n
	}
	return got, nil
}
