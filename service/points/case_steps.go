package points

import (
	"context"
	"fmt"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/model"
)

// caseMove is one step of a case: the verb that checks and changes it, and what
// it does to the ledger.
type caseMove struct {
	event  model.PointCaseEvent
	reason string
	verb   func(c *model.PointCase, s model.Step, reason string) error
	books  func(tx *db.Tx, c *model.PointCase, who model.Actor) error // nil: nothing
}

// Approve puts a case in force and books it (同意), in one transaction.
func (s *Service) Approve(ctx context.Context, who model.Actor, id int64, answer string) (*Case, error) {
	return s.decide(ctx, who, id, caseMove{model.CaseApprove, answer, (*model.PointCase).Approve, s.carryOut})
}

// Refuse ends a proposal (不同意).
func (s *Service) Refuse(ctx context.Context, who model.Actor, id int64, answer string) (*Case, error) {
	return s.decide(ctx, who, id, caseMove{model.CaseRefuse, answer, (*model.PointCase).Refuse, nil})
}

// Appeal lets the person concerned ask for another look (申诉).
func (s *Service) Appeal(ctx context.Context, who model.Actor, id int64, why string) (*Case, error) {
	return s.decide(ctx, who, id, caseMove{model.CaseAppeal, why, (*model.PointCase).File, nil})
}

// Uphold finds that the appeal is right, and reverses what was booked
// (申诉成立).
func (s *Service) Uphold(ctx context.Context, who model.Actor, id int64, ruling string) (*Case, error) {
	return s.decide(ctx, who, id, caseMove{model.CaseUphold, ruling, (*model.PointCase).Uphold, s.takeBack})
}

// Dismiss finds that the decision stands (维持原决定).
func (s *Service) Dismiss(ctx context.Context, who model.Actor, id int64, ruling string) (*Case, error) {
	return s.decide(ctx, who, id, caseMove{model.CaseDismiss, ruling, (*model.PointCase).Dismiss, nil})
}

func (s *Service) carryOut(tx *db.Tx, c *model.PointCase, _ model.Actor) error {
	_, err := s.book(tx, c.Posting(tx.Now), nil)
	return err
}

func (s *Service) takeBack(tx *db.Tx, c *model.PointCase, who model.Actor) error {
	return s.Undo(tx, c.TenantID, model.OfPointCase, c.ID, "申诉成立: "+c.Kind.Title(), who)
}

// decide takes a step of a case. Of two who take one at once the slower finds
// that the case has changed, looks again and is told so.
func (s *Service) decide(ctx context.Context, who model.Actor, id int64, m caseMove) (*Case, error) {
	limits, err := s.policies.Of(ctx, who.TenantID)
	if err != nil {
		return nil, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := db.Find[model.PointCase](tx, id, model.ErrPointCaseNotFound)
		if err != nil {
			return err
		}
		after := *before
		step := model.Step{Who: who, Now: tx.Now, Policy: limits}
		if err := m.verb(&after, step, m.reason); err != nil {
			return err
		}
		if err := s.settle(tx, before, &after, m, who); err != nil {
			return err
		}
		return audit.Put(tx, who, "point_case."+string(m.event), model.OfPointCase, id, map[string]any{"kind": after.Kind, "change": after.Change})
	})
	if err != nil {
		return nil, err
	}
	return s.Case(ctx, who, id)
}

// settle writes a step that has been taken: the case, what it books, its timer
// and its history.
func (s *Service) settle(tx *db.Tx, before, after *model.PointCase, m caseMove, who model.Actor) error {
	if err := db.Save(tx, before, after); err != nil {
		return err
	}
	if m.books != nil {
		if err := m.books(tx, after, who); err != nil {
			return err
		}
	}
	if err := windCase(tx, after); err != nil {
		return err
	}
	return s.events.Put(tx, model.Event{
		TenantID: after.TenantID, Subject: model.OfPointCase, SubjectID: after.ID, Name: string(m.event), FromState: string(before.State),
		ToState: string(after.State), ActorID: who.UserID, ActorRole: before.PartIn(m.event, who), Reason: m.reason, RequestID: who.RequestID,
	})
}

func windCase(tx *db.Tx, c *model.PointCase) error {
	if c.DueAt == nil {
		return timer.Clear(tx, model.PointCaseAlarm, c.ID)
	}
	return timer.Set(tx, model.PointCaseAlarm, c.ID, *c.DueAt)
}

// alarmReasons are what the person concerned is told when a clock rings.
var alarmReasons = map[model.PointCaseEvent]string{
	model.CaseLapse:    "超过复核时限, 自动失效。",
	model.CaseEscalate: "超过答复时限, 已上提县级处理。",
}

// CaseAlarm does what falls due in a case: a proposal lapses, an appeal goes to
// the county. It is what the timers of kind [model.PointCaseAlarm] call.
func (s *Service) CaseAlarm(tx *db.Tx, id int64) error {
	before, err := db.Find[model.PointCase](tx, id, model.ErrPointCaseNotFound)
	if err != nil {
		return err
	}
	switch {
	case before.DueAt == nil:
		return nil
	case before.DueAt.After(tx.Now):
		return timer.Set(tx, model.PointCaseAlarm, id, *before.DueAt)
	}
	after := *before
	system := model.SystemActor(before.TenantID)
	event, err := after.Ring(model.Step{Who: system, Now: tx.Now})
	if err != nil {
		return fmt.Errorf("points: alarm of case %d: %w", id, err)
	}
	return s.settle(tx, before, &after, caseMove{event: event, reason: alarmReasons[event]}, system)
}
