package app_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/demo"
	"dandelion/model"
)

// hours writes what activities leave behind, for those who correct and dispute
// it.
type hours struct {
	world
	days *int // ago, so that no day is full
}

func (w world) hours() hours { return hours{w, new(int)} }

// served writes a slot of two hours that the member was enrolled for, and what
// else of it there is, and returns the number of all of it.
func (h hours) served(state model.EnrolmentState, more func(tx *db.Tx, slot *model.Slot) error) string {
	h.Helper()
	var id int64
	*h.days++
	err := h.App.DB.Update(h.Context(), func(tx *db.Tx) error {
		o, err := db.Find[model.Org](tx, demo.UnitID, model.ErrOrgNotFound)
		if err != nil {
			return err
		}
		id = tx.NewID()
		from := tx.Now.AddDate(0, 0, -*h.days%25).Add(-4 * time.Hour)
		slot := &model.Slot{
			ID: id, TenantID: o.TenantID, ActivityID: id, OrgID: o.ID, OrgPath: o.Path, CommunityID: demo.CommunityID, State: model.SlotEnded, Published: true,
			Mode: model.ModeLeader, Title: "清洁楼道", Capacity: 5, LeaderID: demo.UserID("demo-volunteer"), StartsAt: from, EndsAt: from.Add(2 * time.Hour),
			CreatedAt: from, UpdatedAt: from, Version: 1,
		}
		if err := db.Add(tx, slot); err != nil {
			return err
		}
		e := &model.Enrolment{
			ID: id, TenantID: o.TenantID, ActivityID: id, SlotID: id, UserID: demo.UserID(member), State: state, Role: model.EnrolMember,
			StartsAt: slot.StartsAt, EndsAt: slot.EndsAt, CreatedAt: from, UpdatedAt: from, Version: 1,
		}
		if err := db.Add(tx, e); err != nil {
			return err
		}
		return more(tx, slot)
	})
	if err != nil {
		h.Fatal(err)
	}
	return strconv.FormatInt(id, 10)
}

// record writes a record of so many minutes.
func (h hours) record(minutes int64) string {
	h.Helper()
	return h.served(model.EnrolmentAttended, func(tx *db.Tx, s *model.Slot) error {
		a := &model.Attendance{
			ID: s.ID, TenantID: s.TenantID, SourceType: model.OfEnrolment, SourceID: s.ID, UserID: demo.UserID(member), SlotID: s.ID, State: model.AttendanceDone,
			InAt: s.StartsAt, InMode: model.ModeLeader, OutMode: model.ModeLeader, Minutes: minutes, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
		}
		if err := db.Add(tx, a); err != nil {
			return err
		}
		return db.Add(tx, &model.ServiceRecord{
			ID: s.ID, TenantID: s.TenantID, UserID: a.UserID, SourceType: model.OfAttendance, SourceID: a.ID, State: model.RecordValid, Role: model.EnrolMember,
			SlotID: s.ID, AttendanceID: a.ID, Title: s.Title, OrgID: s.OrgID, OrgPath: s.OrgPath, CommunityID: s.CommunityID, StartedAt: a.InAt, EndedAt: s.EndsAt,
			Day: model.DayOf(a.InAt), Minutes: minutes, DayLimit: 480, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
		})
	})
}

// absence writes that the member was not there.
func (h hours) absence() string {
	h.Helper()
	return h.served(model.EnrolmentAbsent, func(*db.Tx, *model.Slot) error { return nil })
}

func (h hours) correction() string {
	h.Helper()
	return h.Must(member, http.MethodPost, "/service/records/"+h.record(60)+"/corrections", form{"minutes": 90, "reason": "少记了半小时"}).ID()
}

func (h hours) dispute() string {
	h.Helper()
	return h.Must(member, http.MethodPost, "/enrolments/"+h.absence()+"/dispute", form{"minutes": 100, "reason": "我在现场"}).ID()
}

// serviceBody is a good body for a route about hours.
func serviceBody(path string) form {
	switch {
	case strings.HasSuffix(path, "/uphold"):
		return form{"minutes": 60, "answer": "经核实属实"}
	case strings.HasSuffix(path, "/corrections"), strings.HasSuffix(path, "/dispute"):
		return form{"minutes": 90, "reason": "少记了半小时"}
	}
	return form{"answer": "经核实属实"}
}

func serviceErrands(w world) map[string]func() errand {
	h := w.hours()
	all := map[string]func() errand{}
	for _, r := range []struct {
		as, path string
		id       func() string
	}{
		{member, "/service/records/{id}/corrections", func() string { return h.record(60) }},
		{worker, "/service/corrections/{id}/approve", h.correction},
		{worker, "/service/corrections/{id}/refuse", h.correction},
		{member, "/enrolments/{id}/dispute", h.absence},
		{worker, "/service/disputes/{id}/uphold", h.dispute},
		{worker, "/service/disputes/{id}/dismiss", h.dispute},
	} {
		all["POST "+r.path] = func() errand { return errand{r.as, strings.Replace(r.path, "{id}", r.id(), 1), serviceBody(r.path)} }
	}
	return all
}

// TestHoursAreCorrectedAndDisputedOverHTTP by those who may, and nobody else
// hears of them.
func TestHoursAreCorrectedAndDisputedOverHTTP(t *testing.T) {
	w := laptop(t)
	h := w.hours()
	id := h.record(60)
	for _, who := range []string{resident, member2} {
		if r := w.Do(who, http.MethodGet, "/service/records/"+id, nil); r.Status != http.StatusNotFound {
			t.Errorf("%s reads another's record: %s", who, r)
		}
	}
	c := w.Must(member, http.MethodPost, "/service/records/"+id+"/corrections", form{"minutes": 90, "reason": "少记了半小时"}).ID()
	if got := w.Get(worker, "/service/corrections").At("items.0.id"); got != c {
		t.Errorf("the desk has %q, want %s", got, c)
	}
	fresh := w.Must(worker, http.MethodPost, "/service/corrections/"+c+"/approve", form{"answer": "属实"}).At("new_record_id")
	if got := w.Get(member, "/service/records/"+fresh); got.At("minutes") != "90" || got.At("source") != "correction" {
		t.Errorf("it says %s", got)
	}
	if got := w.Get(member, "/service/records/"+id); got.At("state") != "void" || got.At("replaced_by") != fresh || got.At("corrections.0.answer") != "属实" {
		t.Errorf("the old one says %s", got)
	}
	d := h.dispute()
	if got := w.Get(worker, "/service/disputes/queue").At("items.0.id"); got != d {
		t.Errorf("the desk has %q, want %s", got, d)
	}
	w.Must(worker, http.MethodPost, "/service/disputes/"+d+"/uphold", form{"minutes": 60, "answer": "属实"})
	if got := w.Get(member, "/service/disputes/"+d); got.At("state") != "upheld" || got.At("history.1.title") != "异议成立" {
		t.Errorf("it says %s", got)
	}
	if got := w.Get(member, "/service/disputes").At("items.0.id"); got != d {
		t.Errorf("mine are %q", got)
	}
	if got := w.Get(member, "/service/summary"); got.At("says") == "" || got.At("services") == "0" {
		t.Errorf("in all there is %s", got)
	}
}
