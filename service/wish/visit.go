package wish

import (
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
)

// Visitable returns the claim under which who visits a wish now, or why he
// cannot.
func (s *Service) Visitable(tx *db.Tx, who model.Actor, id int64) (claim int64, err error) {
	w, err := find(tx, id)
	if err != nil {
		return 0, err
	}
	if err := w.Visit(model.Step{Who: who, Now: tx.Now}); err != nil {
		return 0, err
	}
	return w.ClaimID, nil
}

// Claimed returns the wish that a claim is of, whatever has become of it.
func (s *Service) Claimed(tx *db.Tx, claim int64) (wish int64, err error) {
	c, err := db.Find[model.Claim](tx, claim, model.ErrWishNotFound)
	if err != nil {
		return 0, err
	}
	return c.WishID, nil
}

// Visited writes into the history of a wish that who has come or gone, in the
// transaction in which he did. The wish stays where it is. Reason is told to the
// resident.
func (s *Service) Visited(tx *db.Tx, who model.Actor, id int64, e model.WishEvent, reason string) error {
	w, err := find(tx, id)
	if err != nil {
		return err
	}
	part := model.Claimer // even if he has given the claim back since
	if who.System {
		part = model.System
	}
	err = s.events.Put(tx, model.Event{
		TenantID: w.TenantID, Subject: model.OfWish, SubjectID: w.ID, Name: string(e), FromState: string(w.State), ToState: string(w.State),
		ActorID: who.UserID, ActorRole: part.Name(), Reason: reason, RequestID: who.RequestID,
	})
	if err != nil {
		return fmt.Errorf("wish: visit of %d: %w", id, err)
	}
	return nil
}
