package activity_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/fault"
	"dandelion/model"
	"dandelion/service/activity"
)

// stroll takes volunteers and leaders along random ways.
type stroll struct {
	*hall
	people []model.Actor
	slots  []int64
}

// TestRandomWalksOfMornings: whatever volunteers, leaders and clocks do, in
// whatever order, places, people and hours add up, every refusal is one that a
// person understands, and nothing hangs.
func TestRandomWalksOfMornings(t *testing.T) {
	h := newHall(t, dbtest.URL(t))
	rapid.Check(t, func(t *rapid.T) {
		s := &stroll{hall: h, people: append(h.crowd(3), h.stranger, h.foreign, h.worker)}
		start := h.clock.Now()
		s.invite(start)
		for range 25 {
			s.step(t)
		}
		s.adds()
		s.goHome(start)
	})
	h.sound()
}

// invite publishes three slots of which two overlap.
func (s *stroll) invite(start time.Time) {
	s.Helper()
	from := start.Add(time.Hour).Truncate(time.Minute)
	for i, mode := range []model.CheckInMode{model.ModeCode, model.ModeKiosk, model.ModeCode} {
		begin := from.Add(time.Duration(i) * 90 * time.Minute)
		s.slots = append(s.slots, s.slot(model.SlotTerms{
			StartsAt: begin, EndsAt: begin.Add(2 * time.Hour), Place: "红星广场", Capacity: 2, Mode: mode,
		}))
	}
}

// step lets somebody do something, or time go by.
func (s *stroll) step(t *rapid.T) {
	who := rapid.SampledFrom(s.people).Draw(t, "who")
	slot := rapid.SampledFrom(s.slots).Draw(t, "slot")
	var err error
	switch way := rapid.IntRange(0, 11).Draw(t, "way"); {
	case way < 3:
		_, err = s.acts.Enrol(context.Background(), who, slot)
	case way == 3:
		_, err = s.acts.Leave(context.Background(), who, slot)
	case way < 6:
		err = s.checks(who, slot, model.DirectionIn)
	case way < 8:
		err = s.checks(who, slot, model.DirectionOut)
	case way == 8:
		err = s.leads(t, slot)
	case way == 9:
		err = s.update(func(tx *db.Tx) error { return s.acts.SlotAlarm(tx, slot) })
	default:
		s.clock.Set(s.clock.Now().Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute))
	}
	if err != nil && fault.Of(err) == nil {
		t.Fatalf("a refusal that nobody understands: %v", err)
	}
}

func (s *stroll) checks(who model.Actor, slot int64, d model.Direction) error {
	c, err := s.acts.Code(context.Background(), s.worker, slot, d)
	if err != nil {
		return err
	}
	p := activity.Presence{Code: c.Code}
	if d == model.DirectionIn {
		_, err = s.acts.CheckIn(context.Background(), who, slot, p)
	} else {
		_, err = s.acts.CheckOut(context.Background(), who, slot, p)
	}
	return err
}

// leads lets the leader do something for somebody on his list.
func (s *stroll) leads(t *rapid.T, slot int64) error {
	all, err := s.acts.List(context.Background(), s.worker, slot, "", 0, 20)
	if err != nil || len(all) == 0 {
		return err
	}
	e := rapid.SampledFrom(all).Draw(t, "listed")
	switch rapid.IntRange(0, 2).Draw(t, "word") {
	case 0:
		_, err = s.acts.Attest(context.Background(), s.worker, e.ID, rapid.SampledFrom(model.Directions()).Draw(t, "direction"), "")
	case 1:
		_, err = s.acts.Remove(context.Background(), s.worker, e.ID, "名额调整")
	default:
		err = s.confirms(slot)
	}
	return err
}

func (s *stroll) confirms(slot int64) error {
	there, err := s.acts.SlotAttendances(context.Background(), s.worker, slot, 0, 20)
	if err != nil {
		return err
	}
	for _, a := range there {
		if a.State == model.AttendanceUnconfirmed {
			_, err = s.acts.Confirm(context.Background(), s.worker, a.ID, nil)
			return err
		}
	}
	return nil
}

// goHome lets everything come to its end by itself: nothing is left open.
func (s *stroll) goHome(start time.Time) {
	s.Helper()
	for _, later := range []time.Duration{12 * time.Hour, 100 * time.Hour} {
		s.clock.Set(start.Add(later))
		for _, slot := range s.slots {
			s.ring(slot)
		}
	}
	for _, slot := range s.slots {
		if got := s.slotState(slot); got != model.SlotClosed {
			s.Errorf("a slot is %s in the end", got)
		}
	}
	s.adds()
	for what, query := range map[string]string{
		"people who are still there":             "SELECT COUNT(*) FROM attendances WHERE open_key IS NOT NULL",
		"attendances that nobody has decided on": "SELECT COUNT(*) FROM attendances WHERE state IN ('present', 'unconfirmed')",
		"people who still wait":                  "SELECT COUNT(*) FROM enrolments WHERE state IN ('waiting', 'enrolled')",
		"activities that go on":                  "SELECT COUNT(*) FROM activities WHERE state = 'published'",
	} {
		if n := s.number(query); n != 0 {
			s.Errorf("%d %s", n, what)
		}
	}
	s.must(s.update(func(tx *db.Tx) error { return tx.Where("kind = ?", model.SlotAlarm).Delete(&model.Timer{}).Error }))
	s.clock.Set(start.Add(200 * time.Hour))
}

// adds checks that who was there is on record, once, and no others.
func (s *stroll) adds() {
	s.Helper()
	for what, query := range map[string]string{
		"attendances that are done and not on record": `SELECT COUNT(*) FROM attendances a WHERE a.state = 'done' AND a.minutes > 0 AND 1 <>
			(SELECT COUNT(*) FROM service_records r WHERE r.attendance_id = a.id AND r.state = 'valid')`,
		"records of what did not take place": `SELECT COUNT(*) FROM service_records r WHERE r.state = 'valid' AND NOT EXISTS
			(SELECT 1 FROM attendances a WHERE a.id = r.attendance_id AND a.state = 'done')`,
		"records of more than the rule allows": "SELECT COUNT(*) FROM service_records WHERE minutes > 150 OR minutes < 1",
		"days of more than eight hours": `SELECT COUNT(*) FROM (SELECT user_id, day FROM service_records WHERE state = 'valid'
			GROUP BY user_id, day HAVING SUM(minutes) > 480) x`,
		"attendances of who was not enrolled": `SELECT COUNT(*) FROM attendances a WHERE a.source_type = 'enrolment' AND NOT EXISTS
			(SELECT 1 FROM enrolments e WHERE e.id = a.source_id AND e.user_id = a.user_id AND e.state = 'attended')`,
		"people who attended without a trace": `SELECT COUNT(*) FROM enrolments e WHERE e.state = 'attended' AND NOT EXISTS
			(SELECT 1 FROM attendances a WHERE a.source_type = 'enrolment' AND a.source_id = e.id)`,
		"slots fuller than full": "SELECT COUNT(*) FROM slots WHERE enrolled > capacity OR enrolled < 0 OR waiting < 0",
	} {
		if n := s.number(query); n != 0 {
			s.Errorf("%d %s", n, what)
		}
	}
}
