package verify_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/verify"
	"dandelion/model"
)

// open opens a database of its own, at a moment in Shanghai.
func open(t *testing.T, shanghai string) (*db.DB, *clock.Manual) {
	t.Helper()
	when, err := time.Parse("2006-01-02 15:04:05 -0700", shanghai+" +0800")
	if err != nil {
		t.Fatal(err)
	}
	c := clock.At(when)
	d, err := db.Open(dbtest.URL(t), db.Options{Now: c.Now})
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
	return d, c
}

func exec(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	if err := d.Update(t.Context(), func(tx *db.Tx) error { return tx.Exec(query, args...).Error }); err != nil {
		t.Fatal(err)
	}
}

// night asks for the nightly run, and says whether it was made.
func night(t *testing.T, d *db.DB) bool {
	t.Helper()
	_, ran, err := verify.Night(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return ran
}

// broken is a balance without any line.
const broken = `INSERT INTO point_balances (owner_id, account, tenant_id, amount, updated_at, version) VALUES (7, 'member', 1, 5, '2026-07-01 00:00:00', 1)`

func TestTheNightlyRunIsMadeOnceADayAfterThree(t *testing.T) {
	d, c := open(t, "2026-07-01 02:59:59")
	if last, err := verify.Last(t.Context(), d); last != nil || err != nil {
		t.Errorf("before any night the last run is %+v, %v", last, err)
	}
	for _, step := range []struct {
		wait time.Duration
		ran  bool
	}{
		{0, false}, {time.Second, true}, {0, false}, {time.Hour, false}, {20 * time.Hour, false}, // 2 July, 00:00
		{3*time.Hour - time.Second, false}, {time.Second, true}, {48 * time.Hour, true}, {time.Minute, false},
	} {
		c.Pass(step.wait)
		if got := night(t, d); got != step.ran {
			t.Errorf("at %v a run is made: %v", c.Now(), got)
		}
	}
	last, err := verify.Last(t.Context(), d)
	if err != nil || last.ID != 20260704 || last.Differing != 0 || last.FinishedAt == nil {
		t.Errorf("the last run is %+v, %v", last, err)
	}
}

func TestTheNightlyRunKeepsWhatItFound(t *testing.T) {
	d, _ := open(t, "2026-07-01 09:00:00")
	exec(t, d, broken)
	r, ran, err := verify.Night(t.Context(), d)
	if err != nil || !ran || r.Differing() != 1 {
		t.Fatalf("the run is %v, %v:\n%s", ran, err, r)
	}
	last, err := verify.Last(t.Context(), d)
	if err != nil || last.Differing != 1 || last.Checked != r.Checked() || last.ID != 20260701 {
		t.Fatalf("kept is %+v, %v", last, err)
	}
	kept, err := verify.Read(last.Report)
	if err != nil {
		t.Fatal(err)
	}
	want := verify.Finding{TenantID: 1, Of: "point_balances member of 7", What: "amount", Expected: "0", Found: "5"}
	if got := kept.Of("balance"); len(got.Findings) != 1 || got.Findings[0] != want {
		t.Errorf("the report says %+v, want %+v", got, want)
	}
	if kept.String() != r.String() {
		t.Errorf("kept is\n%s\nfound was\n%s", kept, r)
	}
}

// TestOneOfManyReplicasMakesTheRun lets eight ask at once.
func TestOneOfManyReplicasMakesTheRun(t *testing.T) {
	d, c := open(t, "2026-07-01 03:00:00")
	for range 5 {
		var ran atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				_, did, err := verify.Night(t.Context(), d)
				if err != nil {
					t.Error(err)
				}
				if did {
					ran.Add(1)
				}
			})
		}
		wg.Wait()
		if ran.Load() != 1 {
			t.Errorf("of 8 replicas %d made the run", ran.Load())
		}
		c.Pass(24 * time.Hour)
	}
}

// TestARunWhoseProcessDiedIsMadeByAnother: its row is there and never finished.
func TestARunWhoseProcessDiedIsMadeByAnother(t *testing.T) {
	d, c := open(t, "2026-07-01 03:00:00")
	ctx, cancel := context.WithCancel(t.Context())
	exec(t, d, "INSERT INTO verify_runs (id, started_at, checked, differing, report) VALUES (20260701, ?, 0, 0, '')", c.Now().UTC())
	cancel()
	if _, _, err := verify.Night(ctx, d); !errors.Is(err, context.Canceled) {
		t.Errorf("a run that is stopped says %v", err)
	}
	c.Pass(2*time.Hour - time.Millisecond)
	if night(t, d) {
		t.Error("a run was taken over that may still go on")
	}
	if last, err := verify.Last(t.Context(), d); last != nil || err != nil {
		t.Errorf("a run that never finished is the last, %+v, %v", last, err)
	}
	c.Pass(time.Millisecond)
	if !night(t, d) || night(t, d) {
		t.Error("the run of a dead process is not made, or twice")
	}
}

func TestRunsAreKeptForFourHundredDays(t *testing.T) {
	d, c := open(t, "2026-07-01 04:00:00")
	for range 3 {
		if !night(t, d) {
			t.Fatal("no run")
		}
		c.Pass(200 * 24 * time.Hour)
	}
	count := func() (n int64) {
		err := d.View(t.Context(), func(tx *db.Tx) error { return tx.Model(&model.VerifyRun{}).Count(&n).Error })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 3 { // the oldest is exactly 400 days old when the third is made
		t.Errorf("%d runs are kept, want 3", n)
	}
	c.Pass(-199 * 24 * time.Hour)
	if !night(t, d) || count() != 3 {
		t.Errorf("a day later %d runs are kept, want 3 without the first", count())
	}
}

func TestAReportIsReadByPeopleAndScripts(t *testing.T) {
	d, _ := open(t, "2026-07-01 09:00:00")
	r, err := verify.Run(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := r.Print(&out); err != nil {
		t.Errorf("a ledger that adds up fails: %v", err)
	}
	for _, c := range verify.Checks() {
		line := c.Name
		if !strings.Contains(out.String(), line) || !strings.Contains(out.String(), c.Title) || !strings.Contains(c.Title, ": ") {
			t.Errorf("the report does not say what came of %s %q", c.Name, c.Title)
		}
	}
	if strings.Contains(out.String(), "DIFFERS") || !strings.Contains(out.String(), "不符 differing 0") {
		t.Errorf("the report is\n%s", &out)
	}
	for _, owner := range []string{"(11,", "(12,", "(13,", "(14,"} {
		exec(t, d, strings.Replace(broken, "(7,", owner, 1))
	}
	r, err = verify.Run(t.Context(), d, "balance")
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := r.Print(&out); err == nil || !strings.Contains(err.Error(), "4 ") {
		t.Errorf("a ledger that does not add up: %v", err)
	}
	for _, part := range []string{"不符 4 DIFFERS", "应为 expected 0, 实为 found 5", "余额", "checked 4, 不符 differing 4"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("the report does not say %q:\n%s", part, &out)
		}
	}
	if err := r.Print(full{}); err == nil {
		t.Error("a report that cannot be written is no error")
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestOnlyChecksThatThereAreAreMade(t *testing.T) {
	d, _ := open(t, "2026-07-01 09:00:00")
	if _, err := verify.Run(t.Context(), d, "balance", "likes"); err == nil || !strings.Contains(err.Error(), `"likes"`) {
		t.Errorf("an unknown check: %v", err)
	}
	for _, c := range verify.Checks() {
		r, err := verify.Run(t.Context(), d, c.Name)
		if err != nil || len(r.Results) != 1 || r.Results[0].Name != c.Name || r.Of("none").Name != "" {
			t.Errorf("%s alone is %+v, %v", c.Name, r, err)
		}
	}
	if _, err := verify.Read("{"); err == nil {
		t.Error("half a report is read")
	}
}

func TestADatabaseThatIsAwayIsAnError(t *testing.T) {
	d, _ := open(t, "2026-07-01 09:00:00")
	for _, table := range []string{"point_txns", "point_entries", "point_balances", "deeds", "standings", "wishes"} {
		exec(t, d, "ALTER TABLE "+table+" RENAME TO gone_"+table)
		if r, err := verify.Run(t.Context(), d); err == nil {
			t.Errorf("without %s the ledger adds up:\n%s", table, r)
		}
		if _, ran, err := verify.Night(t.Context(), d); err == nil && ran {
			t.Errorf("without %s the night is quiet", table)
		}
		exec(t, d, "ALTER TABLE gone_"+table+" RENAME TO "+table)
		exec(t, d, "DELETE FROM verify_runs")
	}
}
