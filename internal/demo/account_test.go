package demo_test

import (
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/demo"
	"dandelion/internal/outbox"
	"dandelion/internal/policy"
	"dandelion/internal/redis"
	"dandelion/model"
	"dandelion/service/board"
	"dandelion/service/points"
)

// desk is the demo county with the services that read its points.
type desk struct {
	*testing.T
	db     *db.DB
	points *points.Service
	boards *board.Service
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := load(t, dbtest.URL(t))
	at := clock.At(now)
	limits, box := policy.New(d, at.Now), outbox.New(d, slog.New(slog.DiscardHandler))
	r := redis.Open(redis.Options{Addrs: dbtest.Redis(t)})
	t.Cleanup(func() { _ = r.Close() })
	return &desk{t, d, points.New(d, box, limits, keys(t)), board.New(d, r, limits, box)}
}

func (k *desk) in(t *testing.T) *desk { return &desk{t, k.db, k.points, k.boards} }

func (k *desk) must(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

func (k *desk) number(query string, args ...any) int64 {
	k.Helper()
	return number(k.T, k.db, query, args...)
}

// none says of each query what it finds, which should be nothing.
func (k *desk) none(queries map[string]string) {
	k.Helper()
	for name, q := range queries {
		if n := k.number(q); n != 0 {
			k.Errorf("%d %s", n, name)
		}
	}
}

// counts returns how many there are of each kind.
func (k *desk) counts(query string) map[string]int64 {
	k.Helper()
	var rows []struct {
		Name string
		N    int64
	}
	view(k.T, k.db, func(tx *db.Tx) error { return tx.Raw(query).Scan(&rows).Error })
	all := map[string]int64{}
	for _, r := range rows {
		all[r.Name] = r.N
	}
	return all
}

// as is somebody to log in as, with what he holds.
func (k *desk) as(code string) model.Actor {
	k.Helper()
	var u model.User
	var grants []model.Grant
	view(k.T, k.db, func(tx *db.Tx) error {
		if err := tx.Where("id = ?", demo.UserID(code)).Take(&u).Error; err != nil {
			return err
		}
		return tx.Where("user_id = ?", u.ID).Find(&grants).Error
	})
	who := model.Actor{UserID: u.ID, TenantID: u.TenantID, HomeID: u.HomeID, HomePath: u.HomePath, Consent: u.Consent, RequestID: "test"}
	for _, g := range grants {
		who.Held = append(who.Held, model.Held{Role: g.Role, OrgID: g.OrgID, Path: g.OrgPath, Subtree: g.Subtree})
	}
	return who
}

// TestThePointsOfTheDemoCounty are there, and add up.
func TestThePointsOfTheDemoCounty(t *testing.T) {
	k := newDesk(t)
	t.Run("are a ledger that balances", func(t *testing.T) { k.in(t).balances() })
	t.Run("have been taken for rewards", func(t *testing.T) { k.in(t).rewards() })
	t.Run("have been given to the pool", func(t *testing.T) { k.in(t).gift() })
	t.Run("have been taken and put right by cases", func(t *testing.T) { k.in(t).cases() })
	t.Run("have a budget", func(t *testing.T) { k.in(t).budget() })
	t.Run("can be followed from the wish to the account", func(t *testing.T) { k.in(t).follow("demo-member") })
	t.Run("can be followed for his colleague too", func(t *testing.T) { k.in(t).follow("demo-member2") })
	t.Run("stand on boards", func(t *testing.T) { k.in(t).standings() })
	t.Run("rank those by name who chose it", func(t *testing.T) { k.in(t).ranked() })
}

func (k *desk) balances() {
	k.Helper()
	r, err := k.points.Reconcile(k.Context(), k.as("demo-auditor"), 0)
	k.must(err)
	if !r.Sound() || r.Sum != 0 || r.SeasonSum != 0 {
		k.Errorf("the ledger says %+v", r)
	}
	for _, kind := range model.PointKinds() {
		if n := k.number("SELECT COUNT(*) FROM point_txns WHERE kind = ?", kind); (n == 0) != (kind == model.PointExpire) {
			k.Errorf("%d transactions are %s", n, kind) // nothing is old enough to expire
		}
	}
	k.none(map[string]string{
		"transactions that do not add up": "SELECT COUNT(*) FROM (SELECT txn_id FROM point_entries GROUP BY txn_id HAVING SUM(amount) <> 0) x",
		"transactions without lines":      "SELECT COUNT(*) FROM point_txns t WHERE NOT EXISTS (SELECT 1 FROM point_entries e WHERE e.txn_id = t.id)",
		"balances that are not their lines": `SELECT COUNT(*) FROM point_balances b WHERE b.amount <>
			(SELECT COALESCE(SUM(e.amount), 0) FROM point_entries e WHERE e.owner_id = b.owner_id AND e.account = b.account)`,
		"people who owe pending points":        "SELECT COUNT(*) FROM point_balances WHERE account = 'pending' AND amount < 0",
		"transactions of the other county":     "SELECT COUNT(*) FROM point_txns WHERE tenant_id <> 1000",
		"transactions that claim to be later":  "SELECT COUNT(*) FROM point_txns WHERE created_at > '2026-07-01 08:00:00'",
		"pending points without a timer":       "SELECT COUNT(*) FROM point_txns t WHERE t.kind = 'earn' AND NOT EXISTS (SELECT 1 FROM point_txns p WHERE p.source_type = t.source_type AND p.source_id = t.source_id AND p.kind = 'post') AND NOT EXISTS (SELECT 1 FROM point_txns r WHERE r.source_type = 'point_txn' AND r.source_id = t.id) AND NOT EXISTS (SELECT 1 FROM timers x WHERE x.kind = 'points.post' AND x.subject_id = t.id)",
		"posts of what nobody earned":          "SELECT COUNT(*) FROM point_txns p WHERE p.kind = 'post' AND NOT EXISTS (SELECT 1 FROM point_txns t WHERE t.kind = 'earn' AND t.source_type = p.source_type AND t.source_id = p.source_id)",
		"wishes that are closed for no points": "SELECT COUNT(*) FROM wishes w WHERE w.state = 'closed' AND NOT EXISTS (SELECT 1 FROM point_txns t WHERE t.kind = 'earn' AND t.source_type = 'claim' AND t.source_id = w.claim_id)",
	})
}

func (k *desk) rewards() {
	k.Helper()
	if got := k.counts("SELECT state AS name, COUNT(*) AS n FROM redemptions GROUP BY state"); !maps.Equal(got, map[string]int64{"held": 2, "picked_up": 1, "cancelled": 1}) {
		k.Errorf("redemptions are %v", got)
	}
	stock := k.counts("SELECT name, stock AS n FROM rewards")
	want := map[string]int64{
		"洗衣液 2 升": 60, "东北大米 5 公斤": 40, "晴雨伞": 80, "社区义剪服务一次": 28, "图书一本": 99, "体检陪同服务一次": 20, "毛巾礼盒": 50, "小家电检修一次": 0,
	}
	if !maps.Equal(stock, want) {
		k.Errorf("there are %v, want %v", stock, want)
	}
	all, err := k.points.Rewards(k.Context(), k.as("demo-resident"), demo.CommunityID, 0, 50)
	k.must(err)
	if len(all) != 8 {
		k.Errorf("a resident is shown %d rewards", len(all))
	}
	if held := k.number("SELECT SUM(amount) FROM point_entries WHERE account = 'redeem'"); held != 8+6+8 {
		k.Errorf("%d points are held or spent", held)
	}
	if n := k.number("SELECT COUNT(*) FROM redemptions WHERE state = 'held' AND proxy <> ''"); n != 1 {
		k.Errorf("%d of those that wait have a proxy", n)
	}
	k.none(map[string]string{
		"redemptions that nobody paid":     "SELECT COUNT(*) FROM redemptions d WHERE NOT EXISTS (SELECT 1 FROM point_txns t JOIN point_entries e ON e.txn_id = t.id WHERE t.kind = 'hold' AND t.source_type = 'redemption' AND t.source_id = d.id AND e.account = 'member' AND e.owner_id = d.user_id AND e.amount = -d.cost)",
		"cancelled ones not paid back":     "SELECT COUNT(*) FROM redemptions d JOIN point_txns t ON t.kind = 'hold' AND t.source_id = d.id WHERE (d.state = 'cancelled') <> EXISTS (SELECT 1 FROM point_txns r WHERE r.kind = 'reverse' AND r.source_type = 'point_txn' AND r.source_id = t.id)",
		"names of proxies in the clear":    "SELECT COUNT(*) FROM redemptions WHERE proxy LIKE '%王%'",
		"waiting ones that would wait on":  "SELECT COUNT(*) FROM redemptions d WHERE (d.state = 'held') <> EXISTS (SELECT 1 FROM timers x WHERE x.subject_id = d.id)",
		"redemptions of other communities": "SELECT COUNT(*) FROM redemptions d JOIN users u ON u.id = d.user_id WHERE u.home_path NOT LIKE '/1000/1100/1200/%'",
	})
	waiting, err := k.points.Queue(k.Context(), k.as("demo-verifier"), 0, 0, 50)
	k.must(err)
	if len(waiting) != 2 || waiting[0].ProxyName != "王**" && waiting[1].ProxyName != "王**" {
		k.Errorf("the verifier sees %+v", waiting)
	}
}

func (k *desk) gift() {
	k.Helper()
	var all []model.Donation
	view(k.T, k.db, func(tx *db.Tx) error { return tx.Find(&all).Error })
	if len(all) != 1 || all[0].Amount != 2 || all[0].OrgID != demo.CommunityID || all[0].Note != "给社区的孩子们添几本书" {
		k.Fatalf("donations: %+v", all)
	}
	p, err := k.points.PoolOf(k.Context(), k.as("demo-resident"), demo.CommunityID)
	k.must(err)
	if p.Amount != 2 {
		k.Errorf("the pool holds %d", p.Amount)
	}
	if n := k.number("SELECT amount FROM point_entries WHERE account = 'member' AND owner_id = ? AND txn_id = (SELECT id FROM point_txns WHERE kind = 'donate')", all[0].UserID); n != -2 {
		k.Errorf("the gift has cost %d", n)
	}
}

func (k *desk) cases() {
	k.Helper()
	var all []model.PointCase
	view(k.T, k.db, func(tx *db.Tx) error { return tx.Order("id").Find(&all).Error })
	got := ""
	for _, c := range all {
		got += fmt.Sprintf("%d %s %s %d; ", c.UserID-demo.UserID("demo-member"), c.Kind, c.State, c.Change)
		booked := k.number("SELECT COALESCE(SUM(e.amount), 0) FROM point_entries e JOIN point_txns t ON t.id = e.txn_id WHERE t.source_type = 'point_case' AND t.source_id = ? AND e.account = 'member' AND e.owner_id = ?", c.ID, c.UserID)
		honour := k.number("SELECT COALESCE(SUM(d.honour), 0) FROM deeds d JOIN point_txns t ON t.id = d.txn_id WHERE t.source_type = 'point_case' AND t.source_id = ?", c.ID)
		want := c.Change
		if c.State == model.CaseProposed {
			want = 0
		}
		if booked != want || honour != want {
			k.Errorf("%s of %d has booked %d points and %d honour, want %d", c.Kind, c.UserID, booked, honour, want)
		}
		if n := k.number("SELECT COUNT(*) FROM timers WHERE subject_id = ?", c.ID); (n == 1) != (c.DueAt != nil) || c.State == model.CaseAppealed && c.DueAt == nil || c.State == model.CaseProposed && c.DueAt == nil {
			k.Errorf("%s has %d timers", c.State, n)
		}
	}
	if want := "1 no_show approved -2; 3 adjustment approved 5; 0 no_show appealed -2; 2 late_release proposed -1; "; got != want {
		k.Errorf("the cases are %s, want %s", got, want)
	}
	worker := k.as("demo-worker2")
	queue, err := k.points.Cases(k.Context(), worker, points.CaseFilter{View: points.CasesQueue, Limit: 50})
	k.must(err)
	if len(queue) != 1 || queue[0].State != model.CaseProposed || len(queue[0].Possible) == 0 {
		k.Errorf("the second worker has to act on %+v", queue)
	}
	mine, err := k.points.Cases(k.Context(), k.as("demo-member"), points.CaseFilter{View: points.CasesMine, Limit: 50})
	k.must(err)
	if len(mine) != 1 || !strings.Contains(mine[0].PointCase.Appeal, "值班") || mine[0].ProposedBy != demo.UserID("demo-worker") || mine[0].ReviewedBy != demo.UserID("demo-worker2") {
		k.Errorf("about the member there are %+v", mine)
	}
}

func (k *desk) budget() {
	k.Helper()
	b, err := k.points.Budget(k.Context(), k.as("demo-worker"), demo.CommunityID, 0)
	k.must(err)
	issued := -k.number("SELECT SUM(amount) FROM point_entries WHERE account = 'issue' AND owner_id = ?", demo.CommunityID)
	if b.Amount != 600 || b.Season != 2026 || b.Issued != issued || issued < 100 || b.Remaining != max(0, 600-issued) || b.Percent != issued*100/600 {
		k.Errorf("the budget is %+v, issued are %d", b, issued)
	}
	if (b.Warning == "") != (b.Percent < 80) {
		k.Errorf("at %d%% it says %q", b.Percent, b.Warning)
	}
	if n := k.number("SELECT COUNT(*) FROM point_budgets"); n != 1 {
		k.Errorf("%d budgets", n)
	}
}
