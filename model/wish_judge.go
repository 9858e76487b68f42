package model

import "time"

// Verify confirms what was reported (核实).
func (w *Wish) Verify(s Step) error {
	if err := w.may(WishVerify, s); err != nil {
		return err
	}
	w.move(WishAwaiting, s)
	return nil
}

// pass lets a report go on that nobody verified in time, and says so.
func (w *Wish) pass(s Step) error {
	if err := w.may(WishPass, s); err != nil {
		return err
	}
	w.move(WishAwaiting, s)
	w.Unverified = true
	return nil
}

// SendBack has a report done again (退回返工).
func (w *Wish) SendBack(s Step, reason string) error { return w.again(WishSendBack, s, reason) }

// Rework has a wish done again that is not solved (返工).
func (w *Wish) Rework(s Step, reason string) error { return w.again(WishRedo, s, reason) }

func (w *Wish) again(e WishEvent, s Step, reason string) error {
	if err := w.may(e, s); err != nil {
		return err
	}
	w.rework(s)
	w.Reason = reason
	return nil
}

// rework begins one more round. Goods are handed over anew: what was brought was
// not what was wished for. After too many rounds the township has w.
func (w *Wish) rework(s Step) {
	w.ReworkRounds++
	w.WithTownship = w.WithTownship || w.TooOften(s.Policy)
	w.move(WishRework, s)
	w.GoodsHanded, w.Receipt = false, ""
	if w.WithTownship {
		w.escalate()
	}
}

// TooOften reports whether w was done again so often that the township has to
// decide.
func (w *Wish) TooOften(p Policy) bool { return w.ReworkRounds > p.Number(ReworkRounds) }

// Evaluate is the resident's judgement (评单).
func (w *Wish) Evaluate(s Step, stars int64, solved Solved) error {
	if err := w.may(WishEvaluate, s); err != nil {
		return err
	}
	if stars < 1 || stars > 5 || (solved != SolvedYes && solved != SolvedPartly && solved != SolvedNo) {
		return ErrWishEvaluation
	}
	w.move(WishClosed, s)
	w.Stars, w.Solved = stars, solved
	w.close(s)
	return nil
}

// lapse closes a wish that nobody judged: unrated, never praised by default.
func (w *Wish) lapse(s Step) error {
	if err := w.may(WishLapse, s); err != nil {
		return err
	}
	w.move(WishClosed, s)
	w.Stars, w.Solved = 0, ""
	w.close(s)
	return nil
}

// close says until when what is closed can be contested.
func (w *Wish) close(s Step) {
	w.ClosedAt, w.AppealUntil, w.ReopenUntil = &s.Now, after(s, AppealTime), after(s, ReopenTime)
}

// Fail asks a second person to agree that w cannot come true.
func (w *Wish) Fail(s Step, reason string) error {
	if err := w.may(WishFail, s); err != nil {
		return err
	}
	if w.FailBy != 0 {
		return ErrWishAsked
	}
	w.FailBy, w.FailReason = s.Who.UserID, reason
	return nil
}

// ConfirmFail gives w up, by a second person (未能实现).
func (w *Wish) ConfirmFail(s Step) error {
	reason := w.FailReason
	if err := w.failAsked(WishConfirm, s); err != nil {
		return err
	}
	w.move(WishUnfulfilled, s)
	w.Reason, w.AppealUntil = reason, after(s, AppealTime)
	return nil
}

// RefuseFail goes on with w (继续办理).
func (w *Wish) RefuseFail(s Step) error {
	if err := w.failAsked(WishKeepOn, s); err != nil {
		return err
	}
	w.FailBy, w.FailReason = 0, ""
	return nil
}

func (w *Wish) failAsked(e WishEvent, s Step) error {
	if err := w.may(e, s); err != nil {
		return err
	}
	if w.FailBy == 0 {
		return ErrWishNoRequest
	}
	return nil
}

// Cancel ends w at the wish of whoever asked for it (撤回).
func (w *Wish) Cancel(s Step, reason string) error {
	if err := w.may(WishCancel, s); err != nil {
		return err
	}
	if w.GoodsHanded {
		return ErrWishHanded
	}
	w.move(WishCancelled, s)
	w.Reason = reason
	return nil
}

// Reopen has a closed wish done again (重新办理): by the resident once, for a
// time; by a worker for as long. Its judgement no longer counts.
func (w *Wish) Reopen(s Step, claim int64, reason string) error {
	if err := w.may(WishReopen, s); err != nil {
		return err
	}
	r := w.RelationTo(s.Who)
	if !w.reopens(s.Who, r, s.Now) {
		return ErrWishReopen
	}
	w.rework(s)
	w.ClaimID = claim
	if !r.oversees() {
		w.Reopened++
	}
	w.Stars, w.Solved, w.ClosedAt, w.AppealUntil, w.ReopenUntil, w.Reason = 0, "", nil, nil, nil, reason
	return nil
}

// reopens reports whether who, who is r to w, can still have it done again.
func (w *Wish) reopens(who Actor, r Relation, now time.Time) bool {
	return w.reopenable(r, now) || w.ReopenUntil != nil && !now.After(*w.ReopenUntil) && r.oversees() && w.further(who)
}

// reopenable reports whether a resident, who is r to w, can.
func (w *Wish) reopenable(r Relation, now time.Time) bool {
	return w.ReopenUntil != nil && !now.After(*w.ReopenUntil) && r&Resident != 0 && w.Reopened == 0
}

// further reports whether who may order one more round: once the township has w,
// only the township, or the county.
func (w *Wish) further(who Actor) bool {
	return !w.WithTownship || who.Holds(w.OrgPath, RoleTownship, RoleCounty)
}

// after returns when a limit that begins now is over.
func after(s Step, l Limit) *time.Time {
	t := s.Now.Add(s.Policy.Span(l))
	return &t
}
