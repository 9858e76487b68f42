package demo_test

import (
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/demo"
	"dandelion/model"
)

// TestTheDemoCountyMeets looks at what volunteers have done together.
func TestTheDemoCountyMeets(t *testing.T) {
	k := newDesk(t)
	t.Run("on Saturdays", func(t *testing.T) { k.in(t).saturdays() })
	t.Run("yesterday", func(t *testing.T) { k.in(t).yesterday() })
	t.Run("and has hours for it that add up", func(t *testing.T) { k.in(t).hours() })
	t.Run("and nobody is where he cannot be", func(t *testing.T) { k.in(t).places() })
}

// saturdays are held every week at nine in the morning, and go on.
func (k *desk) saturdays() {
	k.Helper()
	var slots []model.Slot
	view(k.T, k.db, func(tx *db.Tx) error {
		return tx.Where("title = ?", "周六清洁家园").Order("starts_at").Find(&slots).Error
	})
	if len(slots) != 8 {
		k.Fatalf("%d Saturdays", len(slots))
	}
	shanghai := time.FixedZone("", 8*60*60)
	held, open := 0, 0
	for _, s := range slots {
		at := s.StartsAt.In(shanghai)
		if at.Weekday() != time.Saturday || at.Hour() != 9 || at.Minute() != 0 || s.Planned() != 150 || !s.Published {
			k.Errorf("one begins at %s and lasts %d minutes", at, s.Planned())
		}
		switch {
		case s.State == model.SlotClosed:
			held++
			k.attended(s, map[string]int64{"attended": 9, "absent": 1}, 9)
		case s.State == model.SlotOpen && s.StartsAt.After(now):
			open++
		default:
			k.Errorf("that of %s is %s", at, s.State)
		}
	}
	if held < 4 || open < 3 || held+open != len(slots) {
		k.Errorf("%d were held, %d are to come", held, open)
	}
}

// attended says how those enrolled in a slot fared, and how many are on record.
func (k *desk) attended(s model.Slot, want map[string]int64, records int64) {
	k.Helper()
	for state, n := range want {
		if got := k.number("SELECT COUNT(*) FROM enrolments WHERE slot_id = ? AND state = ?", s.ID, state); got != n {
			k.Errorf("on %s %d are %s, want %d", s.StartsAt, got, state, n)
		}
	}
	if got := k.number("SELECT COUNT(*) FROM service_records WHERE slot_id = ? AND state = 'valid'", s.ID); got != records {
		k.Errorf("on %s %d are on record, want %d", s.StartsAt, got, records)
	}
	if got := k.number("SELECT COUNT(*) FROM attendances WHERE slot_id = ? AND state = 'done' AND in_mode = 'leader'", s.ID); got != 1 {
		k.Errorf("on %s %d were let in by the leader's word", s.StartsAt, got)
	}
}

// yesterday is what the tour of check-in begins with.
func (k *desk) yesterday() {
	k.Helper()
	var s model.Slot
	view(k.T, k.db, func(tx *db.Tx) error { return tx.Where("title = ?", "敬老院陪伴").Take(&s).Error })
	if model.DayOf(s.StartsAt) != model.DayOf(now.Add(-24*time.Hour-time.Minute)) || s.State != model.SlotEnded || s.LeaderID != demo.UserID("demo-volunteer") {
		k.Errorf("it began at %s, is %s, and %d leads it", s.StartsAt, s.State, s.LeaderID)
	}
	k.attended(s, map[string]int64{"attended": 4, "absent": 1}, 3)
	for code, want := range map[string]model.AttendanceState{
		"demo-volunteer": model.AttendanceDone, "demo-member": model.AttendanceDone, "demo-member2": model.AttendanceUnconfirmed,
	} {
		var a model.Attendance
		view(k.T, k.db, func(tx *db.Tx) error {
			return tx.Where("slot_id = ? AND user_id = ?", s.ID, demo.UserID(code)).Take(&a).Error
		})
		if a.State != want || a.Minutes < 150 || a.OpenKey != nil {
			k.Errorf("%s is %s with %d minutes", code, a.State, a.Minutes)
		}
	}
	if n := k.number("SELECT COUNT(*) FROM timers WHERE kind = 'slot.alarm' AND subject_id = ?", s.ID); n != 1 {
		k.Errorf("%d alarms wait for its leader", n)
	}
}

// hours are what was served, once.
func (k *desk) hours() {
	k.Helper()
	if n := k.number("SELECT COUNT(*) FROM service_records WHERE slot_id = 0 AND state = 'valid'"); n < 10 {
		k.Errorf("%d records of wishes", n)
	}
	k.none(map[string]string{
		"records of nothing": "SELECT COUNT(*) FROM service_records WHERE minutes <= 0 AND state = 'valid'",
		"days with more than eight hours": `SELECT COUNT(*) FROM (SELECT user_id, day FROM service_records WHERE state = 'valid'
			GROUP BY user_id, day HAVING SUM(minutes) > 480) x`,
		"attendances that are done and not on record": `SELECT COUNT(*) FROM attendances a WHERE a.state = 'done' AND a.minutes > 0 AND NOT EXISTS
			(SELECT 1 FROM service_records r WHERE r.attendance_id = a.id AND r.state = 'valid')`,
		"hours that have not earned": `SELECT COUNT(*) FROM service_records r WHERE r.slot_id <> 0 AND r.state = 'valid' AND NOT EXISTS
			(SELECT 1 FROM point_txns t WHERE t.source_type = 'service_record' AND t.source_id = r.id AND t.kind = 'earn')`,
		"records of a wish that have": `SELECT COUNT(*) FROM service_records r JOIN point_txns t ON t.source_type = 'service_record' AND t.source_id = r.id
			WHERE r.slot_id = 0`,
		"devices kept by their names": "SELECT COUNT(*) FROM attendances WHERE in_device LIKE 'phone%' OR out_device LIKE 'phone%'",
		"fixes that nobody asked for": "SELECT COUNT(*) FROM attendances WHERE in_lat IS NOT NULL OR out_lat IS NOT NULL",
	})
}

// places of people are free of contradiction.
func (k *desk) places() {
	k.Helper()
	k.none(map[string]string{
		"people in two places at once": `SELECT COUNT(*) FROM enrolments a JOIN enrolments b ON b.user_id = a.user_id AND b.id > a.id
			WHERE a.active_key IS NOT NULL AND b.active_key IS NOT NULL AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at`,
		"slots whose places are not those who have them": `SELECT COUNT(*) FROM slots s WHERE s.state = 'open' AND s.enrolled <>
			(SELECT COUNT(*) FROM enrolments e WHERE e.slot_id = s.id AND e.state IN ('enrolled', 'attended', 'absent'))`,
		"people still there":          "SELECT COUNT(*) FROM attendances WHERE open_key IS NOT NULL",
		"slots without an alarm":      "SELECT COUNT(*) FROM slots s WHERE s.published AND s.state IN ('open', 'ended') AND NOT EXISTS (SELECT 1 FROM timers t WHERE t.kind = 'slot.alarm' AND t.subject_id = s.id)",
		"things of the other county":  "SELECT COUNT(*) FROM slots WHERE tenant_id <> 1000",
		"what happened in the future": "SELECT COUNT(*) FROM attendances WHERE in_at > '2026-07-01 08:00:00'",
	})
	if n := k.number("SELECT COUNT(*) FROM activities WHERE state = 'draft'"); n != 1 {
		k.Errorf("%d drafts", n)
	}
	if n := k.number("SELECT COUNT(*) FROM activities WHERE org_id = ? AND state = 'published'", demo.UnitID); n != 1 {
		k.Errorf("%d activities of the unit", n)
	}
}
