package model

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"dandelion/internal/fault"
)

func TestARefusalByStateSaysWhereTheWishIsAndWhatIsPossible(t *testing.T) {
	tests := []struct {
		name  string
		state WishState
		event WishEvent
		who   string
		says  []string
	}{
		{"a report cannot be verified twice", WishAwaiting, WishVerify, "worker", []string{"待评单", "核实", "返工"}},
		{"a draft cannot be evaluated", WishDraft, WishEvaluate, "beneficiary", []string{"草稿", "评单", "撤回"}},
		{"service cannot start before the claim", WishDispatched, WishStart, "target liaison", []string{"已派单", "开始服务", "接受派单、谢绝派单"}},
		{"what is claimed is withdrawn only by a worker", WishClaimed, WishCancel, "requester", []string{"已接单", "撤回", "无"}},
		{"nothing is possible with what is over", WishRejected, WishPublish, "worker", []string{"不予受理", "发布", "无"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := wishIn(tt.state)
			err := do(w, tt.event, step(tt.who, 1))
			f := fault.Of(err)
			if !errors.Is(err, ErrWishState) || f.Kind != fault.Conflict || f.Params["state"] != tt.state {
				t.Fatalf("refused with %v %+v", err, f)
			}
			for _, word := range tt.says {
				if !strings.Contains(f.Message, word) {
					t.Errorf("%q does not say %q", f.Message, word)
				}
			}
			if got := f.Params["possible"].([]WishEvent); !slices.Equal(got, w.Possible(cast[tt.who], noon)) {
				t.Errorf("possible: %v", got)
			}
		})
	}
}

func TestWhoLosesTheRaceIsToldThatItIsTaken(t *testing.T) {
	for _, state := range claimed {
		w := wishIn(state)
		err := w.Claim(step("candidate", 1), 601, 0, nil)
		if !errors.Is(err, ErrWishTaken) || fault.Of(err).Params["state"] != state {
			t.Errorf("a late claim in %s: %v", state, err)
		}
		if err := w.Start(step("candidate", 1)); !errors.Is(err, ErrWishNotFound) {
			t.Errorf("a candidate of once starts in %s: %v", state, err)
		}
		if err := w.Claim(step("neighbour", 1), 601, 0, nil); !errors.Is(err, ErrWishNotFound) {
			t.Errorf("who was never offered it claims in %s: %v", state, err)
		}
	}
	w := wishIn(WishClaimed)
	w.Scope = ScopeTownship
	if err := w.Claim(step("neighbour", 1), 601, 0, nil); !errors.Is(err, ErrWishTaken) {
		t.Errorf("who was offered it in the township: %v", err)
	}
}

func TestDutiesAreKeptApart(t *testing.T) {
	volunteer, worker := below(RoleVolunteer, community), below(RoleWorker, community)
	tests := []struct {
		name  string
		state WishState
		event WishEvent
		who   Actor
		want  error
	}{
		{"the claimer does not verify", WishReported, WishVerify, person(14, worker), ErrWishSame},
		{"nor send back", WishReported, WishSendBack, person(14, worker), ErrWishSame},
		{"nor does his team", WishReported, WishVerify, person(15, worker), ErrWishSame},
		{"nor who speaks for his unit", WishReported, WishVerify, person(40, worker, below(RoleLiaison, team)), ErrWishSame},
		{"another worker verifies", WishReported, WishVerify, person(41, worker), nil},
		{"the claimer grants himself no time", WishInService, WishApprove, person(14, worker), ErrWishSame},
		{"nor refuses it", WishInService, WishRefuse, person(14, worker), ErrWishSame},
		{"the claimer stops no clock", WishInService, WishSuspend, person(14, worker), ErrWishSame},
		{"nor lets it run", WishSuspended, WishResume, person(14, worker), ErrWishSame},
		{"another worker stops it", WishInService, WishSuspend, person(41, worker), nil},
		{"the claimer takes no judgement back", WishClosed, WishReopen, person(14, worker), ErrWishSame},
		{"nor does his team", WishClosed, WishReopen, person(15, worker), ErrWishSame},
		{"nor the township, if it did the work", WishClosed, WishReopen, person(14, below(RoleTownship, township)), ErrWishSame},
		{"nor does he forestall one", WishAwaiting, WishRedo, person(14, worker), ErrWishSame},
		{"another worker reopens", WishClosed, WishReopen, person(41, worker), nil},
		{"who is helped by his own unit has it done again", WishClosed, WishReopen, person(12, worker, below(RoleLiaison, team)), nil},
		{"who asked to give up does not confirm", WishInService, WishConfirm, person(99, worker), ErrWishSame},
		{"nor go on alone", WishInService, WishKeepOn, person(99, worker), ErrWishSame},
		{"the claimer does not confirm", WishInService, WishConfirm, person(14, worker), ErrWishSame},
		{"a second worker confirms", WishInService, WishConfirm, person(41, worker), nil},
		{"the requester does not claim", WishOpen, WishClaim, person(11, volunteer), ErrWishOwn},
		{"the beneficiary does not claim", WishOpen, WishClaim, person(12, volunteer), ErrWishOwn},
		{"the proxy does not claim", WishOpen, WishClaim, person(13, volunteer), ErrWishOwn},
		{"the requester does not accept for his unit", WishDispatched, WishAccept, person(11, below(RoleLiaison, unit)), ErrWishOwn},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := wishIn(tt.state)
			ready(w, tt.event, "")
			before := *w
			offered := slices.Contains(w.Possible(tt.who, noon), tt.event)
			err := do(w, tt.event, Step{Who: tt.who, Now: noon})
			if !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			if offered != (tt.want == nil) {
				t.Errorf("possible says %v", offered)
			}
			if err != nil && *w != before {
				t.Error("the refusal left its mark")
			}
		})
	}
}

func TestNobodyIsSentToHisOwnWish(t *testing.T) {
	own := []int64{11, 12, 13}
	for _, id := range own {
		w := wishIn(WishSubmitted)
		if err := w.Dispatch(step("worker", 0), 701, Order{UserID: id}); !errors.Is(err, ErrWishOwn) {
			t.Errorf("dispatched to %d: %v", id, err)
		}
		w = wishIn(WishDispatched)
		if err := w.Accept(step("target liaison", 0), 601, []int64{30, id}); !errors.Is(err, ErrWishOwn) {
			t.Errorf("named %d to go: %v", id, err)
		}
	}
}

func TestTeams(t *testing.T) {
	eleven := []int64{31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41}
	speaker := person(45, below(RoleLiaison, unit), below(RoleVolunteer, community))
	tests := []struct {
		name string
		org  int64
		team []int64
		want error
	}{
		{"a person goes alone", 0, nil, nil},
		{"a person names nobody", 0, []int64{31}, ErrWishTeam},
		{"a unit names one", 8, []int64{31}, nil},
		{"a unit names up to ten", 8, eleven[:10], nil},
		{"a unit names no more than ten", 8, eleven, ErrWishTeam},
		{"a unit names somebody", 8, nil, ErrWishTeam},
		{"nobody is named twice", 8, []int64{31, 32, 31}, ErrWishTeam},
		{"one speaks for one's own unit only", 9, []int64{31}, ErrWishWho},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := wishIn(WishOpen)
			before := *w
			err := w.Claim(Step{Who: speaker, Now: noon}, 601, tt.org, tt.team)
			if !errors.Is(err, tt.want) || err != nil && *w != before {
				t.Fatalf("%v, want %v; the wish is %+v", err, tt.want, w)
			}
			if err != nil {
				return
			}
			first := speaker.UserID
			if tt.org != 0 {
				first = tt.team[0]
			}
			if w.ClaimerID != first || w.ClaimOrgID != tt.org || !w.Team.Has(first) || w.ClaimID != 601 || w.PoolOrgID != 0 {
				t.Errorf("claimed by %d of %d with %s", w.ClaimerID, w.ClaimOrgID, w.Team)
			}
		})
	}
}

// refusals are what a verb refuses for its arguments, or for what has been
// before, in a state and from a person that are right.
func TestVerbsRefuseWhatMakesNoSense(t *testing.T) {
	h := time.Hour
	tests := []struct {
		name  string
		state WishState
		who   string
		given func(*Wish)
		verb  func(*Wish, Step) error
		want  error
	}{
		{"an order goes to somebody", WishOpen, "worker", nil, func(w *Wish, s Step) error { return w.Dispatch(s, 1, Order{}) }, ErrWishTarget},
		{"an order goes to one", WishOpen, "worker", nil, func(w *Wish, s Step) error { return w.Dispatch(s, 1, Order{8, 17}) }, ErrWishTarget},
		{"nobody comes in the past", WishClaimed, "claimer", nil, func(w *Wish, s Step) error { return w.Appoint(s, s.Now.Add(-h)) }, ErrWishDate},
		{"nobody comes in a year", WishClaimed, "claimer", nil, func(w *Wish, s Step) error { return w.Appoint(s, s.Now.AddDate(1, 0, 0)) }, ErrWishDate},
		{"a service hands over no goods", WishInService, "claimer", nil, verbs[WishHandGoods], ErrWishState},
		{"goods are handed once", WishInService, "claimer", handed, verbs[WishHandGoods], ErrWishState},
		{"goods are handed before they are shown", WishInService, "claimer", goods, verbs[WishReport], ErrWishReceipt},
		{"handed goods are not released", WishInService, "claimer", handed, verbs[WishRelease], ErrWishHanded},
		{"handed goods are not revoked", WishInService, "worker", handed, verbs[WishRevoke], ErrWishHanded},
		{"handed goods are not cancelled", WishInService, "worker", handed, verbs[WishCancel], ErrWishHanded},
		{"a service takes a minute", WishInService, "claimer", nil, func(w *Wish, s Step) error { return w.Report(s, "好", 0) }, ErrWishMinutes},
		{"a service takes no more than a day", WishInService, "claimer", nil, func(w *Wish, s Step) error { return w.Report(s, "好", 1441) }, ErrWishMinutes},
		{"more time is asked for once at a time", WishInService, "claimer", func(w *Wish) { w.ExtendUntil = &noon }, verbs[WishExtend], ErrWishAsked},
		{"more time is given twice", WishInService, "claimer", func(w *Wish) { w.Extensions = 2 }, verbs[WishExtend], ErrWishExtensions},
		{"more time is asked for in time", WishInService, "claimer", func(w *Wish) { w.DueAt = &noon }, verbs[WishExtend], ErrWishDate},
		{"more time is more", WishInService, "claimer", nil, func(w *Wish, s Step) error { return w.Extend(s, *w.DueAt, "慢") }, ErrWishDate},
		{"more time has an end", WishInService, "claimer", nil, func(w *Wish, s Step) error { return w.Extend(s, w.DueAt.AddDate(0, 2, 0), "慢") }, ErrWishDate},
		{"time that is over is not given", WishInService, "worker", func(w *Wish) { w.ExtendUntil = &noon }, verbs[WishApprove], ErrWishDate},
		{"what nobody asked is not granted", WishInService, "worker", nil, verbs[WishApprove], ErrWishNoRequest},
		{"nor refused", WishInService, "worker", nil, verbs[WishRefuse], ErrWishNoRequest},
		{"nobody asked to give up", WishInService, "worker", nil, verbs[WishConfirm], ErrWishNoRequest},
		{"so nobody goes on", WishInService, "worker", nil, verbs[WishKeepOn], ErrWishNoRequest},
		{"giving up is asked once", WishInService, "worker", func(w *Wish) { w.FailBy = 99 }, verbs[WishFail], ErrWishAsked},
		{"a suspension ends later than now", WishOpen, "worker", nil, func(w *Wish, s Step) error { return w.Suspend(s, s.Now, "等") }, ErrWishDate},
		{"a suspension ends in a month", WishOpen, "worker", nil, func(w *Wish, s Step) error { return w.Suspend(s, s.Now.Add(30*24*h+1), "等") }, ErrWishDate},
		{"a judgement has a star", WishAwaiting, "beneficiary", nil, func(w *Wish, s Step) error { return w.Evaluate(s, 0, SolvedYes) }, ErrWishEvaluation},
		{"a judgement has five stars at most", WishAwaiting, "proxy", nil, func(w *Wish, s Step) error { return w.Evaluate(s, 6, SolvedYes) }, ErrWishEvaluation},
		{"a judgement says whether it is solved", WishAwaiting, "proxy", nil, func(w *Wish, s Step) error { return w.Evaluate(s, 5, "") }, ErrWishEvaluation},
		{"the resident has it done again once", WishClosed, "beneficiary", func(w *Wish) { w.Reopened = 1 }, verbs[WishReopen], ErrWishReopen},
		{"a fortnight later it stays closed", WishClosed, "beneficiary", func(w *Wish) { at := noon.AddDate(0, 0, -1); w.ReopenUntil = &at }, verbs[WishReopen], ErrWishReopen},
		{"for a worker too", WishClosed, "worker", func(w *Wish) { at := noon.AddDate(0, 0, -1); w.ReopenUntil = &at }, verbs[WishReopen], ErrWishReopen},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := wishIn(tt.state)
			if tt.given != nil {
				tt.given(w)
			}
			before := *w
			if err := tt.verb(w, step(tt.who, h)); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			if *w != before {
				t.Error("the refusal left its mark")
			}
		})
	}
}

func goods(w *Wish) { w.Kind = WishGoods }

func handed(w *Wish) { w.Kind, w.GoodsHanded, w.Receipt = WishGoods, true, "本人签收" }

// TestAnAppointmentCanUseTheTimeThatWasGiven: the two ways to more time do not
// overwrite each other, whichever comes first.
func TestAnAppointmentCanUseTheTimeThatWasGiven(t *testing.T) {
	w := wishIn(WishClaimed)
	s := step("", time.Hour)
	until := noon.AddDate(0, 0, 12)
	w.ExtendUntil = &until
	mustDo(t, w, s, "worker", WishApprove)
	for _, at := range []time.Time{noon.AddDate(0, 0, 11), noon.AddDate(0, 0, 2)} {
		s.Who = cast["claimer"]
		if err := w.Appoint(s, at); err != nil || w.DueAt.Before(until) {
			t.Errorf("appointed for %v: %v, due %v", at, err, w.DueAt)
		}
	}
	if err := w.Appoint(s, noon.AddDate(0, 0, 14)); !errors.Is(err, ErrWishDate) {
		t.Errorf("appointed beyond all: %v", err)
	}
}

func TestWhatIsTooLateIsNotOffered(t *testing.T) {
	for _, tt := range []struct {
		state WishState
		event WishEvent
		who   string
		last  time.Duration // after noon
	}{
		{WishInService, WishExtend, "claimer", 48 * time.Hour},
		{WishClaimed, WishExtend, "teammate", 48 * time.Hour},
		{WishClosed, WishReopen, "beneficiary", 15 * 24 * time.Hour},
		{WishClosed, WishReopen, "worker", 15 * 24 * time.Hour},
	} {
		for _, late := range []time.Duration{0, 1} {
			w := wishIn(tt.state)
			s := step(tt.who, tt.last+late)
			offered := slices.Contains(w.Possible(s.Who, s.Now), tt.event)
			if err := do(w, tt.event, s); offered != (late == 0) || (err == nil) != offered {
				t.Errorf("%s in %s by the %s, %v late: offered %v, and then %v", tt.event, tt.state, tt.who, late, offered, err)
			}
		}
	}
}
