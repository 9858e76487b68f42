package model

import "testing"

func TestAWishHasOneLiveOrder(t *testing.T) {
	w := wishIn(WishSubmitted)
	mustDo(t, w, step("", 0), "worker", WishDispatch)
	d := NewDispatch(w, cast["worker"], "请尽快", noon)
	if d.ID != 701 || d.State != DispatchPending || *d.ActiveKey != w.ID || d.TargetOrgID != 8 || d.DispatchedBy != 19 {
		t.Errorf("ordered: %+v", d)
	}
	d.End(DispatchDeclined, "没有人手", noon)
	if d.State != DispatchDeclined || d.ActiveKey != nil || !d.EndedAt.Equal(noon) || d.Reason != "没有人手" {
		t.Errorf("declined: %+v", d)
	}
}

func TestAClaimTakesOneOfItsClaimersPlaces(t *testing.T) {
	w := wishIn(WishClaimed)
	tests := []struct {
		name string
		org  int64
		slot int
		want string
	}{
		{"a person's second", 0, 2, "u14:2"},
		{"a unit's first", 9, 1, "o9:1"},
		{"an order takes none", 9, 0, ""},
	}
	for _, tt := range tests {
		w.ClaimOrgID = tt.org
		c := NewClaim(w, tt.slot, noon)
		if got := c.SlotKey; (got == nil) != (tt.want == "") || got != nil && *got != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, got, tt.want)
		}
		if c.ID != 600 || *c.ActiveKey != w.ID || c.State != ClaimActive || c.Team != w.Team {
			t.Errorf("%s: %+v", tt.name, c)
		}
		c.End(ClaimReleased, "家里有事", true, noon)
		if c.ActiveKey != nil || c.SlotKey != nil || !c.Late || c.State != ClaimReleased {
			t.Errorf("%s keeps its place: %+v", tt.name, c)
		}
	}
}

func TestAJudgementIsOnItsWay(t *testing.T) {
	tests := []struct {
		stars int64
		flags []string
		want  EvaluationState
	}{
		{5, nil, EvaluationSubmitted},
		{1, []string{"low_stars"}, EvaluationUnderReview},
		{0, []string{"by_proxy"}, EvaluationUnrated},
	}
	for _, tt := range tests {
		e := Evaluation{Stars: tt.stars}
		if e.Open(tt.flags); e.State != tt.want {
			t.Errorf("%d stars with %v: %s", tt.stars, tt.flags, e.State)
		}
		if e.Remove(); e.State != EvaluationRemoved {
			t.Errorf("removed: %s", e.State)
		}
	}
}

func TestATaskBelongsToTheQueueOfItsWish(t *testing.T) {
	w := wishIn(WishOpen)
	w.escalate()
	k := NewTask(800, w, TaskTakeOver, noon)
	if k.OrgID != 2 || *k.ActiveKey != "500:take_over" || !k.Open || len(*k.ActiveKey) > 48 {
		t.Errorf("a task: %+v", k)
	}
	k.Finish(cast["township"], "已电话联系", noon)
	if k.Open || k.ActiveKey != nil || k.DoneBy != 20 || k.Outcome != "已电话联系" || k.DoneAt == nil {
		t.Errorf("finished: %+v", k)
	}
}
