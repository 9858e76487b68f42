package wish_test

import (
	"testing"

	"dandelion/model"
	"dandelion/service/wish"
)

// TestAStepAnswersWithTheNamesThatGetHas: who has taken a step sees the same
// wish as he would if he asked for it.
func TestAStepAnswersWithTheNamesThatGetHas(t *testing.T) {
	w := world1(t)
	ctx := t.Context()
	id := w.order(func(o *wish.Order) { o.Submit = false })
	team := []int64{w.helper.UserID, w.liaison.UserID}
	for _, tt := range []struct {
		name string
		who  model.Actor
		do   func() (*wish.Seen, error)
		want wish.Names
	}{
		{"submit", w.resident, func() (*wish.Seen, error) { return w.wishes.Submit(ctx, w.resident, id) }, wish.Names{Community: "红星社区"}},
		{"dispatch to a member", w.worker, func() (*wish.Seen, error) {
			return w.wishes.Dispatch(ctx, w.worker, id, model.Order{UserID: w.member.UserID}, "")
		}, wish.Names{Community: "红星社区", Target: "张三"}},
		{"accept", w.member, func() (*wish.Seen, error) { return w.wishes.Accept(ctx, w.member, id, nil) }, wish.Names{Community: "红星社区", Claimer: "张三", Target: "张三"}},
		{"release", w.worker, func() (*wish.Seen, error) { return w.wishes.Revoke(ctx, w.worker, id, "联系不上") }, wish.Names{Community: "红星社区"}},
		{"claim", w.member2, func() (*wish.Seen, error) { return w.wishes.Claim(ctx, w.member2, id, 0, nil) }, wish.Names{Community: "红星社区", Claimer: "李四"}},
		{"revoke", w.worker, func() (*wish.Seen, error) { return w.wishes.Revoke(ctx, w.worker, id, "联系不上") }, wish.Names{Community: "红星社区"}},
		{"dispatch to a unit", w.worker, func() (*wish.Seen, error) {
			return w.wishes.Dispatch(ctx, w.worker, id, model.Order{OrgID: unit}, "")
		}, wish.Names{Community: "红星社区", TargetOrg: "县医院"}},
		{"accept as a unit", w.liaison, func() (*wish.Seen, error) { return w.wishes.Accept(ctx, w.liaison, id, team) }, wish.Names{Community: "红星社区", Claimer: "医生", ClaimOrg: "县医院", TargetOrg: "县医院"}},
	} {
		v, err := tt.do()
		w.must(err)
		got, err := w.wishes.Get(ctx, tt.who, id)
		w.must(err)
		if v.Names != tt.want || got.Names != tt.want {
			t.Errorf("%s answers with %+v and Get with %+v, want %+v", tt.name, v.Names, got.Names, tt.want)
		}
	}
	if v := w.place(w.proxy, forGranny(nil)); v.Names.Community != "红星社区" {
		t.Errorf("an order answers with %+v", v.Names)
	}
}
