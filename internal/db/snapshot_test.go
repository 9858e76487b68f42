package db_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
)

// TestASnapshotIsOfOneMomentAndKeepsNobodyWaiting writes while somebody reads.
func TestASnapshotIsOfOneMomentAndKeepsNobodyWaiting(t *testing.T) {
	d := open(t, dbtest.URL(t), clock.System)
	add(t, d, community(1, "一"))
	count := func(tx *db.Tx) (n int64) {
		if err := tx.Model(&model.Org{}).Count(&n).Error; err != nil {
			t.Error(err)
		}
		return n
	}
	err := d.Snapshot(t.Context(), func(tx *db.Tx) error {
		first := count(tx)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if err := d.Update(ctx, func(tx *db.Tx) error { return db.Add(tx, community(2, "二")) }); err != nil {
			t.Errorf("whoever writes waits for a reader: %v", err)
		}
		if second := count(tx); first != 1 || second != 1 {
			t.Errorf("a snapshot sees %d and then %d", first, second)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Snapshot(t.Context(), func(tx *db.Tx) error {
		if n := count(tx); n != 2 {
			t.Errorf("the next snapshot sees %d", n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestASnapshotBeginsNoOtherAndEndsInTime(t *testing.T) {
	d := open(t, dbtest.URL(t), clock.System)
	err := d.Snapshot(t.Context(), func(tx *db.Tx) error {
		for name, begin := range map[string]func(context.Context, func(*db.Tx) error) error{"Snapshot": d.Snapshot, "Update": d.Update, "View": d.View} {
			if err := begin(tx.Ctx, func(*db.Tx) error { return nil }); err == nil || !strings.Contains(err.Error(), "may not begin another") {
				t.Errorf("%s within a snapshot: %v", name, err)
			}
		}
		if _, ok := tx.Ctx.Deadline(); !ok {
			t.Error("a snapshot has no end")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
