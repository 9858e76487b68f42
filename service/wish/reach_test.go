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

// staffer is somebody who holds one role in one organisation, with what is
// below it or without.
func staffer(id int64, role model.Role, path model.Path, subtree bool) model.Actor {
	ids := path.IDs()
	held := model.Held{Role: role, OrgID: ids[len(ids)-1], Path: path, Subtree: subtree}
	return model.Actor{UserID: id, TenantID: county, Consent: "1.0", RequestID: "test", Held: []model.Held{held}}
}

const (
	countyPath    = model.Path("/1/")
	townshipPath  = model.Path("/1/2/")
	communityPath = model.Path("/1/2/3/")
	gridPath      = model.Path("/1/2/3/4/")
)

// TestAListShowsWhatGetShows: a grant reaches as far in a list as it does for
// one wish, neither further nor less far.
func TestAListShowsWhatGetShows(t *testing.T) {
	w := world1(t)
	inGrid := w.in(model.WishSubmitted)
	open := w.in(model.WishOpen)
	beside := w.in(model.WishSubmitted, func(o *wish.Order) { o.PlaceID = community })
	far := w.in(model.WishClosed, func(o *wish.Order) { o.PlaceID = community })
	w.order(func(o *wish.Order) { o.Submit = false })
	last := w.in(model.WishSubmitted)
	for _, tt := range []struct {
		name  string
		who   model.Actor
		f     wish.Filter
		want  []int64
		fault error
	}{
		{"a grid worker has his grid", staffer(201, model.RoleGrid, gridPath, true), wish.Filter{View: wish.ViewCommunity, OrgID: grid}, []int64{last, open, inGrid}, nil},
		{"by the name of the community too", staffer(201, model.RoleGrid, gridPath, true), wish.Filter{View: wish.ViewCommunity, OrgID: community}, []int64{last, open, inGrid}, nil},
		{"and what the community has to do there", staffer(201, model.RoleGrid, gridPath, true), wish.Filter{View: wish.ViewQueue}, []int64{last, open, inGrid}, nil},
		{"in a state", staffer(201, model.RoleGrid, gridPath, true), wish.Filter{View: wish.ViewQueue, State: model.WishOpen}, []int64{open}, nil},
		{"but no other community", staffer(201, model.RoleGrid, gridPath, true), wish.Filter{View: wish.ViewCommunity, OrgID: elsewhere}, nil, nil},
		{"an officer asks for the queue of a community", w.officer, wish.Filter{View: wish.ViewQueue, OrgID: community}, []int64{last, beside, open, inGrid}, nil},
		{"an auditor does", w.auditor, wish.Filter{View: wish.ViewQueue, OrgID: community, State: model.WishOpen}, []int64{open}, nil},
		{"but not for the county's", w.officer, wish.Filter{View: wish.ViewQueue, OrgID: county}, nil, nil},
		{"an officer without what is below", staffer(202, model.RoleTownship, townshipPath, false), wish.Filter{View: wish.ViewCommunity, OrgID: community}, nil, model.ErrForbidden},
		{"has no queue of it either", staffer(202, model.RoleTownship, townshipPath, false), wish.Filter{View: wish.ViewQueue, OrgID: community}, nil, model.ErrForbidden},
		{"a worker without the grids", staffer(203, model.RoleWorker, communityPath, false), wish.Filter{View: wish.ViewCommunity, OrgID: community}, []int64{far, beside}, nil},
		{"has no queue of them", staffer(203, model.RoleWorker, communityPath, false), wish.Filter{View: wish.ViewQueue}, []int64{beside}, nil},
		{"the county without its townships", staffer(204, model.RoleCounty, countyPath, false), wish.Filter{View: wish.ViewQueue}, nil, nil},
	} {
		tt.f.Limit = 10
		page, err := w.wishes.List(t.Context(), tt.who, tt.f)
		if got := ids(page); !errors.Is(err, tt.fault) || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, %v, want %v, %v", tt.name, got, err, tt.want, tt.fault)
		}
		for _, id := range []int64{inGrid, open, beside, far, last} {
			_, err := w.wishes.Get(t.Context(), tt.who, id)
			if slices.Contains(ids(page), id) && err != nil {
				t.Errorf("%s: the list has %d, and Get says %v", tt.name, id, err)
			}
		}
	}
}

func TestTasksReachAsFarAsTheWishesDo(t *testing.T) {
	w := world1(t)
	w.in(model.WishSubmitted)
	w.pass(25 * time.Hour)
	for _, tt := range []struct {
		name string
		who  model.Actor
		org  int64
		want int
		err  error
	}{
		{"a worker", w.worker, 0, 1, nil},
		{"an officer, of his own", w.officer, 0, 0, nil},
		{"an officer, of a community", w.officer, community, 1, nil},
		{"an officer, of the county", w.officer, county, 0, nil},
		{"a worker without the grids", staffer(203, model.RoleWorker, communityPath, false), 0, 0, nil},
		{"a worker of elsewhere", w.worker, elsewhere, 0, model.ErrForbidden},
		{"a member", w.member, 0, 0, model.ErrForbidden},
	} {
		all, err := w.wishes.Tasks(t.Context(), tt.who, wish.Filter{OrgID: tt.org, Limit: 10}, "")
		if len(all) != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s has %d tasks, %v; want %d, %v", tt.name, len(all), err, tt.want, tt.err)
		}
	}
}

// TestWhoMovesAwayLeavesHisWishesBehind: the wall around a county holds in every
// list, whoever's wishes they are.
func TestWhoMovesAwayLeavesHisWishesBehind(t *testing.T) {
	w := world1(t)
	w.in(model.WishClosed)
	dispatched(w)
	for _, view := range wish.Views() {
		for _, who := range []model.Actor{w.resident, w.member, w.worker, w.officer} {
			who.TenantID = 77
			all, err := w.wishes.List(t.Context(), who, wish.Filter{View: view, OrgID: map[bool]int64{true: community}[view == wish.ViewCommunity], Limit: 10})
			if len(all) != 0 || err != nil && !errors.Is(err, model.ErrForbidden) {
				t.Errorf("%s of %d in another county: %s, %v", view, who.UserID, fmt.Sprint(ids(all)), err)
			}
		}
	}
}
