// Package board ranks people and organisations (排行榜). The truth is in the
// standings that the ledger writes. Redis holds sorted sets of them, which can
// be lost at any time and are made again; SQL holds what is shown meanwhile,
// and the boards of periods that are over.
package board

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/redis"
	"dandelion/model"
)

// Policies tells the limits that a tenant has set.
type Policies interface {
	Of(ctx context.Context, tenant int64) (model.Policy, error)
}

// Events takes what happened, for history and for those who listen.
type Events interface {
	Put(tx *db.Tx, e model.Event) error
}

// Service keeps the boards.
type Service struct {
	db       *db.DB
	redis    *redis.Client
	policies Policies
	events   Events

	seeds sync.Map // tenant → what sets its keys apart in Redis, which never changes
	heard sync.Map // tenant → there, if something has changed since its snapshot
}

// New returns a Service that ranks what is in d by means of r.
func New(d *db.DB, r *redis.Client, policies Policies, events Events) *Service {
	return &Service{db: d, redis: r, policies: policies, events: events}
}

// Choose says whether the name of who may stand on boards for others to see.
// Taking it back works at once.
func (s *Service) Choose(ctx context.Context, who model.Actor, public bool) error {
	if who.TenantID == 0 {
		return model.ErrNoHome
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := choiceOf(tx, who.UserID)
		if err != nil || c.IsPublic == public && c.Version > 0 {
			return err
		}
		if err := choose(tx, c, who, public); err != nil {
			return err
		}
		return s.events.Put(tx, model.Event{
			TenantID: who.TenantID, Subject: model.OfBoardName, SubjectID: who.UserID, Name: "choose", ActorID: who.UserID, RequestID: who.RequestID,
		})
	})
	if err != nil {
		return fmt.Errorf("board: choice of %d: %w", who.UserID, err)
	}
	return s.hear(ctx, who.TenantID, who.UserID)
}

// choiceOf returns what somebody has chosen, of version 0 if nothing.
func choiceOf(tx *db.Tx, user int64) (model.BoardChoice, error) {
	var c model.BoardChoice
	err := tx.Where("user_id = ?", user).Take(&c).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return c, fmt.Errorf("board: choice of %d: %w", user, err)
	}
	return c, nil
}

func choose(tx *db.Tx, was model.BoardChoice, who model.Actor, public bool) error {
	if was.Version == 0 {
		err := db.Add(tx, &model.BoardChoice{UserID: who.UserID, TenantID: who.TenantID, IsPublic: public, ChosenAt: tx.Now, Version: 1})
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return db.ErrStale
		}
		return err
	}
	res := tx.Model(&model.BoardChoice{}).Where("user_id = ? AND version = ?", who.UserID, was.Version).
		Updates(map[string]any{"is_public": public, "tenant_id": who.TenantID, "chosen_at": tx.Now, "version": was.Version + 1})
	if res.Error == nil && res.RowsAffected == 0 {
		return db.ErrStale
	}
	return res.Error
}

// Public reports whether who has chosen to stand on boards by name.
func (s *Service) Public(ctx context.Context, who model.Actor) (public bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := choiceOf(tx, who.UserID)
		public = c.IsPublic
		return err
	})
	return public, err
}

// seed returns what sets the keys of a tenant apart from those of any other
// database that uses the same Redis.
func (s *Service) seed(ctx context.Context, tenant int64) (string, error) {
	if known, ok := s.seeds.Load(tenant); ok {
		return known.(string), nil
	}
	var m model.BoardMark
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		m = model.BoardMark{}
		err := tx.Where("tenant_id = ? AND period = ?", tenant, model.BoardTick).Take(&m).Error
		if !errors.Is(err, gorm.ErrRecordNotFound) {
			return err
		}
		m = model.BoardMark{TenantID: tenant, Period: model.BoardTick, AsOf: tx.Now.AddDate(-1, 0, 0), Seed: rand.Text()}
		if err = db.Add(tx, &m); errors.Is(err, gorm.ErrDuplicatedKey) {
			return db.ErrStale
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("board: keys of %d: %w", tenant, err)
	}
	s.seeds.Store(tenant, m.Seed)
	return m.Seed, nil
}

// tenants returns the counties.
func (s *Service) tenants(ctx context.Context) (all []int64, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		return tx.Model(&model.Org{}).Where("kind = ?", model.OrgCounty).Order("id").Pluck("id", &all).Error
	})
	if err != nil {
		return nil, fmt.Errorf("board: counties: %w", err)
	}
	return all, nil
}
