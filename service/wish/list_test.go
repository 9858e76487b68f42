package wish_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"dandelion/model"
	"dandelion/service/wish"
)

// ids returns the ids of a page.
func ids(page []*wish.Seen) (all []int64) {
	for _, v := range page {
		all = append(all, v.ID)
	}
	return all
}

func (w *world) list(who model.Actor, f wish.Filter) []int64 {
	w.Helper()
	if f.Limit == 0 {
		f.Limit = 50
	}
	page, err := w.wishes.List(w.Context(), who, f)
	w.must(err)
	return ids(page)
}

func TestEverybodyHasHisOwnLists(t *testing.T) {
	w := world1(t)
	submitted, open, claimed := w.in(model.WishSubmitted), w.in(model.WishOpen), w.in(model.WishClaimed)
	ordered := dispatched(w)
	closed := w.in(model.WishClosed)
	draft := w.order(func(o *wish.Order) { o.Submit = false })
	for _, tt := range []struct {
		name string
		who  model.Actor
		f    wish.Filter
		want []int64
	}{
		{"a resident has his own, drafts with them", w.resident, wish.Filter{View: wish.ViewMine}, []int64{draft, closed, ordered, claimed, open, submitted}},
		{"of one state", w.resident, wish.Filter{View: wish.ViewMine, State: model.WishClosed}, []int64{closed}},
		{"a neighbour has none", w.proxy, wish.Filter{View: wish.ViewMine}, nil},
		{"a member has the pool", w.member2, wish.Filter{View: wish.ViewPool}, []int64{open}},
		{"of the community he names", w.member2, wish.Filter{View: wish.ViewPool, OrgID: community}, []int64{open}},
		{"and of another none", w.member2, wish.Filter{View: wish.ViewPool, OrgID: elsewhere}, nil},
		{"another community has another pool", w.stranger, wish.Filter{View: wish.ViewPool}, nil},
		{"a member has what he claimed", w.member, wish.Filter{View: wish.ViewClaims}, []int64{closed, claimed}},
		{"and what is ordered to him", w.member, wish.Filter{View: wish.ViewOrders}, []int64{ordered}},
		{"a worker has the queue", w.worker, wish.Filter{View: wish.ViewQueue}, []int64{ordered, claimed, open, submitted}},
		{"by state", w.worker, wish.Filter{View: wish.ViewQueue, State: model.WishOpen}, []int64{open}},
		{"by light", w.worker, wish.Filter{View: wish.ViewQueue, Light: model.Red}, nil},
		{"and the community, without drafts", w.worker, wish.Filter{View: wish.ViewCommunity, OrgID: community}, []int64{closed, ordered, claimed, open, submitted}},
		{"the township has its communities", w.officer, wish.Filter{View: wish.ViewCommunity, OrgID: community}, []int64{closed, ordered, claimed, open, submitted}},
		{"and nothing of its own to do", w.officer, wish.Filter{View: wish.ViewQueue}, nil},
		{"the auditor reads", w.auditor, wish.Filter{View: wish.ViewCommunity, OrgID: community, State: model.WishOpen}, []int64{open}},
		{"by kind", w.worker, wish.Filter{View: wish.ViewCommunity, OrgID: community, Kind: model.WishGoods}, nil},
		{"by urgency", w.worker, wish.Filter{View: wish.ViewCommunity, OrgID: community, Urgency: model.Normal, State: model.WishOpen}, []int64{open}},
	} {
		if got := w.list(tt.who, tt.f); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	for _, tt := range []struct {
		name string
		who  model.Actor
		f    wish.Filter
		want error
	}{
		{"a resident has no pool", w.resident, wish.Filter{View: wish.ViewPool}, model.ErrForbidden},
		{"a member has no queue", w.member, wish.Filter{View: wish.ViewQueue}, model.ErrForbidden},
		{"a worker has no queue elsewhere", w.worker, wish.Filter{View: wish.ViewQueue, OrgID: elsewhere}, model.ErrForbidden},
		{"a member lists no community", w.member, wish.Filter{View: wish.ViewCommunity, OrgID: community}, model.ErrForbidden},
		{"a community must be named", w.worker, wish.Filter{View: wish.ViewCommunity}, model.ErrOrgNotFound},
	} {
		tt.f.Limit = 10
		if got, err := w.wishes.List(t.Context(), tt.who, tt.f); !errors.Is(err, tt.want) || len(got) != 0 {
			t.Errorf("%s: %v, %v", tt.name, ids(got), err)
		}
	}
	if got := w.list(w.worker, wish.Filter{View: wish.ViewCommunity, OrgID: elsewhere}); len(got) != 0 {
		t.Errorf("a worker lists another community: %v", got)
	}
}

func TestPagesJoinWithoutGapsOrRepeats(t *testing.T) {
	w := world1(t)
	var want []int64
	for n := range 11 {
		id := w.in(model.WishOpen, func(o *wish.Order) { o.Title = fmt.Sprint("心愿", n) })
		want = append([]int64{id}, want...)
	}
	for name, f := range map[string]wish.Filter{
		"pool": {View: wish.ViewPool}, "queue": {View: wish.ViewQueue}, "community": {View: wish.ViewCommunity, OrgID: community}, "mine": {View: wish.ViewMine},
	} {
		who := map[string]model.Actor{"pool": w.member, "queue": w.worker, "community": w.worker, "mine": w.resident}[name]
		f.Limit = 4
		var got []int64
		for page := w.list(who, f); len(page) > 0; page = w.list(who, f) {
			got = append(got, page...)
			f.Before = page[len(page)-1]
		}
		if !slices.Equal(got, want) {
			t.Errorf("the pages of %s join to %v, want %v", name, got, want)
		}
	}
}

func TestAWidenedWishReachesMoreAndMore(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishOpen)
	if got := w.list(w.stranger, wish.Filter{View: wish.ViewPool}); len(got) != 0 {
		t.Fatalf("the next community sees it at once: %v", got)
	}
	w.pass(73 * time.Hour)
	if got := w.list(w.stranger, wish.Filter{View: wish.ViewPool}); !slices.Equal(got, []int64{id}) {
		t.Errorf("after three days the next community sees %v", got)
	}
	v, err := w.wishes.Claim(t.Context(), w.stranger, id, 0, nil)
	w.must(err)
	if v.ClaimerID != w.stranger.UserID {
		t.Errorf("claimed by %d", v.ClaimerID)
	}
}

func TestSuggestionsSayWhy(t *testing.T) {
	w := world1(t)
	id := w.in(model.WishSubmitted)
	w.in(model.WishClaimed) // the first member has something to do
	all, err := w.wishes.Suggest(t.Context(), w.worker, id)
	w.must(err)
	if len(all) != 4 { // three members and the unit
		t.Fatalf("suggested %+v", all)
	}
	for i, c := range all {
		sum := int64(0)
		for _, f := range c.Factors {
			sum += f.Points
			if f.Value == "" || f.Points == 0 {
				t.Errorf("%s has a factor that says nothing: %+v", c.Name, f)
			}
		}
		if sum != c.Score || c.Name == "" {
			t.Errorf("%s has %d points, and its reasons %d", c.Name, c.Score, sum)
		}
		if i > 0 && all[i-1].Score < c.Score {
			t.Errorf("%s stands behind %s", c.Name, all[i-1].Name)
		}
	}
	rank := func(user int64) int {
		return slices.IndexFunc(all, func(c wish.Candidate) bool { return c.UserID == user })
	}
	if rank(w.member2.UserID) > rank(w.member.UserID) {
		t.Error("who has less to do stands behind")
	}
	for name, who := range map[string]model.Actor{"the resident": w.resident, "an auditor": w.auditor} {
		if _, err := w.wishes.Suggest(t.Context(), who, id); !errors.Is(err, model.ErrWishWho) {
			t.Errorf("%s gets suggestions: %v", name, err)
		}
	}
}
