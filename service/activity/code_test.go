package activity_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/piglig/go-qr"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/activity"
)

func TestACodeIsDrawnAsItIsSaid(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 1)
		for _, d := range model.Directions() {
			c, err := h.acts.Code(h.Context(), h.worker, a.slot, d)
			h.must(err)
			data, err := c.Picture()
			h.must(err)
			m, err := png.Decode(bytes.NewReader(data))
			h.must(err)
			said, err := go_qr.Decode(m)
			h.must(err)
			if said != c.Text || said != model.CodeText(a.slot, d, c.Code) || !strings.HasSuffix(said, c.Code) || !c.Until.After(h.clock.Now()) {
				h.Errorf("%s is drawn as %q, until %s", c.Text, said, c.Until)
			}
		}
	})
}

func TestTheKeyOfASlotIsNeverInTheOpen(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 1)
		before := h.code(a.slot, model.DirectionIn)
		var keys []string
		read := func() {
			h.must(h.db.View(h.Context(), func(tx *db.Tx) error {
				var sealed string
				err := tx.Raw("SELECT code_key FROM slots WHERE id = ?", a.slot).Scan(&sealed).Error
				keys = append(keys, sealed)
				return err
			}))
		}
		read()
		_, err := h.acts.RotateKey(h.Context(), h.worker, a.slot)
		h.must(err)
		read()
		if keys[0] == keys[1] || len(keys[0]) < 64 || h.code(a.slot, model.DirectionIn) == before {
			h.Errorf("the key was %q and is %q", keys[0], keys[1])
		}
		if n := h.number("SELECT COUNT(*) FROM audits WHERE action = 'slot.key' AND detail LIKE ?", "%"+keys[1][:20]+"%"); n != 0 {
			h.Error("the audit log tells the key")
		}
		other := h.slot(times(8, 9, 5))
		h.must(h.update(func(tx *db.Tx) error { // a key that is moved to another slot opens nothing
			return tx.Exec("UPDATE slots SET code_key = ? WHERE id = ?", keys[1], other).Error
		}))
		if _, err := h.acts.Code(h.Context(), h.worker, other, model.DirectionIn); err == nil {
			h.Error("a key is good for another slot")
		}
	})
}

// TestTwoWhoRotateAKeyBothDo changes the key many times at once: each is a change
// of its own, and the code that is shown afterwards is good.
func TestTwoWhoRotateAKeyBothDo(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 1)
		start := h.number("SELECT key_no FROM slots WHERE id = ?", a.slot)
		got := together(10, func(int) error {
			_, err := h.acts.RotateKey(h.Context(), h.worker, a.slot)
			return err
		})
		if n := h.number("SELECT key_no FROM slots WHERE id = ?", a.slot); got["ok"] != 10 || n != start+10 {
			h.Errorf("%v, and the key is the %dth after %d", got, n, start)
		}
		h.clock.Set(at(1))
		_, err := a.in(a.people[0])
		h.must(err)
	})
}

func TestWhoHasACodeOfHisOwn(t *testing.T) {
	inHalls(t, func(h *hall) {
		one := times(1, 3, 1)
		one.Mode = model.ModeKiosk
		slot := h.slot(one)
		first, waiting := h.volunteer(), h.volunteer()
		h.enrol(first, slot)
		h.enrol(waiting, slot)
		h.clock.Set(at(1))
		mine, err := h.acts.OwnCode(h.Context(), first, slot)
		h.must(err)
		if model.EnrolmentIn(mine.Code) == 0 || mine.Text != mine.Code {
			h.Errorf("his code is %+v", mine)
		}
		turn, err := h.acts.OwnCode(h.Context(), waiting, slot)
		h.must(err)
		_, err = h.acts.Scan(h.Context(), h.worker, slot, turn.Code, model.DirectionIn)
		h.wants(err, model.ErrEnrolmentState) // he has a turn, and no place
		_, err = h.acts.Scan(h.Context(), h.worker, slot, mine.Code[:len(mine.Code)-1]+"2", model.DirectionIn)
		if err == nil && !strings.HasSuffix(mine.Code, "2") {
			h.Error("an altered code is good")
		}
		other := h.slot(times(5, 6, 5))
		_, err = h.acts.Scan(h.Context(), h.worker, other, mine.Code, model.DirectionIn)
		h.wants(err, model.ErrCheckInCode)
		_, err = h.acts.OwnCode(h.Context(), h.foreign, slot)
		h.wants(err, model.ErrSlotNotFound)
		_, err = h.acts.Leave(h.Context(), waiting, slot)
		h.wants(err, model.ErrEnrolmentLate)
	})
}

func TestASlotThatIsNotThereHasNoCodes(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.draft()
		slots, err := h.acts.AddSlots(h.Context(), h.worker, a, times(1, 3, 5), model.Repeat{})
		h.must(err)
		who := h.volunteer()
		for _, slot := range []int64{slots[0].ID, 12345} {
			_, err = h.acts.OwnCode(h.Context(), who, slot)
			h.wants(err, model.ErrSlotNotFound)
			_, err = h.acts.CheckIn(h.Context(), who, slot, activity.Presence{Code: "AAAAAAAAAAAA"})
			h.wants(err, model.ErrSlotNotFound)
			_, err = h.acts.CheckOut(h.Context(), who, slot, activity.Presence{})
			h.wants(err, model.ErrSlotNotFound)
			_, err = h.acts.Code(h.Context(), who, slot, model.DirectionIn)
			h.wants(err, model.ErrSlotNotFound)
		}
	})
}
