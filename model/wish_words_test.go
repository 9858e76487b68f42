package model

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEveryStateIsSaidInPlainWords(t *testing.T) {
	for _, s := range WishStates() {
		w := wishIn(s)
		for _, r := range []Relation{BeneficiaryRel, Requester, Worker, Observer, Claimer} {
			silent := s == WishDraft && r != BeneficiaryRel && r != Requester || r == Claimer && !inHand(s)
			if w.StatusText(noon) == "" || w.NextStep(r, noon) == "" && !silent {
				t.Errorf("%s tells the %s nothing", s, r.Name())
			}
		}
		w.Light = Red
		if said := strings.Contains(w.StatusText(noon.Add(48*time.Hour)), "超过时限"); said == s.Final() {
			t.Errorf("%s in red says %q", s, w.StatusText(noon))
		}
		if strings.Contains(w.StatusText(noon), "超过时限") {
			t.Errorf("%s in time says %q", s, w.StatusText(noon))
		}
	}
}

func TestWordsFitTheWish(t *testing.T) {
	at := noon.Add(5 * time.Hour)
	tests := []struct {
		name  string
		state WishState
		with  func(*Wish)
		says  string
	}{
		{"when somebody comes", WishClaimed, func(w *Wish) { w.AppointmentAt = &at }, "约在7月1日 17:00"},
		{"when it goes on", WishSuspended, func(w *Wish) { w.ResumeOn = &at }, "7月1日 17:00恢复"},
		{"that nobody judged", WishClosed, func(w *Wish) { w.Stars = 0 }, "没有收到评价"},
		{"that the township has it, though it is not late", WishOpen, func(w *Wish) { w.escalate() }, "正在等人认领。已由乡镇（街道）接手。"},
		{"that it is late", WishOpen, func(w *Wish) { w.Light, w.DueAt = Red, &noon }, "已经超过时限, 正在督促。"},
		{"that nobody verified", WishAwaiting, func(w *Wish) { w.Unverified = true }, "未及时核实"},
	}
	for _, tt := range tests {
		w := wishIn(tt.state)
		tt.with(w)
		if got := w.StatusText(noon); !strings.Contains(got, tt.says) {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}

func TestTheNextStepFitsWhoReads(t *testing.T) {
	past := noon.Add(-1)
	tests := []struct {
		name  string
		state WishState
		with  func(*Wish)
		r     Relation
		says  string
	}{
		{"the resident before the helper", WishInService, nil, BeneficiaryRel | Claimer, "请您评价"},
		{"who ordered on duty looks after it", WishSubmitted, nil, Requester | Worker, "请审核"},
		{"and is not asked to judge", WishAwaiting, nil, Requester | Worker, "等待居民评价"},
		{"nor as a grid worker", WishAwaiting, nil, Requester | Observer, "等待居民评价"},
		{"but mends what was returned", WishReturned, nil, Requester | Worker, "补充后再次提交"},
		{"an auditor watches", WishSubmitted, nil, Observer, "等待社区审核"},
		{"what can no more be reopened is not said to be", WishClosed, func(w *Wish) { w.ReopenUntil = &past }, BeneficiaryRel, "谢谢您的参与。"},
		{"what can is", WishClosed, nil, BeneficiaryRel, "重新办理"},
		{"goods are handed over first", WishInService, goods, Claimer, "登记交付"},
		{"and then shown", WishInService, handed, Claimer, "晒单"},
		{"a second worker is asked", WishInService, func(w *Wish) { w.FailBy = 9 }, Worker, "另一位工作人员"},
		{"who could claim it is invited", WishOpen, nil, Candidate, "认领"},
		{"nothing is promised twice", WishClosed, func(w *Wish) { w.Reopened = 1 }, Proxy, "谢谢您的参与。"},
	}
	for _, tt := range tests {
		w := wishIn(tt.state)
		if tt.with != nil {
			tt.with(w)
		}
		if got := w.NextStep(tt.r, noon); !strings.Contains(got, tt.says) {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
	if got := wishIn(WishClosed).NextStep(0, noon); got != "" {
		t.Errorf("a stranger is told %q", got)
	}
}

func TestEveryAlarmIsTold(t *testing.T) {
	for state, alarms := range wishClocks {
		for _, a := range alarms {
			w := wishIn(state)
			w.Reason = "系统说明"
			if got := w.Told(a.do); got == "" || strings.ContainsAny(got, "abcdefghijklmnopqrstuvwxyz") {
				t.Errorf("%s in %s tells %q", a.do, state, got)
			}
		}
	}
	for state, who := range map[WishState]string{WishAwaiting: "点单人", WishClaimed: "接单人", WishSubmitted: "社区"} {
		if got := wishIn(state).Told(AlarmAmber); !strings.Contains(got, who) {
			t.Errorf("%s reminds in %q", state, got)
		}
	}
}

func TestRelationsHaveNames(t *testing.T) {
	var all Relation
	for r := Requester; r <= System; r <<= 1 {
		if r.Name() == "" || len(r.Titles()) != 1 {
			t.Errorf("%d: %q, %v", r, r.Name(), r.Titles())
		}
		all |= r
	}
	if all.Name() != "system" || len(all.Titles()) != 9 || Relation(0).Name() != "" {
		t.Errorf("all together: %q, %v", all.Name(), all.Titles())
	}
	if got := (Requester | Proxy).Titles(); !slices.Equal(got, []string{"点单人", "代办人"}) {
		t.Errorf("titles: %v", got)
	}
}

func TestEveryLineOfHistoryHasAName(t *testing.T) {
	lines := []string{"order", "edit"}
	for _, a := range WishArrows() {
		lines = append(lines, string(a.Event))
	}
	for _, alarms := range wishClocks {
		for _, a := range alarms {
			lines = append(lines, string(a.do))
		}
	}
	for _, k := range []TaskKind{TaskDecide, TaskCall, TaskOverdue, TaskTakeOver} {
		lines = append(lines, "task."+string(k))
	}
	for _, name := range lines {
		if title := WishEvent(name).Title(); title == "" || title == name {
			t.Errorf("%s is called %q", name, title)
		}
	}
}
