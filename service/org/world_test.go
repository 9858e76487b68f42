package org_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/clock"
	"dandelion/internal/crypt"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/outbox"
	"dandelion/internal/policy"
	"dandelion/internal/timer"
	"dandelion/model"
	"dandelion/service/org"
)

var morning = time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC) // 9:00 in Shanghai

// The organisations of the tests: a county down to a grid with a unit and a
// team, and a community of another county.
const (
	county, township, community, grid, unit, team, committee int64 = 1, 2, 3, 4, 5, 6, 7
	abroad, abroadTown, abroadHome                           int64 = 11, 12, 13
)

// The accounts of the tests.
const (
	adminID, auditorID, aliceID, bobID, foreignID, homelessID int64 = 101, 102, 103, 104, 105, 106
)

// world is two small counties in a database of their own.
type world struct {
	*testing.T
	db     *db.DB
	clock  *clock.Manual
	svc    *org.Service
	keys   *crypt.Keys
	timers *timer.Runner
	orgs   map[int64]*model.Org

	admin, auditor, alice, foreignAdmin, homeless model.Actor
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: clock.At(morning), orgs: map[int64]*model.Org{}}
	d, err := db.Open(dbtest.URL(t), db.Options{Now: w.clock.Now})
	w.must(err)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	w.db, w.keys = d, ring(t)
	events := outbox.New(d, slog.New(slog.DiscardHandler))
	w.svc = org.New(d, events, policy.New(d, w.clock.Now), w.keys)
	w.timers = timer.New(d, slog.New(slog.DiscardHandler), map[model.TimerKind]timer.Handler{model.RegistrationAlarm: w.svc.RegistrationAlarm})
	w.must(d.Migrate(t.Context()))
	w.must(d.LeaseNode(t.Context()))
	w.found()
	w.admin = w.person(adminID, county, model.RoleAdmin, county)
	w.auditor = w.person(auditorID, county, model.RoleAuditor, county)
	w.alice = w.person(aliceID, county, "", 0)
	w.person(bobID, county, "", 0)
	w.foreignAdmin = w.person(foreignID, abroad, model.RoleAdmin, abroad)
	w.homeless = w.person(homelessID, 0, "", 0)
	return w
}

// ring is a ring of one key.
func ring(t *testing.T) *crypt.Keys {
	t.Helper()
	keys, err := crypt.New("t", map[string][]byte{"t": crypt.Derive([]byte("org"), "fields")}, crypt.Derive([]byte("org"), "index"))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// place is an organisation of the tests.
type place struct {
	id, parent int64
	kind       model.OrgKind
	name       string
}

func (w *world) found() {
	w.Helper()
	w.foundAll(
		place{county, 0, model.OrgCounty, "梅城县"},
		place{township, county, model.OrgTownship, "城关镇"},
		place{community, township, model.OrgCommunity, "红星社区"},
		place{grid, community, model.OrgGrid, "第一网格"},
		place{unit, community, model.OrgUnit, "县医院"},
		place{team, county, model.OrgTeam, "梅城红"},
		place{committee, county, model.OrgCommittee, "红星大党委"},
		place{abroad, 0, model.OrgCounty, "兰溪县"},
		place{abroadTown, abroad, model.OrgTownship, "河西镇"},
		place{abroadHome, abroadTown, model.OrgCommunity, "东风社区"},
	)
}

func (w *world) foundAll(all ...place) {
	w.Helper()
	for _, o := range all {
		row, err := model.NewOrg(o.id, o.kind, o.name, w.orgs[o.parent])
		w.must(err)
		row.CreatedAt, row.UpdatedAt = morning, morning
		w.orgs[o.id] = row
		w.must(w.update(func(tx *db.Tx) error { return db.Add(tx, row) }))
	}
}

// person brings in somebody of a county who holds role in an organisation.
func (w *world) person(id, tenant int64, role model.Role, in int64) model.Actor {
	w.Helper()
	a := model.Actor{UserID: id, TenantID: tenant, Consent: "1.0", RequestID: "test"}
	w.must(w.update(func(tx *db.Tx) error {
		err := db.Add(tx, &model.User{
			ID: id, TenantID: tenant, OpenID: fmt.Sprint("test-", id), State: model.UserActive, DisplayName: fmt.Sprint("某", id),
			CreatedAt: morning, UpdatedAt: morning, Version: 1,
		})
		if err != nil || role == "" {
			return err
		}
		a.Held = []model.Held{{Role: role, OrgID: in, Path: w.orgs[in].Path, Subtree: true}}
		return db.Add(tx, model.NewGrant(tx.NewID(), id, role, w.orgs[in], 0, tx.Now))
	}))
	return a
}

func (w *world) update(f func(tx *db.Tx) error) error { return w.db.Update(w.Context(), f) }

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// refused fails the test if err is not want.
func (w *world) refused(err, want error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Fatalf("error %v, want %v", err, want)
	}
}

func (w *world) give(g org.Giving) *model.Grant {
	w.Helper()
	given, err := w.svc.Give(w.Context(), w.admin, g)
	w.must(err)
	return &given.Grant
}

// audits returns the details of the lines about action, oldest first.
func (w *world) audits(action string) (details []map[string]any) {
	w.Helper()
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error {
		lines, err := gorm.G[model.Audit](tx.DB).Where("action = ? AND request_id = ?", action, "test").Order("id").Find(tx.Ctx)
		if err != nil {
			return err
		}
		for _, l := range lines {
			var d map[string]any
			if err := json.Unmarshal([]byte(l.Detail), &d); err != nil {
				return err
			}
			details = append(details, d)
		}
		return nil
	}))
	return details
}

// member returns the registration of user, or nil.
func (w *world) member(user int64) *model.Member {
	w.Helper()
	var all []model.Member
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error { return tx.Where("user_id = ?", user).Find(&all).Error }))
	if len(all) == 0 {
		return nil
	}
	return &all[0]
}

// rows counts the rows of T that where selects.
func rows[T any](w *world, where string, args ...any) (n int64) {
	w.Helper()
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error { return tx.Model(new(T)).Where(where, args...).Count(&n).Error }))
	return n
}
