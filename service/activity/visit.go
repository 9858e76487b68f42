package activity

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// Wishes knows who visits whom, and keeps the history of wishes.
type Wishes interface {
	Visitable(tx *db.Tx, who model.Actor, wish int64) (claim int64, err error)
	Claimed(tx *db.Tx, claim int64) (wish int64, err error)
	Visited(tx *db.Tx, who model.Actor, wish int64, e model.WishEvent, reason string) error
}

// VisitIn checks who in at a wish that he, or his team, has claimed (上门签到).
// A fix is optional. Of any number who check one person in at once, one does.
func (s *Service) VisitIn(ctx context.Context, who model.Actor, wish int64, fix *model.Fix) (a *model.Attendance, err error) {
	err = s.stepping(ctx, who, func(tx *db.Tx, st model.Step) error {
		claim, err := s.Wishes.Visitable(tx, who, wish)
		if err != nil {
			return err
		}
		if err := unvisited(tx, who.UserID, claim); err != nil {
			return err
		}
		if err := s.elsewhere(tx, who.TenantID, who.UserID); err != nil {
			return err
		}
		if a, err = model.NewVisit(tx.NewID(), claim, st, fix); err != nil {
			return err
		}
		switch err := db.Add(tx, a); {
		case errors.Is(err, gorm.ErrDuplicatedKey):
			return db.ErrStale // somebody was faster: look again, and say which key it was
		case err != nil:
			return fmt.Errorf("activity: visit of wish %d: %w", wish, err)
		}
		return s.Wishes.Visited(tx, who, wish, model.WishVisitIn, "")
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// unvisited says that a person has visited under a claim already. That it stays
// true, the unique key sees to.
func unvisited(tx *db.Tx, user, claim int64) error {
	all, err := gorm.G[model.Attendance](tx.DB).
		Where("source_type = ? AND source_id = ? AND user_id = ?", model.OfClaim, claim, user).Limit(1).Find(tx.Ctx)
	switch {
	case err != nil:
		return fmt.Errorf("activity: visit under %d: %w", claim, err)
	case len(all) > 0:
		return model.ErrCheckedIn
	}
	return nil
}

// VisitOut checks who out of a wish that he is at (上门签退), whatever has become
// of the claim since he came.
func (s *Service) VisitOut(ctx context.Context, who model.Actor, wish int64, fix *model.Fix) (a *model.Attendance, err error) {
	err = s.stepping(ctx, who, func(tx *db.Tx, st model.Step) error {
		before, err := s.visiting(tx, who, wish)
		if err != nil {
			return err
		}
		after := *before
		if err := after.EndVisit(st, fix); err != nil {
			return err
		}
		if err := db.Save(tx, before, &after); err != nil {
			return err
		}
		a = &after
		return s.Wishes.Visited(tx, who, wish, model.WishVisitOut, "")
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// visiting returns the open visit of who at a wish. Whoever is not there is told
// so if he could be, and else what keeps him from it.
func (s *Service) visiting(tx *db.Tx, who model.Actor, wish int64) (*model.Attendance, error) {
	a, err := openOf(tx, who.UserID)
	if err != nil {
		return nil, err
	}
	if a != nil && a.TenantID == who.TenantID && a.SourceType == model.OfClaim {
		at, err := s.Wishes.Claimed(tx, a.SourceID)
		if err != nil || at == wish {
			return a, err
		}
	}
	if _, err := s.Wishes.Visitable(tx, who, wish); err != nil {
		return nil, err
	}
	return nil, model.ErrNotCheckedIn
}

// openOf returns the attendance of a person who is somewhere, nil if he is not.
func openOf(tx *db.Tx, user int64) (*model.Attendance, error) {
	all, err := gorm.G[model.Attendance](tx.DB).Where("open_key = ?", user).Limit(1).Find(tx.Ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("activity: where %d is: %w", user, err)
	case len(all) == 0:
		return nil, nil
	}
	return &all[0], nil
}

// elsewhere says that somebody has checked in and not out somewhere. A visit that
// he has left open too long keeps him from no other place: it ends. Whoever adds
// an attendance asks before; that it stays true, the unique key sees to.
func (s *Service) elsewhere(tx *db.Tx, tenant, user int64) error {
	switch a, err := openOf(tx, user); {
	case err != nil || a == nil:
		return err
	case a.TenantID == tenant && a.ForgottenVisit(tx.Now):
		return s.abandon(tx, a)
	}
	return model.ErrElsewhere
}

// abandon ends a forgotten visit, and says so in the history of its wish.
func (s *Service) abandon(tx *db.Tx, a *model.Attendance) error {
	after := *a
	if err := after.AbandonVisit(tx.Now); err != nil {
		return fmt.Errorf("activity: forgotten visit %d: %w", a.ID, err)
	}
	if err := db.Save(tx, a, &after); err != nil {
		return err
	}
	wish, err := s.Wishes.Claimed(tx, a.SourceID)
	if err != nil {
		return err
	}
	return s.Wishes.Visited(tx, model.SystemActor(a.TenantID), wish, model.WishVisitOut, model.VisitForgotten)
}

// staleAtOnce is how many forgotten visits end in one transaction.
const staleAtOnce = 50

// LeaveVisits ends some of the visits that were left open too long, and says how
// many.
func (s *Service) LeaveVisits(ctx context.Context) (n int, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n, err = s.staleVisits(tx)
		return err
	})
	return n, err
}

// staleVisits ends some forgotten visits. Of all attendances only those of
// people who are somewhere now are looked at.
func (s *Service) staleVisits(tx *db.Tx) (int, error) {
	all, err := gorm.G[model.Attendance](tx.DB).
		Where("open_key IS NOT NULL AND source_type = ? AND in_at < ?", model.OfClaim, tx.Now.Add(-model.VisitMost)).
		Order("open_key").Limit(staleAtOnce).Find(tx.Ctx)
	if err != nil {
		return 0, fmt.Errorf("activity: forgotten visits: %w", err)
	}
	for i := range all {
		if err := s.abandon(tx, &all[i]); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}
