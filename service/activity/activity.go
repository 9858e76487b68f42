// Package activity lets volunteers prove what they served (志愿者签到): activities
// and their slots, who takes part, check-ins, and the hours that come of it.
package activity

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// Events takes what happened, for history and for those who listen.
type Events interface {
	Put(tx *db.Tx, e model.Event) error
}

// Policies tells the limits that a tenant has set.
type Policies interface {
	Of(ctx context.Context, tenant int64) (model.Policy, error)
}

// Sealer keeps personal data and secrets from whoever reads the database.
type Sealer interface {
	Seal(aad, plain string) (string, error)
	Open(aad, sealed string) (string, error)
	Index(kind, value string) string
}

// Service keeps activities and what becomes of them.
type Service struct {
	Points Points // what hours earn; nil: nothing

	db       *db.DB
	events   Events
	policies Policies
	sealer   Sealer

	Gateway Gateway // draws the codes at entrances
	Wishes  Wishes  // knows who visits whom
}

// New returns a Service that keeps activities in d.
func New(d *db.DB, events Events, policies Policies, sealer Sealer) *Service {
	return &Service{db: d, events: events, policies: policies, sealer: sealer}
}

// stepping takes one step in a transaction, under the limits of who's county.
func (s *Service) stepping(ctx context.Context, who model.Actor, take func(tx *db.Tx, step model.Step) error) error {
	policy, err := s.policies.Of(ctx, who.TenantID)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return take(tx, model.Step{Who: who, Now: tx.Now, Policy: policy}) })
}

// slotOf returns a slot of who's county that who may know of: one of an activity
// that is a draft is there only for those who organise it.
func slotOf(tx *db.Tx, who model.Actor, id int64) (*model.Slot, error) {
	s, err := db.Find[model.Slot](tx, id, model.ErrSlotNotFound)
	switch {
	case err != nil:
		return nil, err
	case s.TenantID != who.TenantID || !s.Published && !who.Leads(s):
		return nil, model.ErrSlotNotFound
	}
	return s, nil
}

// freshKey makes the sealed secret that the check-in codes of a slot are made
// of.
func (s *Service) freshKey(slot int64) (string, error) {
	var random [32]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", fmt.Errorf("activity: key of slot: %w", err)
	}
	sealed, err := s.sealer.Seal(keyAAD(slot), hex.EncodeToString(random[:]))
	if err != nil {
		return "", fmt.Errorf("activity: seal key of slot %d: %w", slot, err)
	}
	return sealed, nil
}

// keyAAD binds a sealed key to its slot.
func keyAAD(slot int64) string { return fmt.Sprintf("slots.code_key:%d", slot) }

// calendar returns the calendar of a person, which is to be read before all that
// is decided on, and written by [touch] afterwards.
func calendar(tx *db.Tx, tenant, user int64) (*model.Calendar, error) {
	all, err := gorm.G[model.Calendar](tx.DB).Where("user_id = ?", user).Limit(1).Find(tx.Ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("activity: calendar of %d: %w", user, err)
	case len(all) == 0:
		return &model.Calendar{UserID: user, TenantID: tenant}, nil
	}
	return &all[0], nil
}

// touch says that something was added to a calendar; if anything else has been
// since it was read, the transaction runs again.
func touch(tx *db.Tx, c *model.Calendar) error {
	c.UpdatedAt = tx.Now
	c.Version++
	if c.Version == 1 {
		switch err := db.Add(tx, c); {
		case errors.Is(err, gorm.ErrDuplicatedKey):
			return db.ErrStale
		case err != nil:
			return fmt.Errorf("activity: begin calendar of %d: %w", c.UserID, err)
		}
		return nil
	}
	res := tx.Model(&model.Calendar{}).Where("user_id = ? AND version = ?", c.UserID, c.Version-1).
		Updates(map[string]any{"version": c.Version, "updated_at": tx.Now, "tenant_id": c.TenantID})
	switch {
	case res.Error != nil:
		return fmt.Errorf("activity: calendar of %d: %w", c.UserID, res.Error)
	case res.RowsAffected == 0:
		return db.ErrStale
	}
	return nil
}

// tell writes a line of history.
func (s *Service) tell(tx *db.Tx, who model.Actor, e model.Event) error {
	e.TenantID, e.ActorID, e.RequestID = who.TenantID, who.UserID, who.RequestID
	return s.events.Put(tx, e)
}
