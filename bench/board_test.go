package bench_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"dandelion/config"
	"dandelion/internal/app"
	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
	"dandelion/service/board"
)

// crowd is a county with many members who have done something. Of the members,
// one in five has done something this week, two in five this month, three this
// quarter, four this season: every one ever.
type crowd struct {
	*app.App
	members int
}

// busy says which share of the members has a standing in a period, in fifths.
var busy = map[model.PeriodKind]int{model.Week: 1, model.Month: 2, model.Quarter: 3, model.Season: 4, model.All: 5}

func newCrowd(t testing.TB, members int) *crowd {
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
	w := &crowd{App: a, members: members}
	b := &bigCounty{App: a, wishes: members}
	b.people(t)
	now := time.Now().UTC()
	for kind, fifths := range busy {
		w.standings(t, b, model.PeriodAt(kind, now), fifths, now)
	}
	b.exec(t, fmt.Sprintf("INSERT INTO board_choices (user_id, tenant_id, is_public, chosen_at, version) SELECT user_id, 1, 1, honour_at, 1 FROM standings WHERE period = 'A' AND user_id %% 7 = 0 AND user_id < %d", firstWish+members))
	b.exec(t, "INSERT INTO users (id, tenant_id, open_id, state, display_name, name, phone, home_id, home_path, consent, created_at, updated_at, version) "+
		"SELECT user_id, 1, user_id, 'active', '人', '', '', community_id, '/1/2/', '1.0', chosen_at, chosen_at, 1 FROM (SELECT s.user_id, s.community_id, c.chosen_at FROM board_choices c JOIN standings s ON s.user_id = c.user_id AND s.period = 'A' AND s.tenant_id = 1) x")
	return w
}

// standings makes those of one period, in SQL.
func (w *crowd) standings(t testing.TB, b *bigCounty, p model.Period, fifths int, now time.Time) {
	at := "'" + now.Add(-time.Hour).Format(time.DateTime) + "'"
	b.insert(t, &model.Standing{}, map[string]string{
		"tenant_id": "1", "period": "'" + string(p) + "'",
		"user_id":      fmt.Sprintf("CASE WHEN n.i %% 5 < %d THEN %d + n.i ELSE -%d - n.i END", fifths, firstWish, firstWish),
		"community_id": fmt.Sprintf("%d + n.i %% %d", firstCommunity, communities), "township_id": fmt.Sprint(township),
		"honour": "1 + (n.i * 7919) % 997", "wishes": "1 + (n.i * 31) % 41", "minutes": "30 + (n.i * 17) % 1201",
		"honour_at": at, "wishes_at": at, "minutes_at": at, "stars_at": at, "version": "1",
	})
	b.exec(t, fmt.Sprintf("DELETE FROM standings WHERE period = '%s' AND user_id < 0", p))
}

// timed measures calls that must succeed.
func timed(b *testing.B, call func(n int) error) {
	var all []time.Duration
	for n := 0; b.Loop(); n++ {
		start := time.Now()
		if err := call(n); err != nil {
			b.Fatal(err)
		}
		all = append(all, time.Since(start))
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
}

func BenchmarkBoards100k(b *testing.B) { boards(b, 100_000) }

func BenchmarkBoards1M(b *testing.B) { boards(b, 1_000_000) }

func boards(b *testing.B, members int) {
	w := newCrowd(b, members)
	start := time.Now()
	r, err := w.Boards.Rebuild(context.Background(), county)
	if err != nil || r.People != members {
		b.Fatalf("%+v, %v", r, err)
	}
	took := time.Since(start)
	b.Run("rebuild", func(b *testing.B) {
		for b.Loop() {
			start := time.Now()
			if _, err := w.Boards.Rebuild(context.Background(), county); err != nil {
				b.Fatal(err)
			}
			took = min(took, time.Since(start))
		}
		b.ReportMetric(float64((took / time.Duration(members/100_000)).Milliseconds()), "best-ms-per-100k")
	})
	if !dbtest.Remote() {
		return // the Redis in this process sorts a set at each look: it is for counties of some thousand members
	}
	reader := func(n int) model.Actor {
		i := n * 7919 % members
		home := firstCommunity + int64(i%communities)
		return model.Actor{UserID: int64(firstWish + i), TenantID: county, HomeID: home, HomePath: model.Path("/1/2/").Below(home), Consent: "1.0"}
	}
	// whoever is last: of a million, at position 900,000 and beyond.
	last := w.low(b, members*9/10)
	for _, c := range []struct {
		name  string
		scope int64
		who   func(n int) model.Actor
	}{
		{"top50-county", county, reader}, {"top50-community", 0, reader}, {"far-down", county, func(int) model.Actor { return last }},
	} {
		b.Run(c.name, func(b *testing.B) {
			timed(b, func(n int) error {
				got, err := w.Boards.Get(context.Background(), c.who(n), board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "all", Scope: c.scope, Limit: 50})
				if err == nil && (got.Stale || len(got.Lines) == 0 || got.Me.Rank == 0) {
					err = fmt.Errorf("the board is %+v", got)
				}
				return err
			})
		})
	}
	b.Run("mine", func(b *testing.B) {
		timed(b, func(n int) error {
			_, stale, err := w.Boards.Mine(context.Background(), reader(n))
			if stale {
				err = fmt.Errorf("stale: %w", err)
			}
			return err
		})
	})
	b.Run("hear", func(b *testing.B) {
		timed(b, func(n int) error {
			return w.Boards.Hear(context.Background(), model.Event{TenantID: county, Subject: model.OfPoints, SubjectID: reader(n).UserID})
		})
	})
}

// low returns somebody who stands at a position, by what SQL says.
func (w *crowd) low(b *testing.B, position int) model.Actor {
	var id int64
	ctx, cancel := contextOf(b)
	defer cancel()
	err := w.DB.View(ctx, func(tx *db.Tx) error {
		return tx.Raw("SELECT user_id FROM (SELECT user_id, ROW_NUMBER() OVER (ORDER BY honour DESC, honour_at, user_id) AS n FROM standings WHERE tenant_id = 1 AND period = 'A') x WHERE n = ?", position).Scan(&id).Error
	})
	if err != nil || id == 0 {
		b.Fatalf("nobody stands at %d: %v", position, err)
	}
	who := model.Actor{UserID: id, TenantID: county, HomePath: "/1/2/1000/", Consent: "1.0"}
	got, err := w.Boards.Get(ctx, who, board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "all", Scope: county, Limit: 1})
	if err != nil || got.Me.Rank != int64(position) {
		b.Fatalf("who stands at %d is told %+v, %v", position, got, err)
	}
	return who
}
