package wish

import (
	"context"
	"fmt"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// Order is a wish as somebody places it (点单).
type Order struct {
	model.WishOrder
	PlaceID    int64 // the community or grid; 0: where the requester lives
	Name       string
	Phone      string
	Address    string
	ConsentBy  string // how a proxy got consent: oral, written, guardian
	ProxyPhone string // of a staff order: the number of who may judge for the beneficiary
	Submit     bool   // and not only keep as a draft
}

// order says that a draft was made; it is no event of the loop.
const order model.WishEvent = "order"

// Place makes a draft of o, and submits it if o says so.
func (s *Service) Place(ctx context.Context, who model.Actor, o Order) (*Seen, error) {
	policy, err := s.policies.Of(ctx, who.TenantID)
	if err != nil {
		return nil, err
	}
	var seen *row
	var similar []model.Wish
	var step model.Step
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		step = model.Step{Who: who, Now: tx.Now, Policy: policy}
		place, err := placeOf(tx, who, o.PlaceID)
		if err != nil {
			return err
		}
		b, err := s.prepare(tx, who, &o)
		if err != nil {
			return err
		}
		w, err := model.NewWish(tx.NewID(), o.WishOrder, place, step)
		if err != nil {
			return err
		}
		if err = s.nameProxy(tx, w, who, o.ProxyPhone); err != nil {
			return err
		}
		if similar, err = alike(tx, w); err != nil {
			return err
		}
		if err = s.add(tx, w, b, o, step); err != nil {
			return err
		}
		seen, err = load(tx, w.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	v := s.shown(seen, who, step.Now)
	v.Similar = similar
	return v, nil
}

// add writes a new wish with its first lines of history.
func (s *Service) add(tx *db.Tx, w *model.Wish, b *person, o Order, step model.Step) error {
	draft := *w
	sealed, err := s.seal(w, b, tx.Now)
	if err != nil {
		return err
	}
	moves := []move{{event: order}}
	if o.Submit {
		if err := w.Submit(step); err != nil {
			return err
		}
		if err := link(tx, w, sealed.PhoneIndex); err != nil {
			return err
		}
		moves = append(moves, move{event: model.WishSubmit})
	}
	if err := db.Add(tx, w); err != nil {
		return fmt.Errorf("wish: add: %w", err)
	}
	if err := db.Add(tx, sealed); err != nil {
		return fmt.Errorf("wish: add beneficiary: %w", err)
	}
	for _, m := range moves {
		after := w
		if m.event == order {
			after = &draft
		}
		if err := s.events.Put(tx, record(&draft, after, m, step)); err != nil {
			return err
		}
	}
	return setTimer(tx, &model.Wish{}, w, step.Policy)
}

// placeOf returns where a wish is placed: where who lives, or what a worker
// names.
func placeOf(tx *db.Tx, who model.Actor, id int64) (*model.Org, error) {
	if id == 0 {
		id = who.HomeID
	}
	if id == 0 {
		return nil, model.ErrNoHome
	}
	o, err := db.Find[model.Org](tx, id, model.ErrOrgNotFound)
	if err != nil {
		return nil, err
	}
	if o.TenantID != who.TenantID {
		return nil, model.ErrOrgNotFound
	}
	return o, nil
}

// Edit changes a draft, or what was returned.
func (s *Service) Edit(ctx context.Context, who model.Actor, id int64, o Order) (*Seen, error) {
	var b *person
	return s.act(ctx, who, id, move{
		event: "edit",
		verb: func(tx *db.Tx, w *model.Wish, step model.Step) (err error) {
			if err = w.MayEdit(step); err != nil { // first: what follows tells that there is such a wish
				return err
			}
			o.Channel = w.Channel
			if b, err = s.prepare(tx, who, &o); err != nil {
				return err
			}
			if err = w.Edit(o.WishOrder, step); err != nil {
				return err
			}
			return s.nameProxy(tx, w, who, o.ProxyPhone)
		},
		with: func(tx *db.Tx, _, w *model.Wish, _ model.Step) error {
			sealed, err := s.seal(w, b, tx.Now)
			if err != nil {
				return err
			}
			if err := tx.Save(sealed).Error; err != nil {
				return fmt.Errorf("wish: save beneficiary of %d: %w", w.ID, err)
			}
			return nil
		},
	})
}

// Submit hands a draft, or what was returned, to the community.
func (s *Service) Submit(ctx context.Context, who model.Actor, id int64) (*Seen, error) {
	var similar []model.Wish
	v, err := s.act(ctx, who, id, move{
		event: model.WishSubmit,
		verb: func(tx *db.Tx, w *model.Wish, step model.Step) error {
			if err := w.Submit(step); err != nil {
				return err
			}
			return link(tx, w, tx.Model(&model.Beneficiary{}).Where("wish_id = ?", w.ID).Select("phone_index"))
		},
		with: func(tx *db.Tx, _, w *model.Wish, _ model.Step) (err error) {
			similar, err = alike(tx, w)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	v.Similar = similar
	return v, nil
}

// alike returns up to three wishes of the same kind that the same requester is
// still waiting for, so that nobody asks twice without knowing.
func alike(tx *db.Tx, w *model.Wish) ([]model.Wish, error) {
	var all []model.Wish
	err := tx.Raw(`SELECT id, title, state, created_at FROM wishes
		WHERE requester_id = ? AND kind = ? AND id <> ? AND id > ? AND closed_at IS NULL AND queue_org_id <> 0 ORDER BY id DESC LIMIT 3`,
		w.RequesterID, w.Kind, w.ID, monthBefore(tx.Now)).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("wish: alike: %w", err)
	}
	return all, nil
}

func monthBefore(t time.Time) int64 { return idFloor(t.AddDate(0, -1, 0)) }
