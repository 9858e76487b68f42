package wish_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/wish"
)

var quiet = slog.New(slog.DiscardHandler)

func TestAWishGoesAllTheWay(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishClosed)
	w.pass(time.Second)
	v := w.get(id)
	if v.Stars != 5 || v.Solved != model.SolvedYes || v.QueueOrgID != 0 || v.PoolOrgID != 0 || v.DueAt != nil {
		t.Errorf("closed as %+v", v.Wish)
	}
	if n := count[model.Timer](w, "subject_id = ?", id); n != 0 {
		t.Errorf("%d timers are left of a closed wish", n)
	}
	if n := count[model.Claim](w, "wish_id = ? AND state = ? AND slot_key IS NULL", id, model.ClaimDone); n != 1 {
		t.Errorf("%d claims are done, want 1", n)
	}
	if n := count[model.Evaluation](w, "wish_id = ? AND state = ?", id, model.EvaluationSubmitted); n != 1 {
		t.Errorf("%d evaluations, want 1", n)
	}
	if n := count[model.Member](w, "user_id = ? AND stars = 5 AND rated = 1", w.member.UserID); n != 1 {
		t.Error("the member's rating does not tell of the judgement")
	}
	lines, err := w.wishes.History(t.Context(), w.resident, id, 0, 50)
	w.must(err)
	var names []string
	for _, l := range lines {
		names = append([]string{l.Name + "/" + l.ActorRole}, names...)
	}
	want := []string{"order/requester", "submit/requester", "publish/worker", "claim/candidate", "start/claimer", "report/claimer", "verify/worker", "evaluate/beneficiary"}
	if len(names) != len(want) {
		t.Fatalf("history is %v, want %v", names, want)
	}
	for i := range want {
		if names[i] != want[i] {
			t.Errorf("line %d of history is %s, want %s", i, names[i], want[i])
		}
	}
}

func TestADraftIsNobodyElsesBusiness(t *testing.T) {
	w := world1(t)
	id := w.order(func(o *wish.Order) { o.Submit = false })
	for name, who := range map[string]model.Actor{"worker": w.worker, "member": w.member, "auditor": w.auditor} {
		if _, err := w.wishes.Get(t.Context(), who, id); !errors.Is(err, model.ErrWishNotFound) {
			t.Errorf("%s gets %v", name, err)
		}
	}
	if _, err := w.wishes.Submit(t.Context(), w.resident, id); err != nil {
		t.Fatal(err)
	}
	if _, err := w.wishes.Get(t.Context(), w.worker, id); err != nil {
		t.Errorf("the worker does not see what was submitted: %v", err)
	}
}

func TestWhoeverCouldClaimSeesNoPerson(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishOpen, func(o *wish.Order) { o.Title, o.Detail = "3号楼2单元501室换灯泡", "电话13800001234" })
	v, err := w.wishes.Get(t.Context(), w.member, id)
	w.must(err)
	if !v.Masked || v.RequesterID != 0 || v.BeneficiaryMask != "" || v.Title == "3号楼2单元501室换灯泡" || v.Detail == "电话13800001234" {
		t.Errorf("the pool tells %+v", v.Wish)
	}
	if _, err := w.wishes.History(t.Context(), w.member, id, 0, 10); !errors.Is(err, model.ErrWishWho) {
		t.Errorf("the pool tells the history: %v", err)
	}
	if _, err := w.wishes.Get(t.Context(), w.stranger, id); !errors.Is(err, model.ErrWishNotFound) {
		t.Errorf("another community sees it: %v", err)
	}
}

func TestHistoryNamesNobodyWhomTheWishMasks(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishClosed)
	for _, tt := range []struct {
		name string
		who  model.Actor
		says string
	}{{"worker", w.worker, "王**"}, {"claimer", w.member, "王**"}, {"auditor", w.auditor, "王**"}, {"resident", w.resident, "王奶奶"}} {
		lines, err := w.wishes.History(t.Context(), tt.who, id, 0, 50)
		w.must(err)
		for _, l := range lines {
			want := map[int64]string{w.resident.UserID: tt.says, w.member.UserID: "张三", w.worker.UserID: "社工甲"}[l.ActorID]
			if l.DisplayName != want {
				t.Errorf("%s reads that %s was done by %s, want %s", tt.name, l.Name, l.DisplayName, want)
			}
		}
	}
}

func TestAnOrderTellsNoAddressBeforeItIsAccepted(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishSubmitted, func(o *wish.Order) { o.Title, o.Detail = "换灯泡", "家在3号楼2单元501室, 电话13800001234" })
	_, err := w.wishes.Dispatch(t.Context(), w.worker, id, model.Order{UserID: w.member.UserID}, "")
	w.must(err)
	for name, who := range map[string]model.Actor{"target": w.member, "auditor": w.auditor} {
		v, err := w.wishes.Get(t.Context(), who, id)
		w.must(err)
		if !v.Masked || v.Detail != model.MaskText(v.Detail) || v.Names.Target != "张三" {
			t.Errorf("%s reads %q, masked %v, for %s", name, v.Detail, v.Masked, v.Names.Target)
		}
	}
	v, err := w.wishes.Accept(t.Context(), w.member, id, nil)
	w.must(err)
	if v.Masked || v.Detail != "家在3号楼2单元501室, 电话13800001234" {
		t.Errorf("who has accepted reads %q", v.Detail)
	}
}

func TestRevealIsForThoseWhoServeAndLeavesATrace(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishOpen)
	if _, err := w.wishes.Reveal(t.Context(), w.member, id, "想看看"); !errors.Is(err, model.ErrWishReveal) {
		t.Errorf("before the claim: %v", err)
	}
	_, err := w.wishes.Claim(t.Context(), w.member, id, 0, nil)
	w.must(err)
	r, err := w.wishes.Reveal(t.Context(), w.member, id, "约时间上门")
	w.must(err)
	if r.Name != "王秀英" || r.Phone != "13800001234" || r.Address != "红星路1号" || r.AtStation {
		t.Errorf("revealed %+v", r)
	}
	looks, err := w.wishes.Reveals(t.Context(), w.resident, id, 0, 10)
	w.must(err)
	if len(looks) != 1 || looks[0].Reason != "约时间上门" || looks[0].DisplayName != "张三" || looks[0].Role != "claimer" {
		t.Errorf("the resident reads %+v", looks)
	}
	if n := count[model.Audit](w, "action = 'wish.reveal' AND subject_id = ? AND request_id = 'test'", id); n != 1 {
		t.Errorf("%d audit lines, want 1", n)
	}
	if _, err := w.wishes.Reveals(t.Context(), w.member, id, 0, 10); !errors.Is(err, model.ErrWishWho) {
		t.Errorf("the claimer reads who looked: %v", err)
	}
	raw := count[model.Beneficiary](w, "name LIKE '%王秀英%' OR phone LIKE '%13800001234%' OR address LIKE '%红星路%'")
	if raw != 0 {
		t.Error("the database tells the beneficiary")
	}
}

func TestTheAddressOfAMinorIsToldToNobody(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishClaimed, func(o *wish.Order) { o.AgeGroup = model.Minor })
	for name, who := range map[string]model.Actor{"claimer": w.member, "worker": w.worker} {
		r, err := w.wishes.Reveal(t.Context(), who, id, "联系")
		w.must(err)
		if r.Address != "" || !r.AtStation {
			t.Errorf("%s is told %+v", name, r)
		}
	}
}

func TestAProxyNeedsConsentAndMayJudge(t *testing.T) {
	w := world1(t)
	o := wish.Order{
		WishOrder: model.WishOrder{Kind: model.WishCompanionship, Urgency: model.Normal, AgeGroup: model.Elder, Channel: model.ChannelProxy, Title: "陪老人散步"},
		Name:      "王秀英", Address: "红星路1号", Submit: true,
	}
	if _, err := w.wishes.Place(t.Context(), w.proxy, o); !errors.Is(err, model.ErrWishConsent) {
		t.Fatalf("without consent: %v", err)
	}
	o.ConsentBy = "oral"
	v, err := w.wishes.Place(t.Context(), w.proxy, o)
	w.must(err)
	for _, do := range []func() (*wish.Seen, error){
		func() (*wish.Seen, error) { return w.wishes.Publish(t.Context(), w.worker, v.ID, model.Easy) },
		func() (*wish.Seen, error) { return w.wishes.Claim(t.Context(), w.member, v.ID, 0, nil) },
		func() (*wish.Seen, error) { return w.wishes.Start(t.Context(), w.member, v.ID) },
		func() (*wish.Seen, error) { return w.wishes.Report(t.Context(), w.member, v.ID, "陪了一小时", 60) },
		func() (*wish.Seen, error) { return w.wishes.Verify(t.Context(), w.worker, v.ID) },
	} {
		_, err := do()
		w.must(err)
	}
	if _, err := w.wishes.Evaluate(t.Context(), w.worker, v.ID, 5, model.SolvedYes, ""); !errors.Is(err, model.ErrWishWho) {
		t.Errorf("a worker judges: %v", err)
	}
	_, err = w.wishes.Evaluate(t.Context(), w.proxy, v.ID, 5, model.SolvedYes, "很好")
	w.must(err)
	if n := count[model.Evaluation](w, "wish_id = ? AND by_proxy = ? AND state = ? AND flags = 'by_proxy'", v.ID, true, model.EvaluationUnderReview); n != 1 {
		t.Error("a proxy's judgement is not up for review")
	}
}

func TestAnOrderToAUnitIsAcceptedByItsLiaisonWithItsPeople(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishSubmitted)
	if _, err := w.wishes.Dispatch(t.Context(), w.worker, id, model.Order{OrgID: community}, ""); !errors.Is(err, model.ErrWishTarget) {
		t.Errorf("a community can be ordered: %v", err)
	}
	_, err := w.wishes.Dispatch(t.Context(), w.worker, id, model.Order{OrgID: unit}, "请安排")
	w.must(err)
	for name, team := range map[string][]int64{"nobody": nil, "a stranger": {w.stranger.UserID}, "one twice": {106, 106}} {
		if _, err := w.wishes.Accept(t.Context(), w.liaison, id, team); !errors.Is(err, model.ErrWishTeam) {
			t.Errorf("sending %s: %v", name, err)
		}
	}
	v, err := w.wishes.Accept(t.Context(), w.liaison, id, []int64{w.helper.UserID, w.liaison.UserID})
	w.must(err)
	if v.ClaimerID != w.helper.UserID || v.ClaimOrgID != unit || !v.Team.Has(w.liaison.UserID) {
		t.Errorf("claimed as %+v", v.Wish)
	}
	if n := count[model.Dispatch](w, "wish_id = ? AND state = ? AND active_key IS NULL", id, model.DispatchAccepted); n != 1 {
		t.Error("the dispatch is not accepted")
	}
	for name, who := range map[string]model.Actor{"claimer": w.helper, "liaison": w.liaison} {
		list, err := w.wishes.List(t.Context(), who, wish.Filter{View: wish.ViewClaims, Limit: 10})
		w.must(err)
		if len(list) != 1 || list[0].ID != id || list[0].Names.ClaimOrg != "县医院" {
			t.Errorf("%s has claims %+v", name, list)
		}
	}
}

func TestThreeFailedOrdersBringTheTownshipIn(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishSubmitted)
	for n := range 3 {
		_, err := w.wishes.Dispatch(t.Context(), w.worker, id, model.Order{UserID: w.member.UserID}, "")
		w.must(err)
		if n == 1 {
			w.pass(25 * time.Hour)
		} else {
			_, err = w.wishes.Decline(t.Context(), w.member, id, "出差")
			w.must(err)
		}
	}
	v := w.get(id)
	if v.State != model.WishOpen || v.QueueOrgID != township || v.Light != model.Red {
		t.Errorf("after three failures: %s in the queue of %d, %s", v.State, v.QueueOrgID, v.Light)
	}
	tasks, err := w.wishes.Tasks(t.Context(), w.officer, wish.Filter{Limit: 10}, "")
	w.must(err)
	if len(tasks) != 1 || tasks[0].Kind != model.TaskTakeOver {
		t.Errorf("the township has %+v to do", tasks)
	}
}

func TestNobodyHoldsMoreThanThreeClaims(t *testing.T) {
	w := world1(t)
	for range 3 {
		w.in(model.WishClaimed)
	}
	id := w.in(model.WishOpen)
	if _, err := w.wishes.Claim(t.Context(), w.member, id, 0, nil); !errors.Is(err, model.ErrWishClaimLimit) {
		t.Fatalf("a fourth claim: %v", err)
	}
	if v := w.get(id); v.State != model.WishOpen {
		t.Errorf("a refused claim left the wish %s", v.State)
	}
	if _, err := w.wishes.Claim(t.Context(), w.member2, id, 0, nil); err != nil {
		t.Errorf("another member cannot claim: %v", err)
	}
}

func TestGivingUpTakesTwo(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishInService)
	_, err := w.wishes.Fail(t.Context(), w.worker, id, "买不到配件")
	w.must(err)
	if _, err := w.wishes.ConfirmFail(t.Context(), w.worker, id); !errors.Is(err, model.ErrWishSame) {
		t.Errorf("one person alone: %v", err)
	}
	v, err := w.wishes.ConfirmFail(t.Context(), w.worker2, id)
	w.must(err)
	if v.State != model.WishUnfulfilled || v.Reason != "买不到配件" {
		t.Errorf("given up as %+v", v.Wish)
	}
	if n := count[model.Claim](w, "wish_id = ? AND active_key IS NOT NULL", id); n != 0 {
		t.Error("a wish that was given up still has a live claim")
	}
	if n := count[model.Task](w, "wish_id = ? AND is_open = ?", id, true); n != 0 {
		t.Error("a wish that was given up still has open tasks")
	}
}

func TestReopeningMakesANewClaimAndTakesTheJudgementBack(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishClosed)
	v, err := w.wishes.Reopen(t.Context(), w.resident, id, "又坏了")
	w.must(err)
	w.pass(time.Second)
	if v.State != model.WishRework || v.Stars != 0 {
		t.Errorf("reopened as %+v", v.Wish)
	}
	if n := count[model.Evaluation](w, "wish_id = ? AND state = ?", id, model.EvaluationRemoved); n != 1 {
		t.Error("the judgement still counts")
	}
	if n := count[model.Member](w, "user_id = ? AND stars = 0 AND rated = 0", w.member.UserID); n != 1 {
		t.Error("the rating still counts it")
	}
	for _, do := range []func() (*wish.Seen, error){
		func() (*wish.Seen, error) { return w.wishes.Report(t.Context(), w.member, id, "修好了", 20) },
		func() (*wish.Seen, error) { return w.wishes.Verify(t.Context(), w.worker, id) },
		func() (*wish.Seen, error) {
			return w.wishes.Evaluate(t.Context(), w.resident, id, 4, model.SolvedYes, "")
		},
	} {
		_, err := do()
		w.must(err)
	}
	if _, err := w.wishes.Reopen(t.Context(), w.resident, id, "还不行"); !errors.Is(err, model.ErrWishReopen) {
		t.Errorf("a second reopening: %v", err)
	}
}

func TestAClaimCostsFewStatements(t *testing.T) {
	w := world1(t)
	closed := w.in(model.WishClosed)
	w.in(model.WishOpen)
	for nth := range 3 { // the third has to look past two places that are taken
		id := w.in(model.WishOpen)
		ctx, n := db.CountStatements(t.Context())
		_, err := w.wishes.Claim(ctx, w.member, id, 0, nil)
		w.must(err)
		if n.Load() != 5 { // and one more for the session
			t.Errorf("claim %d takes %d statements, want 5", nth+1, n.Load())
		}
	}
	for name, read := range map[string]func(ctx context.Context) error{
		"a wish":  func(ctx context.Context) error { _, err := w.wishes.Get(ctx, w.worker, closed); return err },
		"history": func(ctx context.Context) error { _, err := w.wishes.History(ctx, w.worker, closed, 0, 21); return err },
		"reveals": func(ctx context.Context) error {
			_, err := w.wishes.Reveals(ctx, w.resident, closed, 0, 21)
			return err
		},
		"no more": func(ctx context.Context) error { _, err := w.wishes.History(ctx, w.worker, closed, 1, 21); return err },
		"the desk": func(ctx context.Context) error {
			_, err := w.wishes.Tasks(ctx, w.worker, wish.Filter{Limit: 21}, "")
			return err
		},
	} {
		ctx, n := db.CountStatements(t.Context())
		w.must(read(ctx))
		if n.Load() != 1 {
			t.Errorf("%s takes %d statements, want 1", name, n.Load())
		}
	}
	for _, view := range []wish.View{wish.ViewPool, wish.ViewMine, wish.ViewClaims, wish.ViewOrders} {
		ctx, n := db.CountStatements(t.Context())
		_, err := w.wishes.List(ctx, w.member, wish.Filter{View: view, Limit: 21})
		w.must(err)
		if n.Load() != 1 {
			t.Errorf("a page of %s takes %d statements, want 1", view, n.Load())
		}
	}
}
