package activity

import (
	"context"
	"fmt"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/model"
)

// maxCalledOff is how many enrolments one cancellation of an activity ends: what
// a transaction can do in its time. Beyond it slots are cancelled one by one.
const maxCalledOff = 4000

// Invitation is an activity with what its organiser and place are called.
type Invitation struct {
	model.Activity
	OrgName, CommunityName string
}

const invitations = `SELECT a.*, COALESCE(o.name, '') AS org_name, COALESCE(c.name, '') AS community_name
	FROM activities a LEFT JOIN orgs o ON o.id = a.org_id LEFT JOIN orgs c ON c.id = a.community_id `

// Activities returns the activities of an organisation, newest first, to those
// who organise what it does.
func (s *Service) Activities(ctx context.Context, who model.Actor, org, before int64, limit int) (all []Invitation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o, err := orgOf(tx, who, org)
		switch {
		case err != nil:
			return err
		case !who.Organises(o.Path):
			return model.ErrOrgForeign
		}
		return tx.Raw(invitations+"WHERE a.org_id = ? AND a.tenant_id = ? AND a.id < ? ORDER BY a.id DESC LIMIT ?",
			org, who.TenantID, db.Before(before), limit).Scan(&all).Error
	})
	if err != nil {
		return nil, fmt.Errorf("activity: activities of %d: %w", org, err)
	}
	return all, nil
}

// Activity returns an activity that who may know of.
func (s *Service) Activity(ctx context.Context, who model.Actor, id int64) (v *Invitation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v, err = invitation(tx, who, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

func invitation(tx *db.Tx, who model.Actor, id int64) (*Invitation, error) {
	var rows []Invitation
	err := tx.Raw(invitations+"WHERE a.id = ?", id).Scan(&rows).Error
	switch {
	case err != nil:
		return nil, fmt.Errorf("activity: find %d: %w", id, err)
	case len(rows) == 0 || !rows[0].VisibleTo(who):
		return nil, model.ErrActivityNotFound
	}
	return &rows[0], nil
}

// orgOf returns an organisation of who's county.
func orgOf(tx *db.Tx, who model.Actor, id int64) (*model.Org, error) {
	o, err := db.Find[model.Org](tx, id, model.ErrOrgNotFound)
	switch {
	case err != nil:
		return nil, err
	case o.TenantID != who.TenantID:
		return nil, model.ErrOrgNotFound
	}
	return o, nil
}

// CreateActivity drafts an activity (新建活动) that org invites to. It is held in
// community; 0: in that of the organisation.
func (s *Service) CreateActivity(ctx context.Context, who model.Actor, org, community int64, t model.ActivityTerms) (v *Invitation, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := orgOf(tx, who, org)
		if err != nil {
			return err
		}
		place, err := placeOf(tx, who, o, community)
		if err != nil {
			return err
		}
		a, err := model.NewActivity(tx.NewID(), o, place, t, model.Step{Who: who, Now: tx.Now})
		if err != nil {
			return err
		}
		if err := db.Add(tx, a); err != nil {
			return fmt.Errorf("activity: add: %w", err)
		}
		v = &Invitation{*a, o.Name, place.Name}
		if err := s.tellActivity(tx, who, &model.Activity{}, a, model.ActivityCreate); err != nil {
			return err
		}
		return audit.Put(tx, who, "activity.create", model.OfActivity, a.ID, map[string]any{"org_id": org, "community_id": place.ID})
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// placeOf returns the community in which an activity of o is held; nil if none
// is named and o is of none.
func placeOf(tx *db.Tx, who model.Actor, o *model.Org, community int64) (*model.Org, error) {
	switch {
	case community != 0:
		return orgOf(tx, who, community)
	case o.Kind == model.OrgCommunity:
		return o, nil
	case o.CommunityID != 0:
		return orgOf(tx, who, o.CommunityID)
	}
	return nil, nil
}

// tellActivity writes the line of history about what an activity went through.
func (s *Service) tellActivity(tx *db.Tx, who model.Actor, before, after *model.Activity, e model.CheckEvent) error {
	return s.tell(tx, who, model.Event{
		Subject: model.OfActivity, SubjectID: after.ID, Name: string(e), FromState: string(before.State), ToState: string(after.State),
		ActorRole: string(model.PartyOrganiser), Reason: after.Reason,
	})
}

// alter takes a step of an activity, which verb checks and takes; rest is what
// goes with it.
func (s *Service) alter(ctx context.Context, who model.Actor, id int64, e model.CheckEvent,
	verb func(tx *db.Tx, a *model.Activity, st model.Step) error, rest func(tx *db.Tx, a *model.Activity, st model.Step) error,
) (v *Invitation, err error) {
	err = s.stepping(ctx, who, func(tx *db.Tx, st model.Step) error {
		before, err := db.Find[model.Activity](tx, id, model.ErrActivityNotFound)
		if err != nil {
			return err
		}
		after, st := *before, st
		if err := verb(tx, &after, st); err != nil {
			return err
		}
		if err := db.Save(tx, before, &after); err != nil {
			return err
		}
		if err := s.tellActivity(tx, who, before, &after, e); err != nil {
			return err
		}
		if err := rest(tx, &after, st); err != nil {
			return err
		}
		v, err = invitation(tx, who, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// ChangeActivity edits an activity (修改活动), and what its slots say of it. It
// moves to another community, if one is named, as long as it is a draft.
func (s *Service) ChangeActivity(ctx context.Context, who model.Actor, id, community int64, e model.ActivityEdit) (*Invitation, error) {
	return s.alter(ctx, who, id, model.ActivityChange, func(tx *db.Tx, a *model.Activity, st model.Step) error {
		var place *model.Org
		if community != 0 && a.VisibleTo(who) {
			var err error
			if place, err = orgOf(tx, who, community); err != nil {
				return err
			}
		}
		return a.Edit(e, place, st)
	}, func(tx *db.Tx, a *model.Activity, _ model.Step) error {
		open, err := openSlots(tx, a.ID)
		if err != nil {
			return err
		}
		for i := range open {
			after := open[i]
			after.Follow(a)
			if err := db.Save(tx, &open[i], &after); err != nil {
				return err
			}
		}
		return audit.Put(tx, who, "activity.change", model.OfActivity, id, nil)
	})
}

// openSlots returns the slots of an activity that are still to come, or going
// on.
func openSlots(tx *db.Tx, activity int64) (all []model.Slot, err error) {
	err = tx.Where("activity_id = ? AND state = ?", activity, model.SlotOpen).Order("id").Limit(model.MaxSlots).Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("activity: slots of %d: %w", activity, err)
	}
	return all, nil
}

// PublishActivity invites everybody to an activity (发布), and to its slots.
func (s *Service) PublishActivity(ctx context.Context, who model.Actor, id int64) (*Invitation, error) {
	var open []model.Slot
	return s.alter(ctx, who, id, model.ActivityPublish, func(tx *db.Tx, a *model.Activity, st model.Step) (err error) {
		o, err := db.Find[model.Org](tx, a.OrgID, model.ErrOrgNotFound)
		if err != nil {
			return err
		}
		if open, err = openSlots(tx, id); err != nil {
			return err
		}
		return a.Publish(o, open, st)
	}, func(tx *db.Tx, _ *model.Activity, st model.Step) error {
		for i := range open {
			after := open[i]
			if err := after.Announce(st); err != nil {
				return err
			}
			if err := db.Save(tx, &open[i], &after); err != nil {
				return err
			}
			if err := timer.Set(tx, model.SlotAlarm, after.ID, overAt(&after, st)); err != nil {
				return err
			}
		}
		return audit.Put(tx, who, "activity.publish", model.OfActivity, id, map[string]any{"slots": len(open)})
	})
}

// CancelActivity calls an activity off (取消), with all its slots that have not
// begun; those in which somebody has checked in end by themselves.
func (s *Service) CancelActivity(ctx context.Context, who model.Actor, id int64, reason string) (*Invitation, error) {
	return s.alter(ctx, who, id, model.ActivityCancel, func(_ *db.Tx, a *model.Activity, st model.Step) error {
		return a.Cancel(reason, st)
	}, func(tx *db.Tx, a *model.Activity, st model.Step) error {
		open, err := openSlots(tx, id)
		if err != nil {
			return err
		}
		var people int64
		for i := range open {
			people += open[i].Enrolled + open[i].Waiting
		}
		if people > maxCalledOff {
			return model.ErrActivityLarge
		}
		cancelled := 0
		for i := range open {
			done, err := s.callOff(tx, &open[i], a.Reason, st)
			if err != nil {
				return err
			}
			if done {
				cancelled++
			}
		}
		return audit.Put(tx, who, "activity.cancel", model.OfActivity, id, map[string]any{"slots": cancelled})
	})
}
