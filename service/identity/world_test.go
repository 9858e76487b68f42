package identity_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/crypt"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/wechat"
	"dandelion/model"
	"dandelion/service/identity"
)

var morning = time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC) // 9:00 in Shanghai

const (
	policyVersion = "1.0"
	lifetime      = 7 * 24 * time.Hour
)

// The organisations of the tests: a county down to a grid, and a community of
// another county.
const (
	county, township, community, grid int64 = 1, 2, 3, 4
	abroad, abroadTown, abroadHome    int64 = 11, 12, 13
)

// world is two small counties in a database of their own.
type world struct {
	*testing.T
	db     *db.DB
	clock  *clock.Manual
	wechat *wechat.Simulated
	ids    *identity.Service
	orgs   map[int64]*model.Org
}

func newWorld(t *testing.T) *world { return worldOn(t, dbtest.URL(t)) }

func worldOn(t *testing.T, url string) *world {
	t.Helper()
	w := &world{T: t, clock: clock.At(morning), wechat: &wechat.Simulated{AppID: "app", Secret: "secret"}, orgs: map[int64]*model.Org{}}
	d, err := db.Open(url, db.Options{Now: w.clock.Now})
	w.must(err)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	w.db = d
	w.must(d.Migrate(t.Context()))
	w.must(d.LeaseNode(t.Context()))
	key := func(b byte) []byte { return append(make([]byte, crypt.KeySize-1), b) }
	keys, err := crypt.New("t", map[string][]byte{"t": key(1)}, key(2))
	w.must(err)
	w.ids = identity.New(identity.Options{
		DB: d, WeChat: wechat.New(wechat.Options{AppID: "app", Secret: "secret", Transport: w.wechat, Now: w.clock.Now}),
		Sealer: keys, Lifetime: lifetime, PolicyVersion: policyVersion,
	})
	w.found()
	return w
}

func (w *world) found() {
	w.Helper()
	for _, o := range []struct {
		id, parent int64
		kind       model.OrgKind
		name       string
	}{
		{county, 0, model.OrgCounty, "梅城县"},
		{township, county, model.OrgTownship, "城关镇"},
		{community, township, model.OrgCommunity, "红星社区"},
		{grid, community, model.OrgGrid, "第一网格"},
		{abroad, 0, model.OrgCounty, "兰溪县"},
		{abroadTown, abroad, model.OrgTownship, "河西镇"},
		{abroadHome, abroadTown, model.OrgCommunity, "东风社区"},
	} {
		org, err := model.NewOrg(o.id, o.kind, o.name, w.orgs[o.parent])
		w.must(err)
		org.CreatedAt, org.UpdatedAt = morning, morning
		w.orgs[o.id] = org
		w.must(w.db.Update(w.Context(), func(tx *db.Tx) error { return db.Add(tx, org) }))
	}
}

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

func (w *world) login(code string) *identity.Session {
	w.Helper()
	s, err := w.ids.Login(w.Context(), code)
	w.must(err)
	return s
}

// identify returns who holds token now, within a request of that name.
func (w *world) identify(token string) model.Actor {
	w.Helper()
	a, err := w.ids.Identify(w.Context(), token)
	w.must(err)
	a.RequestID = "test"
	return a
}

// resident brings in somebody who has consented and lives at home; 0: nowhere.
func (w *world) resident(name string, home int64) (who model.Actor, token string) {
	w.Helper()
	token = w.login("demo-" + name).Token
	_, err := w.ids.GiveConsent(w.Context(), w.identify(token), policyVersion)
	w.must(err)
	if home != 0 {
		w.must(w.ids.Update(w.Context(), w.identify(token), identity.Change{PlaceID: &home}))
	}
	return w.identify(token), token
}

// admin brings in an administrator of the county.
func (w *world) admin(name string) model.Actor {
	w.Helper()
	_, token := w.resident(name, community)
	code, err := w.ids.MakeAdminCode(w.Context(), "梅城县")
	w.must(err)
	w.must(w.ids.RedeemAdminCode(w.Context(), w.identify(token), code))
	return w.identify(token)
}

// grant gives user a role, as the operator would by hand.
func (w *world) grant(user, org int64, role model.Role, until *time.Time) *model.Grant {
	w.Helper()
	var g *model.Grant
	w.must(w.db.Update(w.Context(), func(tx *db.Tx) error {
		g = model.NewGrant(tx.NewID(), user, role, w.orgs[org], 0, tx.Now)
		g.ValidUntil = until
		return db.Add(tx, g)
	}))
	return g
}

// rows counts the rows of T that where selects.
func rows[T any](w *world, where string, args ...any) (n int64) {
	w.Helper()
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error { return tx.Model(new(T)).Where(where, args...).Count(&n).Error }))
	return n
}

// race lets n do at once and returns their errors.
func race(n int, do func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}
