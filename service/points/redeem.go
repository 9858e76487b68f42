package points

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/model"
)

// Redeemed is a redemption as its owner sees it. Code and ProxyName are open.
type Redeemed struct {
	model.Redemption
	OrgName   string
	Code      string
	ProxyName string
}

// Redeem takes a reward for points (兑换): a piece of its stock, one of who's
// places for it, and the points, all or nothing. A request that comes again gets
// what the first got.
func (s *Service) Redeem(ctx context.Context, who model.Actor, reward int64, request string) (*Redeemed, error) {
	policy, err := s.policies.Of(ctx, who.TenantID)
	if err != nil {
		return nil, err
	}
	var random [model.PickUpLength]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, fmt.Errorf("points: pick-up code: %w", err)
	}
	code := model.PickUpCode(random[:])
	if err := s.tryRedeem(ctx, who, reward, request, policy); err != nil {
		return nil, err
	}
	var d *model.Redemption
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if d, err = repeated(tx, who, reward, request); d != nil || err != nil {
			return err
		}
		d, err = s.redeem(tx, model.Step{Who: who, Now: tx.Now, Policy: policy}, reward, request, code)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.opened(ctx, who, d.ID)
}

// tryRedeem refuses whoever comes too late before a transaction is begun: of a
// thousand none costs more than a read.
func (s *Service) tryRedeem(ctx context.Context, who model.Actor, reward int64, request string, policy model.Policy) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		if d, err := repeated(tx, who, reward, request); d != nil || err != nil {
			return err
		}
		r, place, err := redeemable(tx, who, reward)
		if err != nil {
			return err
		}
		if _, err = model.NewRedemption(1, r, model.Step{Who: who, Now: tx.Now, Policy: policy}, place); err != nil {
			return err
		}
		held, err := balances(tx, []int64{who.UserID})
		if err == nil && held[account{who.UserID, model.AccountMember}].Amount < r.Cost {
			return model.ErrPointsShort
		}
		return err
	})
}

// repeated returns what who has redeemed by the same request, nil if nothing.
func repeated(tx *db.Tx, who model.Actor, reward int64, request string) (*model.Redemption, error) {
	if request == "" {
		return nil, nil
	}
	all, err := gorm.G[model.Redemption](tx.DB).Where("user_id = ? AND request = ?", who.UserID, request).Limit(1).Find(tx.Ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("points: find request: %w", err)
	case len(all) == 0:
		return nil, nil
	case all[0].RewardID != reward:
		return nil, model.ErrPointsRepeated
	}
	return &all[0], nil
}

// redeemable returns a reward, and the number of the first of who's places for
// it that is free, 0 if none is, in one read. That the place still is free when
// it is taken, its unique key sees to.
func redeemable(tx *db.Tx, who model.Actor, reward int64) (*model.Reward, int, error) {
	places := make([]string, model.MaxPerPerson)
	for i := range places {
		places[i] = model.PlaceKey(reward, who.UserID, i+1, tx.Now)
	}
	var rows []struct {
		model.Reward
		Taken string
	}
	err := tx.Raw(`SELECT r.*, COALESCE((SELECT GROUP_CONCAT(place_key) FROM redemptions WHERE place_key IN ?), '') AS taken
		FROM rewards r WHERE r.id = ?`, places, reward).Scan(&rows).Error
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("points: find %d to redeem: %w", reward, err)
	case len(rows) == 0:
		return nil, 0, model.ErrRewardNotFound
	}
	r, taken := &rows[0].Reward, strings.Split(rows[0].Taken, ",")
	mine := places[:min(int(r.PerPerson), len(places))]
	if held := slices.DeleteFunc(slices.Clone(places), func(p string) bool { return !slices.Contains(taken, p) }); len(held) >= len(mine) {
		return r, 0, nil // also those beyond a limit that was lowered
	}
	return r, 1 + slices.IndexFunc(mine, func(p string) bool { return !slices.Contains(taken, p) }), nil
}

// redeem writes a redemption with all that goes with it, the reward last.
func (s *Service) redeem(tx *db.Tx, st model.Step, reward int64, request, code string) (*model.Redemption, error) {
	r, place, err := redeemable(tx, st.Who, reward)
	if err != nil {
		return nil, err
	}
	d, err := model.NewRedemption(tx.NewID(), r, st, place)
	if err != nil {
		return nil, err
	}
	if request != "" {
		d.Request = &request
	}
	d.CodeIndex = s.sealer.Index("pickup", code)
	if d.Code, err = s.sealer.Seal(aad("redemptions.code", d.ID), code); err != nil {
		return nil, fmt.Errorf("points: seal code: %w", err)
	}
	switch err := db.Add(tx, d); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return nil, db.ErrStale // the place, or the request, was free a moment ago: look again
	case err != nil:
		return nil, fmt.Errorf("points: add redemption: %w", err)
	}
	if _, err := s.book(tx, d.Hold(), nil); err != nil {
		return nil, err
	}
	if err := timer.Start(tx, model.RedemptionExpire, d.ID, d.ExpiresAt); err != nil {
		return nil, err
	}
	if err := s.tell(tx, st.Who, &model.Redemption{}, d, model.RedemptionRedeem, model.RedemptionOwner); err != nil {
		return nil, err
	}
	return d, take(tx, r)
}

// tell writes the line of history about what a redemption went through.
func (s *Service) tell(tx *db.Tx, who model.Actor, before, after *model.Redemption, e model.RedemptionEvent, by model.RedemptionParty) error {
	return s.events.Put(tx, model.Event{
		TenantID: after.TenantID, Subject: model.OfRedemption, SubjectID: after.ID, Name: string(e), FromState: string(before.State),
		ToState: string(after.State), ActorID: who.UserID, ActorRole: string(by), RequestID: who.RequestID,
	})
}

// change takes a step of a redemption: verb checks and changes it, and its
// version sees to it that of two who take one at once the second looks again.
func (s *Service) change(tx *db.Tx, who model.Actor, before *model.Redemption, e model.RedemptionEvent, by model.RedemptionParty,
	verb func(*model.Redemption, model.Step) error,
) (*model.Redemption, error) {
	after := *before
	if err := verb(&after, model.Step{Who: who, Now: tx.Now}); err != nil {
		return nil, err
	}
	if err := db.Save(tx, before, &after); err != nil {
		return nil, err
	}
	return &after, s.tell(tx, who, before, &after, e, by)
}

// release gives back what a redemption held that has come to nothing: the
// points, once, and the piece. Its place is free already.
func (s *Service) release(tx *db.Tx, d *model.Redemption, who model.Actor) error {
	if err := s.Undo(tx, d.TenantID, model.OfRedemption, d.ID, d.State.Title()+": "+d.RewardName, who); err != nil {
		return err
	}
	return giveBack(tx, d.RewardID)
}

// own does something with a redemption of who's own, and returns it.
func (s *Service) own(ctx context.Context, who model.Actor, id int64, do func(tx *db.Tx, d *model.Redemption) error) (*Redeemed, error) {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := db.Find[model.Redemption](tx, id, model.ErrRedemptionNotFound)
		if err != nil {
			return err
		}
		return do(tx, d)
	})
	if err != nil {
		return nil, err
	}
	return s.opened(ctx, who, id)
}

// CancelRedemption gives a reward back that has not been picked up (取消).
func (s *Service) CancelRedemption(ctx context.Context, who model.Actor, id int64) (*Redeemed, error) {
	return s.own(ctx, who, id, func(tx *db.Tx, d *model.Redemption) error {
		after, err := s.change(tx, who, d, model.RedemptionCancel, model.RedemptionOwner, (*model.Redemption).Cancel)
		if err != nil {
			return err
		}
		if err := timer.Clear(tx, model.RedemptionExpire, id); err != nil {
			return err
		}
		return s.release(tx, after, who)
	})
}

// ExpireRedemption gives a reward back that nobody has picked up in time (过期). It
// is what the timers of kind [model.RedemptionExpire] call.
func (s *Service) ExpireRedemption(tx *db.Tx, id int64) error {
	d, err := db.Find[model.Redemption](tx, id, model.ErrRedemptionNotFound)
	if err != nil {
		return err
	}
	if d.State.Final() {
		return nil
	}
	who := model.SystemActor(d.TenantID)
	after, err := s.change(tx, who, d, model.RedemptionLapse, model.RedemptionSystem, (*model.Redemption).Expire)
	if err != nil {
		return err
	}
	return s.release(tx, after, who)
}

// Redemptions returns who's own redemptions, newest first, without their codes.
func (s *Service) Redemptions(ctx context.Context, who model.Actor, before int64, limit int) (all []Redeemed, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		return tx.Raw(`SELECT d.*, o.name AS org_name FROM redemptions d JOIN orgs o ON o.id = d.org_id
			WHERE d.user_id = ? AND d.id < ? ORDER BY d.id DESC LIMIT ?`, who.UserID, db.Before(before), limit).Scan(&all).Error
	})
	if err != nil {
		return nil, fmt.Errorf("points: redemptions: %w", err)
	}
	for i := range all {
		all[i].Redemption.Code, all[i].Code = "", ""
	}
	return all, nil
}

// Redemption returns a redemption of who's own, with its code while it is good.
func (s *Service) Redemption(ctx context.Context, who model.Actor, id int64) (*Redeemed, error) {
	return s.opened(ctx, who, id)
}

// opened reads a redemption of who's own and opens what is sealed in it.
func (s *Service) opened(ctx context.Context, who model.Actor, id int64) (*Redeemed, error) {
	v := &Redeemed{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		d, err := db.Find[model.Redemption](tx, id, model.ErrRedemptionNotFound)
		if err != nil {
			return err
		}
		if d.UserID != who.UserID {
			return model.ErrRedemptionNotFound
		}
		v.Redemption = *d
		return tx.Raw("SELECT name FROM orgs WHERE id = ?", d.OrgID).Scan(&v.OrgName).Error
	})
	if err != nil {
		return nil, err
	}
	if v.Code, err = s.sealer.Open(aad("redemptions.code", id), v.Redemption.Code); err != nil {
		return nil, fmt.Errorf("points: open code of %d: %w", id, err)
	}
	v.ProxyName, err = s.proxyOf(&v.Redemption)
	return v, err
}

// aad names the place of a sealed field.
func aad(column string, id int64) string { return column + ":" + strconv.FormatInt(id, 10) }
