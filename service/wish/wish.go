// Package wish runs the micro-wish loop (微心愿): 点单, 派单, 接单, 晒单, 评单. What
// each step requires and changes is in model; here is what it reads and writes.
package wish

import (
	"context"
	"time"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/timer"
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

// Sealer keeps personal data from whoever reads the database.
type Sealer interface {
	Seal(aad, plain string) (string, error)
	Open(aad, sealed string) (string, error)
	Index(kind, value string) string
}

// Ledger books what a wish earns those who served it.
type Ledger interface {
	WishClosed(tx *db.Tx, w *model.Wish) error
	WishReopened(tx *db.Tx, w *model.Wish, who model.Actor) error
}

// Service runs the loop.
type Service struct {
	db       *db.DB
	policies Policies
	events   Events
	sealer   Sealer
	ledger   Ledger
}

// New returns a Service that keeps wishes in d.
func New(d *db.DB, policies Policies, events Events, sealer Sealer, ledger Ledger) *Service {
	return &Service{db: d, policies: policies, events: events, sealer: sealer, ledger: ledger}
}

// move is one step of the loop: the verb that checks and changes the wish, and
// what else is written with it.
type move struct {
	event  model.WishEvent
	reason string // told to the resident
	note   string // more, for history
	verb   func(tx *db.Tx, w *model.Wish, s model.Step) error
	with   func(tx *db.Tx, before, after *model.Wish, s model.Step) error // nil: nothing
	read   func(tx *db.Tx, id int64) (*row, error)                        // nil: [load]
	opens  model.TaskKind                                                 // a task it calls for; "": none

	opensIf func(after *model.Wish, s model.Step) bool // nil: always
	closes  model.TaskKind                             // a task it settles; "": none
}

// act takes a step of the wish with the given id. The wish is read, and the
// step refused, before a transaction is begun: of a thousand who come too late
// none costs more than one read. Then the version that was read has to be the
// one that is written.
func (s *Service) act(ctx context.Context, who model.Actor, id int64, m move) (*Seen, error) {
	policy, err := s.policies.Of(ctx, who.TenantID)
	if err != nil {
		return nil, err
	}
	var read, seen *row
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if read, err = m.find(tx, id); err != nil {
			return err
		}
		trial := read.Wish
		return m.verb(tx, &trial, model.Step{Who: who, Now: tx.Now, Policy: policy})
	})
	if err != nil {
		return nil, err
	}
	var step model.Step
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		seen = read
		if read = nil; seen == nil { // it had changed: look again
			if seen, err = m.find(tx, id); err != nil {
				return err
			}
		}
		before, after := seen.Wish, seen.Wish
		step = model.Step{Who: who, Now: tx.Now, Policy: policy}
		if err := m.verb(tx, &after, step); err != nil {
			return err
		}
		if err := s.settle(tx, &before, &after, m, step); err != nil {
			return err
		}
		return seen.become(tx, &after)
	})
	if err != nil {
		return nil, err
	}
	return s.shown(seen, who, step.Now), nil
}

func (m move) find(tx *db.Tx, id int64) (*row, error) {
	if m.read != nil {
		return m.read(tx, id)
	}
	return load(tx, id)
}

// settle writes a step that has been taken: the wish, its history and outbox
// row, its timer, its tasks, and what else the step asks for.
func (s *Service) settle(tx *db.Tx, before, after *model.Wish, m move, step model.Step) error {
	if err := closeTasks(tx, before, after, m.closes); err != nil {
		return err
	}
	if m.opens != "" && (m.opensIf == nil || m.opensIf(after, step)) {
		if err := open(tx, after, m.opens); err != nil {
			return err
		}
	}
	if err := db.Save(tx, before, after); err != nil {
		return err
	}
	if err := endRecords(tx, before, after, m, step.Now); err != nil {
		return err
	}
	if m.with != nil {
		if err := m.with(tx, before, after, step); err != nil {
			return err
		}
	}
	if err := s.reward(tx, before, after, step.Who); err != nil {
		return err
	}
	if err := s.events.Put(tx, record(before, after, m, step)); err != nil {
		return err
	}
	return setTimer(tx, before, after, step.Policy)
}

// reward lets a wish that closes earn points, and one that is done again lose
// them.
func (s *Service) reward(tx *db.Tx, before, after *model.Wish, who model.Actor) error {
	switch was, is := before.State == model.WishClosed, after.State == model.WishClosed; {
	case is && !was:
		return s.ledger.WishClosed(tx, after)
	case was && !is:
		return s.ledger.WishReopened(tx, before, who)
	}
	return nil
}

// record returns the line of history about a step.
func record(before, after *model.Wish, m move, step model.Step) model.Event {
	return model.Event{
		TenantID: after.TenantID, Subject: model.OfWish, SubjectID: after.ID, Name: string(m.event),
		FromState: string(before.State), ToState: string(after.State), ActorID: step.Who.UserID,
		ActorRole: before.PartIn(m.event, step.Who), Reason: m.reason, Note: m.note, RequestID: step.Who.RequestID,
	}
}

// setTimer winds the alarm of the state that the wish has come to.
func setTimer(tx *db.Tx, before, after *model.Wish, p model.Policy) error {
	was, next := before.NextAlarm(p), after.NextAlarm(p)
	switch {
	case next == nil && was == nil:
		return nil
	case next == nil:
		return timer.Clear(tx, model.WishAlarm, after.ID)
	case was != nil && was.Equal(*next) && was.After(tx.Now): // one that is due has rung, and is gone
		return nil
	}
	return timer.Set(tx, model.WishAlarm, after.ID, *next)
}

// Seen is a wish as somebody may see it: what he may not see is not in it.
type Seen struct {
	model.Wish
	Relation model.Relation
	Possible []model.WishEvent
	Masked   bool
	Now      time.Time // when it is seen so
	Names    Names
	Similar  []model.Wish // of an order: what the same person is waiting for already
}

// Names are what the organisations and people on a wish are called.
type Names struct{ Community, Claimer, ClaimOrg, Target, TargetOrg string }

// seen shows w to who. Whoever could only claim it sees no person, and no text
// that tells who or where somebody is; nor does any text tell it to those who
// only watch, or have not yet taken what was ordered to them.
func (s *Service) seen(w *model.Wish, who model.Actor, now time.Time) *Seen {
	v := &Seen{Wish: *w, Relation: w.RelationTo(who), Possible: w.Possible(who, now), Now: now}
	switch {
	case v.Relation&^model.Candidate == 0:
		v.mask()
	case v.Relation&^(model.Candidate|model.Target|model.Observer) == 0:
		v.Title, v.Detail = model.MaskText(w.Title), model.MaskText(w.Detail)
		v.Masked = v.Title != w.Title || v.Detail != w.Detail
	}
	return v
}

func (v *Seen) mask() {
	v.Masked = true
	v.Title, v.Detail = model.MaskText(v.Title), model.MaskText(v.Detail)
	v.RequesterID, v.BeneficiaryID, v.ProxyID, v.BeneficiaryMask = 0, 0, 0, ""
	v.Reason, v.NextHint, v.ReportText, v.Receipt, v.FailReason, v.ExtendReason = "", "", "", "", "", ""
	v.FailBy, v.Team, v.ClaimerID, v.TargetUserID = 0, "", 0, 0
	v.Names.Claimer, v.Names.Target = "", ""
}

// Get returns a wish that who may see; another is not there for him.
func (s *Service) Get(ctx context.Context, who model.Actor, id int64) (v *Seen, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err := load(tx, id)
		if err != nil {
			return err
		}
		v = s.shown(row, who, tx.Now)
		if v.Relation == 0 {
			return model.ErrWishNotFound
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (s *Service) shown(r *row, who model.Actor, now time.Time) *Seen {
	v := s.seen(&r.Wish, who, now)
	v.Names = Names{r.CommunityName, r.ClaimerName, r.ClaimOrgName, r.TargetName, r.TargetOrgName}
	if v.Relation&^model.Candidate == 0 {
		v.Names.Claimer, v.Names.Target = "", ""
	}
	return v
}

// trace puts a line about a wish into the audit log.
func trace(tx *db.Tx, who model.Actor, action string, w *model.Wish, detail map[string]any) error {
	return audit.Put(tx, who, action, model.OfWish, w.ID, detail)
}
