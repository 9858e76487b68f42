package demo_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/crypt"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/demo"
	"dandelion/internal/wechat"
	"dandelion/model"
)

var now = time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)

func keys(t testing.TB) *crypt.Keys {
	t.Helper()
	k, err := crypt.New("t", map[string][]byte{"t": crypt.Derive([]byte("demo"), "fields")}, crypt.Derive([]byte("demo"), "index"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// load returns a database with the demo county.
func load(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(url, db.Options{Now: clock.At(now).Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := demo.Load(t.Context(), url, keys(t), now); err != nil {
		t.Fatal(err)
	}
	return d
}

func view(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.View(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, d *db.DB, query string, args ...any) (n int64) {
	t.Helper()
	view(t, d, func(tx *db.Tx) error { return tx.Raw(query, args...).Scan(&n).Error })
	return n
}

func reportsFigures(t *testing.T, d *db.DB) {
	t.Helper()
	var got map[string]int64
	view(t, d, func(tx *db.Tx) (err error) { got, err = demo.Count(tx); return err })
	want := map[string]int64{"units": 78, "members": 3500, "teams": 73, "socials": 11, "properties": 8, "branches": 8, "instructors": 16}
	if !maps.Equal(got, want) {
		t.Errorf("the county has %v, the report %v", got, want)
	}
	for _, name := range []string{"梅城红志愿服务队", "心连心志愿服务队", "微公益志愿服务队", "先锋医师志愿服务队"} {
		if number(t, d, "SELECT COUNT(*) FROM orgs WHERE kind = 'team' AND name = ?", name) != 1 {
			t.Errorf("there is no %s", name)
		}
	}
	for _, p := range demo.Personas() {
		if number(t, d, "SELECT COUNT(*) FROM users WHERE id = ? AND open_id = ? AND consent <> ''", demo.UserID(p.Code), wechat.SimulatedOpenID(p.Code)) != 1 {
			t.Errorf("nobody logs in with %s", p.Code)
		}
		if p.Role != "" && number(t, d, "SELECT COUNT(*) FROM grants WHERE user_id = ? AND role = ? AND org_id = ? AND active_key IS NOT NULL", demo.UserID(p.Code), p.Role, p.OrgID) != 1 {
			t.Errorf("%s is no %s", p.Code, p.Role)
		}
	}
	if demo.UserID("demo-nobody") != 0 {
		t.Error("demo-nobody is somebody")
	}
}

// nothingWaitsForNobody: whoever can be sent something has somebody to take it.
func nothingWaitsForNobody(t *testing.T, d *db.DB) {
	t.Helper()
	held := " AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.org_id = o.id AND g.active_key IS NOT NULL AND g.role = '"
	for name, query := range map[string]string{
		"units without a liaison":         "SELECT COUNT(*) FROM orgs o WHERE o.kind = 'unit' AND o.tenant_id = ?" + held + "liaison')",
		"grids without a grid worker":     "SELECT COUNT(*) FROM orgs o WHERE o.kind = 'grid' AND o.tenant_id = ?" + held + "grid_worker')",
		"communities without a worker":    "SELECT COUNT(*) FROM orgs o WHERE o.kind = 'community' AND o.tenant_id = ?" + held + "worker')",
		"communities without a volunteer": "SELECT COUNT(*) FROM orgs o WHERE o.kind = 'community' AND o.tenant_id = ?" + held + "volunteer')",
	} {
		if n := number(t, d, query, demo.CountyID); n != 0 {
			t.Errorf("%d %s", n, name)
		}
	}
}

func wishesAreReal(t *testing.T, d *db.DB) {
	t.Helper()
	for _, s := range model.WishStates() {
		if n := number(t, d, "SELECT COUNT(*) FROM wishes WHERE state = ?", s); n < 4 {
			t.Errorf("%d wishes are %s", n, s)
		}
	}
	for name, query := range map[string]string{
		"live wishes that hang":               "SELECT COUNT(*) FROM wishes w WHERE w.due_at IS NOT NULL AND w.queue_org_id = 0 AND w.state <> 'draft'",
		"live wishes without a timer":         "SELECT COUNT(*) FROM wishes w WHERE w.due_at IS NOT NULL AND w.light <> 'red' AND NOT EXISTS (SELECT 1 FROM timers t WHERE t.subject_id = w.id)",
		"timers of wishes that are over":      "SELECT COUNT(*) FROM timers t JOIN wishes w ON w.id = t.subject_id WHERE w.due_at IS NULL",
		"timers that were due":                "SELECT COUNT(*) FROM timers WHERE due_at <= '2026-07-01 07:58:00'",
		"active claims of nobody's wish":      "SELECT COUNT(*) FROM claims c JOIN wishes w ON w.id = c.wish_id WHERE c.state = 'active' AND (w.claim_id <> c.id OR w.due_at IS NULL)",
		"claimed wishes without a claim":      "SELECT COUNT(*) FROM wishes w WHERE w.state IN ('claimed', 'in_service', 'reported', 'awaiting_evaluation', 'rework') AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.id = w.claim_id AND c.state = 'active')",
		"dispatched wishes without an order":  "SELECT COUNT(*) FROM wishes w WHERE w.state = 'dispatched' AND NOT EXISTS (SELECT 1 FROM dispatches x WHERE x.id = w.dispatch_id AND x.state = 'pending')",
		"closed wishes without a judgement":   "SELECT COUNT(*) FROM wishes w WHERE w.state = 'closed' AND NOT EXISTS (SELECT 1 FROM evaluations e WHERE e.claim_id = w.claim_id)",
		"praise by default":                   "SELECT COUNT(*) FROM evaluations WHERE state = 'unrated' AND stars > 0",
		"wishes without a beneficiary":        "SELECT COUNT(*) FROM wishes w WHERE NOT EXISTS (SELECT 1 FROM beneficiaries b WHERE b.wish_id = w.id)",
		"names in the clear":                  "SELECT COUNT(*) FROM beneficiaries WHERE name NOT LIKE 'v1:%' OR phone NOT LIKE 'v1:%'",
		"events that are still to be told":    "SELECT COUNT(*) FROM events WHERE relay_at IS NOT NULL",
		"open tasks of wishes that are over":  "SELECT COUNT(*) FROM tasks t JOIN wishes w ON w.id = t.wish_id WHERE t.active_key IS NOT NULL AND w.due_at IS NULL",
		"open wishes that nobody is offered":  "SELECT COUNT(*) FROM wishes WHERE (state = 'open') <> (pool_org_id <> 0)",
		"wishes that claim to be from later":  "SELECT COUNT(*) FROM wishes WHERE created_at > '2026-07-01 08:00:00'",
		"minors who are met at home":          "SELECT COUNT(*) FROM wishes WHERE age_group = 'minor' AND hand_over <> 'station'",
		"wishes whose requester is elsewhere": "SELECT COUNT(*) FROM wishes w JOIN users u ON u.id = w.requester_id WHERE u.tenant_id <> w.tenant_id",
	} {
		if n := number(t, d, query); n != 0 {
			t.Errorf("%d %s", n, name)
		}
	}
}

// storiesTakeEveryWay: a list that nobody has ever filled cannot be looked at.
func storiesTakeEveryWay(t *testing.T, d *db.DB) {
	t.Helper()
	never := []model.WishEvent{ // what the stories leave for those who try the system
		model.WishWithdraw, model.WishRefuse, model.WishRevoke, model.WishKeepOn,
	}
	for _, e := range model.WishEvents() {
		if n := number(t, d, "SELECT COUNT(*) FROM events WHERE name = ?", e); (n == 0) != slices.Contains(never, e) {
			t.Errorf("%s happened %d times", e, n)
		}
	}
	for name, query := range map[string]string{
		"teams of a unit":                  "SELECT COUNT(*) FROM wish_helpers",
		"wishes of the unit to log in for": "SELECT COUNT(*) FROM wishes WHERE claim_org_id = 2000",
		"wishes placed by staff":           "SELECT COUNT(*) FROM wishes WHERE channel = 'staff'",
		"wishes placed by a proxy":         "SELECT COUNT(*) FROM wishes WHERE channel = 'proxy'",
		"urgent wishes":                    "SELECT COUNT(*) FROM wishes WHERE urgency = 'urgent'",
		"wishes that nobody judged":        "SELECT COUNT(*) FROM evaluations WHERE state = 'unrated'",
		"judgements to be reviewed":        "SELECT COUNT(*) FROM evaluations WHERE state = 'under_review'",
		"amber lights":                     "SELECT COUNT(*) FROM wishes WHERE light = 'amber'",
		"red lights":                       "SELECT COUNT(*) FROM wishes WHERE light = 'red'",
		"open tasks":                       "SELECT COUNT(*) FROM tasks WHERE is_open = true",
		"rewards that can be taken":        "SELECT COUNT(*) FROM rewards WHERE stock > 0",
		"rewards that are waited for":      "SELECT COUNT(*) FROM redemptions WHERE state = 'held'",
		"rewards that were fetched":        "SELECT COUNT(*) FROM redemptions WHERE state = 'picked_up'",
		"rewards that were given back":     "SELECT COUNT(*) FROM redemptions WHERE state = 'cancelled'",
		"rewards of those to log in as":    "SELECT COUNT(*) FROM redemptions WHERE user_id < 100000",
		"gifts to the pool":                "SELECT COUNT(*) FROM donations",
		"wishes of other communities":      "SELECT COUNT(*) FROM wishes WHERE community_id <> 1200",
	} {
		if n := number(t, d, query); n == 0 {
			t.Errorf("there are no %s", name)
		}
	}
	if n := number(t, d, "SELECT COUNT(*) FROM wishes WHERE channel = 'staff' AND requester_id IN (SELECT user_id FROM grants WHERE role IN ('worker', 'grid_worker'))"); n != number(t, d, "SELECT COUNT(*) FROM wishes WHERE channel = 'staff'") {
		t.Errorf("of the wishes placed by staff, %d are", n)
	}
}

// checksum is of everything that does not depend on chance.
func checksum(t *testing.T, d *db.DB) string {
	t.Helper()
	h := sha256.New()
	for _, q := range []string{
		"SELECT id, tenant_id, kind, name, path, skills FROM orgs ORDER BY id",
		"SELECT id, open_id, display_name, home_id FROM users ORDER BY id",
		"SELECT user_id, role, org_id FROM grants ORDER BY id",
		"SELECT user_id, community_id, unit_id, skills, stars, rated FROM members ORDER BY user_id",
		"SELECT title, state, light, requester_id, claimer_id, stars, created_at, due_at FROM wishes ORDER BY id",
		"SELECT name, from_state, to_state, actor_id, created_at FROM events ORDER BY id",
	} {
		var rows []map[string]any
		view(t, d, func(tx *db.Tx) error { return tx.Raw(q).Scan(&rows).Error })
		if err := json.NewEncoder(h).Encode(rows); err != nil {
			t.Fatal(err)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestTheDemoCounty(t *testing.T) {
	url := dbtest.URL(t)
	d := load(t, url)
	before := checksum(t, d)
	t.Run("has the report's figures", func(t *testing.T) { reportsFigures(t, d) })
	t.Run("has somebody everywhere", func(t *testing.T) { nothingWaitsForNobody(t, d) })
	t.Run("has wishes as the system would write them", func(t *testing.T) { wishesAreReal(t, d) })
	t.Run("has stories that take every way", func(t *testing.T) { storiesTakeEveryWay(t, d) })
	t.Run("is loaded once", func(t *testing.T) {
		if err := demo.Load(t.Context(), url, keys(t), now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if checksum(t, d) != before {
			t.Error("a second load changed the county")
		}
	})
	t.Run("is the same whenever it is loaded for the same moment", func(t *testing.T) {
		if checksum(t, load(t, dbtest.URL(t))) != before {
			t.Error("two counties of the same moment differ")
		}
	})
}

// BenchmarkLoad is how long a first start takes beyond an ordinary one.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b, dbtest.File(b))
	}
}
