package activity

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/model"
)

// CorrectionShown is a correction with whose it is and what it is about.
type CorrectionShown struct {
	model.Correction
	UserName, OrgName, Title string
	Day                      model.Day
}

const namedCorrections = `SELECT c.*, COALESCE(u.display_name, '') AS user_name, COALESCE(o.name, '') AS org_name, COALESCE(r.title, '') AS title, r.day AS day
	FROM corrections c LEFT JOIN users u ON u.id = c.user_id LEFT JOIN orgs o ON o.id = c.org_id LEFT JOIN service_records r ON r.id = c.record_id `

// RequestCorrection asks that a record say other minutes (申请更正).
func (s *Service) RequestCorrection(ctx context.Context, who model.Actor, record, minutes int64, reason string) (*CorrectionShown, error) {
	var id int64
	err := s.stepping(ctx, who, func(tx *db.Tx, step model.Step) error {
		r, err := db.Find[model.ServiceRecord](tx, record, model.ErrRecordNotFound)
		if err != nil {
			return err
		}
		slot := &model.Slot{}
		if r.SlotID != 0 {
			if slot, err = db.Find[model.Slot](tx, r.SlotID, model.ErrRecordNotFound); err != nil {
				return err
			}
		}
		c, err := model.NewCorrection(tx.NewID(), r, slot, minutes, reason, step)
		if err != nil {
			return err
		}
		id = c.ID
		switch err := db.Add(tx, c); {
		case errors.Is(err, gorm.ErrDuplicatedKey):
			return model.ErrCorrectionOpen
		case err != nil:
			return fmt.Errorf("activity: add correction: %w", err)
		}
		party := model.PartyLeader
		if who.UserID == r.UserID {
			party = model.PartyVolunteer
		}
		return s.corrected(tx, who, c, model.CorrectRequest, "", party, reason)
	})
	if err != nil {
		return nil, err
	}
	return s.correction(ctx, id)
}

// ApproveCorrection lets the new minutes count (同意更正): the old record is void,
// another is in its place, and what they earn follows.
func (s *Service) ApproveCorrection(ctx context.Context, who model.Actor, id int64, answer string) (*CorrectionShown, error) {
	err := s.stepping(ctx, who, func(tx *db.Tx, step model.Step) error {
		before, err := db.Find[model.Correction](tx, id, model.ErrCorrectionNotFound)
		if err != nil {
			return err
		}
		after := *before
		if err := after.Approve(tx.NewID(), answer, step); err != nil {
			return err
		}
		if err := s.putRight(tx, &after, step); err != nil {
			return err
		}
		return s.decided(tx, who, before, &after, model.CorrectApprove)
	})
	if err != nil {
		return nil, err
	}
	return s.correction(ctx, id)
}

// RefuseCorrection leaves a record as it is (不同意更正).
func (s *Service) RefuseCorrection(ctx context.Context, who model.Actor, id int64, answer string) (*CorrectionShown, error) {
	err := s.stepping(ctx, who, func(tx *db.Tx, step model.Step) error {
		before, err := db.Find[model.Correction](tx, id, model.ErrCorrectionNotFound)
		if err != nil {
			return err
		}
		after := *before
		if err := after.Refuse(answer, step); err != nil {
			return err
		}
		return s.decided(tx, who, before, &after, model.CorrectRefuse)
	})
	if err != nil {
		return nil, err
	}
	return s.correction(ctx, id)
}

// putRight puts another record in the place of the one that c corrects, under
// the calendar of whose it is.
func (s *Service) putRight(tx *db.Tx, c *model.Correction, step model.Step) error {
	cal, err := calendar(tx, c.TenantID, c.UserID)
	if err != nil {
		return err
	}
	r, err := db.Find[model.ServiceRecord](tx, c.RecordID, model.ErrRecordNotFound)
	if err != nil {
		return err
	}
	by := replacing{c.NewRecordID, model.OfCorrection, c.ID, c.NewMinutes, "更正: " + c.Reason}
	if err := s.replace(tx, r, by, step); err != nil {
		return err
	}
	if err := s.revise(tx, r.AttendanceID, c.NewMinutes, by.why, step); err != nil {
		return err
	}
	return touch(tx, cal)
}

// revise says in an attendance how many minutes of it count now.
func (s *Service) revise(tx *db.Tx, id, minutes int64, why string, step model.Step) error {
	before, err := db.Find[model.Attendance](tx, id, model.ErrAttendanceNotFound)
	if err != nil {
		return err
	}
	after := *before
	if err := after.Revise(minutes, why, step); err != nil {
		return err
	}
	if err := db.Save(tx, before, &after); err != nil {
		return err
	}
	return s.tellAttendance(tx, step.Who, before.State, &after, model.CheckRevise, model.PartyReviewer)
}

// decided writes a decision on a correction.
func (s *Service) decided(tx *db.Tx, who model.Actor, before, after *model.Correction, e model.CheckEvent) error {
	if err := db.Save(tx, before, after); err != nil {
		return err
	}
	return s.corrected(tx, who, after, e, before.State, model.PartyReviewer, after.Answer)
}

// corrected writes the history of a step of a correction. A volunteer's own step
// is no business of the audit log.
func (s *Service) corrected(tx *db.Tx, who model.Actor, c *model.Correction, e model.CheckEvent, from model.CorrectionState, p model.CheckParty, why string) error {
	if p != model.PartyVolunteer {
		detail := map[string]any{"record": c.RecordID, "old": c.OldMinutes, "new": c.NewMinutes}
		if err := audit.Put(tx, who, "correction."+string(e), model.OfCorrection, c.ID, detail); err != nil {
			return err
		}
	}
	return s.tell(tx, who, model.Event{
		Subject: model.OfCorrection, SubjectID: c.ID, Name: string(e), FromState: string(from), ToState: string(c.State), ActorRole: string(p), Reason: why,
	})
}

// correction returns a correction that its reader has just had in hand.
func (s *Service) correction(ctx context.Context, id int64) (*CorrectionShown, error) {
	var rows []CorrectionShown
	err := s.db.View(ctx, func(tx *db.Tx) error { return tx.Raw(namedCorrections+"WHERE c.id = ?", id).Scan(&rows).Error })
	switch {
	case err != nil:
		return nil, fmt.Errorf("activity: correction %d: %w", id, err)
	case len(rows) == 0:
		return nil, model.ErrCorrectionNotFound
	}
	return &rows[0], nil
}

// Corrections returns up to limit corrections that wait for the workers of an
// organisation, older than before, the newest first. Org 0 is the first that who
// works for.
func (s *Service) Corrections(ctx context.Context, who model.Actor, org, before int64, limit int) (all []CorrectionShown, err error) {
	before = db.Before(before)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		desk, err := deskOf(tx, who, org)
		if err != nil {
			return err
		}
		return tx.Raw(namedCorrections+"WHERE c.queue_org_id = ? AND c.id < ? ORDER BY c.id DESC LIMIT ?", desk, before, limit).Scan(&all).Error
	})
	if err != nil {
		return nil, fmt.Errorf("activity: corrections: %w", err)
	}
	return all, nil
}

// deskOf returns an organisation over which who decides about hours, or for 0
// the first for which he works.
func deskOf(tx *db.Tx, who model.Actor, id int64) (int64, error) {
	if id == 0 {
		id = firstDesk(who)
	}
	o, err := db.Find[model.Org](tx, id, model.ErrOrgNotFound)
	switch {
	case err != nil:
		return 0, err
	case o.TenantID != who.TenantID:
		return 0, model.ErrOrgNotFound
	case !who.Reviews(o.Path):
		return 0, model.ErrForbidden
	}
	return o.ID, nil
}

func firstDesk(who model.Actor) int64 {
	for _, role := range []model.Role{model.RoleWorker, model.RoleTownship, model.RoleCounty} {
		for _, h := range who.Held {
			if h.Role == role {
				return h.OrgID
			}
		}
	}
	return 0
}
