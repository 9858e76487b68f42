package activity

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/qr"
	"dandelion/model"
)

// Shown is a code to be shown on a screen, until its step is over.
type Shown struct {
	Code  string
	Text  string // what its QR code says
	Until time.Time
}

// picture is how many pixels wide a module of a QR code on a screen is.
const picture = 8

// Picture returns the QR code of a code that is shown.
func (c *Shown) Picture() ([]byte, error) {
	data, err := qr.PNG(c.Text, picture)
	if err != nil {
		return nil, fmt.Errorf("activity: picture: %w", err)
	}
	return data, nil
}

// codes opens the key of a slot.
func (s *Service) codes(sl *model.Slot) (model.CheckCodes, error) {
	text, err := s.sealer.Open(keyAAD(sl.ID), sl.Key)
	if err != nil {
		return model.CheckCodes{}, fmt.Errorf("activity: open key of slot %d: %w", sl.ID, err)
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) == 0 {
		return model.CheckCodes{}, fmt.Errorf("activity: key of slot %d is none: %w", sl.ID, err)
	}
	return model.CheckCodes{Slot: sl.ID, KeyNo: sl.KeyNo, Key: key}, nil
}

// ledSlot returns a slot that who leads; for others it is not there.
func ledSlot(tx *db.Tx, who model.Actor, id int64) (*model.Slot, error) {
	sl, err := slotOf(tx, who, id)
	switch {
	case err != nil:
		return nil, err
	case !who.Leads(sl):
		return nil, model.ErrSlotNotFound
	}
	return sl, nil
}

// Code returns the code of a slot that is good now, for the screen of its leader
// (动态码).
func (s *Service) Code(ctx context.Context, who model.Actor, slot int64, d model.Direction) (*Shown, error) {
	var shown *Shown
	err := s.db.View(ctx, func(tx *db.Tx) error {
		sl, err := ledSlot(tx, who, slot)
		if err != nil {
			return err
		}
		c, err := s.codes(sl)
		if err != nil {
			return err
		}
		code, until := c.At(d, tx.Now)
		shown = &Shown{code, model.CodeText(slot, d, code), until}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return shown, nil
}

// OwnCode returns the code by which who shows himself to the leader of a slot
// that he is enrolled in (个人码).
func (s *Service) OwnCode(ctx context.Context, who model.Actor, slot int64) (*Shown, error) {
	var shown *Shown
	err := s.db.View(ctx, func(tx *db.Tx) error {
		sl, err := slotOf(tx, who, slot)
		if err != nil {
			return err
		}
		e, err := live(tx, slot, who.UserID)
		if err != nil {
			return err
		}
		c, err := s.codes(sl)
		if err != nil {
			return err
		}
		code, until := c.Own(e.ID, tx.Now)
		shown = &Shown{code, code, until}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return shown, nil
}

// RotateKey gives a slot another key, so that every code of it shown before is
// worth nothing (更换密钥), and returns how often that has been done.
func (s *Service) RotateKey(ctx context.Context, who model.Actor, slot int64) (no int64, err error) {
	sealed, err := s.freshKey(slot)
	if err != nil {
		return 0, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		sl, err := ledSlot(tx, who, slot)
		if err != nil {
			return err
		}
		after := *sl
		if err := after.Rekey(sealed); err != nil {
			return err
		}
		if err := db.Save(tx, sl, &after); err != nil {
			return err
		}
		no = after.KeyNo
		return audit.Put(tx, who, "slot.key", model.OfSlot, slot, map[string]any{"no": strconv.FormatInt(no, 10)})
	})
	return no, err
}
