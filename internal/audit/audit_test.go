package audit_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dandelion/internal/audit"
	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
)

var start = time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)

func open(t *testing.T) *db.DB {
	t.Helper()
	d, err := db.Open(dbtest.URL(t), db.Options{Now: clock.At(start).Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func lines(t *testing.T, d *db.DB) (all []model.Audit) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) error { return tx.Order("id").Find(&all).Error }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestALineSaysWhoWhatWhomAndWhen(t *testing.T) {
	d := open(t)
	who := model.Actor{UserID: 7, TenantID: 3, RequestID: "req-1"}
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		if err := audit.Put(tx, who, "grant.give", model.OfGrant, 42, map[string]any{"role": "worker", "org_id": int64(9)}); err != nil {
			return err
		}
		return audit.Put(tx, who, "org.close", model.OfOrg, 9, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	got := lines(t, d)
	if len(got) != 2 || got[0].ID >= got[1].ID {
		t.Fatalf("lines %+v", got)
	}
	g := got[0]
	if g.ActorID != 7 || g.TenantID != 3 || g.Action != "grant.give" || g.Subject != model.OfGrant || g.SubjectID != 42 || g.RequestID != "req-1" ||
		!g.CreatedAt.Equal(start) || g.Detail != `{"org_id":9,"role":"worker"}` {
		t.Errorf("the line is %+v", g)
	}
	if got[1].Detail != "{}" {
		t.Errorf("without detail %q", got[1].Detail)
	}
}

func TestWhatDidNotHappenIsNotLogged(t *testing.T) {
	d := open(t)
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		if err := audit.Put(tx, model.Actor{UserID: 7}, "grant.give", model.OfGrant, 42, nil); err != nil {
			return err
		}
		return model.ErrGrantTaken
	})
	if !errors.Is(err, model.ErrGrantTaken) || len(lines(t, d)) != 0 {
		t.Errorf("%v, %d lines", err, len(lines(t, d)))
	}
}

func TestALongReasonFits(t *testing.T) {
	d := open(t)
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		return audit.Put(tx, model.Actor{UserID: 7}, "user.disable", model.OfUser, 42, map[string]any{"reason": strings.Repeat(`<"因`, 100)})
	})
	if err != nil || len(lines(t, d)) != 1 {
		t.Errorf("%v", err)
	}
}

func TestADetailThatIsNoJSONIsRefused(t *testing.T) {
	err := open(t).Update(t.Context(), func(tx *db.Tx) error {
		return audit.Put(tx, model.Actor{}, "x", model.OfSystem, 0, map[string]any{"f": func() {}})
	})
	if err == nil {
		t.Error("a function is taken for a detail")
	}
}
