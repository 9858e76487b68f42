package bench_test

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/outbox"
	"dandelion/internal/policy"
	"dandelion/internal/verify"
	"dandelion/model"
	"dandelion/service/points"
)

var entries = flag.Int("entries", 1_000_000, "how many lines the larger ledger of the benchmarks has, a power of ten")

// The ledger of the benchmarks: every other transaction is the giant's, the
// rest are spread over members with five hundred lines each.
const (
	giant         = 900_000
	firstSaver    = 1_000_000
	perSaver      = 500
	firstPointTxn = 1 << 40
)

// bigLedger is a ledger with many lines.
type bigLedger struct {
	db      *db.DB
	url     string
	service *points.Service
	lines   int
	savers  int
}

// openLedger returns a ledger with so many lines, a power of ten.
func openLedger(t testing.TB, lines int) *bigLedger {
	t.Helper()
	url := dbtest.URL(t)
	d, err := db.Open(url, db.Options{Now: clock.System})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	l := &bigLedger{db: d, url: url, lines: lines, savers: max(1, lines/4/perSaver), service: points.New(d, outbox.New(d, slog.New(slog.DiscardHandler)), policy.New(d, time.Now), nil)}
	began := time.Now()
	l.load(t)
	t.Logf("%d lines on %s loaded in %v", lines, d.Dialect(), time.Since(began).Round(time.Second))
	return l
}

// exec runs a statement that may take minutes, which the connections of the
// product do not wait for.
func (l *bigLedger) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	ctx, cancel := contextOf(t)
	defer cancel()
	dsn, remote := strings.CutPrefix(l.url, "mysql://")
	if !remote {
		if err := l.db.Update(ctx, func(tx *db.Tx) error { return tx.Exec(query, args...).Error }); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return
	}
	server, err := sql.Open("mysql", dsn+"?interpolateParams=true")
	if err == nil {
		_, err = server.ExecContext(ctx, query, args...)
	}
	if err = errors.Join(err, server.Close()); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// lateIndexes are made when the rows are there, in one go.
var lateIndexes = []struct{ table, name, unique, columns string }{
	{"point_entries", "idx_point_entries_account", "", "owner_id, account, id, txn_id, amount"},
	{"point_entries", "idx_point_entries_cap", "", "owner_id, cap_day, cap_kind, pair, amount"},
	{"point_entries", "idx_point_entries_txn", "", "txn_id"},
	{"point_txns", "idx_point_txns_source", "UNIQUE", "tenant_id, source_type, source_id, kind"},
	{"point_txns", "idx_point_txns_request", "UNIQUE", "tenant_id, request_id"},
}

// load makes adjustments of one point: transaction i has the id first + 4i, its
// lines the two after it.
func (l *bigLedger) load(t testing.TB) {
	t.Helper()
	for _, x := range lateIndexes {
		drop := "DROP INDEX " + x.name
		if l.db.Dialect() == "mysql" {
			drop += " ON " + x.table
		}
		l.exec(t, drop)
	}
	now := time.Now().UTC()
	id := fmt.Sprintf("%d + n.i * 4", firstPointTxn)
	owner := fmt.Sprintf("CASE WHEN n.i %% 2 = 0 THEN %d ELSE %d + (n.i %% %d - 1) END", giant, firstSaver, 2*l.savers)
	step := min(l.lines/2, 100_000)
	for from := 0; from < l.lines/2; from += step {
		source := fmt.Sprintf(" FROM (%s) n WHERE n.i < %d", numbers(from, step), min(from+step, l.lines/2))
		l.exec(t, `INSERT INTO point_txns (id, tenant_id, kind, source_type, source_id, request_id, payload_hash, rule_version, actor_id, memo, detail, occurred_at, created_at)
			SELECT `+id+`, 1, 'adjust', 'point_case', n.i, n.i, '', 0, 0, '心愿办结: 换一个客厅灯泡', '', ?, ?`+source, now, now)
		for at, line := range []string{"'issue', 3, -1, 0", "'member', " + owner + ", 1, 2026"} {
			l.exec(t, fmt.Sprintf(`INSERT INTO point_entries (id, tenant_id, txn_id, account, owner_id, amount, lot, cap_day, cap_kind, pair)
				SELECT %s + %d, 1, %s, %s, 0, '', ''`, id, at+1, id, line)+source)
		}
	}
	for _, x := range lateIndexes {
		l.exec(t, fmt.Sprintf("CREATE %s INDEX %s ON %s (%s)", x.unique, x.name, x.table, x.columns))
	}
	if l.db.Dialect() == "mysql" {
		l.exec(t, "ANALYZE TABLE point_entries, point_txns")
	} else {
		l.exec(t, "ANALYZE")
	}
}

// history is the page of one account, newest first. Of the lines it asks only
// for what the index has: with any other column MariaDB reads the account from
// its newest line on (ref, not range), and a page costs as much as it is deep.
const history = `SELECT e.id, e.amount, t.kind, t.memo, t.source_type, t.source_id, t.created_at FROM point_entries e JOIN point_txns t ON t.id = e.txn_id
	WHERE e.owner_id = ? AND e.account = ? AND e.id < ? ORDER BY e.id DESC LIMIT 21`

type historyRow struct {
	ID, Amount, SourceID   int64
	Kind, Memo, SourceType string
	CreatedAt              time.Time
}

// page reads the n-th page: of the giant or of a member, from anywhere.
func (l *bigLedger) page(t testing.TB, n int, owner int64) []historyRow {
	t.Helper()
	before := int64(firstPointTxn) + int64(n*7919%(l.lines/2))*2 + int64(l.lines) // the upper half, so that a page is full
	var rows []historyRow
	err := l.db.View(t.Context(), func(tx *db.Tx) error { return tx.Raw(history, owner, model.AccountMember, before).Scan(&rows).Error })
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func (l *bigLedger) saver(n int) int64 { return firstSaver + int64(n*31%l.savers)*2 }

// TestAPageOfHistoryIsFull is what the benchmark measures, once.
func TestAPageOfHistoryIsFull(t *testing.T) {
	l := openLedger(t, 10_000)
	for _, owner := range []int64{giant, l.saver(3)} {
		rows := l.page(t, 5, owner)
		if len(rows) != 21 || rows[0].ID <= rows[20].ID || rows[0].Kind != "adjust" || rows[0].Amount != 1 {
			t.Errorf("a page of %d has %d rows, the first is %+v", owner, len(rows), rows[0])
		}
	}
	l.explain(t)
}

// explain shows that a page reads a range of the index backwards, and nothing
// else.
func (l *bigLedger) explain(t testing.TB) {
	t.Helper()
	if l.db.Dialect() != "mysql" {
		return
	}
	var plan []struct {
		Table, Type, Key, Extra string
	}
	err := l.db.View(t.Context(), func(tx *db.Tx) error {
		return tx.Raw("EXPLAIN "+history, giant, model.AccountMember, firstPointTxn+int64(l.lines)).Scan(&plan).Error
	})
	if err != nil || len(plan) != 2 || plan[0].Type != "range" || plan[0].Key != "idx_point_entries_account" || plan[1].Key != "PRIMARY" || strings.Contains(plan[0].Extra, "filesort") {
		t.Errorf("a page of history is read by %+v, %v", plan, err)
	}
}

func BenchmarkPoints10k(b *testing.B) { measureLedger(b, 10_000) }

func BenchmarkPointsMany(b *testing.B) { measureLedger(b, *entries) }

func measureLedger(b *testing.B, lines int) {
	l := openLedger(b, lines)
	for name, owner := range map[string]func(n int) int64{"history-giant": func(int) int64 { return giant }, "history-member": l.saver} {
		used := 0
		b.Run(name, func(b *testing.B) {
			var all []time.Duration
			for b.Loop() {
				used++
				start := time.Now()
				if rows := l.page(b, used, owner(used)); len(rows) != 21 {
					b.Fatalf("a page has %d rows", len(rows))
				}
				all = append(all, time.Since(start))
			}
			percentiles(b, all)
		})
	}
	var last atomic.Int64
	b.Run("post", func(b *testing.B) {
		var all []time.Duration
		for b.Loop() {
			start := time.Now()
			l.post(b, last.Add(1))
			all = append(all, time.Since(start))
		}
		percentiles(b, all)
		b.ReportMetric(float64(len(all))/b.Elapsed().Seconds(), "wishes/s")
	})
	b.Run("post-8", func(b *testing.B) {
		var wg sync.WaitGroup
		var next atomic.Int64
		b.ResetTimer()
		for range 8 {
			wg.Go(func() {
				for next.Add(1) <= int64(b.N) {
					l.post(b, last.Add(1))
				}
			})
		}
		wg.Wait()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "wishes/s")
	})
	l.verify(b)
}

func percentiles(b *testing.B, all []time.Duration) {
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
}

// post books what a wish earns, and posts it: two transactions of the database.
func (l *bigLedger) post(t testing.TB, n int64) {
	w := &model.Wish{
		ID: n, TenantID: 1, CommunityID: 3, ClaimID: 5_000_000 + n, ClaimerID: 2_000_000 + n%20_000, Kind: model.WishService, Difficulty: model.Medium, Minutes: 60, Stars: 5,
		Solved: model.SolvedYes, RequesterID: 3_000_000 + n, Title: "换一个客厅灯泡",
	}
	w.Team = model.IDsOf([]int64{w.ClaimerID})
	if err := l.db.Update(t.Context(), func(tx *db.Tx) error { return l.service.WishClosed(tx, w) }); err != nil {
		t.Error(err)
		return
	}
	err := l.db.Update(t.Context(), func(tx *db.Tx) error {
		var id int64
		err := tx.Raw("SELECT id FROM point_txns WHERE tenant_id = 1 AND source_type = ? AND source_id = ? AND kind = ?", model.OfClaim, w.ClaimID, model.PointEarn).Scan(&id).Error
		if err != nil {
			return err
		}
		return l.service.Mature(tx, id)
	})
	if err != nil {
		t.Error(err)
	}
}

// verify proves what was loaded, once. It has no hashes, balances or deeds, so
// the checks of these are left out.
func (l *bigLedger) verify(t testing.TB) {
	t.Helper()
	ctx, cancel := contextOf(t)
	defer cancel()
	r, err := verify.Run(ctx, l.db, "txn.lines", "line.total", "txn.once", "txn.covered")
	if err != nil || r.Differing() != 0 {
		t.Fatalf("%v\n%s", err, r)
	}
	t.Logf("%d rows verified in %v", r.Checked(), r.FinishedAt.Sub(r.StartedAt).Round(time.Millisecond))
}
