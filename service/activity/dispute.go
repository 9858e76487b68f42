package activity

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/model"
)

// DisputeShown is a dispute with whose it is.
type DisputeShown struct {
	model.Dispute
	UserName, OrgName string
	History           []model.Event // of one that was asked for by itself, oldest first
}

const namedDisputes = `SELECT d.*, COALESCE(u.display_name, '') AS user_name, COALESCE(o.name, '') AS org_name
	FROM disputes d LEFT JOIN users u ON u.id = d.user_id LEFT JOIN orgs o ON o.id = d.org_id `

// disputeRow is a dispute with what its person and organisation are called, in
// one read.
type disputeRow struct {
	model.Dispute
	UserName, OrgName string
}

func (r disputeRow) shown() *DisputeShown {
	return &DisputeShown{Dispute: r.Dispute, UserName: r.UserName, OrgName: r.OrgName}
}

// scene is what a dispute is about, as it is now.
type scene struct {
	enrolment  *model.Enrolment
	slot       *model.Slot
	attendance *model.Attendance    // nil: he was not there
	record     *model.ServiceRecord // nil: nothing counts
}

// sceneOf reads what a dispute about an enrolment is about.
func sceneOf(tx *db.Tx, e *model.Enrolment) (*scene, error) {
	x := &scene{enrolment: e}
	var err error
	if x.slot, err = db.Find[model.Slot](tx, e.SlotID, model.ErrSlotNotFound); err != nil {
		return nil, err
	}
	all, err := gorm.G[model.Attendance](tx.DB).Where("source_type = ? AND source_id = ?", model.OfEnrolment, e.ID).Limit(1).Find(tx.Ctx)
	if err != nil {
		return nil, fmt.Errorf("activity: attendance of %d: %w", e.ID, err)
	}
	if len(all) == 0 {
		return x, nil
	}
	x.attendance = &all[0]
	rows, err := standing(tx, x.attendance)
	if err != nil {
		return nil, err
	}
	if len(rows) > 0 {
		x.record = &rows[0]
	}
	return x, nil
}

// counted returns how many minutes count so far.
func (x *scene) counted() int64 {
	if x.attendance == nil || x.attendance.State != model.AttendanceDone {
		return 0
	}
	return x.attendance.Minutes
}

// FileDispute files that an enrolment of who's own should count so many minutes
// (提出异议).
func (s *Service) FileDispute(ctx context.Context, who model.Actor, enrolment, minutes int64, reason string) (*DisputeShown, error) {
	var id int64
	err := s.stepping(ctx, who, func(tx *db.Tx, step model.Step) error {
		e, err := db.Find[model.Enrolment](tx, enrolment, model.ErrEnrolmentNotFound)
		if err != nil {
			return err
		}
		if e.TenantID != who.TenantID || e.UserID != who.UserID {
			return model.ErrEnrolmentNotFound
		}
		x, err := sceneOf(tx, e)
		if err != nil {
			return err
		}
		d, err := model.NewDispute(tx.NewID(), e, x.attendance, x.slot, minutes, reason, step)
		if err != nil {
			return err
		}
		id = d.ID
		switch err := db.Add(tx, d); {
		case errors.Is(err, gorm.ErrDuplicatedKey):
			return model.ErrDisputeTaken
		case err != nil:
			return fmt.Errorf("activity: add dispute: %w", err)
		}
		if err := timer.Start(tx, model.DisputeAlarm, d.ID, *d.DueAt); err != nil {
			return err
		}
		return s.disputed(tx, who, d, "", model.DisputeFile, model.PartyVolunteer, reason)
	})
	if err != nil {
		return nil, err
	}
	return s.Dispute(ctx, who, id)
}

// UpholdDispute finds that somebody served so many minutes (异议成立): he was
// there, and they count.
func (s *Service) UpholdDispute(ctx context.Context, who model.Actor, id, minutes int64, answer string) (*DisputeShown, error) {
	return s.answer(ctx, who, id, model.DisputeUphold, func(tx *db.Tx, d *model.Dispute, x *scene, step model.Step) error {
		cal, err := calendar(tx, d.TenantID, d.UserID)
		if err != nil {
			return err
		}
		if err := d.Uphold(minutes, x.counted(), x.slot, tx.NewID(), answer, model.Deciders(x.slot, x.attendance, x.record), step); err != nil {
			return err
		}
		if err := s.vouch(tx, x, d, step); err != nil {
			return err
		}
		if err := s.recount(tx, x, d, step); err != nil {
			return err
		}
		return touch(tx, cal)
	})
}

// DismissDispute finds that the record is right (维持原记录).
func (s *Service) DismissDispute(ctx context.Context, who model.Actor, id int64, answer string) (*DisputeShown, error) {
	return s.answer(ctx, who, id, model.DisputeDismiss, func(_ *db.Tx, d *model.Dispute, x *scene, step model.Step) error {
		return d.Dismiss(answer, model.Deciders(x.slot, x.attendance, x.record), step)
	})
}

// verdict decides a dispute, and does what follows from it.
type verdict func(tx *db.Tx, d *model.Dispute, x *scene, step model.Step) error

// answer takes the step that ends a dispute.
func (s *Service) answer(ctx context.Context, who model.Actor, id int64, e model.CheckEvent, decide verdict) (*DisputeShown, error) {
	err := s.stepping(ctx, who, func(tx *db.Tx, step model.Step) error {
		before, err := db.Find[model.Dispute](tx, id, model.ErrDisputeNotFound)
		if err != nil {
			return err
		}
		en, err := db.Find[model.Enrolment](tx, before.EnrolmentID, model.ErrDisputeNotFound)
		if err != nil {
			return err
		}
		x, err := sceneOf(tx, en)
		if err != nil {
			return err
		}
		after := *before
		if err := decide(tx, &after, x, step); err != nil {
			return err
		}
		if err := db.Save(tx, before, &after); err != nil {
			return err
		}
		if err := timer.Clear(tx, model.DisputeAlarm, id); err != nil {
			return err
		}
		return s.disputed(tx, who, &after, before.State, e, model.PartyReviewer, after.Answer)
	})
	if err != nil {
		return nil, err
	}
	return s.Dispute(ctx, who, id)
}

// vouch lets the attendance say what was found: who was said to be absent was
// there.
func (s *Service) vouch(tx *db.Tx, x *scene, d *model.Dispute, step model.Step) error {
	if x.enrolment.State == model.EnrolmentAbsent {
		after := *x.enrolment
		if err := after.Vouch(); err != nil {
			return err
		}
		if err := db.Save(tx, x.enrolment, &after); err != nil {
			return err
		}
		err := s.tell(tx, step.Who, model.Event{
			Subject: model.OfEnrolment, SubjectID: after.ID, Name: string(model.EnrolVouch), FromState: string(x.enrolment.State), ToState: string(after.State),
			ActorRole: string(model.PartyReviewer), Reason: d.Answer,
		})
		if err != nil {
			return err
		}
	}
	if x.attendance != nil {
		return s.revise(tx, x.attendance.ID, d.Granted, d.Answer, step)
	}
	x.attendance = model.NewVouched(tx.NewID(), x.enrolment, x.slot, d.Granted, d.Answer, step)
	switch err := db.Add(tx, x.attendance); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return db.ErrStale
	case err != nil:
		return fmt.Errorf("activity: vouch for %d: %w", x.enrolment.ID, err)
	}
	return s.tellAttendance(tx, step.Who, "", x.attendance, model.CheckRevise, model.PartyReviewer)
}

// recount lets what was found count: in a first record, or in the place of one.
func (s *Service) recount(tx *db.Tx, x *scene, d *model.Dispute, step model.Step) error {
	if x.record != nil {
		return s.replace(tx, x.record, replacing{d.RecordID, model.OfDispute, d.ID, d.Granted, "异议成立: " + d.Answer}, step)
	}
	m, err := memberOf(tx, d.TenantID, d.UserID)
	if err != nil {
		return err
	}
	day, err := dayUse(tx, step.Policy, d.UserID, model.DayOf(x.attendance.InAt), 0)
	if err != nil {
		return err
	}
	r := model.NewServiceRecord(d.RecordID, x.attendance, x.enrolment, x.slot, m, day, step.Who.UserID, tx.Now)
	r.Owe(model.OfDispute, d.ID, d.Granted, day)
	return s.record(tx, r, step.Who)
}

// disputed writes the history of a step of a dispute. A volunteer's own step is
// no business of the audit log.
func (s *Service) disputed(tx *db.Tx, who model.Actor, d *model.Dispute, from model.DisputeState, e model.CheckEvent, p model.CheckParty, why string) error {
	if p == model.PartyReviewer {
		detail := map[string]any{"enrolment": d.EnrolmentID, "claimed": d.Claimed, "granted": d.Granted}
		if err := audit.Put(tx, who, "dispute."+string(e), model.OfDispute, d.ID, detail); err != nil {
			return err
		}
	}
	return s.tell(tx, who, model.Event{
		Subject: model.OfDispute, SubjectID: d.ID, Name: string(e), FromState: string(from), ToState: string(d.State), ActorRole: string(p), Reason: why,
	})
}

// DisputeAlarm gives a dispute that nobody has answered in time to the township.
// It is what the timers of kind [model.DisputeAlarm] call.
func (s *Service) DisputeAlarm(tx *db.Tx, id int64) error {
	before, err := db.Find[model.Dispute](tx, id, model.ErrDisputeNotFound)
	if err != nil {
		return err
	}
	switch {
	case before.DueAt == nil:
		return nil
	case before.DueAt.After(tx.Now):
		return timer.Set(tx, model.DisputeAlarm, id, *before.DueAt)
	}
	after := *before
	if err := after.Escalate(); err != nil {
		return fmt.Errorf("activity: alarm of dispute %d: %w", id, err)
	}
	if err := db.Save(tx, before, &after); err != nil {
		return err
	}
	system := model.SystemActor(before.TenantID)
	return s.disputed(tx, system, &after, before.State, model.DisputeEscalate, model.PartySystem, "超过答复时限, 已上提乡镇（街道）处理。")
}

// Dispute returns a dispute that who has a part in, with its history; another is
// not there for him.
func (s *Service) Dispute(ctx context.Context, who model.Actor, id int64) (d *DisputeShown, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var rows []disputeRow
		if err := tx.Raw(namedDisputes+"WHERE d.id = ?", id).Scan(&rows).Error; err != nil {
			return fmt.Errorf("activity: dispute %d: %w", id, err)
		}
		if len(rows) == 0 || !rows[0].Sees(who) {
			return model.ErrDisputeNotFound
		}
		d = rows[0].shown()
		d.History, err = gorm.G[model.Event](tx.DB).Where("subject = ? AND subject_id = ?", model.OfDispute, id).Order("id").Limit(20).Find(tx.Ctx)
		if err != nil {
			return fmt.Errorf("activity: history of dispute %d: %w", id, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Disputes returns up to limit of who's own disputes that are older than before,
// the newest first.
func (s *Service) Disputes(ctx context.Context, who model.Actor, before int64, limit int) ([]*DisputeShown, error) {
	return s.disputes(ctx, before, limit, func(*db.Tx) (string, int64, error) { return "d.user_id = ?", who.UserID, nil })
}

// DisputeQueue returns up to limit disputes that wait for the workers of an
// organisation; 0 is the first that who works for.
func (s *Service) DisputeQueue(ctx context.Context, who model.Actor, org, before int64, limit int) ([]*DisputeShown, error) {
	return s.disputes(ctx, before, limit, func(tx *db.Tx) (string, int64, error) {
		desk, err := deskOf(tx, who, org)
		return "d.queue_org_id = ?", desk, err
	})
}

// disputes reads a range of one index.
func (s *Service) disputes(ctx context.Context, before int64, limit int, of func(tx *db.Tx) (where string, key int64, err error)) (all []*DisputeShown, err error) {
	before = db.Before(before)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		where, key, err := of(tx)
		if err != nil {
			return err
		}
		var rows []disputeRow
		if err := tx.Raw(namedDisputes+"WHERE "+where+" AND d.id < ? ORDER BY d.id DESC LIMIT ?", key, before, limit).Scan(&rows).Error; err != nil {
			return fmt.Errorf("activity: disputes: %w", err)
		}
		for _, r := range rows {
			all = append(all, r.shown())
		}
		return nil
	})
	return all, err
}
