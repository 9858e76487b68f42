package activity_test

import (
	"testing"

	"dandelion/model"
)

// TestOneLeavesAsAnotherComes lets as many leave a full slot as come to it, at the
// same moment: who comes has a place, or waits and moves up; nobody waits beside a
// free place.
func TestOneLeavesAsAnotherComes(t *testing.T) {
	inHalls(t, func(h *hall) {
		const places = 2
		for round := range 40 {
			slot := h.slot(times(30, 32, places))
			leave, come := h.crowd(places), h.crowd(places)
			for _, who := range leave {
				h.enrol(who, slot)
			}
			got := together(2*places, func(i int) (err error) {
				if i%2 == 0 {
					_, err = h.acts.Leave(t.Context(), leave[i/2], slot)
				} else {
					_, err = h.acts.Enrol(t.Context(), come[i/2], slot)
				}
				return err
			})
			if v := h.see(slot); v.Enrolled != places || v.Waiting != 0 || got["ok"] != 2*places {
				t.Fatalf("round %d: %d are enrolled and %d wait: %v", round, v.Enrolled, v.Waiting, got)
			}
		}
		h.sound()
	})
}

// TestASlotMovesWhilePeopleStreamIn changes the time of a slot while people enrol
// one after another: nobody is left at the time that it had.
func TestASlotMovesWhilePeopleStreamIn(t *testing.T) {
	inHalls(t, func(h *hall) {
		const streams, each = 6, 6
		inside := h.crowd(40) // a change takes its time
		for round := range 6 {
			slot := h.slot(times(float64(30+10*round), float64(32+10*round), 300))
			for _, who := range inside {
				h.enrol(who, slot)
			}
			comers := h.crowd(streams * each)
			got := together(streams+1, func(i int) error {
				if i == streams {
					from, to := at(float64(35+10*round)), at(float64(37+10*round))
					_, err := h.acts.ChangeSlot(t.Context(), h.worker, slot, model.SlotEdit{StartsAt: &from, EndsAt: &to, Reason: "天气"})
					return err
				}
				for _, who := range comers[i*each : (i+1)*each] {
					if _, err := h.acts.Enrol(t.Context(), who, slot); err != nil {
						return err
					}
				}
				return nil
			})
			if v := h.see(slot); got["ok"] != streams+1 || v.Enrolled != int64(len(inside)+len(comers)) {
				t.Errorf("%d are enrolled: %v", v.Enrolled, got)
			}
			h.sound()
		}
	})
}
