package activity

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dandelion/internal/dbtest"
	"dandelion/model"
)

// TestFixesAreDroppedWhenTheirTimeHasCome: thirty days later they are gone, and
// not a millisecond earlier; nothing else changes.
func TestFixesAreDroppedWhenTheirTimeHasCome(t *testing.T) {
	w := newEdge(t, dbtest.URL(t))
	slot := w.slot(edgeHome)
	distance, lat := int64(42), int64(31_230_001)
	a := w.there(slot, 501, func(a *model.Attendance) {
		at(31_230_000, 121_470_000)(a)
		a.InDistance, a.OutDistance, a.OutLat, a.OutLng, a.Minutes = &distance, &distance, &lat, &lat, 60
	})
	none := w.there(slot, 502, nil)
	w.clock.Pass(30*24*time.Hour - time.Millisecond)
	if n, err := w.to.Forget(t.Context()); n != 0 || err != nil {
		t.Errorf("a millisecond too early %d are forgotten, %v", n, err)
	}
	before := rows[model.Attendance](w, "id IN ?", []int64{a.ID, none.ID})
	if before[0].InLat == nil {
		t.Error("the fix is gone")
	}
	w.clock.Pass(time.Millisecond)
	if n, err := w.to.Forget(t.Context()); n != 1 || err != nil {
		t.Errorf("%d are forgotten, %v", n, err)
	}
	want := before[0]
	want.InLat, want.InLng, want.OutLat, want.OutLng, want.FixUntil = nil, nil, nil, nil, nil
	after := rows[model.Attendance](w, "id IN ?", []int64{a.ID, none.ID})
	if diff := cmp.Diff([]model.Attendance{want, before[1]}, after); diff != "" {
		t.Error(diff)
	}
	if n, err := w.to.Forget(t.Context()); n != 0 || err != nil {
		t.Errorf("and then %d, %v", n, err)
	}
}

func TestAnyNumberOfFixesIsForgottenInBatches(t *testing.T) {
	w := newEdge(t, dbtest.URL(t))
	slot := w.slot(edgeHome)
	for user := range int64(fixesAtOnce + 1) {
		w.there(slot, 1000+user, at(31_230_000, 121_470_000))
	}
	w.clock.Pass(31 * 24 * time.Hour)
	for _, want := range []int{fixesAtOnce, 1, 0} {
		if n, err := w.to.Forget(t.Context()); n != want || err != nil {
			t.Errorf("%d are forgotten, %v; want %d", n, err, want)
		}
	}
}
