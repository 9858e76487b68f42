package wish_test

import (
	"errors"
	"testing"
	"time"

	"dandelion/model"
	"dandelion/service/wish"
)

func TestAnExtensionIsAskedForAndGranted(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishInService)
	due := *w.get(id).DueAt
	until := due.Add(48 * time.Hour)
	_, err := w.wishes.Extend(t.Context(), w.member, id, until, "等配件")
	w.must(err)
	if _, err := w.wishes.Extend(t.Context(), w.member, id, until, "再等"); !errors.Is(err, model.ErrWishAsked) {
		t.Errorf("asked twice: %v", err)
	}
	if n := count[model.Task](w, "wish_id = ? AND kind = ? AND is_open = ?", id, model.TaskExtend, true); n != 1 {
		t.Errorf("%d tasks to grant it", n)
	}
	v, err := w.wishes.ApproveExtension(t.Context(), w.worker, id)
	w.must(err)
	if !v.DueAt.Equal(until) || v.Extensions != 1 || v.ExtendUntil != nil {
		t.Errorf("granted as %+v", v.Wish)
	}
	if n := count[model.Task](w, "wish_id = ? AND is_open = ?", id, true); n != 0 {
		t.Error("the task is still open")
	}
	if _, err := w.wishes.RefuseExtension(t.Context(), w.worker, id, "不行"); !errors.Is(err, model.ErrWishNoRequest) {
		t.Errorf("refused what nobody asks for: %v", err)
	}
	_, err = w.wishes.Extend(t.Context(), w.member, id, until.Add(time.Hour), "还没到")
	w.must(err)
	v, err = w.wishes.RefuseExtension(t.Context(), w.worker, id, "请抓紧")
	w.must(err)
	if !v.DueAt.Equal(until) {
		t.Errorf("refused, and due %v", v.DueAt)
	}
}

func TestATransferLeavesAReferral(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishOpen)
	v, err := w.wishes.Transfer(t.Context(), w.worker, id, "grid_event", "路灯坏了, 属公共设施")
	w.must(err)
	if v.State != model.WishTransferred || v.Reason != "路灯坏了, 属公共设施" {
		t.Errorf("transferred as %+v", v.Wish)
	}
	if n := count[model.Referral](w, "wish_id = ? AND referred_to = 'grid_event' AND created_by = ?", id, w.worker.UserID); n != 1 {
		t.Errorf("%d referrals", n)
	}
}

func TestARejectionSaysWhatToDoInstead(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishSubmitted)
	v, err := w.wishes.Reject(t.Context(), w.worker, id, model.RejectScope, "不属于微心愿", "请拨打物业电话")
	w.must(err)
	got, err := w.wishes.Get(t.Context(), w.resident, id)
	w.must(err)
	if v.State != model.WishRejected || got.Reason != "不属于微心愿" || got.NextHint != "请拨打物业电话" || got.AppealUntil == nil {
		t.Errorf("the resident reads %+v", got.Wish)
	}
}

func TestWhatIsReturnedCanBeMendedAndSubmittedAgain(t *testing.T) {
	w := world1(t)
	id := returned(w)
	if _, err := w.wishes.Edit(t.Context(), w.proxy, id, wish.Order{}); !errors.Is(err, model.ErrWishPerson) && !errors.Is(err, model.ErrWishNotFound) {
		t.Errorf("a stranger edits: %v", err)
	}
	_, err := w.wishes.Edit(t.Context(), w.resident, id, wish.Order{
		WishOrder: model.WishOrder{Kind: model.WishGoods, Urgency: model.Urgent, AgeGroup: model.Minor, Title: "想要一盏台灯"},
		Name:      "小明", Phone: "13900000000", Address: "别处",
	})
	w.must(err)
	v, err := w.wishes.Submit(t.Context(), w.resident, id)
	w.must(err)
	if v.State != model.WishSubmitted || v.Title != "想要一盏台灯" || v.Kind != model.WishGoods || v.HandOver != model.AtStation || v.BeneficiaryMask != "小*" {
		t.Errorf("submitted as %+v", v.Wish)
	}
	r, err := w.wishes.Reveal(t.Context(), w.worker, id, "核对")
	w.must(err)
	if r.Name != "小明" || r.Phone != "13900000000" || r.Address != "" {
		t.Errorf("the beneficiary is %+v", r)
	}
	if _, err := w.wishes.Edit(t.Context(), w.resident, id, wish.Order{Name: "x", Phone: "13900000000"}); !errors.Is(err, model.ErrWishState) {
		t.Errorf("edited after submitting: %v", err)
	}
}

func TestAskingTwiceIsHintedAt(t *testing.T) {
	w := world1(t)
	first := w.in(model.WishOpen)
	v, err := w.wishes.Get(t.Context(), w.resident, w.order())
	w.must(err)
	again, err := w.wishes.Place(t.Context(), w.resident, wish.Order{
		WishOrder: model.WishOrder{Kind: model.WishService, Urgency: model.Normal, AgeGroup: model.Elder, Channel: model.ChannelSelf, Title: "换灯泡"},
		Name:      "王秀英", Phone: "13800001234", Submit: true,
	})
	w.must(err)
	if len(again.Similar) != 2 || again.Similar[0].ID != v.ID || again.Similar[1].ID != first {
		t.Errorf("similar wishes %+v", again.Similar)
	}
}

func TestWhatAnOrderNeeds(t *testing.T) {
	w := world1(t)
	good := wish.Order{
		WishOrder: model.WishOrder{Kind: model.WishService, Urgency: model.Normal, AgeGroup: model.Elder, Channel: model.ChannelSelf, Title: "换灯泡"},
		Name:      "王秀英", Phone: "13800001234", Submit: true,
	}
	homeless := w.resident
	homeless.HomeID, homeless.HomePath = 0, ""
	foreign := w.resident
	foreign.TenantID = 99
	past := morning.Add(-time.Hour)
	for name, tt := range map[string]struct {
		who    model.Actor
		change func(*wish.Order)
		want   error
	}{
		"a title":              {w.resident, func(o *wish.Order) { o.Title = " " }, model.ErrWishText},
		"a title of one line":  {w.resident, func(o *wish.Order) { o.Title = "换\n灯泡" }, model.ErrWishText},
		"a phone that is one":  {w.resident, func(o *wish.Order) { o.Phone = "12345" }, model.ErrWishPerson},
		"some phone":           {w.resident, func(o *wish.Order) { o.Phone = "" }, model.ErrWishPerson},
		"a day to come":        {w.resident, func(o *wish.Order) { o.ExpectedBy = &past }, model.ErrWishDate},
		"a community":          {homeless, func(*wish.Order) {}, model.ErrNoHome},
		"one that exists":      {w.resident, func(o *wish.Order) { o.PlaceID = 4711 }, model.ErrOrgNotFound},
		"one of one's county":  {foreign, func(*wish.Order) {}, model.ErrOrgNotFound},
		"and not a unit":       {w.resident, func(o *wish.Order) { o.PlaceID = unit }, model.ErrNoHome},
		"a right, as staff":    {w.resident, func(o *wish.Order) { o.Channel, o.ConsentBy = model.ChannelStaff, "oral" }, model.ErrForbidden},
		"consent, as staff":    {w.worker, func(o *wish.Order) { o.Channel = model.ChannelStaff }, model.ErrWishConsent},
		"consent of some kind": {w.proxy, func(o *wish.Order) { o.Channel, o.ConsentBy = model.ChannelProxy, "telepathy" }, model.ErrWishConsent},
		"a proxy who exists":   {w.worker, func(o *wish.Order) { o.Channel, o.ConsentBy, o.ProxyPhone = model.ChannelStaff, "oral", "13900009999" }, model.ErrWishPerson},
	} {
		o := good
		tt.change(&o)
		if v, err := w.wishes.Place(t.Context(), tt.who, o); !errors.Is(err, tt.want) {
			t.Errorf("an order needs %s: %+v, %v", name, v, err)
		}
	}
	if n := count[model.Wish](w, "1 = 1"); n != 0 {
		t.Errorf("%d wishes are left of what was refused", n)
	}
}

func TestATaskIsFinishedWithItsOutcome(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishAwaiting)
	w.pass(73 * time.Hour)
	tasks, err := w.wishes.Tasks(t.Context(), w.worker, wish.Filter{Limit: 10}, model.TaskCall)
	w.must(err)
	if len(tasks) != 1 || tasks[0].WishID != id || tasks[0].Title != "换灯泡" {
		t.Fatalf("to do %+v", tasks)
	}
	if _, err := w.wishes.Finish(t.Context(), w.resident, tasks[0].ID, "打过了"); err == nil {
		t.Error("a resident finishes the workers' task")
	}
	done, err := w.wishes.Finish(t.Context(), w.worker2, tasks[0].ID, "已电话回访, 老人满意")
	w.must(err)
	if done.Open || done.DoneBy != w.worker2.UserID || done.Outcome == "" {
		t.Errorf("finished as %+v", done)
	}
	if _, err := w.wishes.Finish(t.Context(), w.worker, tasks[0].ID, "再打"); err == nil {
		t.Error("a task is finished twice")
	}
	lines, err := w.wishes.History(t.Context(), w.resident, id, 0, 1)
	w.must(err)
	if lines[0].Name != "task.call" || lines[0].Reason != "已电话回访, 老人满意" {
		t.Errorf("history says %+v", lines[0])
	}
	if v := w.get(id); v.State != model.WishAwaiting {
		t.Errorf("a call moved the wish to %s", v.State)
	}
}

func TestSomeTasksAreDoneOnlyByAStep(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishInService)
	_, err := w.wishes.Fail(t.Context(), w.worker, id, "买不到")
	w.must(err)
	tasks, err := w.wishes.Tasks(t.Context(), w.worker2, wish.Filter{Limit: 10}, "")
	w.must(err)
	if len(tasks) != 1 || tasks[0].Kind != model.TaskConfirm {
		t.Fatalf("to do %+v", tasks)
	}
	if _, err := w.wishes.Finish(t.Context(), w.worker2, tasks[0].ID, "知道了"); err == nil {
		t.Error("the second person's word is a tick")
	}
	v, err := w.wishes.RefuseFail(t.Context(), w.worker2, id, "还可以网购")
	w.must(err)
	if v.FailBy != 0 || v.State != model.WishInService {
		t.Errorf("goes on as %+v", v.Wish)
	}
}
