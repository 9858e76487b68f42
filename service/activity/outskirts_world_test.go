package activity

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/crypt"
	"dandelion/internal/db"
	"dandelion/internal/outbox"
	"dandelion/internal/policy"
	"dandelion/model"
	"dandelion/service/points"
	"dandelion/service/wish"
)

// saturday is 9:00 in Shanghai.
var saturday = time.Date(2026, 7, 4, 1, 0, 0, 0, time.UTC)

// The organisations of the outskirts: a township of two communities, the first
// with a unit, and a county beyond the wall.
const (
	edgeCounty, edgeTown, edgeHome, edgeUnit, edgeNext, edgeBeyond int64 = 1, 2, 3, 4, 5, 9
	edgeLeader                                                     int64 = 300
)

// edge is a small county for what surrounds a check-in.
type edge struct {
	testing.TB
	db     *db.DB
	clock  *clock.Manual
	to     *Service
	wishes *wish.Service
	orgs   map[int64]*model.Org
	n      int64

	resident, member, member2, worker, worker2, officer, county, nextDoor, outsider, leader model.Actor
}

func newEdge(t testing.TB, url string) *edge {
	t.Helper()
	w := &edge{TB: t, clock: clock.At(saturday), orgs: map[int64]*model.Org{}}
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
	keys, err := crypt.New("t", map[string][]byte{"t": key(1)}, key(2))
	w.must(err)
	box, policies := outbox.New(d, slog.New(slog.DiscardHandler)), policy.New(d, w.clock.Now)
	w.to = New(d, box, policies, keys)
	w.wishes = wish.New(d, policies, box, keys, points.New(d, box, policies, keys))
	w.to.Wishes = w.wishes
	w.found()
	return w
}

func (w *edge) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *edge) update(f func(tx *db.Tx) error) {
	w.Helper()
	w.must(w.db.Update(context.Background(), f))
}

func (w *edge) found() {
	w.Helper()
	for _, o := range []struct {
		id, parent int64
		kind       model.OrgKind
	}{
		{edgeCounty, 0, model.OrgCounty},
		{edgeTown, edgeCounty, model.OrgTownship},
		{edgeHome, edgeTown, model.OrgCommunity},
		{edgeUnit, edgeHome, model.OrgUnit},
		{edgeNext, edgeTown, model.OrgCommunity},
		{edgeBeyond, 0, model.OrgCounty},
	} {
		org, err := model.NewOrg(o.id, o.kind, fmt.Sprint("组织", o.id), w.orgs[o.parent])
		w.must(err)
		org.CreatedAt, org.UpdatedAt, w.orgs[o.id] = saturday, saturday, org
		w.update(func(tx *db.Tx) error { return db.Add(tx, org) })
	}
	w.resident = w.person(101, "", 0)
	w.member, w.member2 = w.person(102, model.RoleMember, edgeHome), w.person(103, model.RoleMember, edgeHome)
	w.worker, w.worker2 = w.person(201, model.RoleWorker, edgeHome), w.person(202, model.RoleWorker, edgeHome)
	w.officer, w.county = w.person(203, model.RoleTownship, edgeTown), w.person(204, model.RoleCounty, edgeCounty)
	w.nextDoor = w.person(205, model.RoleWorker, edgeNext)
	w.leader = w.person(edgeLeader, model.RoleLiaison, edgeUnit)
	w.outsider = w.person(401, model.RoleCounty, edgeBeyond)
}

// person brings in somebody who holds a role.
func (w *edge) person(id int64, role model.Role, at int64) model.Actor {
	w.Helper()
	home := w.orgs[edgeHome]
	if at == edgeBeyond {
		home = w.orgs[at]
	}
	u := &model.User{
		ID: id, TenantID: home.TenantID, OpenID: fmt.Sprint("edge-", id), State: model.UserActive, DisplayName: fmt.Sprint("某人", id),
		HomeID: home.ID, HomePath: home.Path, Consent: "1.0", CreatedAt: saturday, UpdatedAt: saturday, Version: 1,
	}
	w.update(func(tx *db.Tx) error { return db.Add(tx, u) })
	who := model.Actor{UserID: id, TenantID: home.TenantID, HomeID: home.ID, HomePath: home.Path, Consent: "1.0", RequestID: "test"}
	if role != "" {
		who.Held = []model.Held{{Role: role, OrgID: at, Path: w.orgs[at].Path, Subtree: true}}
	}
	return who
}

// slot makes one of the unit's at a place, from the hour that it is.
func (w *edge) slot(community int64) *model.Slot {
	w.Helper()
	w.n++
	s := &model.Slot{
		ID: 7000 + w.n, TenantID: edgeCounty, ActivityID: 6000, OrgID: edgeUnit, OrgPath: w.orgs[edgeUnit].Path, CommunityID: community,
		State: model.SlotOpen, Published: true, Mode: model.ModeCode, Title: "河道清洁", Radius: model.SlotRadius, Capacity: 20, LeaderID: edgeLeader,
		StartsAt: w.clock.Now(), EndsAt: w.clock.Now().Add(2 * time.Hour), CreatedAt: w.clock.Now(), UpdatedAt: w.clock.Now(), Version: 1,
	}
	w.update(func(tx *db.Tx) error { return db.Add(tx, s) })
	return s
}

// there puts somebody into a slot; change says how he got there.
func (w *edge) there(slot *model.Slot, user int64, change func(a *model.Attendance)) *model.Attendance {
	w.Helper()
	var a *model.Attendance
	w.update(func(tx *db.Tx) error {
		a = &model.Attendance{
			ID: tx.NewID(), TenantID: edgeCounty, SourceType: model.OfEnrolment, UserID: user, SlotID: slot.ID, State: model.AttendanceDone,
			InAt: tx.Now, InMode: model.ModeCode, InBy: user, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
		}
		a.SourceID = a.ID
		if change != nil {
			change(a)
		}
		return db.Add(tx, a)
	})
	return a
}

// at gives an attendance a fix at check-in.
func at(lat, lng int64) func(a *model.Attendance) {
	return func(a *model.Attendance) {
		until := a.InAt.Add(30 * 24 * time.Hour)
		a.InLat, a.InLng, a.FixUntil = &lat, &lng, &until
	}
}

// rows returns the rows of T that where selects, by id.
func rows[T any](w *edge, where string, args ...any) (all []T) {
	w.Helper()
	w.must(w.db.View(context.Background(), func(tx *db.Tx) error {
		return tx.Model(new(T)).Where(where, args...).Order("id").Find(&all).Error
	}))
	return all
}
