package activity_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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

// The organisations of the office that certifies: a county with a community and
// team, and another county.
const (
	certCounty, certCommunity, certTeam, certForeign int64 = 1, 2, 3, 9
)

var certMorning = time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC) // 9:00 in Shanghai

// office is a small county with records of service, in a database of its own.
type office struct {
	*testing.T
	db    *db.DB
	clock *clock.Manual
	keys  *crypt.Keys
	acts  *activity.Service
	orgs  map[int64]*model.Org
	last  int64

	volunteer, neighbour, worker, foreign model.Actor
}

func newOffice(t *testing.T, url string) *office {
	t.Helper()
	w := &office{T: t, clock: clock.At(certMorning), orgs: map[int64]*model.Org{}, last: 1000}
	d, err := db.Open(url, db.Options{Now: w.clock.Now})
	w.must(err)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	w.db = d
	w.must(d.Migrate(t.Context()))
	key := func(b byte) []byte { return append(make([]byte, 31), b) }
	w.keys, err = crypt.New("t", map[string][]byte{"t": key(1)}, key(2))
	w.must(err)
	w.acts = activity.New(d, outbox.New(d, slog.New(slog.DiscardHandler)), policy.New(d, w.clock.Now), w.keys)
	w.found(certCounty, 0, model.OrgCounty, "梅城县")
	w.found(certTeam, certCounty, model.OrgTeam, "心连心")
	w.found(certForeign, 0, model.OrgCounty, "云溪县")
	w.volunteer = w.person(101, certCounty, "王秀英", "", 0)
	w.neighbour = w.person(102, certCounty, "", "", 0)
	w.worker = w.person(103, certCounty, "李干部", model.RoleCounty, certCounty)
	w.foreign = w.person(104, certForeign, "外县人", model.RoleCounty, certForeign)
	return w
}

// inOffices runs f on the engine in force, and on SQLite if that is another.
func inOffices(t *testing.T, f func(w *office)) {
	t.Helper()
	f(newOffice(t, dbtest.URL(t)))
	if dbtest.Remote() {
		f(newOffice(t, dbtest.File(t)))
	}
}

func (w *office) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *office) wants(err, want error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Errorf("%v, want %v", err, want)
	}
}

func (w *office) update(f func(tx *db.Tx) error) {
	w.Helper()
	w.must(w.db.Update(context.Background(), f))
}

func (w *office) found(id, parent int64, kind model.OrgKind, name string) {
	w.Helper()
	o, err := model.NewOrg(id, kind, name, w.orgs[parent])
	w.must(err)
	o.CreatedAt, o.UpdatedAt = certMorning, certMorning
	w.orgs[id] = o
	w.update(func(tx *db.Tx) error { return db.Add(tx, o) })
}

// person brings somebody in; name "" is one who has not given it.
func (w *office) person(id, county int64, name string, role model.Role, org int64) model.Actor {
	w.Helper()
	u := model.NewUser(id, fmt.Sprint("canary-openid-", id), certMorning)
	u.TenantID, u.HomeID, u.HomePath, u.DisplayName, u.Consent = county, county, w.orgs[county].Path, fmt.Sprint("昵称", id), "1.0"
	var err error
	u.Name, err = w.keys.Seal(fmt.Sprintf("users.name:%d", id), name)
	w.must(err)
	u.Phone, err = w.keys.Seal(fmt.Sprintf("users.phone:%d", id), "13812345678")
	w.must(err)
	w.update(func(tx *db.Tx) error { return db.Add(tx, &u) })
	a := model.Actor{UserID: id, TenantID: county, HomeID: county, HomePath: u.HomePath, Consent: "1.0", RequestID: "test"}
	if role != "" {
		a.Held = []model.Held{{Role: role, OrgID: org, Path: w.orgs[org].Path, Subtree: true}}
	}
	return a
}

// serve adds a record of so many minutes that begin at nine on a day.
func (w *office) serve(who model.Actor, day model.Day, minutes int64, change func(r *model.ServiceRecord)) int64 {
	w.Helper()
	w.last++
	start := day.Start().Add(9 * time.Hour)
	r := &model.ServiceRecord{
		ID: w.last, TenantID: who.TenantID, UserID: who.UserID, SourceType: model.OfAttendance, SourceID: w.last, State: model.RecordValid,
		Role: model.EnrolMember, SlotID: 7, Title: "清洁家园", Place: "红星广场", OrgID: certTeam, OrgPath: w.orgs[certTeam].Path, CommunityID: certCommunity,
		StartedAt: start, EndedAt: start.Add(time.Duration(minutes) * time.Minute), Day: day, Minutes: minutes, CertifierID: 103,
		CreatedAt: w.clock.Now(), UpdatedAt: w.clock.Now(), Version: 1,
	}
	if change != nil {
		change(r)
	}
	w.update(func(tx *db.Tx) error { return db.Add(tx, r) })
	return r.ID
}

// void takes a record back.
func (w *office) void(id int64) {
	w.Helper()
	w.update(func(tx *db.Tx) error {
		return tx.Model(&model.ServiceRecord{}).Where("id = ?", id).Update("state", model.RecordVoid).Error
	})
}

func (w *office) issue(who model.Actor, from, to model.Day) *activity.Certified {
	w.Helper()
	c, err := w.acts.IssueCertificate(w.Context(), who, from, to)
	w.must(err)
	return c
}

// number returns the one number that a query finds.
func (w *office) number(query string, args ...any) (n int64) {
	w.Helper()
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error { return tx.Raw(query, args...).Scan(&n).Error }))
	return n
}
