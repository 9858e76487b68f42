package bench_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm/schema"

	"dandelion/config"
	"dandelion/internal/app"
	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
)

// The county of the benchmarks: three hundred communities with ten residents,
// ten members and one worker each. Ids are made of these.
const (
	county, township = 1, 2
	communities      = 300
	firstCommunity   = 1_000
	firstResident    = 100_000
	firstMember      = 200_000
	firstWorker      = 300_000
	firstWish        = 10_000_000
	each             = 10
)

// A bigCounty is a system with many wishes.
type bigCounty struct {
	*app.App
	wishes         int
	open, awaiting []int // the numbers of wishes in these states
}

// In SQL and in Go: of wish i the community is i % 300, round is how many that
// community had before, and lot, from 0 to 99, decides the state.
const (
	roundOf = "((n.i - n.i % 300) / 300)"
	lotOf   = "((" + roundOf + " * 37 + n.i % 300) % 100)"
	stateOf = "CASE WHEN " + lotOf + " < 80 THEN 'closed' WHEN " + lotOf + " < 86 THEN 'open' WHEN " + lotOf +
		" < 92 THEN 'awaiting_evaluation' WHEN " + lotOf + " < 95 THEN 'in_service' WHEN " + lotOf + " < 98 THEN 'submitted' ELSE 'cancelled' END"
)

func round(i int) int { return i / communities }
func lot(i int) int   { return (round(i)*37 + i%communities) % 100 }

// build returns a county with so many wishes, a power of ten.
func build(t testing.TB, wishes int) *bigCounty {
	t.Helper()
	c := config.Embedded(t.TempDir())
	c.Demo, c.Database, c.Redis = false, dbtest.URL(t), dbtest.Redis(t)
	a, err := app.New(t.Context(), c, app.Outside{Now: clock.System, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	b := &bigCounty{App: a, wishes: wishes}
	for i := range wishes {
		switch {
		case lot(i) >= 80 && lot(i) < 86:
			b.open = append(b.open, i)
		case lot(i) >= 86 && lot(i) < 92:
			b.awaiting = append(b.awaiting, i)
		}
	}
	b.people(t)
	b.load(t)
	return b
}

// token is what the person of that id says to open his session.
func token(user int64) string { return fmt.Sprintf("bench-%d", user) }

func (b *bigCounty) people(t testing.TB) {
	t.Helper()
	err := b.DB.Update(t.Context(), func(tx *db.Tx) error {
		orgs := []*model.Org{{ID: county, TenantID: county, Kind: model.OrgCounty, Name: "县", Path: "/1/"}}
		orgs = append(orgs, &model.Org{ID: township, TenantID: county, ParentID: county, Kind: model.OrgTownship, Name: "镇", Path: "/1/2/"})
		var users []*model.User
		var grants []*model.Grant
		var sessions []*model.Session
		person := func(id int64, home *model.Org, role model.Role) {
			users = append(users, &model.User{
				ID: id, TenantID: county, OpenID: fmt.Sprint("sim_bench-", id), State: model.UserActive, DisplayName: "人", HomeID: home.ID,
				HomePath: home.Path, Consent: "1.0", CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
			})
			sum := sha256.Sum256([]byte(token(id)))
			sessions = append(sessions, &model.Session{TokenHash: hex.EncodeToString(sum[:]), UserID: id, CreatedAt: tx.Now, ExpiresAt: tx.Now.AddDate(0, 1, 0)})
			if role != "" {
				grants = append(grants, model.NewGrant(id, id, role, home, 0, tx.Now))
			}
		}
		for c := range int64(communities) {
			id := firstCommunity + c
			home := &model.Org{
				ID: id, TenantID: county, ParentID: township, Kind: model.OrgCommunity, Name: fmt.Sprint("社区", c), Path: model.Path("/1/2/").Below(id),
			}
			orgs = append(orgs, home)
			person(firstWorker+c, home, model.RoleWorker)
			for n := range int64(each) {
				person(firstResident+c*each+n, home, "")
				person(firstMember+c*each+n, home, model.RoleMember)
			}
		}
		for _, o := range orgs {
			o.State, o.Version, o.CreatedAt, o.UpdatedAt = model.OrgActive, 1, tx.Now, tx.Now
		}
		for _, rows := range []any{orgs, users, grants, sessions} {
			if err := tx.CreateInBatches(rows, 200).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// load makes the wishes in SQL, and the claims and timers of those that have
// some.
func (b *bigCounty) load(t testing.TB) {
	t.Helper()
	place := fmt.Sprintf("%d + n.i %% %d", firstCommunity, communities)
	resident := fmt.Sprintf("%d + (n.i %% %d) * %d + %s %% %d", firstResident, communities, each, roundOf, each)
	member := fmt.Sprintf("%d + (n.i %% %d) * %d + %s %% %d", firstMember, communities, each, roundOf, each)
	due := "'" + time.Now().UTC().AddDate(0, 0, 3).Format(time.DateTime) + "'"
	now := "'" + time.Now().UTC().Format(time.DateTime) + "'"
	path := fmt.Sprintf("CONCAT('/1/2/', %s, '/')", place)
	if b.DB.Dialect() == "sqlite" {
		path = fmt.Sprintf("'/1/2/' || (%s) || '/'", place)
	}
	held := " IN ('awaiting_evaluation', 'in_service', 'closed')"
	live := " IN ('open', 'awaiting_evaluation', 'in_service', 'submitted')"
	b.insert(t, &model.Wish{}, map[string]string{
		"id": fmt.Sprintf("%d + n.i", firstWish), "tenant_id": "1", "community_id": place, "org_path": path, "state": stateOf,
		"kind":    "CASE n.i % 3 WHEN 0 THEN 'service' WHEN 1 THEN 'goods' ELSE 'companionship' END",
		"urgency": "CASE WHEN n.i % 10 = 3 THEN 'urgent' ELSE 'normal' END", "light": "CASE WHEN n.i % 20 = 5 THEN 'red' ELSE 'green' END",
		"difficulty": "'easy'", "channel": "'self'", "hand_over": "'home'", "age_group": "'elder'", "scope": "'community'", "title": "'换一个客厅灯泡'",
		"detail": "'客厅的灯坏了一周, 够不着, 晚上看不清路。'", "requester_id": resident, "beneficiary_id": resident,
		"pool_org_id": "CASE WHEN " + stateOf + " = 'open' THEN " + place + " ELSE 0 END", "queue_org_id": "CASE WHEN " + stateOf + live + " THEN " + place + " ELSE 0 END",
		"claim_id": "CASE WHEN " + stateOf + held + fmt.Sprintf(" THEN %d + n.i ELSE 0 END", firstWish), "claimer_id": "CASE WHEN " + stateOf + held + " THEN " + member + " ELSE 0 END",
		"clock_from": now, "due_at": "CASE WHEN " + stateOf + live + " THEN " + due + " ELSE NULL END", "created_at": now, "updated_at": now, "version": "1",
	})
	for _, q := range []string{
		`INSERT INTO claims (id, tenant_id, wish_id, state, claimer_id, org_id, team, reason, late, created_at, active_key, version)
			SELECT id, 1, id, 'active', claimer_id, 0, '', '', 0, created_at, id, 1 FROM wishes WHERE state IN ('awaiting_evaluation', 'in_service')`,
		`INSERT INTO timers (id, kind, subject_id, due_at, lease_until, attempts, dead, failure)
			SELECT id, 'wish.alarm', id, due_at, created_at, 0, 0, '' FROM wishes WHERE due_at IS NOT NULL`,
	} {
		b.exec(t, q)
	}
	if b.DB.Dialect() == "mysql" {
		b.exec(t, "ANALYZE TABLE wishes")
	} else {
		b.exec(t, "ANALYZE")
	}
}

// insert makes rows of m, with the given expressions of n.i and otherwise
// nothing in every column.
func (b *bigCounty) insert(t testing.TB, m any, given map[string]string) {
	t.Helper()
	s, err := schema.Parse(m, new(sync.Map), schema.NamingStrategy{})
	if err != nil {
		t.Fatal(err)
	}
	var columns, values []string
	for _, f := range s.Fields {
		v, ok := given[f.DBName]
		switch {
		case ok:
		case f.FieldType.Kind().String() == "ptr":
			v = "NULL"
		case f.DataType == schema.String:
			v = "''"
		default:
			v = "0"
		}
		columns, values = append(columns, f.DBName), append(values, v)
	}
	step := min(b.wishes, 10_000)
	for from := 0; from < b.wishes; from += step {
		b.exec(t, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM (%s) n WHERE n.i < %d", s.Table,
			strings.Join(columns, ", "), strings.Join(values, ", "), numbers(from, step), b.wishes))
	}
}

// numbers is a query for step numbers from from on.
func numbers(from, step int) string {
	sum, tables, place := fmt.Sprint(from), "", 1
	for n := 0; place < step; n++ {
		sum += fmt.Sprintf(" + %d * d%d.d", place, n)
		if n > 0 {
			tables += " CROSS JOIN "
		}
		tables += fmt.Sprintf("(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4"+
			" UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) d%d", n)
		place *= 10
	}
	return "SELECT " + sum + " AS i FROM " + tables
}

func (b *bigCounty) exec(t testing.TB, query string) {
	t.Helper()
	ctx, cancel := contextOf(t)
	defer cancel()
	if err := b.DB.Update(ctx, func(tx *db.Tx) error { return tx.Exec(query).Error }); err != nil {
		t.Fatal(err)
	}
}
