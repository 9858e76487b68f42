package activity

import (
	"context"

	"dandelion/internal/db"
	"dandelion/model"
)

// Gateway draws WeChat's own code for the wall at an entrance (小程序码).
type Gateway interface {
	SlotCode(ctx context.Context, slot int64) ([]byte, error)
}

// Entrance returns the picture that whoever leads a slot hangs up at its
// entrance: it opens the slot in the mini-program, and proves nothing, so it may
// be seen by anybody. For others than its leaders it is not there.
func (s *Service) Entrance(ctx context.Context, who model.Actor, id int64) ([]byte, error) {
	err := s.db.View(ctx, func(tx *db.Tx) error {
		slot, err := slotOf(tx, who, id)
		if err == nil && !who.Leads(slot) {
			return model.ErrSlotNotFound
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Gateway.SlotCode(ctx, id)
}
