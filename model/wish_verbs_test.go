package model

import (
	"slices"
	"testing"
	"time"
)

func TestAWishFromDraftToPraise(t *testing.T) {
	w := wishIn(WishDraft)
	mustDo(t, w, step("", time.Hour), "requester", WishSubmit, "worker", WishReturn, "requester", WishSubmit,
		"worker", WishPublish, "candidate", WishClaim, "candidate", WishAppoint, "candidate", WishStart,
		"candidate", WishReport, "worker", WishVerify, "beneficiary", WishEvaluate)
	switch {
	case w.State != WishClosed || w.Stars != 4 || w.Solved != SolvedYes || w.Minutes != 40 || w.Unverified:
		t.Errorf("ended as %s with %d stars, solved %s", w.State, w.Stars, w.Solved)
	case w.Difficulty != Medium || w.SubmittedAt == nil || w.StartedAt == nil || w.AppointmentAt == nil:
		t.Errorf("the way has left no trace: %+v", w)
	case w.QueueOrgID != 0 || w.DueAt != nil || w.ClosedAt == nil || !w.AppealUntil.Equal(noon.Add(time.Hour).AddDate(0, 0, 7)):
		t.Errorf("it is over and somebody still has to act: %+v", w)
	}
}

func TestAReasonIsToldAndForgotten(t *testing.T) {
	w := wishIn(WishSubmitted)
	mustDo(t, w, step("", 0), "worker", WishReturn)
	if w.Reason != "看不明白" || w.NextHint != "请写明地点" {
		t.Errorf("told %q, %q", w.Reason, w.NextHint)
	}
	mustDo(t, w, step("", 0), "requester", WishSubmit)
	if w.Reason != "" || w.NextHint != "" {
		t.Errorf("still told %q, %q", w.Reason, w.NextHint)
	}
	mustDo(t, w, step("", 0), "worker", WishReject)
	if w.Reason != "不属于微心愿" || w.NextHint != "请拨打 12345" || w.AppealUntil == nil {
		t.Errorf("told %q, %q until %v", w.Reason, w.NextHint, w.AppealUntil)
	}
}

func TestThreeFailuresBringTheTownship(t *testing.T) {
	w := wishIn(WishSubmitted)
	for i, e := range []WishEvent{WishDecline, WishWithdraw, WishTimeOut, WishDecline} {
		by := map[WishEvent]string{WishDecline: "target liaison", WishWithdraw: "worker", WishTimeOut: "system"}[e]
		mustDo(t, w, step("", 0), "worker", WishDispatch, by, e)
		if over := i == 3; w.TakenOver(Policy{}) != over || (w.QueueOrgID == 2) != over || (w.Light == Red) != over {
			t.Errorf("after %s: %d failures, queue %d, %s", e, w.DispatchFailures, w.QueueOrgID, w.Light)
		}
		if w.State != WishOpen || w.PoolOrgID != 3 || w.DispatchID != 0 || w.TargetOrgID != 0 {
			t.Errorf("after %s it is not open to all: %+v", e, w)
		}
	}
	mustDo(t, w, step("", 0), "township", WishDispatch, "target liaison", WishAccept)
	if w.DispatchFailures != 0 || w.QueueOrgID != 3 {
		t.Errorf("accepted, with %d failures in queue %d", w.DispatchFailures, w.QueueOrgID)
	}
}

func TestAClaimThatEndsLeavesNothingBehind(t *testing.T) {
	for _, way := range []struct {
		who string
		e   WishEvent
	}{{"claimer", WishRelease}, {"worker", WishRevoke}, {"system", WishRevoke}} {
		w := wishIn(WishInService)
		w.Extensions, w.AppointmentAt, w.StartedAt, w.ReportText, w.Minutes = 2, &noon, &noon, "半途", 5
		mustDo(t, w, step("", 0), way.who, way.e)
		want := wishIn(WishOpen)
		want.Reason = w.Reason
		want.DueAt = w.DueAt
		if *w != *want || w.Reason == "" {
			t.Errorf("%s by %s leaves %+v", way.e, way.who, w)
		}
	}
}

func TestThreeRoundsBringTheTownship(t *testing.T) {
	w := wishIn(WishReported)
	rounds := []struct {
		pairs []any
		queue int64
		light Light
	}{
		{[]any{"worker", WishSendBack}, 3, Green},
		{[]any{"claimer", WishReport, "worker", WishVerify, "beneficiary", WishRedo}, 3, Green},
		{[]any{"claimer", WishReport, "worker", WishVerify, "worker", WishRedo}, 2, Red},
		{[]any{"claimer", WishReport, "worker", WishVerify, "proxy", WishEvaluate, "proxy", WishReopen}, 2, Red},
	}
	for i, r := range rounds {
		mustDo(t, w, step("", 0), r.pairs...)
		if w.State != WishRework || w.ReworkRounds != int64(i+1) || w.QueueOrgID != r.queue || w.Light != r.light {
			t.Errorf("round %d: %s, queue %d, %s", w.ReworkRounds, w.State, w.QueueOrgID, w.Light)
		}
	}
}

func TestAReopenedWishIsJudgedAnew(t *testing.T) {
	w := wishIn(WishClosed)
	mustDo(t, w, step("", 24*time.Hour), "worker", WishReopen)
	if w.Stars != 0 || w.Solved != "" || w.ClosedAt != nil || w.ClaimID != 602 || w.ClaimerID != 14 || w.Reopened != 0 {
		t.Errorf("reopened by a worker: %+v", w)
	}
	mustDo(t, w, step("", 48*time.Hour), "claimer", WishReport, "worker", WishVerify, "beneficiary", WishEvaluate, "proxy", WishReopen)
	if w.Reopened != 1 {
		t.Errorf("the resident's one time is counted %d", w.Reopened)
	}
	mustDo(t, w, step("", 72*time.Hour), "claimer", WishReport, "worker", WishVerify, "beneficiary", WishEvaluate)
	if slices.Contains(w.Possible(cast["beneficiary"], noon), WishReopen) || !slices.Contains(w.Possible(cast["worker"], noon), WishReopen) {
		t.Error("the resident reopens once, the worker as often as it takes")
	}
}

func TestGivingUpTakesTwo(t *testing.T) {
	w := wishIn(WishInService)
	mustDo(t, w, step("", 0), "worker", WishFail)
	if w.State != WishInService || w.FailBy != 19 {
		t.Fatalf("asked by %d in %s", w.FailBy, w.State)
	}
	kept := *w
	mustDo(t, &kept, step("", 0), "township", WishKeepOn)
	if kept.FailBy != 0 || kept.FailReason != "" || kept.State != WishInService {
		t.Errorf("going on: %+v", kept)
	}
	mustDo(t, w, step("", 0), "township", WishConfirm)
	if w.State != WishUnfulfilled || w.Reason != "买不到" || w.AppealUntil == nil || w.FailBy != 0 {
		t.Errorf("given up: %+v", w)
	}
}

func TestHistoryNamesThePartInWhichOneActs(t *testing.T) {
	both := person(11, below(RoleWorker, community))
	helper := person(14, below(RoleWorker, community))
	tests := []struct {
		name  string
		state WishState
		event WishEvent
		who   Actor
		want  string
	}{
		{"a worker withdraws his own wish as who asked for it", WishOpen, WishCancel, both, "requester"},
		{"and a claimed one as a worker", WishClaimed, WishCancel, both, "worker"},
		{"a claimer who is a worker reports as the claimer", WishInService, WishReport, helper, "claimer"},
		{"a timer is the system", WishAwaiting, WishLapse, SystemActor(1), "system"},
		{"a beneficiary judges", WishAwaiting, WishEvaluate, cast["beneficiary"], "beneficiary"},
		{"a proxy judges", WishAwaiting, WishEvaluate, cast["proxy"], "proxy"},
		{"what is no event is done in the foremost part", WishOpen, "edit", cast["grid worker"], "observer"},
		{"a stranger has no part", WishOpen, WishClaim, cast["stranger"], ""},
	}
	for _, tt := range tests {
		if got := wishIn(tt.state).PartIn(tt.event, tt.who); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
