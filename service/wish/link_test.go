package wish_test

import (
	"errors"
	"reflect"
	"testing"

	"dandelion/internal/crypt"
	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
	"dandelion/service/wish"
)

// phoneOf makes number that of an account, as binding it does.
func (w *world) phoneOf(user int64, number string) {
	w.Helper()
	key := func(b byte) []byte { return append(make([]byte, 31), b) }
	keys, err := crypt.New("t", map[string][]byte{"t": key(1)}, key(2))
	w.must(err)
	index := keys.Index("phone", number)
	w.must(w.update(func(tx *db.Tx) error {
		u, err := db.Find[model.User](tx, user, model.ErrUserNotFound)
		if err != nil {
			return err
		}
		after := *u
		after.PhoneIndex = &index
		if err := db.Save(tx, u, &after); err != nil {
			return err
		}
		return w.wishes.PhoneKnown(tx, &after)
	}))
}

// forGranny is an order that the proxy places for the resident.
func forGranny(change func(*wish.Order)) wish.Order {
	o := wish.Order{
		WishOrder: model.WishOrder{Kind: model.WishService, Urgency: model.Normal, AgeGroup: model.Elder, Channel: model.ChannelProxy, Title: "换灯泡"},
		Name:      "王秀英", Phone: "13800001234", ConsentBy: "oral", Submit: true,
	}
	if change != nil {
		change(&o)
	}
	return o
}

func (w *world) place(who model.Actor, o wish.Order) *wish.Seen {
	w.Helper()
	v, err := w.wishes.Place(w.Context(), who, o)
	w.must(err)
	return v
}

func TestWhomAWishIsForCanSeeAndJudgeIt(t *testing.T) {
	w := world1(t)
	staff := func(o *wish.Order) { o.Channel = model.ChannelStaff }
	before := []int64{w.place(w.proxy, forGranny(nil)).ID, w.place(w.worker, forGranny(staff)).ID}
	w.phoneOf(w.resident.UserID, "13800001234")
	after := []int64{w.place(w.proxy, forGranny(nil)).ID, w.place(w.worker, forGranny(staff)).ID}
	for _, id := range append(before, after...) {
		for _, do := range []func() (*wish.Seen, error){
			func() (*wish.Seen, error) { return w.wishes.Get(t.Context(), w.resident, id) },
			func() (*wish.Seen, error) { return w.wishes.Publish(t.Context(), w.worker2, id, model.Easy) },
			func() (*wish.Seen, error) { return w.wishes.Claim(t.Context(), w.member, id, 0, nil) },
			func() (*wish.Seen, error) { return w.wishes.Start(t.Context(), w.member, id) },
			func() (*wish.Seen, error) { return w.wishes.Report(t.Context(), w.member, id, "已换好", 30) },
			func() (*wish.Seen, error) { return w.wishes.Verify(t.Context(), w.worker2, id) },
		} {
			_, err := do()
			w.must(err)
		}
		if _, err := w.wishes.Reveals(t.Context(), w.resident, id, 0, 10); err != nil {
			t.Errorf("the beneficiary cannot read who looked: %v", err)
		}
		v, err := w.wishes.Evaluate(t.Context(), w.resident, id, 5, model.SolvedYes, "")
		w.must(err)
		if v.State != model.WishClosed || count[model.Evaluation](w, "wish_id = ? AND by_proxy = ?", id, false) != 1 {
			t.Errorf("judged as %+v", v.Wish)
		}
	}
}

func TestWhoOrdersIsNotToldWhetherTheNumberHasAnAccount(t *testing.T) {
	w := world1(t)
	without := w.place(w.proxy, forGranny(nil))
	w.phoneOf(w.resident.UserID, "13800005678")
	with := w.place(w.proxy, forGranny(func(o *wish.Order) { o.Phone = "13800005678" }))
	if with.BeneficiaryID != w.resident.UserID || without.BeneficiaryID != 0 {
		t.Fatalf("the orders are for %d and %d", with.BeneficiaryID, without.BeneficiaryID)
	}
	a, err := w.wishes.History(t.Context(), w.proxy, with.ID, 0, 10)
	w.must(err)
	b, err := w.wishes.History(t.Context(), w.proxy, without.ID, 0, 10)
	w.must(err)
	if with.Relation != without.Relation || !reflect.DeepEqual(with.Possible, without.Possible) || with.Masked != without.Masked || len(a) != len(b) {
		t.Errorf("the orders differ: %+v, %+v", with, without)
	}
}

func TestANumberThatIsNotTheBeneficiarysLinksNobody(t *testing.T) {
	w := world1(t)
	w.phoneOf(w.proxy.UserID, "13800001234")
	own := w.place(w.proxy, forGranny(nil)).ID
	draft := w.place(w.proxy, forGranny(func(o *wish.Order) { o.Submit, o.Phone = false, "13800005678" })).ID
	over := w.place(w.proxy, forGranny(func(o *wish.Order) { o.Phone = "13800005678" })).ID
	_, err := w.wishes.Reject(t.Context(), w.worker, over, model.RejectScope, "不属于微心愿", "请拨打 12345")
	w.must(err)
	w.phoneOf(w.resident.UserID, "13800005678")
	for name, id := range map[string]int64{"a draft": draft, "what was over": over} {
		if _, err := w.wishes.Get(t.Context(), w.resident, id); !errors.Is(err, model.ErrWishNotFound) {
			t.Errorf("%s is the beneficiary's: %v", name, err)
		}
	}
	if v, err := w.wishes.Get(t.Context(), w.proxy, own); err != nil || v.Relation&model.BeneficiaryRel != 0 {
		t.Errorf("who asks for another has become him: %v", err)
	}
	v, err := w.wishes.Submit(t.Context(), w.proxy, draft)
	w.must(err)
	if v.BeneficiaryID != w.resident.UserID {
		t.Errorf("what was submitted is for %d", v.BeneficiaryID)
	}
	_, err = w.wishes.Return(t.Context(), w.worker, draft, "号码不对", "请更正")
	w.must(err)
	_, err = w.wishes.Edit(t.Context(), w.proxy, draft, forGranny(func(o *wish.Order) { o.Phone = "13800009999" }))
	w.must(err)
	if _, err := w.wishes.Get(t.Context(), w.resident, draft); !errors.Is(err, model.ErrWishNotFound) {
		t.Errorf("who was named by mistake still sees it: %v", err)
	}
	if v, err = w.wishes.Submit(t.Context(), w.proxy, draft); err != nil || v.BeneficiaryID != 0 {
		t.Errorf("with another number it is for %d, %v", v.BeneficiaryID, err)
	}
}

// TestNumbersAreNotToldToWhoMayNotOrder: whether a number has an account must
// not be found out by placing an order on duty that one may not place, nor by
// changing what one does not see.
func TestNumbersAreNotToldToWhoMayNotOrder(t *testing.T) {
	w := world1(t)
	w.phoneOf(w.proxy.UserID, "13800005678")
	onDuty := func(phone string) wish.Order {
		return forGranny(func(o *wish.Order) { o.Channel, o.ProxyPhone = model.ChannelStaff, phone })
	}
	draft := w.place(w.worker, forGranny(func(o *wish.Order) { o.Channel, o.Submit = model.ChannelStaff, false })).ID
	for _, phone := range []string{"13800005678", "13800000000", "x"} {
		if _, err := w.wishes.Place(t.Context(), w.resident, onDuty(phone)); !errors.Is(err, model.ErrForbidden) {
			t.Errorf("a resident orders on duty with %s: %v", phone, err)
		}
		for name, who := range map[string]model.Actor{"a resident": w.resident, "another worker": w.worker2, "the system": model.SystemActor(county)} {
			_, err := w.wishes.Edit(t.Context(), who, draft, onDuty(phone))
			if f := fault.Of(err); f == nil || len(f.Fields) > 0 {
				t.Errorf("%s changes a draft with %s: %v", name, phone, err)
			}
		}
		foreign := w.worker
		foreign.TenantID = 77
		bad := forGranny(func(o *wish.Order) { o.Name, o.ConsentBy = "", "" })
		for _, o := range []wish.Order{onDuty(phone), bad} {
			if _, err := w.wishes.Edit(t.Context(), foreign, draft, o); !errors.Is(err, model.ErrWishNotFound) {
				t.Errorf("another county is told of a draft: %v", err)
			}
		}
	}
}

func TestAnOrderOnDutyNamesWhoMayJudge(t *testing.T) {
	w := world1(t)
	w.phoneOf(w.proxy.UserID, "13800005678")
	w.phoneOf(w.worker.UserID, "13800007777")
	w.phoneOf(w.stranger.UserID, "13800008888")
	w.must(w.update(func(tx *db.Tx) error {
		return tx.Model(&model.User{}).Where("id = ?", w.stranger.UserID).Update("tenant_id", 77).Error
	}))
	onDuty := func(phone string) wish.Order {
		return forGranny(func(o *wish.Order) { o.Channel, o.ProxyPhone, o.Submit = model.ChannelStaff, phone, false })
	}
	for name, phone := range map[string]string{"himself": "13800007777", "somebody of another county": "13800008888", "nobody": "13800000000"} {
		if _, err := w.wishes.Place(t.Context(), w.worker, onDuty(phone)); !errors.Is(err, model.ErrWishPerson) {
			t.Errorf("a worker names %s: %v", name, err)
		}
	}
	id := w.place(w.worker, onDuty("")).ID
	for _, phone := range []string{"13800005678", ""} { // what is left out stays
		v, err := w.wishes.Edit(t.Context(), w.worker, id, onDuty(phone))
		w.must(err)
		if v.ProxyID != w.proxy.UserID {
			t.Errorf("with %q %d may judge", phone, v.ProxyID)
		}
	}
}
