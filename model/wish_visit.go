package model

// The lines that a visit leaves in the history of a wish. They are no events of
// the loop: a visit moves nothing.
const (
	WishVisitIn  WishEvent = "visit_in"  // 上门签到
	WishVisitOut WishEvent = "visit_out" // 上门签退
)

// Visit says why s.Who cannot check in at w now, or nil: those who go may, from
// the claim until they report.
func (w *Wish) Visit(s Step) error {
	switch {
	case w.RelationTo(s.Who) == 0:
		return ErrWishNotFound
	case w.ClaimID == 0 || w.ClaimerID != s.Who.UserID && !w.Team.Has(s.Who.UserID):
		return ErrWishWho
	case w.State != WishClaimed && w.State != WishInService:
		return w.refuse(WishVisitIn, s)
	}
	return nil
}
