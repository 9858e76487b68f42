package db_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/fault"
	"dandelion/model"
)

var start = time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)

// open returns a migrated database whose clock is given.
func open(t *testing.T, url string, now clock.Clock) *db.DB {
	t.Helper()
	d, err := db.Open(url, db.Options{Now: now})
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
	return d
}

func community(id int64, name string) *model.Org {
	return &model.Org{ID: id, TenantID: 1, ParentID: 1, Kind: model.OrgCommunity, Name: name, Path: "/1/", State: model.OrgActive, CreatedAt: start, UpdatedAt: start, Version: 1}
}

func add(t *testing.T, d *db.DB, o *model.Org) {
	t.Helper()
	if err := d.Update(t.Context(), func(tx *db.Tx) error { return db.Add(tx, o) }); err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, d *db.DB, id int64) (o *model.Org) {
	t.Helper()
	err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		o, err = db.Find[model.Org](tx, id, model.ErrOrgNotFound)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestUpdateRunsAgainWhatWasStaleAndTellsOnce(t *testing.T) {
	d := open(t, dbtest.URL(t), clock.At(start).Now)
	runs, told := 0, 0
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		tx.AfterCommit(func() { told++ })
		if err := db.Add(tx, community(tx.NewID(), "红星")); err != nil {
			return err
		}
		if runs++; runs < 3 {
			return db.ErrStale
		}
		return nil
	})
	if err != nil || runs != 3 || told != 1 {
		t.Errorf("Update = %v after %d runs, told %d times", err, runs, told)
	}
	var n int64
	if err := d.View(t.Context(), func(tx *db.Tx) error { return tx.Model(&model.Org{}).Count(&n).Error }); err != nil || n != 1 {
		t.Errorf("%d rows are left of three runs, %v", n, err)
	}
}

func TestWhatFailsIsRolledBackAndNotTold(t *testing.T) {
	d := open(t, dbtest.URL(t), clock.At(start).Now)
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		tx.AfterCommit(func() { t.Error("told of what was rolled back") })
		if err := db.Add(tx, community(2, "红星")); err != nil {
			return err
		}
		return model.ErrOrgClosed
	})
	if !errors.Is(err, model.ErrOrgClosed) {
		t.Errorf("Update = %v", err)
	}
	err = d.View(t.Context(), func(tx *db.Tx) error { _, err := db.Find[model.Org](tx, 2, model.ErrOrgNotFound); return err })
	if !errors.Is(err, model.ErrOrgNotFound) {
		t.Errorf("the row is there: %v", err)
	}
}

func TestATransactionBeginsNoOther(t *testing.T) {
	d := open(t, dbtest.URL(t), clock.At(start).Now)
	for name, inner := range map[string]func(tx *db.Tx) error{
		"Update": func(tx *db.Tx) error { return d.Update(tx.Ctx, func(*db.Tx) error { return nil }) },
		"View":   func(tx *db.Tx) error { return d.View(tx.Ctx, func(*db.Tx) error { return nil }) },
	} {
		if err := d.Update(t.Context(), inner); err == nil {
			t.Errorf("%s within Update is allowed", name)
		}
	}
}

func TestUpdateGivesUpInTime(t *testing.T) {
	d := open(t, dbtest.URL(t), clock.At(start).Now)
	ctx, cancel := context.WithCancel(t.Context())
	if err := d.Update(ctx, func(*db.Tx) error { cancel(); return db.ErrStale }); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits, and Update = %v", err)
	}
	runs := 0
	err := d.Update(t.Context(), func(*db.Tx) error { runs++; return db.ErrStale })
	if !errors.Is(err, db.ErrBusy) || runs < 5 || runs > 50 {
		t.Errorf("Update = %v after %d runs", err, runs)
	}
}

func TestTheHookIsPartOfTheFirstTransaction(t *testing.T) {
	d := open(t, dbtest.URL(t), clock.At(start).Now)
	ran := 0
	ctx := db.BeforeCommit(t.Context(), func(tx *db.Tx) error { ran++; return db.Add(tx, community(9, "钩子")) })
	if err := d.Update(ctx, func(*db.Tx) error { return model.ErrOrgClosed }); !errors.Is(err, model.ErrOrgClosed) || ran != 0 {
		t.Fatalf("a refused transaction ran the hook %d times, %v", ran, err)
	}
	runs := 0
	err := d.Update(ctx, func(tx *db.Tx) error {
		if runs++; runs == 1 {
			return db.ErrStale
		}
		return db.Add(tx, community(8, "红星"))
	})
	if err != nil || ran != 1 {
		t.Fatalf("Update = %v, the hook ran %d times", err, ran)
	}
	if err := d.Update(ctx, func(*db.Tx) error { return nil }); err != nil || ran != 1 {
		t.Errorf("a second transaction ran the hook again: %d, %v", ran, err)
	}
	if find(t, d, 9).Name != "钩子" {
		t.Error("the hook's row is not there")
	}
	failing := db.BeforeCommit(t.Context(), func(*db.Tx) error { return model.ErrOrgClosed })
	_ = d.Update(failing, func(tx *db.Tx) error { return db.Add(tx, community(7, "不应存在")) })
	err = d.View(t.Context(), func(tx *db.Tx) error { _, err := db.Find[model.Org](tx, 7, model.ErrOrgNotFound); return err })
	if !errors.Is(err, model.ErrOrgNotFound) {
		t.Errorf("the work of a failed hook stays: %v", err)
	}
}

func TestSaveWritesWhatChangedAndCounts(t *testing.T) {
	c := clock.At(start)
	d := open(t, dbtest.URL(t), c.Now)
	add(t, d, community(2, "红星"))
	c.Pass(time.Hour)
	before := find(t, d, 2)
	after := *before
	after.Name = "新红星"
	if err := d.Update(t.Context(), func(tx *db.Tx) error { return db.Save(tx, before, &after) }); err != nil {
		t.Fatal(err)
	}
	got := find(t, d, 2)
	if got.Name != "新红星" || got.Version != 2 || after.Version != 2 || !got.UpdatedAt.Equal(start.Add(time.Hour)) || !got.CreatedAt.Equal(start) {
		t.Errorf("saved as %+v", got)
	}
	stale := *before
	stale.Name = "旧红星"
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		if err := db.Save(tx, before, &stale); !errors.Is(err, db.ErrStale) {
			t.Errorf("Save over a newer row = %v", err)
		}
		return nil
	})
	if err != nil || find(t, d, 2).Name != "新红星" {
		t.Errorf("a stale row was written, %v", err)
	}
}

func TestADuplicateIsTold(t *testing.T) {
	d := open(t, dbtest.URL(t), clock.At(start).Now)
	add(t, d, community(2, "红星"))
	for name, o := range map[string]*model.Org{"primary key": community(2, "东风"), "unique key": community(3, "红星")} {
		err := d.Update(t.Context(), func(tx *db.Tx) error { return db.Add(tx, o) })
		if !errors.Is(err, gorm.ErrDuplicatedKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStatementsAreCounted(t *testing.T) {
	d := open(t, dbtest.URL(t), clock.At(start).Now)
	ctx, n := db.CountStatements(t.Context())
	err := d.Update(ctx, func(tx *db.Tx) error {
		if err := db.Add(tx, community(2, "红星")); err != nil {
			return err
		}
		var one int
		if err := tx.Raw("SELECT 1").Scan(&one).Error; err != nil {
			return err
		}
		_, err := db.Find[model.Org](tx, 2, model.ErrOrgNotFound)
		return err
	})
	if err != nil || n.Load() != 3 {
		t.Errorf("%d statements, want 3; %v", n.Load(), err)
	}
}

// versionless is a naive twin of Save: it forgets the version.
func versionless(tx *db.Tx, before, after *model.Org) error {
	return tx.Model(&model.Org{}).Where("id = ?", before.ID).Update("version", after.Version).Error
}

// TestSaveLosesNothingInARace lets many add one to the same row.
func TestSaveLosesNothingInARace(t *testing.T) {
	const racers = 50
	d := open(t, dbtest.MySQL(t), clock.System)
	race := func(save func(tx *db.Tx, before, after *model.Org) error, id int64) int64 {
		add(t, d, community(id, strings.Repeat("红", int(id))))
		var wg sync.WaitGroup
		for range racers {
			wg.Go(func() {
				for { // as a patient client does
					err := d.Update(t.Context(), func(tx *db.Tx) error {
						before, err := db.Find[model.Org](tx, id, model.ErrOrgNotFound)
						if err != nil {
							return err
						}
						after := *before
						after.CommunityID, after.Version = before.CommunityID+1, before.Version+1
						return save(tx, before, &after)
					})
					if err == nil {
						return
					}
					if !errors.Is(err, db.ErrBusy) {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		return find(t, d, id).Version - 1
	}
	if got := race(db.Save[model.Org], 2); got != racers {
		t.Errorf("of %d changes %d are left", racers, got)
	}
	if got := race(versionless, 3); got == racers {
		t.Error("the naive twin lost nothing: the race would not notice a broken Save")
	}
}

// TestADeadlockIsRunAgain provokes one: two transactions that take two rows in
// opposite order.
func TestADeadlockIsRunAgain(t *testing.T) {
	d := open(t, dbtest.MySQL(t), clock.System)
	add(t, d, community(2, "一"))
	add(t, d, community(3, "二"))
	var meet, wg sync.WaitGroup
	meet.Add(2)
	var runs atomic.Int64
	take := func(first, second int64) {
		var once sync.Once
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			runs.Add(1)
			if err := tx.Model(&model.Org{}).Where("id = ?", first).Update("version", gorm.Expr("version + 1")).Error; err != nil {
				return err
			}
			once.Do(func() { meet.Done(); meet.Wait() })
			return tx.Model(&model.Org{}).Where("id = ?", second).Update("version", gorm.Expr("version + 1")).Error
		})
		if err != nil {
			t.Error(err)
		}
	}
	wg.Go(func() { take(2, 3) })
	wg.Go(func() { take(3, 2) })
	wg.Wait()
	if runs.Load() < 3 {
		t.Errorf("%d runs: there was no deadlock to see", runs.Load())
	}
	if a, b := find(t, d, 2).Version, find(t, d, 3).Version; a != 3 || b != 3 {
		t.Errorf("versions %d and %d, want 3 and 3", a, b)
	}
}

func TestAServerThatIsAwayIsUnavailable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close() // nobody listens there
	_, err = db.Open("mysql://canary:hunter2@tcp("+address+")/x", db.Options{Now: clock.System})
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Open = %v, want an unavailable database", err)
	}
	if err != nil && strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error tells the password: %v", err)
	}
	for _, url := range []string{"postgres://x", "mysql://%%%hunter2", ""} {
		if _, err := db.Open(url, db.Options{Now: clock.System}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Open(%q) = %v", url, err)
		}
	}
}

func TestAClosedDatabaseAnswersPlainly(t *testing.T) {
	d, err := db.Open(dbtest.URL(t), db.Options{Now: clock.System})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.Ping(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Ping = %v", err)
	}
}

func TestProcessesGetDifferentNumbers(t *testing.T) {
	url, c := dbtest.URL(t), clock.At(start)
	a, b := open(t, url, c.Now), open(t, url, c.Now)
	for _, d := range []*db.DB{a, b} {
		if err := d.LeaseNode(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	numbers := func() (all []model.Node) {
		if err := a.View(t.Context(), func(tx *db.Tx) error { return tx.Order("number").Find(&all).Error }); err != nil {
			t.Fatal(err)
		}
		return all
	}
	held := numbers()
	if len(held) != 2 || held[0].Owner == held[1].Owner {
		t.Fatalf("two processes hold %+v", held)
	}
	c.Pass(6 * time.Minute)
	if err := a.KeepNode(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Pass(6 * time.Minute) // b's lease has run out, a's has not
	third := open(t, url, c.Now)
	if err := third.LeaseNode(t.Context()); err != nil {
		t.Fatal(err)
	}
	now := numbers()
	if len(now) != 2 || now[0].Owner != held[0].Owner || now[1].Owner == held[1].Owner {
		t.Errorf("after a lease ran out %+v, before %+v", now, held)
	}
	if err := b.KeepNode(t.Context()); err != nil { // it slept, and takes another
		t.Fatal(err)
	}
	if all := numbers(); len(all) != 3 {
		t.Errorf("who lost his number holds none: %+v", all)
	}
}

func TestBackoffGrowsToAnHour(t *testing.T) {
	last := time.Duration(0)
	for n := int64(0); n < 40; n++ {
		got := db.Backoff(n)
		if got < last || got > time.Hour || got < time.Second {
			t.Errorf("after %d failures %v, before %v", n, got, last)
		}
		last = got
	}
	if last != time.Hour {
		t.Errorf("at the end %v", last)
	}
	if f := db.Failure(model.ErrOrgClosed.Because(errors.New("13800001234"))); f != model.ErrOrgClosed.Code {
		t.Errorf("a fault is kept as %q", f)
	}
	if f := db.Failure(errors.New("13800001234")); strings.Contains(f, "138") {
		t.Errorf("an error is kept as %q", f)
	}
}
