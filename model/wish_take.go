package model

// Order is whom a wish is dispatched to: an organisation or a person.
type Order struct{ OrgID, UserID int64 }

// Dispatch orders w to a unit, team or member (派单). ID is the dispatch's.
func (w *Wish) Dispatch(s Step, id int64, to Order) error {
	if err := w.may(WishDispatch, s); err != nil {
		return err
	}
	switch {
	case (to.OrgID == 0) == (to.UserID == 0):
		return ErrWishTarget
	case to.UserID != 0 && (to.UserID == w.RequesterID || to.UserID == w.BeneficiaryID || to.UserID == w.ProxyID):
		return ErrWishOwn
	}
	w.move(WishDispatched, s)
	w.DispatchID, w.TargetOrgID, w.TargetUserID = id, to.OrgID, to.UserID
	return nil
}

// Accept takes an order (接单). A unit names those who go; ID is the claim's.
func (w *Wish) Accept(s Step, id int64, team []int64) error {
	if err := w.may(WishAccept, s); err != nil {
		return err
	}
	org := w.TargetOrgID
	if err := w.checkTeam(org, team); err != nil {
		return err
	}
	w.take(s, id, org, team)
	return nil
}

// Claim takes an open wish (接单). ID is the claim's; org is the unit or team in
// whose name it is claimed, or 0, and team are those of it who go.
func (w *Wish) Claim(s Step, id, org int64, team []int64) error {
	if err := w.may(WishClaim, s); err != nil {
		return err
	}
	if org != 0 && !s.Who.HoldsAt(org, RoleLiaison) {
		return ErrWishWho
	}
	if err := w.checkTeam(org, team); err != nil {
		return err
	}
	w.take(s, id, org, team)
	return nil
}

// maxTeam bounds the people of one claim.
const maxTeam = 10

func (w *Wish) checkTeam(org int64, team []int64) error {
	if org == 0 && len(team) > 0 || org != 0 && len(team) == 0 || len(team) > maxTeam {
		return ErrWishTeam
	}
	for i, id := range team {
		if id == w.RequesterID || id == w.BeneficiaryID || id == w.ProxyID {
			return ErrWishOwn
		}
		for _, other := range team[:i] {
			if other == id {
				return ErrWishTeam
			}
		}
	}
	return nil
}

func (w *Wish) take(s Step, id, org int64, team []int64) {
	if org == 0 {
		team = []int64{s.Who.UserID}
	}
	w.move(WishClaimed, s)
	w.ClaimID, w.ClaimerID, w.ClaimOrgID, w.Team, w.ClaimedAt = id, team[0], org, IDsOf(team), &s.Now
	w.DispatchFailures = 0
}

// Decline gives an order back (谢绝).
func (w *Wish) Decline(s Step, reason string) error {
	if err := w.may(WishDecline, s); err != nil {
		return err
	}
	w.dispatchFailed(s, true)
	return nil
}

// Withdraw takes an order back (撤回派单). It is nobody's failure.
func (w *Wish) Withdraw(s Step) error {
	if err := w.may(WishWithdraw, s); err != nil {
		return err
	}
	w.dispatchFailed(s, false)
	return nil
}

func (w *Wish) unanswered(e WishEvent, s Step) error {
	if err := w.may(e, s); err != nil {
		return err
	}
	w.dispatchFailed(s, true)
	return nil
}

// dispatchFailed opens w again; after too many failures the township takes
// over (兜底).
func (w *Wish) dispatchFailed(s Step, failed bool) {
	w.offer(s)
	w.DispatchID, w.TargetOrgID, w.TargetUserID = 0, 0, 0
	if failed {
		w.DispatchFailures++
	}
	if w.TakenOver(s.Policy) {
		w.escalate()
	}
}

// TakenOver reports whether orders of w have failed so often that the township
// takes over.
func (w *Wish) TakenOver(p Policy) bool { return w.DispatchFailures >= p.Number(DispatchFailures) }
