package wish_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/crypt"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/outbox"
	"dandelion/internal/policy"
	"dandelion/internal/timer"
	"dandelion/model"
	"dandelion/service/points"
	"dandelion/service/wish"
)

var morning = time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC) // 9:00 in Shanghai

// The organisations of the tests: a county with a township with a community
// with a grid and a unit, and another community of the same township.
const (
	county, township, community, grid, unit int64 = 1, 2, 3, 4, 5
	elsewhere                               int64 = 6
)

// world is a small county in a database of its own, with the whole loop.
type world struct {
	*testing.T
	db       *db.DB
	clock    *clock.Manual
	wishes   *wish.Service
	policies *policy.Book
	timers   *timer.Runner
	outbox   *outbox.Outbox
	ledger   *points.Service

	resident, proxy, member, member2, liaison, helper, worker, worker2, officer, auditor, stranger model.Actor
}

func newWorld(t *testing.T, url string) *world {
	t.Helper()
	w := &world{T: t, clock: clock.At(morning)}
	d, err := db.Open(url, db.Options{Now: w.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
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
	w.outbox = outbox.New(d, quiet)
	w.policies = policy.New(d, w.clock.Now)
	w.ledger = points.New(d, w.outbox, w.policies, keys)
	w.wishes = wish.New(d, w.policies, w.outbox, keys, w.ledger)
	w.outbox.Tell(w.wishes.Hear)
	w.timers = timer.New(d, quiet, map[model.TimerKind]timer.Handler{model.WishAlarm: w.wishes.Alarm, model.PointsPost: w.ledger.Mature})
	w.settle()
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// settle founds the county and brings in its people.
func (w *world) settle() {
	w.Helper()
	orgs := map[int64]*model.Org{}
	for _, o := range []struct {
		id, parent int64
		kind       model.OrgKind
		name       string
	}{
		{county, 0, model.OrgCounty, "梅城县"},
		{township, county, model.OrgTownship, "城关镇"},
		{community, township, model.OrgCommunity, "红星社区"},
		{grid, community, model.OrgGrid, "第一网格"},
		{unit, community, model.OrgUnit, "县医院"},
		{elsewhere, township, model.OrgCommunity, "东风社区"},
	} {
		org, err := model.NewOrg(o.id, o.kind, o.name, orgs[o.parent])
		w.must(err)
		org.CreatedAt, org.UpdatedAt = morning, morning
		orgs[o.id] = org
		w.must(w.update(func(tx *db.Tx) error { return db.Add(tx, org) }))
	}
	person := func(id int64, name string, home *model.Org, roles ...model.Held) model.Actor {
		u := &model.User{
			ID: id, TenantID: county, OpenID: fmt.Sprint("test-", id), State: model.UserActive, DisplayName: name, HomeID: home.ID, HomePath: home.Path,
			Consent: "1.0", CreatedAt: morning, UpdatedAt: morning, Version: 1,
		}
		w.must(w.update(func(tx *db.Tx) error { return db.Add(tx, u) }))
		for i := range roles {
			roles[i].Path, roles[i].Subtree = orgs[roles[i].OrgID].Path, true
			w.give(u, roles[i])
		}
		return model.Actor{UserID: id, TenantID: county, HomeID: home.ID, HomePath: home.Path, Consent: "1.0", Held: roles, RequestID: "test"}
	}
	home := orgs[community]
	w.resident = person(101, "王奶奶", orgs[grid])
	w.proxy = person(102, "小王", home)
	w.member = person(103, "张三", home, model.Held{Role: model.RoleMember, OrgID: community})
	w.member2 = person(104, "李四", home, model.Held{Role: model.RoleMember, OrgID: community})
	w.liaison = person(105, "联络员", home, model.Held{Role: model.RoleLiaison, OrgID: unit})
	w.helper = person(106, "医生", home, model.Held{Role: model.RoleMember, OrgID: unit})
	w.worker = person(107, "社工甲", home, model.Held{Role: model.RoleWorker, OrgID: community})
	w.worker2 = person(108, "社工乙", home, model.Held{Role: model.RoleWorker, OrgID: community})
	w.officer = person(109, "镇干部", home, model.Held{Role: model.RoleTownship, OrgID: township})
	w.auditor = person(110, "审计员", home, model.Held{Role: model.RoleAuditor, OrgID: county})
	w.stranger = person(111, "外社区志愿者", orgs[elsewhere], model.Held{Role: model.RoleVolunteer, OrgID: elsewhere})
}

func (w *world) give(u *model.User, h model.Held) {
	w.Helper()
	key := string(h.Role) + u.OpenID
	w.must(w.update(func(tx *db.Tx) error {
		err := db.Add(tx, &model.Grant{
			ID: tx.NewID(), TenantID: county, UserID: u.ID, Role: h.Role, OrgID: h.OrgID, OrgPath: h.Path, Subtree: true,
			GrantedAt: tx.Now, ActiveKey: &key, Version: 1,
		})
		if err != nil || h.Role != model.RoleMember {
			return err
		}
		return db.Add(tx, &model.Member{
			UserID: u.ID, TenantID: county, CommunityID: community, UnitID: h.OrgID, Skills: "电工", CreatedAt: tx.Now, UpdatedAt: tx.Now,
		})
	}))
}

func (w *world) update(f func(tx *db.Tx) error) error { return w.db.Update(context.Background(), f) }

// order places a wish of the resident's, submitted.
func (w *world) order(change ...func(*wish.Order)) int64 {
	w.Helper()
	o := wish.Order{
		WishOrder: model.WishOrder{
			Kind: model.WishService, Urgency: model.Normal, AgeGroup: model.Elder, Channel: model.ChannelSelf, Title: "换灯泡", Skill: "电工",
		},
		Name: "王秀英", Phone: "13800001234", Address: "红星路1号", Submit: true,
	}
	for _, c := range change {
		c(&o)
	}
	v, err := w.wishes.Place(w.Context(), w.resident, o)
	w.must(err)
	return v.ID
}

// in brings a new wish as far as state, on the shortest way.
func (w *world) in(state model.WishState, change ...func(*wish.Order)) int64 {
	w.Helper()
	id := w.order(change...)
	ctx := w.Context()
	for _, step := range []struct {
		to model.WishState
		do func() (*wish.Seen, error)
	}{
		{model.WishSubmitted, func() (*wish.Seen, error) { return w.wishes.Get(ctx, w.worker, id) }},
		{model.WishOpen, func() (*wish.Seen, error) { return w.wishes.Publish(ctx, w.worker, id, model.Medium) }},
		{model.WishClaimed, func() (*wish.Seen, error) { return w.wishes.Claim(ctx, w.member, id, 0, nil) }},
		{model.WishInService, func() (*wish.Seen, error) { return w.wishes.Start(ctx, w.member, id) }},
		{model.WishReported, func() (*wish.Seen, error) { return w.wishes.Report(ctx, w.member, id, "已换好", 30) }},
		{model.WishAwaiting, func() (*wish.Seen, error) { return w.wishes.Verify(ctx, w.worker, id) }},
		{model.WishClosed, func() (*wish.Seen, error) { return w.wishes.Evaluate(ctx, w.resident, id, 5, model.SolvedYes, "") }},
	} {
		v, err := step.do()
		w.must(err)
		if v.State != step.to {
			w.Fatalf("on the way to %s the wish is %s, not %s", state, v.State, step.to)
		}
		if step.to == state {
			return id
		}
	}
	w.Fatalf("there is no short way to %s", state)
	return 0
}

// pass lets time go by and does what falls due.
func (w *world) pass(d time.Duration) {
	w.Helper()
	w.clock.Pass(d)
	for {
		n, err := w.timers.Fire(w.Context())
		w.must(err)
		m, err := w.outbox.Relay(w.Context())
		w.must(err)
		if n+m == 0 {
			return
		}
	}
}

// get returns the wish as the worker sees it.
func (w *world) get(id int64) *wish.Seen {
	w.Helper()
	v, err := w.wishes.Get(w.Context(), w.worker, id)
	w.must(err)
	return v
}

// count counts the rows of T that where selects.
func count[T any](w *world, where string, args ...any) (n int64) {
	w.Helper()
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error { return tx.Model(new(T)).Where(where, args...).Count(&n).Error }))
	return n
}

func world1(t *testing.T) *world {
	t.Helper()
	return newWorld(t, dbtest.URL(t))
}
