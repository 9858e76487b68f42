package org

import (
	"context"
	"fmt"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// ServiceFilter asks for what the people of a unit served from one day to
// another, both included: of at most Limit persons with ids greater than After.
// Without days it is the quarter so far.
type ServiceFilter struct {
	UnitID   int64
	From, To model.Day
	After    int64
	Limit    int
}

// PersonService is what one member served, with what he is called.
type PersonService struct {
	UserID int64
	Name   string // in full for the unit's own liaison, else masked
	model.ServiceSum
}

// longest is over how many days service is counted at most.
const longest = 366 * 24 * time.Hour

// days fills in what f leaves out, and returns the span.
func (f *ServiceFilter) days(now time.Time) (span, error) {
	if f.To == "" {
		f.To = model.DayOf(now)
	}
	if f.From == "" {
		f.From, _ = model.SlipQuarterAt(f.To.Start()).Days()
	}
	from, last := f.From.Start(), f.To.Start()
	if from.IsZero() || last.IsZero() || last.Before(from) || last.Sub(from) >= longest {
		return span{}, model.ErrServiceDays
	}
	return span{f.From, f.To, from, last.Add(24 * time.Hour)}, nil
}

// UnitService returns what those served who are registered with a unit now and
// have agreed to be named (本单位党员的服务), by their ids: counts, and nothing of
// where or for whom.
func (s *Service) UnitService(ctx context.Context, who model.Actor, f ServiceFilter) (all []PersonService, err error) {
	var people []namedPerson
	var sums map[int64]model.ServiceSum
	var unit *model.Org
	err = s.db.View(ctx, func(tx *db.Tx) (err error) {
		if unit, err = seen(tx, who, f.UnitID); err != nil {
			return err
		}
		over, err := f.days(tx.Now)
		if err != nil {
			return err
		}
		err = tx.Raw(`SELECT u.id, u.name, u.display_name FROM registrations r JOIN users u ON u.id = r.user_id
			WHERE r.unit_id = ? AND r.user_id > ? AND r.state IN ? AND r.slip_consent_at IS NOT NULL ORDER BY r.user_id LIMIT ?`,
			f.UnitID, f.After, []model.RegistrationState{model.RegistrationConfirmed, model.RegistrationLeaving}, f.Limit).Scan(&people).Error
		if err != nil || len(people) == 0 {
			return err
		}
		ids := make([]int64, len(people))
		for i, p := range people {
			ids[i] = p.ID
		}
		sums, err = served(tx, f.UnitID, over, "IN ?", ids)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("org: service of %d: %w", f.UnitID, err)
	}
	for _, p := range people {
		name, err := s.nameOf(p.ID, p.Name, p.DisplayName, who.Own(unit))
		if err != nil {
			return nil, err
		}
		all = append(all, PersonService{p.ID, name, sums[p.ID]})
	}
	return all, nil
}
