package activity_test

import (
	"context"
	"errors"
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
	"dandelion/model"
	"dandelion/service/activity"
)

// morning is when these tests begin: 9:00 in Shanghai, a Wednesday.
var morning = time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC)

// The organisations of these tests: a county with a township with two
// communities, a team of the first and a unit of the county; and another county.
const (
	hallCounty, hallTown, hallHome, hallBeside, hallTeam, hallUnit, hallAbroad int64 = 1, 2, 3, 4, 5, 6, 9
)

// hall is a small county with activities, in a database of its own.
type hall struct {
	*testing.T
	db    *db.DB
	clock *clock.Manual
	acts  *activity.Service
	keys  *crypt.Keys
	orgs  map[int64]*model.Org
	next  int64 // the id of the next volunteer

	worker, beside, liaison, stranger, foreign model.Actor
}

func newHall(t *testing.T, url string) *hall {
	t.Helper()
	h := &hall{T: t, clock: clock.At(morning), orgs: map[int64]*model.Org{}, next: 1000}
	d, err := db.Open(url, db.Options{Now: h.clock.Now})
	h.must(err)
	t.Cleanup(func() { h.must(d.Close()) })
	h.db = d
	h.must(d.Migrate(t.Context()))
	key := func(b byte) []byte { return append(make([]byte, 31), b) }
	h.keys, err = crypt.New("t", map[string][]byte{"t": key(1)}, key(2))
	h.must(err)
	h.acts = activity.New(d, outbox.New(d, slog.New(slog.DiscardHandler)), policy.New(d, h.clock.Now), h.keys)
	h.found(hallCounty, 0, model.OrgCounty, "梅城县")
	h.found(hallTown, hallCounty, model.OrgTownship, "城关镇")
	h.found(hallHome, hallTown, model.OrgCommunity, "红星社区")
	h.found(hallBeside, hallTown, model.OrgCommunity, "东风社区")
	h.found(hallTeam, hallHome, model.OrgTeam, "微公益")
	h.found(hallUnit, hallCounty, model.OrgUnit, "县人民医院")
	h.found(hallAbroad, 0, model.OrgCounty, "云溪县")
	h.worker = h.person(101, hallHome, model.RoleWorker, hallHome)
	h.beside = h.person(102, hallBeside, model.RoleWorker, hallBeside)
	h.liaison = h.person(103, hallHome, model.RoleLiaison, hallUnit)
	h.stranger = h.person(104, hallHome, "", 0)
	h.foreign = h.person(105, hallAbroad, model.RoleCounty, hallAbroad)
	return h
}

// inHalls runs f on the engine in force, and on SQLite if that is another.
func inHalls(t *testing.T, f func(h *hall)) {
	t.Helper()
	f(newHall(t, dbtest.URL(t)))
	if dbtest.Remote() {
		f(newHall(t, dbtest.File(t)))
	}
}

func (h *hall) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// wants says that err is not want.
func (h *hall) wants(err, want error) {
	h.Helper()
	if !errors.Is(err, want) {
		h.Errorf("%v, want %v", err, want)
	}
}

func (h *hall) update(f func(tx *db.Tx) error) error { return h.db.Update(context.Background(), f) }

func (h *hall) found(id, parent int64, kind model.OrgKind, name string) {
	h.Helper()
	o, err := model.NewOrg(id, kind, name, h.orgs[parent])
	h.must(err)
	o.CreatedAt, o.UpdatedAt = morning, morning
	h.orgs[id] = o
	h.must(h.update(func(tx *db.Tx) error { return db.Add(tx, o) }))
}

// person brings somebody in; role "" is a resident.
func (h *hall) person(id, home int64, role model.Role, org int64) model.Actor {
	h.Helper()
	o := h.orgs[home]
	name, err := h.keys.Seal(fmt.Sprintf("users.name:%d", id), fmt.Sprintf("张三%d", id))
	h.must(err)
	phone, err := h.keys.Seal(fmt.Sprintf("users.phone:%d", id), fmt.Sprintf("138%08d", id))
	h.must(err)
	u := model.NewUser(id, fmt.Sprint("test-", id), morning)
	u.TenantID, u.HomeID, u.HomePath, u.DisplayName, u.Consent, u.Name, u.Phone = o.TenantID, home, o.Path, "热心人", "1.0", name, phone
	a := model.Actor{UserID: id, TenantID: o.TenantID, HomeID: home, HomePath: o.Path, Consent: "1.0", RequestID: "test"}
	h.must(h.update(func(tx *db.Tx) error {
		if err := db.Add(tx, &u); err != nil || role == "" {
			return err
		}
		return db.Add(tx, model.NewGrant(id, id, role, h.orgs[org], 0, morning))
	}))
	if role != "" {
		a.Held = []model.Held{{Role: role, OrgID: org, Path: h.orgs[org].Path, Subtree: true}}
	}
	return a
}

// volunteer brings in somebody who volunteers in the first community.
func (h *hall) volunteer() model.Actor {
	h.Helper()
	h.next++
	a := h.person(h.next, hallHome, model.RoleVolunteer, hallHome)
	h.must(h.update(func(tx *db.Tx) error {
		return db.Add(tx, &model.Member{UserID: a.UserID, TenantID: hallCounty, CommunityID: hallHome, CreatedAt: morning, UpdatedAt: morning})
	}))
	return a
}

func (h *hall) crowd(n int) []model.Actor {
	h.Helper()
	all := make([]model.Actor, n)
	for i := range all {
		all[i] = h.volunteer()
	}
	return all
}

// at returns the time so many hours after the tests began.
func at(hours float64) time.Time {
	return morning.Add(time.Duration(hours * float64(time.Hour)))
}

// times are the terms of a slot from one hour after the beginning to another.
func times(from, to float64, capacity int64) model.SlotTerms {
	return model.SlotTerms{StartsAt: at(from), EndsAt: at(to), Place: "红星广场", Capacity: capacity, Mode: model.ModeCode}
}

func (h *hall) draft() int64 {
	h.Helper()
	v, err := h.acts.CreateActivity(h.Context(), h.worker, hallHome, 0, model.ActivityTerms{Title: "清洁家园", Detail: "自带手套", Skills: []string{"保洁"}})
	h.must(err)
	return v.ID
}

// slot publishes an activity of one slot, and returns the slot's id.
func (h *hall) slot(t model.SlotTerms) int64 {
	h.Helper()
	a := h.draft()
	all, err := h.acts.AddSlots(h.Context(), h.worker, a, t, model.Repeat{})
	h.must(err)
	_, err = h.acts.PublishActivity(h.Context(), h.worker, a)
	h.must(err)
	return all[0].ID
}

func (h *hall) enrol(who model.Actor, slot int64) *activity.Mine {
	h.Helper()
	m, err := h.acts.Enrol(h.Context(), who, slot)
	h.must(err)
	return m
}

// see returns a slot as the worker sees it.
func (h *hall) see(slot int64) *activity.Seen {
	h.Helper()
	v, err := h.acts.Slot(h.Context(), h.worker, slot)
	h.must(err)
	return v
}

// state returns how somebody's newest enrolment in a slot stands.
func (h *hall) state(who model.Actor, slot int64) (s model.EnrolmentState) {
	h.Helper()
	h.must(h.db.View(h.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT state FROM enrolments WHERE user_id = ? AND slot_id = ? ORDER BY id DESC LIMIT 1", who.UserID, slot).Scan(&s).Error
	}))
	return s
}

func (h *hall) number(query string, args ...any) (n int64) {
	h.Helper()
	h.must(h.db.View(h.Context(), func(tx *db.Tx) error { return tx.Raw(query, args...).Scan(&n).Error }))
	return n
}

// sound checks what always must be so.
func (h *hall) sound() {
	h.Helper()
	for what, query := range map[string]string{
		"slots whose places are not those who have them": `SELECT COUNT(*) FROM slots s WHERE s.state = 'open' AND (s.enrolled <>
			(SELECT COUNT(*) FROM enrolments e WHERE e.slot_id = s.id AND e.state IN ('enrolled', 'attended', 'absent'))
			OR s.waiting <> (SELECT COUNT(*) FROM enrolments e WHERE e.slot_id = s.id AND e.state = 'waiting'))`,
		"slots that are fuller than full": "SELECT COUNT(*) FROM slots WHERE enrolled > capacity OR enrolled < 0 OR waiting < 0",
		"people in two places at once": `SELECT COUNT(*) FROM enrolments a JOIN enrolments b ON b.user_id = a.user_id AND b.id > a.id
			WHERE a.active_key IS NOT NULL AND b.active_key IS NOT NULL AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at`,
		"enrolments at another time than their slot": `SELECT COUNT(*) FROM enrolments e JOIN slots s ON s.id = e.slot_id
			WHERE e.active_key IS NOT NULL AND (e.starts_at <> s.starts_at OR e.ends_at <> s.ends_at)`,
		"keys of what is over":   "SELECT COUNT(*) FROM enrolments WHERE active_key IS NOT NULL AND state NOT IN ('waiting', 'enrolled', 'attended', 'absent')",
		"slots without an alarm": "SELECT COUNT(*) FROM slots s WHERE s.state = 'open' AND s.published AND NOT EXISTS (SELECT 1 FROM timers t WHERE t.kind = 'slot.alarm' AND t.subject_id = s.id)",
		"alarms of other slots":  "SELECT COUNT(*) FROM timers t JOIN slots s ON s.id = t.subject_id WHERE t.kind = 'slot.alarm' AND (s.state <> 'open' OR NOT s.published)",
	} {
		if n := h.number(query); n != 0 {
			h.Errorf("%d %s", n, what)
		}
	}
}

// together lets n do at once, and counts by error code.
func together(n int, do func(i int) error) map[string]int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	got, start := map[string]int{}, make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			code := "ok"
			if err := do(i); err != nil {
				code = err.Error()
			}
			mu.Lock()
			defer mu.Unlock()
			got[code]++
		})
	}
	close(start)
	wg.Wait()
	return got
}
