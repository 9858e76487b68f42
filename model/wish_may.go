package model

import (
	"slices"
	"time"
)

// may says why s.Who cannot cause e now, or nil: first whether it is his to do
// at all, then whether the state allows it.
func (w *Wish) may(e WishEvent, s Step) error {
	who := s.Who
	r := w.RelationTo(who)
	switch {
	case r == 0 && e == WishClaim && w.wasOffered(who):
		return w.refuse(e, s) // lost the race
	case r == 0:
		return ErrWishNotFound
	}
	ever, here := w.causers(e)
	switch {
	case here&r != 0 && !(e == WishCancel && w.promised(r)):
		return w.separate(e, who, r)
	case ever&r != 0 || here == 0 && stateful(ever):
		return w.refuse(e, s)
	}
	return ErrWishWho
}

// causers returns who can cause e ever, and who can in the state that w is in.
func (w *Wish) causers(e WishEvent) (ever, here Relation) {
	for _, t := range wishFlow {
		if t.event != e {
			continue
		}
		ever |= t.by
		if slices.Contains(t.from, w.State) {
			here |= t.by
		}
	}
	return ever, here
}

// promised reports whether w is suspended while somebody is at work on it, so
// that only a worker can end it.
func (w *Wish) promised(r Relation) bool {
	return w.State == WishSuspended && w.ClaimID != 0 && r&Worker == 0
}

// separate keeps duties apart: who does the work does not verify it, and who
// asks for something does not grant it.
func (w *Wish) separate(e WishEvent, who Actor, r Relation) error {
	switch e {
	case WishVerify, WishApprove, WishRefuse, WishSuspend, WishResume:
		if r&Claimer != 0 {
			return ErrWishSame
		}
	case WishSendBack, WishRedo, WishReopen: // which undo what was thought of the work
		return w.mayRepeat(e, who, r)
	case WishConfirm, WishKeepOn:
		if r&Claimer != 0 || w.FailBy == who.UserID {
			return ErrWishSame
		}
	case WishClaim, WishAccept:
		if r&(Requester|Resident) != 0 {
			return ErrWishOwn
		}
	}
	return nil
}

// mayRepeat keeps apart who did the work and who has it done again; after too
// many rounds that is the township.
func (w *Wish) mayRepeat(e WishEvent, who Actor, r Relation) error {
	switch {
	case r&Claimer != 0 && (r&Resident == 0 || e == WishSendBack):
		return ErrWishSame
	case e != WishReopen && !w.further(who): // a resident reopens once, whatever has been
		return ErrWishRounds
	}
	return nil
}

// stateful reports whether a relation comes and goes with the state, so that
// who has lost it should be told of the state and not of a missing right.
func stateful(r Relation) bool { return r&(Candidate|Target|Claimer) != 0 }

// refuse tells in which state w is and what s.Who can do instead.
func (w *Wish) refuse(e WishEvent, s Step) error {
	possible := w.Possible(s.Who, s.Now)
	if e == WishClaim && w.ClaimID != 0 {
		return ErrWishTaken.With("state", w.State).With("possible", possible)
	}
	names := ""
	for _, p := range possible {
		if names != "" {
			names += "、"
		}
		names += p.Title()
	}
	if names == "" {
		names = "无"
	}
	return ErrWishState.Saying("心愿现在是“%s”, 不能%s; 您现在可以进行的操作: %s", w.State.Title(), e.Title(), names).
		With("state", w.State).With("possible", possible)
}

// Possible returns what who can do with w at the time now, in the order of the
// table.
func (w *Wish) Possible(who Actor, now time.Time) []WishEvent {
	a := asker{who, w.RelationTo(who), now}
	all := []WishEvent{}
	for _, t := range wishFlow {
		if t.by&a.r != 0 && slices.Contains(t.from, w.State) && !slices.Contains(all, t.event) && w.sensible(t.event, a) {
			all = append(all, t.event)
		}
	}
	return all
}

// asker is who asks what is possible, what he is to the wish, and when.
type asker struct {
	who Actor
	r   Relation
	now time.Time
}

// sensible leaves out what the table allows and the verb would refuse at once.
func (w *Wish) sensible(e WishEvent, a asker) bool {
	makes, ok := sense[e]
	return !ok || makes(w, a)
}

// sense says when an event that the table allows makes sense; one that is not
// here always does.
var sense = map[WishEvent]func(w *Wish, a asker) bool{
	WishClaim:     notOwn,
	WishAccept:    notOwn,
	WishExtend:    func(w *Wish, a asker) bool { return w.ExtendUntil == nil && !w.Late(a.now) },
	WishApprove:   func(w *Wish, a asker) bool { return extendAsked(w, a) && w.ExtendUntil.After(a.now) },
	WishRefuse:    extendAsked,
	WishFail:      func(w *Wish, _ asker) bool { return w.FailBy == 0 },
	WishConfirm:   failAsked,
	WishKeepOn:    failAsked,
	WishVerify:    notTheClaimer,
	WishSendBack:  func(w *Wish, a asker) bool { return w.mayRepeat(WishSendBack, a.who, a.r) == nil },
	WishSuspend:   notTheClaimer,
	WishResume:    notTheClaimer,
	WishRedo:      func(w *Wish, a asker) bool { return w.mayRepeat(WishRedo, a.who, a.r) == nil },
	WishRelease:   notHanded,
	WishRevoke:    notHanded,
	WishCancel:    func(w *Wish, a asker) bool { return !w.GoodsHanded && !w.promised(a.r) },
	WishHandGoods: func(w *Wish, _ asker) bool { return w.Kind == WishGoods && !w.GoodsHanded },
	WishReport:    func(w *Wish, _ asker) bool { return w.Kind != WishGoods || w.GoodsHanded },
	WishReopen: func(w *Wish, a asker) bool {
		return w.mayRepeat(WishReopen, a.who, a.r) == nil && w.reopens(a.who, a.r, a.now)
	},
}

func notOwn(_ *Wish, a asker) bool { return a.r&(Requester|Resident) == 0 }

func notTheClaimer(_ *Wish, a asker) bool { return a.r&Claimer == 0 }

// oversees reports whether r is that of a worker who did not do the work.
func (r Relation) oversees() bool { return r&Worker != 0 && r&Claimer == 0 }

func notHanded(w *Wish, _ asker) bool { return !w.GoodsHanded }

func extendAsked(w *Wish, a asker) bool { return w.ExtendUntil != nil && a.r&Claimer == 0 }

func failAsked(w *Wish, a asker) bool {
	return w.FailBy != 0 && w.FailBy != a.who.UserID && a.r&Claimer == 0
}
