package org

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/policy"
	"dandelion/internal/timer"
	"dandelion/model"
)

// registrationStep is one step of a registration: the verb that checks and
// changes it, and what it does besides.
type registrationStep struct {
	event  model.RegistrationEvent
	reason string
	verb   func(r *model.Registration, st model.Step) error
	with   func(tx *db.Tx, r *model.Registration, st model.Step) error // nil: nothing
	staff  bool
}

// Withdraw takes a registration back, or the request to leave (撤回).
func (s *Service) Withdraw(ctx context.Context, who model.Actor, id int64) (*Registered, error) {
	return s.step(ctx, who, id, registrationStep{event: model.RegistrationWithdraw, verb: (*model.Registration).Withdraw})
}

// Resubmit hands a registration in again that was sent back (重新提交).
func (s *Service) Resubmit(ctx context.Context, who model.Actor, id int64, post string) (*Registered, error) {
	return s.step(ctx, who, id, registrationStep{event: model.RegistrationResubmit, verb: func(r *model.Registration, st model.Step) error {
		return r.Resubmit(st, post)
	}})
}

// Leave asks the community to be released (申请退出).
func (s *Service) Leave(ctx context.Context, who model.Actor, id int64, reason string) (*Registered, error) {
	return s.step(ctx, who, id, because(model.RegistrationAskLeave, reason, (*model.Registration).Leave))
}

// Return sends a registration back to be completed (退回补充).
func (s *Service) Return(ctx context.Context, who model.Actor, id int64, reason string) (*Registered, error) {
	return s.step(ctx, who, id, ruling(model.RegistrationReturn, reason, (*model.Registration).Return))
}

// Reject ends a registration that cannot be (不予通过).
func (s *Service) Reject(ctx context.Context, who model.Actor, id int64, reason string) (*Registered, error) {
	return s.step(ctx, who, id, ruling(model.RegistrationReject, reason, (*model.Registration).Reject))
}

// ApproveLeave releases a member, and ends the role that he was given with his
// registration (同意退出).
func (s *Service) ApproveLeave(ctx context.Context, who model.Actor, id int64, reason string) (*Registered, error) {
	m := ruling(model.RegistrationApproveLeave, reason, (*model.Registration).ApproveLeave)
	m.with = func(tx *db.Tx, r *model.Registration, st model.Step) error { return delist(tx, st.Who, r.GrantID) }
	return s.step(ctx, who, id, m)
}

// RefuseLeave keeps a member (不同意退出).
func (s *Service) RefuseLeave(ctx context.Context, who model.Actor, id int64, reason string) (*Registered, error) {
	return s.step(ctx, who, id, ruling(model.RegistrationRefuseLeave, reason, (*model.Registration).RefuseLeave))
}

// because makes a step of a verb that needs a reason.
func because(e model.RegistrationEvent, reason string, verb func(r *model.Registration, st model.Step, reason string) error) registrationStep {
	return registrationStep{event: e, reason: reason, verb: func(r *model.Registration, st model.Step) error { return verb(r, st, reason) }}
}

// ruling is because for what the staff decide.
func ruling(e model.RegistrationEvent, reason string, verb func(r *model.Registration, st model.Step, reason string) error) registrationStep {
	m := because(e, reason, verb)
	m.staff = true
	return m
}

// step takes a step of a registration. Of two who take one at once the slower
// finds that it has changed, looks again and is told so.
func (s *Service) step(ctx context.Context, who model.Actor, id int64, m registrationStep) (*Registered, error) {
	policy, err := s.policies.Of(ctx, who.TenantID)
	if err != nil {
		return nil, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := registration(tx, who, id)
		if err != nil {
			return err
		}
		after := *before
		st := model.Step{Who: who, Now: tx.Now, Policy: policy}
		if err := m.verb(&after, st); err != nil {
			return err
		}
		return s.settle(tx, before, &after, m, st)
	})
	if err != nil {
		return nil, fmt.Errorf("org: %s registration %d: %w", m.event, id, err)
	}
	return s.Registration(ctx, who, id)
}

// settle writes a step that has been taken: the registration, what goes with it,
// its timer, its history and the audit log.
func (s *Service) settle(tx *db.Tx, before, after *model.Registration, m registrationStep, st model.Step) error {
	if err := db.Save(tx, before, after); err != nil {
		return err
	}
	if m.with != nil {
		if err := m.with(tx, after, st); err != nil {
			return err
		}
	}
	if before.PendingKey != nil && after.State.Final() {
		if err := s.dropChange(tx, after, st); err != nil {
			return err
		}
	}
	if err := wind(tx, after); err != nil {
		return err
	}
	if err := s.tell(tx, st.Who, before.State, after, m.event, m.reason); err != nil || !m.staff {
		return err
	}
	return audit.Put(tx, st.Who, "registration."+string(m.event), model.OfRegistration, after.ID, map[string]any{
		"user_id": after.UserID, "unit_id": after.UnitID, "community_id": after.CommunityID, "state": after.State,
	})
}

// dropChange tells the registration in force that the change to it has come to
// nothing.
func (s *Service) dropChange(tx *db.Tx, change *model.Registration, st model.Step) error {
	before, err := db.Find[model.Registration](tx, change.ReplacesID, model.ErrRegistrationNotFound)
	if err != nil {
		return err
	}
	after := *before
	if err := after.DropChange(change.ID); err != nil {
		return err
	}
	if err := db.Save(tx, before, &after); err != nil {
		return err
	}
	return s.tell(tx, st.Who, before.State, &after, model.RegistrationDropChange, "")
}

// wind sets the timer of r for when it is due, or takes it back.
func wind(tx *db.Tx, r *model.Registration) error {
	if r.DueAt == nil {
		return timer.Clear(tx, model.RegistrationAlarm, r.ID)
	}
	return timer.Set(tx, model.RegistrationAlarm, r.ID, *r.DueAt)
}

// RegistrationAlarm does what falls due: what the community has not decided on
// goes up to the township and then to the county, and what has not been
// completed is withdrawn. It is what the timers of kind
// [model.RegistrationAlarm] call.
func (s *Service) RegistrationAlarm(tx *db.Tx, id int64) error {
	before, err := db.Find[model.Registration](tx, id, model.ErrRegistrationNotFound)
	if err != nil {
		return err
	}
	switch {
	case before.DueAt == nil:
		return nil
	case before.DueAt.After(tx.Now):
		return timer.Set(tx, model.RegistrationAlarm, id, *before.DueAt)
	}
	limits, err := policy.In(tx, before.TenantID)
	if err != nil {
		return err
	}
	st := model.Step{Who: model.SystemActor(before.TenantID), Now: tx.Now, Policy: limits}
	after := *before
	event, err := after.Ring(st)
	if err != nil {
		return fmt.Errorf("org: alarm of registration %d: %w", id, err)
	}
	return s.settle(tx, before, &after, registrationStep{event: event, reason: alarmReasons[event]}, st)
}

// alarmReasons are what the person is told when a clock rings.
var alarmReasons = map[model.RegistrationEvent]string{
	model.RegistrationEscalate: "超过审核时限, 已上提一级督办, 上级也可以办理。",
	model.RegistrationLapse:    "超过补充时限, 自动撤回。需要时请重新报到。",
}

// SlipConsent lets the unit's slip and its liaison name a member, with what he
// served (同意公开明细); or takes that back, at any time and for all that he has
// had with the same unit, and he is named no more.
func (s *Service) SlipConsent(ctx context.Context, who model.Actor, id int64, agrees bool) (*Registered, error) {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := registration(tx, who, id)
		if err != nil {
			return err
		}
		st := model.Step{Who: who, Now: tx.Now}
		if agrees {
			return s.consent(tx, r, model.RegistrationAgree, (*model.Registration).Agree, st)
		}
		if r.UserID != who.UserID {
			return model.ErrRegistrationNotFound
		}
		all, err := gorm.G[*model.Registration](tx.DB).
			Where("user_id = ? AND unit_id = ? AND slip_consent_at IS NOT NULL", r.UserID, r.UnitID).Order("id").Find(tx.Ctx)
		if err != nil {
			return fmt.Errorf("org: what was agreed to: %w", err)
		}
		for _, r := range all {
			if err := s.consent(tx, r, model.RegistrationDisagree, (*model.Registration).Disagree, st); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("org: consent to slip: %w", err)
	}
	return s.Registration(ctx, who, id)
}

// consent changes what r says of consent, if that is anything new.
func (s *Service) consent(tx *db.Tx, before *model.Registration, e model.RegistrationEvent, verb func(*model.Registration, model.Step) error, st model.Step) error {
	after := *before
	if err := verb(&after, st); err != nil {
		return err
	}
	if (before.SlipConsentAt == nil) == (after.SlipConsentAt == nil) {
		return nil
	}
	if err := db.Save(tx, before, &after); err != nil {
		return err
	}
	return s.tell(tx, st.Who, before.State, &after, e, "")
}
