package points

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/model"
)

// Waiting is a redemption as the verifier sees it who hands it over: whose it
// is, masked, and who may take it instead.
type Waiting struct {
	model.Redemption
	OwnerName string // masked
	ProxyName string // in a queue masked
}

// NameProxy lets somebody else pick up a redemption of who's own (代领). To say so
// is the consent; its time is kept, and it can be withdrawn.
func (s *Service) NameProxy(ctx context.Context, who model.Actor, id int64, name string) (*Redeemed, error) {
	return s.own(ctx, who, id, func(tx *db.Tx, d *model.Redemption) error {
		sealed, err := s.sealer.Seal(aad("redemptions.proxy", id), name)
		if err != nil {
			return fmt.Errorf("points: seal proxy: %w", err)
		}
		_, err = s.change(tx, who, d, model.RedemptionName, model.RedemptionOwner, func(d *model.Redemption, st model.Step) error {
			return d.NameProxy(st, sealed)
		})
		return err
	})
}

// DropProxy withdraws the consent to a proxy (撤回委托).
func (s *Service) DropProxy(ctx context.Context, who model.Actor, id int64) (*Redeemed, error) {
	return s.own(ctx, who, id, func(tx *db.Tx, d *model.Redemption) error {
		_, err := s.change(tx, who, d, model.RedemptionDrop, model.RedemptionOwner, (*model.Redemption).DropProxy)
		return err
	})
}

func (s *Service) proxyOf(d *model.Redemption) (string, error) {
	name, err := s.sealer.Open(aad("redemptions.proxy", d.ID), d.Proxy)
	if err != nil {
		return "", fmt.Errorf("points: open proxy of %d: %w", d.ID, err)
	}
	return name, nil
}

// CheckCode tells what a pick-up code is good for, and who may take it, before it
// is handed over (核对取货码).
func (s *Service) CheckCode(ctx context.Context, who model.Actor, code string) (*Waiting, error) {
	return s.byCode(ctx, who, code, "redemption.check", func(_ *db.Tx, d *model.Redemption) (*model.Redemption, error) {
		return d, nil
	})
}

// PickUp hands a reward over to whoever shows its code (核销领取). A code is good
// once: of two verifiers who enter it at once one hands over.
func (s *Service) PickUp(ctx context.Context, who model.Actor, code string, by model.TakenBy) (*Waiting, error) {
	return s.byCode(ctx, who, code, "redemption.pick_up", func(tx *db.Tx, d *model.Redemption) (*model.Redemption, error) {
		after, err := s.change(tx, who, d, model.RedemptionPickUp, model.RedemptionStaff, func(d *model.Redemption, st model.Step) error {
			return d.PickUp(st, by)
		})
		if err != nil {
			return nil, err
		}
		return after, timer.Clear(tx, model.RedemptionExpire, d.ID)
	})
}

// byCode does something with the redemption of a code that is good at who's
// station. The audit log tells of it, and of codes that were not good too, so
// that guessing is seen; to enter again a code that one has taken is no guess.
func (s *Service) byCode(ctx context.Context, who model.Actor, code, action string,
	do func(tx *db.Tx, d *model.Redemption) (*model.Redemption, error),
) (w *Waiting, err error) {
	again := false
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := s.find(tx, code)
		if err != nil {
			return err
		}
		again = d.VerifierID == who.UserID
		if err := d.Good(model.Step{Who: who, Now: tx.Now}); err != nil {
			return err
		}
		if d, err = do(tx, d); err != nil {
			return err
		}
		if w, err = s.waiting(tx, d); err != nil {
			return err
		}
		return audit.Put(tx, who, action, model.OfRedemption, d.ID, map[string]any{"owner_id": d.UserID, "reward_id": d.RewardID, "taken_by": d.TakenBy})
	})
	switch {
	case errors.Is(err, model.ErrPickUpCode) && !again:
		return nil, errors.Join(err, s.refused(ctx, who, action))
	case err != nil:
		return nil, err
	}
	return w, nil
}

// find returns the redemption of a code, as a person typed it.
func (s *Service) find(tx *db.Tx, typed string) (*model.Redemption, error) {
	code := model.CleanPickUpCode(typed)
	if code == "" {
		return nil, model.ErrPickUpCode
	}
	d, err := gorm.G[model.Redemption](tx.DB).Where("code_index = ?", s.sealer.Index("pickup", code)).Take(tx.Ctx)
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return nil, model.ErrPickUpCode
	case err != nil:
		return nil, fmt.Errorf("points: find code: %w", err)
	}
	return &d, nil
}

// refused leaves a line about a code that was not good. It is no work of the
// request, which has done none, so the request's key does not go with it.
func (s *Service) refused(ctx context.Context, who model.Actor, action string) error {
	return s.db.Update(db.BeforeCommit(ctx, nil), func(tx *db.Tx) error {
		return audit.Put(tx, who, action+".refused", model.OfUser, who.UserID, nil)
	})
}

// waiting adds to a redemption whose it is, masked, and the proxy's name.
func (s *Service) waiting(tx *db.Tx, d *model.Redemption) (*Waiting, error) {
	var owner struct{ Name, DisplayName string }
	err := tx.Raw("SELECT name, display_name FROM users WHERE id = ?", d.UserID).Scan(&owner).Error
	if err != nil {
		return nil, fmt.Errorf("points: owner of %d: %w", d.ID, err)
	}
	return s.shown(d, owner.Name, owner.DisplayName)
}

func (s *Service) shown(d *model.Redemption, sealed, display string) (*Waiting, error) {
	name, err := s.sealer.Open(aad("users.name", d.UserID), sealed)
	if err != nil {
		return nil, fmt.Errorf("points: name of %d: %w", d.UserID, err)
	}
	w := &Waiting{Redemption: *d, OwnerName: model.MaskName(cmp.Or(name, display))}
	w.ProxyName, err = s.proxyOf(d)
	return w, err
}

// Queue returns what waits to be picked up at a community that who verifies for,
// the oldest first; org 0 is the one he does.
func (s *Service) Queue(ctx context.Context, who model.Actor, org, after int64, limit int) ([]*Waiting, error) {
	var rows []struct {
		model.Redemption
		SealedName, DisplayName string
	}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		for _, h := range who.Held {
			if org == 0 && h.Role == model.RoleVerifier {
				org = h.OrgID
			}
		}
		place, err := db.Find[model.Org](tx, org, model.ErrOrgNotFound)
		switch {
		case err != nil:
			return err
		case place.TenantID != who.TenantID:
			return model.ErrOrgNotFound
		case !who.Holds(place.Path, model.RoleVerifier):
			return model.ErrForbidden
		}
		return tx.Raw(`SELECT d.*, u.name AS sealed_name, u.display_name FROM redemptions d JOIN users u ON u.id = d.user_id
			WHERE d.org_id = ? AND d.state = ? AND d.id > ? ORDER BY d.id LIMIT ?`, org, model.RedemptionHeld, after, limit).Scan(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("points: queue of %d: %w", org, err)
	}
	all := make([]*Waiting, len(rows))
	for i := range rows {
		if all[i], err = s.shown(&rows[i].Redemption, rows[i].SealedName, rows[i].DisplayName); err != nil {
			return nil, err
		}
		all[i].ProxyName = model.MaskName(all[i].ProxyName)
	}
	return all, nil
}
