package model

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// TestWhatTheTownshipHasOfRoundsItKeeps: after too many rounds no report brings
// a wish back to the community's desk, and only the township orders another.
func TestWhatTheTownshipHasOfRoundsItKeeps(t *testing.T) {
	w := wishIn(WishReported)
	w.ReworkRounds = 2
	mustDo(t, w, step("", 0), "worker", WishSendBack, "claimer", WishReport)
	if w.QueueOrgID != 2 || !w.WithTownship {
		t.Fatalf("reported for the third time into queue %d", w.QueueOrgID)
	}
	try := func(who string, e WishEvent, want error) {
		t.Helper()
		copied := *w
		offered := slices.Contains(w.Possible(cast[who], noon), e)
		if err := do(&copied, e, step(who, 0)); !errors.Is(err, want) || offered != (want == nil) {
			t.Errorf("%s by the %s in %s: %v, offered %v", e, who, w.State, err, offered)
		}
	}
	try("worker", WishSendBack, ErrWishRounds)
	try("township", WishSendBack, nil)
	try("county", WishSendBack, nil)
	try("worker", WishVerify, nil)
	mustDo(t, w, step("", 0), "worker", WishVerify)
	if w.QueueOrgID != 2 {
		t.Errorf("verified into queue %d", w.QueueOrgID)
	}
	try("worker", WishRedo, ErrWishRounds)
	try("beneficiary", WishRedo, ErrWishRounds)
	try("township", WishRedo, nil)
	mustDo(t, w, step("", 0), "beneficiary", WishEvaluate)
	try("worker", WishReopen, ErrWishReopen)
	try("township", WishReopen, nil)
	try("beneficiary", WishReopen, nil)
	if w.QueueOrgID != 0 {
		t.Errorf("closed in queue %d", w.QueueOrgID)
	}
}

func TestReworkHasWaysOut(t *testing.T) {
	for _, kind := range []WishKind{WishService, WishGoods} {
		for _, way := range [][]any{
			{"worker", WishCancel},
			{"worker", WishRevoke},
			{"worker", WishFail, "township", WishConfirm},
			{"worker", WishFail, "township", WishKeepOn},
			{"worker", WishSuspend, "worker", WishResume},
		} {
			w := wishIn(WishReported)
			if w.Kind = kind; kind == WishGoods {
				handed(w)
			}
			mustDo(t, w, step("", 0), "worker", WishSendBack)
			mustDo(t, w, step("", time.Hour), way...)
		}
	}
}

// TestGoodsOfAnotherRoundAreHandedOverAnew: neither is a receipt of what was not
// right good for what comes next, nor does it keep the wish from another.
func TestGoodsOfAnotherRoundAreHandedOverAnew(t *testing.T) {
	for _, again := range []struct {
		state WishState
		who   string
		e     WishEvent
	}{{WishReported, "worker", WishSendBack}, {WishAwaiting, "beneficiary", WishRedo}, {WishClosed, "beneficiary", WishReopen}} {
		w := wishIn(again.state)
		handed(w)
		mustDo(t, w, step("", 0), again.who, again.e)
		if err := do(w, WishReport, step("claimer", 0)); !errors.Is(err, ErrWishReceipt) {
			t.Errorf("after %s reported without a receipt: %v", again.e, err)
		}
		if !slices.Contains(w.Possible(cast["claimer"], noon), WishHandGoods) {
			t.Errorf("after %s the claimer may not hand over", again.e)
		}
		mustDo(t, w, step("", 0), "claimer", WishHandGoods, "claimer", WishReport)
	}
}

// TestWhatIsSuspendedIsCancelledByWhoCouldHave: a suspension neither keeps who
// asks from taking back what nobody has taken, nor lets him take back the rest.
func TestWhatIsSuspendedIsCancelledByWhoCouldHave(t *testing.T) {
	for _, from := range suspendable {
		for _, who := range []string{"requester", "beneficiary", "worker"} {
			w := wishIn(from)
			mustDo(t, w, step("", 0), "worker", WishSuspend)
			free := who == "worker" || !inHand(from)
			offered := slices.Contains(w.Possible(cast[who], noon), WishCancel)
			err := do(w, WishCancel, step(who, 0))
			if offered != free || (err == nil) != free || err != nil && !errors.Is(err, ErrWishState) {
				t.Errorf("suspended from %s, cancelled by the %s: %v, offered %v", from, who, err, offered)
			}
		}
	}
}

func TestARejectionHasACode(t *testing.T) {
	for _, c := range RejectCodes() {
		w := wishIn(WishSubmitted)
		if err := w.Reject(step("worker", 0), c, "说明", "下一步"); err != nil || w.RejectCode != c {
			t.Errorf("%s: %v", c, err)
		}
	}
	w := wishIn(WishSubmitted)
	if err := w.Reject(step("worker", 0), "because", "说明", "下一步"); !errors.Is(err, ErrWishRejectCode) || w.State != WishSubmitted {
		t.Errorf("for no reason: %v", err)
	}
}
