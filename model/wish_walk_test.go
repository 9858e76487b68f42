package model

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dandelion/internal/fault"
)

// walk takes a wish along a random way; its model is only what must be true
// wherever a wish stands.
type walk struct {
	w   *Wish
	now time.Time
}

// TestRandomWalks: whatever people and timers do, in whatever order and from
// wherever, a wish is never in a state that makes no sense.
func TestRandomWalks(t *testing.T) {
	for _, start := range WishStates() {
		t.Run(string(start), func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { walkFrom(t, start) }) })
	}
}

func walkFrom(t *rapid.T, start WishState) {
	k := &walk{w: wishIn(start), now: noon}
	k.w.Kind = rapid.SampledFrom([]WishKind{WishService, WishGoods}).Draw(t, "kind")
	k.w.Urgency = rapid.SampledFrom([]Urgency{Normal, Urgent}).Draw(t, "urgency")
	for range 40 {
		before := *k.w
		err := k.step(t)
		switch {
		case err != nil && *k.w != before:
			t.Fatalf("a refusal (%v) left its mark:\n%+v\n%+v", err, before, *k.w)
		case err != nil && fault.Of(err) == nil:
			t.Fatalf("a refusal that nobody understands: %v", err)
		}
		k.holds(t, &before)
	}
}

// step lets the next alarm ring, or causes an event: mostly one that is
// possible and does not end the wish, so that walks are long.
func (k *walk) step(t *rapid.T) error {
	way := rapid.IntRange(0, 19).Draw(t, "way")
	if way < 3 {
		k.ring(t)
		return nil
	}
	k.now = k.now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "hours")) * time.Hour)
	if pairs := k.pairs(way == 3); way < 16 && len(pairs) > 0 {
		p := rapid.SampledFrom(pairs).Draw(t, "possible")
		return do(k.w, p.event, Step{Who: cast[p.who], Now: k.now})
	}
	who := rapid.SampledFrom(everybody()).Draw(t, "who")
	return do(k.w, rapid.SampledFrom(slices.Sorted(maps.Keys(verbs))).Draw(t, "event"), Step{Who: cast[who], Now: k.now})
}

func (k *walk) ring(t *rapid.T) {
	at := k.w.NextAlarm(Policy{})
	if at == nil {
		return
	}
	if at.After(k.now) {
		k.now = *at
	}
	do, err := k.w.Ring(Step{Who: cast["system"], Now: k.now})
	if err != nil {
		t.Fatalf("alarm %s in %s: %v", do, k.w.State, err)
	}
}

// pair is somebody and what is possible to him.
type pair struct {
	who   string
	event WishEvent
}

// pairs returns all that is possible; what ends a wish only if it may.
func (k *walk) pairs(end bool) []pair {
	endings := []WishEvent{WishCancel, WishReject, WishTransfer, WishConfirm, WishExpire, WishRevoke, WishRelease}
	var all []pair
	for _, who := range everybody() {
		for _, e := range k.w.Possible(cast[who], k.now) {
			if end || !slices.Contains(endings, e) {
				all = append(all, pair{who, e})
			}
		}
	}
	return all
}

// holds checks what is true of every wish.
func (k *walk) holds(t *rapid.T, before *Wish) {
	w := k.w
	must := func(what string, is bool) {
		if !is {
			t.Fatalf("%s does not hold after %s:\n%+v", what, before.State, *w)
		}
	}
	final := w.State.Final()
	must("the version is the store's", w.Version == before.Version)
	must("what is open is offered, and nothing else", (w.PoolOrgID != 0) == (w.State == WishOpen))
	must("somebody has to see to it", (w.QueueOrgID == 0) == (final || w.State == WishDraft))
	must("it has a time until it is over", (w.DueAt == nil) == final)
	must("it has an alarm, or is red with the township",
		final || w.NextAlarm(Policy{}) != nil || w.QueueOrgID == 2 && w.Light == Red)
	must("what is over has no light but green", !final || w.Light == Green)

	at := w.State
	if at == WishSuspended {
		at = w.SuspendedFrom
		must("a suspension ends", w.ResumeOn != nil && w.HeldDue != nil && w.HeldClock != nil)
	} else if !final {
		must("what is not suspended holds nothing back", w.SuspendedFrom == "" && w.HeldDue == nil && w.ResumeOn == nil)
	}
	switch at {
	case WishClaimed, WishInService, WishReported, WishAwaiting, WishRework, WishClosed:
		must("who is at work is known", w.ClaimID != 0 && w.ClaimerID != 0 && w.Team.Has(w.ClaimerID))
	case WishUnfulfilled, WishCancelled: // the claim that it ended with, if any
	default:
		must("nobody is at work", w.ClaimID == 0 && w.ClaimerID == 0 && w.ClaimOrgID == 0 && w.Team == "" && !w.GoodsHanded)
	}
	must("an order has a target", at != WishDispatched || w.DispatchID != 0 && (w.TargetOrgID != 0) != (w.TargetUserID != 0))
	if w.State != before.State {
		must("nobody has asked yet", w.FailBy == 0 && w.FailReason == "" && w.ExtendUntil == nil && w.ExtendReason == "")
	}
	must("a judgement is on what is closed", w.Stars == 0 || w.State == WishClosed)
	must("goods in hand are not open", !w.GoodsHanded || w.State != WishOpen && w.State != WishCancelled)
	k.possible(t)
}

// possible checks that nobody is offered what the table refuses, and that the
// staff, or who has to submit, always have a way out.
func (k *walk) possible(t *rapid.T) {
	for _, who := range everybody() {
		for _, e := range k.w.Possible(cast[who], k.now) {
			w := *k.w
			err := do(&w, e, Step{Who: cast[who], Now: k.now})
			for _, no := range []error{ErrWishState, ErrWishTaken, ErrWishWho, ErrWishNotFound, ErrWishSame, ErrWishOwn, ErrWishHanded, ErrWishReceipt, ErrWishReopen, ErrWishRounds} {
				if errors.Is(err, no) {
					t.Fatalf("%s is offered %s in %s and refused: %v", who, e, w.State, err)
				}
			}
		}
	}
	exits := k.w.Possible(cast["worker"], k.now)
	if k.w.State == WishDraft || k.w.State == WishReturned {
		exits = k.w.Possible(cast["requester"], k.now)
	}
	exits = slices.DeleteFunc(exits, func(e WishEvent) bool { return e == WishFail || e == WishKeepOn || e == WishApprove || e == WishRefuse })
	if len(exits) == 0 && !k.w.State.Final() {
		t.Fatalf("no way out of %s:\n%+v", k.w.State, *k.w)
	}
}
