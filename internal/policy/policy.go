// Package policy keeps the limits that a tenant has set.
package policy

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/model"
)

// fresh is how long a copy serves before it is read again: so late at most
// does a change reach the other replicas.
const fresh = 10 * time.Second

// Book holds the policies of all tenants, with a short memory.
type Book struct {
	db  *db.DB
	now clock.Clock

	mu    sync.Mutex
	known map[int64]copied
}

type copied struct {
	policy model.Policy
	until  time.Time
}

// New returns the Book of d.
func New(d *db.DB, now clock.Clock) *Book {
	return &Book{db: d, now: now, known: map[int64]copied{}}
}

// Of returns the policy of a tenant, as it was at most ten seconds ago.
func (b *Book) Of(ctx context.Context, tenant int64) (model.Policy, error) {
	b.mu.Lock()
	c, ok := b.known[tenant]
	b.mu.Unlock()
	if ok && b.now().Before(c.until) {
		return c.policy, nil
	}
	var p model.Policy
	err := b.db.View(ctx, func(tx *db.Tx) (err error) {
		p, err = In(tx, tenant)
		return err
	})
	if err != nil {
		return model.Policy{}, err
	}
	b.mu.Lock()
	b.known[tenant] = copied{p, b.now().Add(fresh)}
	b.mu.Unlock()
	return p, nil
}

// In returns the policy of a tenant as tx sees it.
func In(tx *db.Tx, tenant int64) (model.Policy, error) {
	rows, err := gorm.G[model.PolicyRow](tx.DB).Where("tenant_id = ?", tenant).Find(tx.Ctx)
	if err != nil {
		return model.Policy{}, fmt.Errorf("policy: read of %d: %w", tenant, err)
	}
	return model.PolicyOf(rows), nil
}

// Set changes one limit of who's tenant, and leaves a line in the audit log.
func (b *Book) Set(ctx context.Context, who model.Actor, l model.Limit, value int64) error {
	if _, err := (model.Policy{}).With(l, value); err != nil {
		return err
	}
	err := b.db.Update(ctx, func(tx *db.Tx) error {
		row := model.PolicyRow{TenantID: who.TenantID, Name: l, Value: value, UpdatedBy: who.UserID, UpdatedAt: tx.Now}
		res := tx.Model(&model.PolicyRow{}).Where("tenant_id = ? AND name = ?", who.TenantID, l).
			Updates(map[string]any{"value": value, "updated_by": who.UserID, "updated_at": tx.Now})
		if res.Error != nil {
			return fmt.Errorf("policy: set %s: %w", l, res.Error)
		}
		if res.RowsAffected == 0 {
			switch err := db.Add(tx, &row); {
			case errors.Is(err, gorm.ErrDuplicatedKey):
				return db.ErrStale
			case err != nil:
				return fmt.Errorf("policy: add %s: %w", l, err)
			}
		}
		return audit.Put(tx, who, "policy.set", model.OfPolicy, who.TenantID, map[string]any{"limit": l, "value": value})
	})
	if err != nil {
		return err
	}
	b.mu.Lock()
	delete(b.known, who.TenantID)
	b.mu.Unlock()
	return nil
}
