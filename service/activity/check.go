package activity

import (
	"context"
	"errors"
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/model"
)

// Presence is what somebody's phone sends at a check-in: the code of the slot,
// where it says that it is, and what it calls itself; each only if asked for.
type Presence struct {
	Code   string
	Fix    *model.Fix
	Device string
}

// CheckIn notes that who has come to a slot that he is enrolled in (签到).
func (s *Service) CheckIn(ctx context.Context, who model.Actor, slot int64, p Presence) (*Attended, error) {
	return s.checking(ctx, who, func(tx *db.Tx, st model.Step) (int64, error) {
		sl, e, err := mySlot(tx, who, slot)
		if err != nil {
			return 0, err
		}
		shown, err := s.shown(sl, model.DirectionIn, p, st)
		if err != nil {
			return 0, err
		}
		after := *e
		a, err := after.CheckIn(tx.NewID(), sl, st, shown)
		if err != nil {
			return 0, err
		}
		return a.ID, s.arrive(tx, e, &after, a, model.PartyVolunteer, st)
	})
}

// CheckOut notes that who goes (签退), and counts what he has served.
func (s *Service) CheckOut(ctx context.Context, who model.Actor, slot int64, p Presence) (*Attended, error) {
	return s.checking(ctx, who, func(tx *db.Tx, st model.Step) (int64, error) {
		sl, e, err := mySlot(tx, who, slot)
		if err != nil {
			return 0, err
		}
		shown, err := s.shown(sl, model.DirectionOut, p, st)
		if err != nil {
			return 0, err
		}
		return s.depart(tx, sl, e, model.PartyVolunteer, st, func(a *model.Attendance) error { return a.CheckOut(sl, st, shown) })
	})
}

// checking takes a step of an attendance, and returns it.
func (s *Service) checking(ctx context.Context, who model.Actor, step func(tx *db.Tx, st model.Step) (int64, error)) (*Attended, error) {
	var id int64
	err := s.stepping(ctx, who, func(tx *db.Tx, st model.Step) (err error) {
		id, err = step(tx, st)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Attendance(ctx, who, id)
}

// mySlot returns a slot with who's enrolment in it. To a stranger it says only
// that he has none, whatever he shows.
func mySlot(tx *db.Tx, who model.Actor, slot int64) (*model.Slot, *model.Enrolment, error) {
	sl, err := slotOf(tx, who, slot)
	if err != nil {
		return nil, nil, err
	}
	e, err := live(tx, slot, who.UserID)
	return sl, e, err
}

// shown weighs what a phone sends: whether the code is good now, how far it is.
func (s *Service) shown(sl *model.Slot, d model.Direction, p Presence, st model.Step) (model.Shown, error) {
	x := model.Shown{Fix: p.Fix}
	if p.Device != "" {
		x.Device = s.sealer.Index("device", p.Device)
	}
	if p.Code != "" {
		c, err := s.codes(sl)
		if err != nil {
			return x, err
		}
		x.Code = c.Good(d, p.Code, st.Now)
	}
	if p.Fix != nil && sl.Lat != nil && sl.Lng != nil {
		x.Distance = int64(metres(p.Fix.Lat, p.Fix.Lng, *sl.Lat, *sl.Lng))
	}
	return x, nil
}

// metres measures the way between two points, in millionths of a degree. Both are
// in GCJ-02, whose bend is the same for both.
func metres(lat, lng, otherLat, otherLng int64) float64 {
	point := func(lat, lng int64) orb.Point { return orb.Point{float64(lng) / 1e6, float64(lat) / 1e6} }
	return geo.DistanceHaversine(point(lat, lng), point(otherLat, otherLng))
}

// arrive writes that somebody has come.
func (s *Service) arrive(tx *db.Tx, before, after *model.Enrolment, a *model.Attendance, by model.CheckParty, st model.Step) error {
	if err := s.elsewhere(tx, a.TenantID, a.UserID); err != nil {
		return err
	}
	switch err := db.Add(tx, a); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return db.ErrStale // he has come a moment ago, here or elsewhere: look again
	case err != nil:
		return fmt.Errorf("activity: add attendance: %w", err)
	}
	if err := db.Save(tx, before, after); err != nil {
		return err
	}
	if err := s.tellEnrolment(tx, st.Who, before.State, after, model.EnrolAttend, by); err != nil {
		return err
	}
	return s.tellAttendance(tx, st.Who, "", a, model.CheckIn, by)
}

// depart writes that somebody goes, and what he has served.
func (s *Service) depart(tx *db.Tx, sl *model.Slot, e *model.Enrolment, by model.CheckParty, st model.Step,
	verb func(*model.Attendance) error,
) (int64, error) {
	before, err := attendanceOf(tx, e)
	if err != nil {
		return 0, err
	}
	after := *before
	if err := verb(&after); err != nil {
		return 0, err
	}
	if err := db.Save(tx, before, &after); err != nil {
		return 0, err
	}
	if err := s.certify(tx, st.Policy, &after, e, sl, 0); err != nil {
		return 0, err
	}
	return after.ID, s.tellAttendance(tx, st.Who, before.State, &after, model.CheckOut, by)
}

// attendanceOf returns that somebody came for his enrolment.
func attendanceOf(tx *db.Tx, e *model.Enrolment) (*model.Attendance, error) {
	var a model.Attendance
	err := tx.Where("source_type = ? AND source_id = ? AND user_id = ?", model.OfEnrolment, e.ID, e.UserID).Take(&a).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return nil, model.ErrNotCheckedIn
	case err != nil:
		return nil, fmt.Errorf("activity: attendance of %d: %w", e.ID, err)
	}
	return &a, nil
}

func (s *Service) tellAttendance(tx *db.Tx, who model.Actor, from model.AttendanceState, a *model.Attendance, e model.CheckEvent, by model.CheckParty) error {
	return s.tell(tx, who, model.Event{
		Subject: model.OfAttendance, SubjectID: a.ID, Name: string(e), FromState: string(from), ToState: string(a.State), ActorRole: string(by),
		Reason: a.Reason,
	})
}

// Scan checks in or out whoever shows his own code to the leader of a slot
// (扫码签到): whoever's phone cannot find its place, or has no camera.
func (s *Service) Scan(ctx context.Context, who model.Actor, slot int64, scanned string, d model.Direction) (*Attended, error) {
	return s.checking(ctx, who, func(tx *db.Tx, st model.Step) (int64, error) {
		sl, err := ledSlot(tx, who, slot)
		if err != nil {
			return 0, err
		}
		c, err := s.codes(sl)
		if err != nil {
			return 0, err
		}
		id := model.EnrolmentIn(scanned)
		if !c.OwnGood(id, scanned, tx.Now) {
			return 0, model.ErrCheckInCode
		}
		return s.byLeader(tx, sl, id, d, model.ModeKiosk, "", st)
	})
}

// Attest checks in or out whoever the leader of a slot sees before him (代为签到):
// for those without a smartphone, and where a phone fails.
func (s *Service) Attest(ctx context.Context, who model.Actor, enrolment int64, d model.Direction, reason string) (*Attended, error) {
	return s.checking(ctx, who, func(tx *db.Tx, st model.Step) (int64, error) {
		e, err := db.Find[model.Enrolment](tx, enrolment, model.ErrEnrolmentNotFound)
		if err != nil {
			return 0, err
		}
		sl, err := ledSlot(tx, who, e.SlotID)
		if errors.Is(err, model.ErrSlotNotFound) {
			return 0, model.ErrEnrolmentNotFound
		}
		if err != nil {
			return 0, err
		}
		return s.byLeader(tx, sl, enrolment, d, model.ModeLeader, reason, st)
	})
}

// byLeader checks somebody in or out on the leader's word.
func (s *Service) byLeader(tx *db.Tx, sl *model.Slot, enrolment int64, d model.Direction, how model.CheckInMode, reason string, st model.Step) (id int64, err error) {
	e, err := db.Find[model.Enrolment](tx, enrolment, model.ErrEnrolmentNotFound)
	if err != nil {
		return 0, err
	}
	if d == model.DirectionIn {
		after := *e
		a, err := after.LetIn(tx.NewID(), sl, st, how, reason)
		if err != nil {
			return 0, err
		}
		if err := s.arrive(tx, e, &after, a, model.PartyLeader, st); err != nil {
			return 0, err
		}
		id = a.ID
	} else {
		id, err = s.depart(tx, sl, e, model.PartyLeader, st, func(a *model.Attendance) error { return a.LetOut(e, sl, st, how) })
		if err != nil {
			return 0, err
		}
	}
	return id, audit.Put(tx, st.Who, "attendance."+string(d), model.OfAttendance, id, map[string]any{"user_id": e.UserID, "mode": how})
}
