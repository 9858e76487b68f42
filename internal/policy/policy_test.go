package policy_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/policy"
	"dandelion/model"
)

var (
	start   = time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	officer = model.Actor{UserID: 7, TenantID: 1, RequestID: "req-1"}
)

func open(t *testing.T) (*db.DB, *clock.Manual) {
	t.Helper()
	c := clock.At(start)
	d, err := db.Open(dbtest.URL(t), db.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d, c
}

func limit(t *testing.T, b *policy.Book, tenant int64) time.Duration {
	t.Helper()
	p, err := b.Of(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	return p.Span(model.ReviewTime)
}

func TestACountySetsItsOwnLimits(t *testing.T) {
	d, c := open(t)
	here, there := policy.New(d, c.Now), policy.New(d, c.Now) // two replicas
	if got := limit(t, here, 1); got != 24*time.Hour {
		t.Fatalf("the default is %v", got)
	}
	_ = limit(t, there, 1)
	for _, minutes := range []int64{48 * 60, 36 * 60} {
		if err := here.Set(t.Context(), officer, model.ReviewTime, minutes); err != nil {
			t.Fatal(err)
		}
		if got := limit(t, here, 1); got != time.Duration(minutes)*time.Minute {
			t.Errorf("set to %d minutes, and it is %v", minutes, got)
		}
	}
	if got := limit(t, there, 1); got != 24*time.Hour {
		t.Errorf("the other replica forgot at once: %v", got)
	}
	c.Pass(10 * time.Second)
	if got := limit(t, there, 1); got != 36*time.Hour {
		t.Errorf("after ten seconds the other replica has %v", got)
	}
	if got := limit(t, here, 2); got != 24*time.Hour {
		t.Errorf("another county has %v", got)
	}
}

func TestAChangeIsInTheAuditLog(t *testing.T) {
	d, c := open(t)
	if err := policy.New(d, c.Now).Set(t.Context(), officer, model.LiveClaims, 5); err != nil {
		t.Fatal(err)
	}
	var a model.Audit
	if err := d.View(t.Context(), func(tx *db.Tx) error { return tx.Take(&a).Error }); err != nil {
		t.Fatal(err)
	}
	if a.Action != "policy.set" || a.ActorID != 7 || a.TenantID != 1 || a.RequestID != "req-1" || !strings.Contains(a.Detail, "wish.live_claims") || !a.CreatedAt.Equal(start) {
		t.Errorf("the log says %+v", a)
	}
}

func TestWhatIsNotSensibleIsRefused(t *testing.T) {
	d, c := open(t)
	b := policy.New(d, c.Now)
	for name, tt := range map[string]struct {
		limit model.Limit
		value int64
	}{"unknown": {"wish.lunch", 60}, "too little": {model.ReviewTime, 1}, "too much": {model.ReviewTime, 1 << 40}, "negative": {model.LiveClaims, -1}} {
		if err := b.Set(t.Context(), officer, tt.limit, tt.value); !errors.Is(err, model.ErrPolicy) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var n int64
	if err := d.View(t.Context(), func(tx *db.Tx) error { return tx.Model(&model.Audit{}).Count(&n).Error }); err != nil || n != 0 {
		t.Errorf("%d lines about what was refused, %v", n, err)
	}
}
