package activity_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/crypt"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/outbox"
	"dandelion/internal/policy"
	"dandelion/internal/timer"
	"dandelion/internal/verify"
	"dandelion/model"
	"dandelion/service/activity"
	"dandelion/service/points"
)

const (
	hoursCounty, hoursTown, hoursHome, hoursUnit, hoursNext int64 = 1, 2, 3, 5, 6
	hoursMember                                             int64 = 1000
)

// hoursMorning is nine o'clock in Shanghai.
var hoursMorning = time.Date(2026, 7, 4, 1, 0, 0, 0, time.UTC)

// hoursWorld is a small county whose hours are recorded.
type hoursWorld struct {
	testing.TB
	db         *db.DB
	clock      *clock.Manual
	activities *activity.Service
	ledger     *points.Service
	timers     *timer.Runner
	policies   *policy.Book
	mu         sync.Mutex
	last       int64

	member, leader, liaison, worker, worker2, officer, nextWorker, abroad model.Actor
}

func newHours(t testing.TB) *hoursWorld {
	t.Helper()
	w := &hoursWorld{TB: t, clock: clock.At(hoursMorning), last: 10_000}
	d, err := db.Open(dbtest.URL(t), db.Options{Now: w.clock.Now})
	w.must(err)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	w.db = d
	w.must(d.Migrate(t.Context()))
	key := func(b byte) []byte { return append(make([]byte, 31), b) }
	keys, err := crypt.New("t", map[string][]byte{"t": key(1)}, key(2))
	w.must(err)
	silent := slog.New(slog.DiscardHandler)
	box := outbox.New(d, silent)
	w.policies = policy.New(d, w.clock.Now)
	w.ledger = points.New(d, box, w.policies, keys)
	w.activities = activity.New(d, box, w.policies, keys)
	w.activities.Points = w.ledger
	w.timers = timer.New(d, silent, map[model.TimerKind]timer.Handler{
		model.PointsPost: w.ledger.Mature, model.DisputeAlarm: w.activities.DisputeAlarm,
	})
	w.people()
	return w
}

func (w *hoursWorld) people() {
	held := func(role model.Role, org int64, path model.Path) []model.Held {
		return []model.Held{{Role: role, OrgID: org, Path: path, Subtree: true}}
	}
	person := func(id, home int64, path model.Path, h []model.Held) model.Actor {
		w.add(&model.User{
			ID: id, TenantID: path.IDs()[0], OpenID: fmt.Sprint(id), State: model.UserActive, DisplayName: fmt.Sprint("人", id), HomeID: home, HomePath: path,
			CreatedAt: hoursMorning, UpdatedAt: hoursMorning, Version: 1,
		})
		return model.Actor{UserID: id, TenantID: path.IDs()[0], HomeID: home, HomePath: path, Consent: "1.0", Held: h}
	}
	for _, o := range []model.Org{
		{ID: hoursCounty, Path: "/1/", Kind: model.OrgCounty},
		{ID: hoursTown, Path: "/1/2/", Kind: model.OrgTownship},
		{ID: hoursHome, Path: "/1/2/3/", Kind: model.OrgCommunity},
		{ID: hoursUnit, Path: "/1/2/3/5/", Kind: model.OrgUnit},
		{ID: hoursNext, Path: "/1/2/6/", Kind: model.OrgCommunity},
		{ID: 77, TenantID: 77, Path: "/77/", Kind: model.OrgCounty},
	} {
		if o.TenantID == 0 {
			o.TenantID = hoursCounty
		}
		o.Name, o.State, o.CreatedAt, o.UpdatedAt, o.Version = fmt.Sprint("组织", o.ID), model.OrgActive, hoursMorning, hoursMorning, 1
		w.add(&o)
	}
	w.member = person(hoursMember, hoursHome, "/1/2/3/", held(model.RoleVolunteer, hoursHome, "/1/2/3/"))
	w.leader = person(1001, hoursHome, "/1/2/3/", held(model.RoleVolunteer, hoursHome, "/1/2/3/"))
	w.liaison = person(1002, hoursHome, "/1/2/3/", held(model.RoleLiaison, hoursUnit, "/1/2/3/5/"))
	w.worker = person(1003, hoursHome, "/1/2/3/", held(model.RoleWorker, hoursHome, "/1/2/3/"))
	w.worker2 = person(1004, hoursHome, "/1/2/3/", held(model.RoleWorker, hoursHome, "/1/2/3/"))
	w.officer = person(1005, hoursHome, "/1/2/3/", held(model.RoleTownship, hoursTown, "/1/2/"))
	w.nextWorker = person(1006, hoursNext, "/1/2/6/", held(model.RoleWorker, hoursNext, "/1/2/6/"))
	w.abroad = person(1007, 77, "/77/", held(model.RoleCounty, 77, "/77/"))
	w.add(&model.Member{UserID: hoursMember, TenantID: hoursCounty, CommunityID: hoursHome, UnitID: hoursUnit, CreatedAt: hoursMorning, UpdatedAt: hoursMorning})
}

func (w *hoursWorld) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *hoursWorld) update(f func(tx *db.Tx) error) error {
	return w.db.Update(context.Background(), f)
}

func (w *hoursWorld) add(row any) {
	w.Helper()
	w.must(w.update(func(tx *db.Tx) error { return tx.Create(row).Error }))
}

func (w *hoursWorld) exec(query string, args ...any) {
	w.Helper()
	w.must(w.update(func(tx *db.Tx) error { return tx.Exec(query, args...).Error }))
}

func (w *hoursWorld) next() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last++
	return w.last
}

// served is somebody's part in a slot.
type served struct {
	a    *model.Attendance
	e    *model.Enrolment
	slot *model.Slot
}

// serve writes that the member was at a slot for so many minutes from a time
// on, of two hours unless it was longer; nothing is certified yet.
func (w *hoursWorld) serve(from time.Time, minutes int64, change func(s *served)) *served {
	w.Helper()
	id, out := w.next(), from.Add(time.Duration(minutes)*time.Minute)
	s := &served{}
	s.slot = &model.Slot{
		ID: id, TenantID: hoursCounty, ActivityID: id, OrgID: hoursUnit, OrgPath: "/1/2/3/5/", CommunityID: hoursHome, State: model.SlotEnded, Published: true,
		Mode: model.ModeCode, Title: "清洁楼道", Place: "红星社区", Capacity: 9, LeaderID: w.leader.UserID, StartsAt: from, EndsAt: from.Add(time.Duration(max(120, minutes)) * time.Minute),
		CreatedAt: from, UpdatedAt: from, Version: 1,
	}
	s.e = &model.Enrolment{
		ID: id, TenantID: hoursCounty, ActivityID: id, SlotID: id, UserID: hoursMember, State: model.EnrolmentAttended, Role: model.EnrolMember,
		StartsAt: from, EndsAt: s.slot.EndsAt, EnrolledBy: hoursMember, CreatedAt: from, UpdatedAt: from, Version: 1,
	}
	s.a = &model.Attendance{
		ID: id, TenantID: hoursCounty, SourceType: model.OfEnrolment, SourceID: id, UserID: hoursMember, SlotID: id, State: model.AttendanceDone,
		InAt: from, InMode: model.ModeCode, InBy: hoursMember, OutAt: &out, OutMode: model.ModeCode, Minutes: minutes, CreatedAt: from, UpdatedAt: from, Version: 1,
	}
	if change != nil {
		change(s)
	}
	w.add(s.slot)
	w.add(s.e)
	if s.a != nil {
		w.add(s.a)
	}
	return s
}

func (w *hoursWorld) certify(s *served) error {
	return w.update(func(tx *db.Tx) error {
		return w.activities.CertifyRecord(tx, model.Policy{}, s.a, s.e, s.slot, 0)
	})
}

// record certifies what was served and returns the record.
func (w *hoursWorld) record(s *served) *model.ServiceRecord {
	w.Helper()
	w.must(w.certify(s))
	return w.standing(s)
}

// standing returns the record of an attendance that counts; a zero one if there
// is none.
func (w *hoursWorld) standing(s *served) *model.ServiceRecord {
	w.Helper()
	r := &model.ServiceRecord{}
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT * FROM service_records WHERE slot_id = ? AND state = ?", s.slot.ID, model.RecordValid).Scan(r).Error
	}))
	return r
}

func (w *hoursWorld) number(query string, args ...any) (n int64) {
	w.Helper()
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error { return tx.Raw(query, args...).Scan(&n).Error }))
	return n
}

// pending returns what the member has earned and not yet been given.
func (w *hoursWorld) pending() int64 {
	return w.number("SELECT COALESCE(SUM(amount), 0) FROM point_balances WHERE owner_id = ? AND account = ?", hoursMember, model.AccountPending)
}

func (w *hoursWorld) pass(d time.Duration) {
	w.Helper()
	w.clock.Pass(d)
	for {
		n, err := w.timers.Fire(w.Context())
		w.must(err)
		if n == 0 {
			return
		}
	}
}

func (w *hoursWorld) verified(checks ...string) {
	w.Helper()
	r, err := verify.Run(w.Context(), w.db, checks...)
	w.must(err)
	if r.Differing() > 0 {
		w.Errorf("it does not add up:\n%s", r)
	}
}
