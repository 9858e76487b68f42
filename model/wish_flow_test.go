package model

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// staff, helpers and residents are groups of the cast.
const (
	staff    = "worker, township, county"
	helpers  = "claimer, teammate, claim liaison"
	targets  = "target, target liaison"
	judges   = "beneficiary, proxy"
	everyday = "draft, returned, submitted, open, dispatched"
)

// loop is the table of the domain, written down once more by hand: from where
// to where an event leads, and who can cause it. "=" stays, "<" goes back.
var loop = []struct{ event, from, to, who string }{
	{"submit", "draft, returned", "submitted", "requester"},
	{"return", "submitted", "returned", staff},
	{"reject", "submitted", "rejected", staff},
	{"transfer", "submitted, open", "transferred", staff},
	{"publish", "submitted", "open", staff},
	{"dispatch", "submitted, open", "dispatched", staff},
	{"accept", "dispatched", "claimed", targets},
	{"decline", "dispatched", "open", targets},
	{"withdraw", "dispatched", "open", staff},
	{"claim", "open", "claimed", "candidate"},
	{"appoint", "claimed", "=", helpers},
	{"start", "claimed", "in_service", helpers},
	{"hand_goods", "in_service, rework", "=", helpers},
	{"extend", "claimed, in_service", "=", helpers},
	{"approve_extension", "claimed, in_service", "=", staff},
	{"refuse_extension", "claimed, in_service", "=", staff},
	{"release", "claimed, in_service", "open", helpers},
	{"revoke", "claimed, in_service, rework", "open", staff},
	{"revoke", "in_service", "open", "system"},
	{"suspend", "submitted, returned, open, dispatched, claimed, in_service, reported, awaiting_evaluation, rework", "suspended", staff},
	{"resume", "suspended", "<", staff},
	{"report", "in_service, rework", "reported", helpers},
	{"verify", "reported", "awaiting_evaluation", staff},
	{"send_back", "reported", "rework", staff},
	{"evaluate", "awaiting_evaluation", "closed", judges},
	{"rework", "awaiting_evaluation", "rework", staff + ", " + judges},
	{"fail", "open, claimed, in_service, rework, suspended", "=", staff},
	{"confirm_fail", "open, claimed, in_service, rework, suspended", "unfulfilled", staff},
	{"refuse_fail", "open, claimed, in_service, rework, suspended", "=", staff},
	{"cancel", everyday, "cancelled", "requester, " + judges},
	{"cancel", "draft, returned", "cancelled", "system"},
	{"cancel", "claimed, in_service, rework, suspended", "cancelled", staff},
	{"reopen", "closed", "rework", judges + ", " + staff},

	{"time_out", "dispatched", "open", "system"},
	{"expire", "claimed", "open", "system"},
	{"pass", "reported", "awaiting_evaluation", "system"},
	{"lapse", "awaiting_evaluation", "closed", "system"},
}

// sight says in which states who sees a wish; the others never do.
var sight = map[string]func(WishState) bool{
	"requester": always, "beneficiary": always, "proxy": always, "system": always,
	"worker": submitted, "township": submitted, "county": submitted, "grid worker": submitted, "auditor": submitted,
	"claimer": inHand, "teammate": inHand, "claim liaison": inHand,
	"target": ordered, "target liaison": ordered,
	"candidate": func(s WishState) bool { return s == WishOpen },
}

func always(WishState) bool      { return true }
func submitted(s WishState) bool { return s != WishDraft }
func ordered(s WishState) bool   { return s == WishDispatched }
func inHand(s WishState) bool    { return slices.Contains(claimed, s) }

func lists(list, word string) bool { return slices.Contains(strings.Split(list, ", "), word) }

// verdict is what the table says to who, who does e in state, and where it
// leads to.
func verdict(e WishEvent, state WishState, who string) (WishState, error) {
	sees := sight[who]
	if sees == nil || !sees(state) {
		if e == WishClaim && who == "candidate" && inHand(state) {
			return "", ErrWishTaken
		}
		if e == WishClaim && who == "candidate" && state == WishDispatched {
			return "", ErrWishState
		}
		return "", ErrWishNotFound
	}
	var here, ever, comesAndGoes bool
	for _, row := range loop {
		if row.event != string(e) {
			continue
		}
		at := lists(row.from, string(state))
		if at && lists(row.who, who) {
			return WishState(row.to), nil
		}
		here = here || at
		ever = ever || lists(row.who, who)
		comesAndGoes = comesAndGoes || row.who == helpers || row.who == targets || row.who == "candidate"
	}
	switch {
	case !ever && (here || !comesAndGoes):
		return "", ErrWishWho
	case e == WishClaim && inHand(state):
		return "", ErrWishTaken
	}
	return "", ErrWishState
}

// ready gives w what e works on, so that only the table can say no.
func ready(w *Wish, e WishEvent, who string) {
	switch until := noon.Add(time.Hour); e {
	case WishApprove, WishRefuse:
		w.ExtendUntil = &until
	case WishConfirm, WishKeepOn:
		w.FailBy, w.FailReason = 99, "买不到"
	case WishHandGoods:
		w.Kind = WishGoods
	}
	if who == "target" && w.State == WishDispatched {
		w.TargetOrgID, w.TargetUserID = 0, cast["target"].UserID
	}
}

func TestTheLoopIsTheTableOfTheDomain(t *testing.T) {
	checked := 0
	for e := range verbs {
		for _, state := range WishStates() {
			for _, who := range everybody() {
				w := wishIn(state)
				ready(w, e, who)
				before := *w
				to, want := verdict(e, state, who)
				err := do(w, e, step(who, 1))
				checked++
				switch {
				case !errors.Is(err, want):
					t.Errorf("%s by %s in %s: %v, want %v", e, who, state, err, want)
				case want != nil && *w != before:
					t.Errorf("%s by %s in %s was refused and left its mark", e, who, state)
				case want == nil && w.State != lead(&before, to):
					t.Errorf("%s by %s in %s leads to %s, want %s", e, who, state, w.State, to)
				case w.Version != before.Version:
					t.Errorf("%s by %s in %s counts the version, which the store does", e, who, state)
				}
			}
		}
	}
	if want := 34 * 16 * 24; checked != want {
		t.Errorf("%d cases, want %d", checked, want)
	}
}

// lead returns the state that "=" and "<" stand for.
func lead(w *Wish, to WishState) WishState {
	switch to {
	case "=":
		return w.State
	case "<":
		return w.SuspendedFrom
	}
	return to
}

func TestEveryEventAndStateIsNamed(t *testing.T) {
	for e := range verbs {
		if e.Title() == string(e) {
			t.Errorf("%s has no title", e)
		}
		known := slices.ContainsFunc(loop, func(r struct{ event, from, to, who string }) bool { return r.event == string(e) })
		if !known {
			t.Errorf("%s is not in the table of the domain", e)
		}
	}
	for _, s := range WishStates() {
		if s.Title() == "" {
			t.Errorf("%s has no title", s)
		}
	}
	if WishState("lost").Title() != "" || WishEvent("lose").Title() != "" {
		t.Error("what is not in the table has a title")
	}
}

func TestPeopleCauseThirtyEvents(t *testing.T) {
	all := WishEvents()
	for _, e := range []WishEvent{WishTimeOut, WishExpire, WishPass, WishLapse} {
		if slices.Contains(all, e) {
			t.Errorf("%s is the system's alone", e)
		}
	}
	if len(all) != 30 {
		t.Errorf("%d events: %v", len(all), all)
	}
}

func TestArrowsLeadWhereVerbsLead(t *testing.T) {
	arrows := WishArrows()
	for _, a := range arrows {
		row := slices.ContainsFunc(loop, func(r struct{ event, from, to, who string }) bool {
			to := r.to == string(a.To) || r.to == "=" && a.From == a.To || r.to == "<" && a.From == WishSuspended
			return r.event == string(a.Event) && lists(r.from, string(a.From)) && to
		})
		if !row {
			t.Errorf("%s leads from %s to %s, which the domain does not know", a.Event, a.From, a.To)
		}
	}
	for _, s := range WishStates() {
		out := slices.ContainsFunc(arrows, func(a Arrow) bool { return a.From == s && a.To != s })
		if out == (s.Final() && s != WishClosed) {
			t.Errorf("%s: a way out is %v", s, out)
		}
	}
}
