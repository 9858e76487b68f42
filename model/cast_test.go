package model

import (
	"flag"
	"maps"
	"os"
	"slices"
	"testing"
	"time"
)

// TestMain keeps what random tests find out of the tree: the seed that they
// print finds it again.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("rapid.nofailfile", "true"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// The place of the tests: county 1, township 2 in it, community 3 with grid 4,
// and community 5 beside it. Unit 8 and team 9 stand under the county, so that
// their people are nobody in the community. Nobody here has id 50 or above.
const (
	county    = Path("/1/")
	township  = Path("/1/2/")
	community = Path("/1/2/3/")
	grid      = Path("/1/2/3/4/")
	beside    = Path("/1/2/5/")
	unit      = Path("/1/8/")
	team      = Path("/1/9/")
)

// noon is when every test begins.
var noon = time.Date(2026, 7, 1, 4, 0, 0, 0, time.UTC)

func person(id int64, grants ...Held) Actor {
	return Actor{UserID: id, TenantID: 1, Consent: "v1", Held: grants}
}

func below(role Role, path Path) Held {
	ids := path.IDs()
	return Held{Role: role, OrgID: ids[len(ids)-1], Path: path, Subtree: true}
}

// cast is everybody who could come across a wish.
var cast = map[string]Actor{
	"requester":      person(11),
	"beneficiary":    person(12),
	"proxy":          person(13),
	"claimer":        person(14, below(RoleMember, team)),
	"teammate":       person(15, below(RoleMember, team)),
	"claim liaison":  person(16, below(RoleLiaison, team)),
	"target":         person(17, below(RoleMember, unit)),
	"target liaison": person(18, below(RoleLiaison, unit)),
	"worker":         person(19, below(RoleWorker, community)),
	"township":       person(20, below(RoleTownship, township)),
	"county":         person(21, below(RoleCounty, county)),
	"candidate":      person(22, below(RoleVolunteer, community)),
	"grid worker":    person(23, below(RoleGrid, grid)),
	"auditor":        person(24, below(RoleAuditor, county)),
	"other worker":   person(25, below(RoleWorker, beside)),
	"neighbour":      person(26, below(RoleVolunteer, beside)),
	"administrator":  person(27, below(RoleAdmin, county)),
	"stranger":       person(28),
	"foreign worker": {UserID: 29, TenantID: 100, Consent: "v1", Held: []Held{below(RoleWorker, community)}},
	"foreign twin":   {UserID: 11, TenantID: 100, Consent: "v1"},
	"foreign system": SystemActor(100),
	"visitor":        {},
	"no user":        {TenantID: 1},
	"system":         SystemActor(1),
}

// everybody lists the cast in one order.
func everybody() []string { return slices.Sorted(maps.Keys(cast)) }

// claimed are the states in which somebody is, or was, at work on a wish.
var claimed = []WishState{WishClaimed, WishInService, WishReported, WishAwaiting, WishRework, WishSuspended, WishClosed}

// wishIn returns a wish of service that has come to a state: made by the
// requester with a named proxy, claimed by a team, suspended while in service.
func wishIn(state WishState) *Wish {
	w := &Wish{
		ID: 500, TenantID: 1, CommunityID: 3, OrgPath: grid, State: state, Kind: WishService, Urgency: Normal,
		Difficulty: Easy, Scope: ScopeCommunity, Title: "修水龙头", RequesterID: 11, BeneficiaryID: 12, ProxyID: 13,
		Light: Green, ClockFrom: noon, CreatedAt: noon, Version: 7,
	}
	due := noon.Add(48 * time.Hour)
	if !state.Final() {
		w.DueAt = &due
		if state != WishDraft {
			w.QueueOrgID = 3
		}
	}
	if slices.Contains(claimed, state) {
		at := noon
		w.ClaimID, w.ClaimerID, w.ClaimOrgID, w.Team, w.ClaimedAt = 600, 14, 9, IDsOf([]int64{14, 15}), &at
	}
	switch state {
	case WishOpen:
		w.PoolOrgID = 3
	case WishDispatched:
		w.DispatchID, w.TargetOrgID = 700, 8
	case WishSuspended:
		since := noon.Add(-time.Hour)
		w.SuspendedFrom, w.SuspendedAt, w.ResumeOn = WishInService, &since, &due
		w.HeldClock, w.HeldDue, w.HeldLight = &since, &due, Green
	case WishClosed:
		until := noon.AddDate(0, 0, 15)
		w.Stars, w.Solved, w.ClosedAt, w.ReopenUntil = 5, SolvedYes, &noon, &until
	}
	return w
}

// step is what who does some time after noon, by the default limits.
func step(who string, after time.Duration) Step {
	return Step{Who: cast[who], Now: noon.Add(after)}
}

// do causes an event with arguments that are right.
func do(w *Wish, e WishEvent, s Step) error { return verbs[e](w, s) }

// verbs calls the verb of each event with arguments that are right.
var verbs = map[WishEvent]func(*Wish, Step) error{
	WishSubmit:   (*Wish).Submit,
	WishReturn:   func(w *Wish, s Step) error { return w.Return(s, "看不明白", "请写明地点") },
	WishReject:   func(w *Wish, s Step) error { return w.Reject(s, RejectScope, "不属于微心愿", "请拨打 12345") },
	WishTransfer: func(w *Wish, s Step) error { return w.Transfer(s, "属于网格事项") },
	WishPublish:  func(w *Wish, s Step) error { return w.Publish(s, Medium) },
	WishDispatch: func(w *Wish, s Step) error { return w.Dispatch(s, 701, Order{OrgID: 8}) },
	WishAccept: func(w *Wish, s Step) error {
		if w.TargetOrgID != 0 {
			return w.Accept(s, 601, []int64{31, 32})
		}
		return w.Accept(s, 601, nil)
	},
	WishDecline:   func(w *Wish, s Step) error { return w.Decline(s, "没有人手") },
	WishWithdraw:  (*Wish).Withdraw,
	WishClaim:     func(w *Wish, s Step) error { return w.Claim(s, 601, 0, nil) },
	WishAppoint:   func(w *Wish, s Step) error { return w.Appoint(s, s.Now.Add(5*time.Hour)) },
	WishStart:     (*Wish).Start,
	WishHandGoods: func(w *Wish, s Step) error { return w.HandGoods(s, "本人签收") },
	WishExtend: func(w *Wish, s Step) error {
		until := s.Now
		if w.DueAt != nil {
			until = w.DueAt.Add(24 * time.Hour)
		}
		return w.Extend(s, until, "缺配件")
	},
	WishApprove:  (*Wish).ApproveExtension,
	WishRefuse:   (*Wish).RefuseExtension,
	WishRelease:  func(w *Wish, s Step) error { return w.Release(s, "家里有事") },
	WishRevoke:   func(w *Wish, s Step) error { return w.Revoke(s, "联系不上") },
	WishSuspend:  func(w *Wish, s Step) error { return w.Suspend(s, s.Now.Add(72*time.Hour), "等配件") },
	WishResume:   (*Wish).Resume,
	WishReport:   func(w *Wish, s Step) error { return w.Report(s, "已经修好", 40) },
	WishVerify:   (*Wish).Verify,
	WishSendBack: func(w *Wish, s Step) error { return w.SendBack(s, "还在漏水") },
	WishEvaluate: func(w *Wish, s Step) error { return w.Evaluate(s, 4, SolvedYes) },
	WishRedo:     func(w *Wish, s Step) error { return w.Rework(s, "还在漏水") },
	WishFail:     func(w *Wish, s Step) error { return w.Fail(s, "买不到") },
	WishConfirm:  (*Wish).ConfirmFail,
	WishKeepOn:   (*Wish).RefuseFail,
	WishCancel:   func(w *Wish, s Step) error { return w.Cancel(s, "不需要了") },
	WishReopen:   func(w *Wish, s Step) error { return w.Reopen(s, 602, "又漏了") },
	WishTimeOut:  func(w *Wish, s Step) error { return w.unanswered(WishTimeOut, s) },
	WishExpire:   func(w *Wish, s Step) error { return w.giveBack(WishExpire, s, "没有预约") },
	WishPass:     (*Wish).pass,
	WishLapse:    (*Wish).lapse,
}

// mustDo causes events one after the other, each by who is named before it.
func mustDo(t testing.TB, w *Wish, s Step, pairs ...any) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		s.Who = cast[pairs[i].(string)]
		if err := do(w, pairs[i+1].(WishEvent), s); err != nil {
			t.Fatalf("%s could not %s: %v", pairs[i], pairs[i+1], err)
		}
	}
}
