package model

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// places are organisations, by what they are.
func place(kind OrgKind, path Path) *Org {
	return &Org{ID: path.IDs()[len(path.IDs())-1], TenantID: 1, Kind: kind, Path: path, State: OrgActive}
}

func anOrder() WishOrder {
	return WishOrder{
		Kind: WishService, Urgency: Normal, AgeGroup: Adult, Skill: "水电", Title: " 修水龙头 ", Detail: "厨房漏水\r\n两天了",
		Channel: ChannelSelf, MaskedName: "王**",
	}
}

func TestWhoAWishIsFor(t *testing.T) {
	at := place(OrgGrid, grid)
	tests := []struct {
		name               string
		channel            Channel
		who                string
		beneficiary, proxy int64
		want               error
	}{
		{"one asks for oneself", ChannelSelf, "requester", 11, 0, nil},
		{"one asks for somebody and speaks for him", ChannelProxy, "requester", 0, 11, nil},
		{"a worker asks on duty and speaks for nobody", ChannelStaff, "worker", 0, 0, nil},
		{"a grid worker does", ChannelStaff, "grid worker", 0, 0, nil},
		{"a township officer does", ChannelStaff, "township", 0, 0, nil},
		{"a volunteer is no staff", ChannelStaff, "candidate", 0, 0, ErrForbidden},
		{"nor is the worker of another community", ChannelStaff, "other worker", 0, 0, ErrForbidden},
		{"a county is a wall", ChannelSelf, "foreign twin", 0, 0, ErrOrgNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := anOrder()
			o.Channel = tt.channel
			w, err := NewWish(500, o, at, step(tt.who, 0))
			if !errors.Is(err, tt.want) || err != nil {
				if !errors.Is(err, tt.want) {
					t.Errorf("%v, want %v", err, tt.want)
				}
				return
			}
			if w.BeneficiaryID != tt.beneficiary || w.ProxyID != tt.proxy || w.RequesterID != cast[tt.who].UserID {
				t.Errorf("for %d by %d, spoken for by %d", w.BeneficiaryID, w.RequesterID, w.ProxyID)
			}
			if w.State != WishDraft || w.QueueOrgID != 0 || w.CommunityID != 3 || w.OrgPath != grid || w.TenantID != 1 || w.Version != 1 {
				t.Errorf("a new wish is %+v", w)
			}
			if w.Title != "修水龙头" || w.Detail != "厨房漏水\n两天了" || w.Scope != ScopeCommunity || !w.DueAt.Equal(noon.AddDate(0, 0, 30)) {
				t.Errorf("a new wish is %+v", w)
			}
		})
	}
}

func TestWhereAWishCanBe(t *testing.T) {
	closed := place(OrgCommunity, community)
	closed.State = OrgClosed
	tests := []struct {
		at   *Org
		want error
	}{
		{place(OrgCommunity, community), nil},
		{place(OrgGrid, grid), nil},
		{place(OrgBuilding, grid.Below(40)), nil},
		{place(OrgTownship, township), ErrNoHome},
		{place(OrgCounty, county), ErrNoHome},
		{place(OrgUnit, community.Below(41)), ErrNoHome},
		{place(OrgBranch, county.Below(42).Below(43)), ErrNoHome},
		{closed, ErrOrgClosed},
	}
	for _, tt := range tests {
		w, err := NewWish(500, anOrder(), tt.at, step("requester", 0))
		if !errors.Is(err, tt.want) || err == nil && w.CommunityID != 3 {
			t.Errorf("at a %s in %s: %v, want %v", tt.at.Kind, tt.at.State, err, tt.want)
		}
	}
}

func TestWhereTheBeneficiaryIsMet(t *testing.T) {
	tests := []struct {
		name      string
		age       AgeGroup
		sensitive bool
		prefers   bool
		want      HandOver
	}{
		{"an adult at home", Adult, false, false, AtHome},
		{"an elder at home", Elder, false, false, AtHome},
		{"who prefers it at the station", Elder, false, true, AtStation},
		{"a minor at the station", Minor, false, false, AtStation},
		{"a sensitive case at the station", Adult, true, false, AtStation},
	}
	for _, tt := range tests {
		o := anOrder()
		o.AgeGroup, o.Sensitive, o.AtStation = tt.age, tt.sensitive, tt.prefers
		w, err := NewWish(500, o, place(OrgGrid, grid), step("requester", 0))
		if err != nil || w.HandOver != tt.want || w.AddressHidden() != (tt.want == AtStation) {
			t.Errorf("%s: %s, %v", tt.name, w.HandOver, err)
		}
	}
}

func TestWhatAWishSays(t *testing.T) {
	yesterday, far, soon := noon.AddDate(0, 0, -1), noon.AddDate(1, 0, 1), noon.Add(time.Hour)
	tests := []struct {
		name string
		with func(*WishOrder)
		want error
	}{
		{"a title of two characters", func(o *WishOrder) { o.Title = "修灯" }, nil},
		{"no shorter", func(o *WishOrder) { o.Title = " 修 " }, ErrWishText},
		{"forty characters", func(o *WishOrder) { o.Title = strings.Repeat("愿", 40) }, nil},
		{"no longer", func(o *WishOrder) { o.Title = strings.Repeat("愿", 41) }, ErrWishText},
		{"five hundred of detail", func(o *WishOrder) { o.Detail = strings.Repeat("愿", 501) }, ErrWishText},
		{"no detail is needed", func(o *WishOrder) { o.Detail = "" }, nil},
		{"no control characters", func(o *WishOrder) { o.Skill = "水\x00电" }, ErrWishText},
		{"a day to come", func(o *WishOrder) { o.ExpectedBy = &soon }, nil},
		{"not yesterday", func(o *WishOrder) { o.ExpectedBy = &yesterday }, ErrWishDate},
		{"not in more than a year", func(o *WishOrder) { o.ExpectedBy = &far }, ErrWishDate},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := anOrder()
			tt.with(&o)
			if _, err := NewWish(500, o, place(OrgGrid, grid), step("requester", 0)); !errors.Is(err, tt.want) {
				t.Errorf("new: %v, want %v", err, tt.want)
			}
			w := wishIn(WishReturned)
			before := *w
			if err := w.Edit(o, step("requester", 0)); !errors.Is(err, tt.want) || err != nil && *w != before {
				t.Errorf("edit: %v, want %v; %+v", err, tt.want, w)
			}
		})
	}
}

func TestAWishIsEditedBeforeItIsSubmittedOnly(t *testing.T) {
	for _, state := range WishStates() {
		for _, who := range everybody() {
			w := wishIn(state)
			before := *w
			err := w.Edit(anOrder(), step(who, 0))
			if may := who == "requester" && (state == WishDraft || state == WishReturned); (err == nil) != may {
				t.Errorf("%s edits what is %s: %v", who, state, err)
			}
			if err != nil && *w != before || w.State != state {
				t.Errorf("%s has changed what is %s", who, state)
			}
		}
	}
}

// TestWhoIsTold writes down, for every state, who is told the beneficiary's
// data: those at work, and the workers, while there is something to do.
func TestWhoIsTold(t *testing.T) {
	serve, see := []string{"claimer", "teammate", "claim liaison"}, []string{"worker", "township", "county"}
	for _, state := range WishStates() {
		var told []string
		if state != WishDraft && (!state.Final() || state == WishClosed) {
			told = see
		}
		if slices.Contains(claimed, state) {
			told = slices.Concat(told, serve)
		}
		for _, who := range everybody() {
			w := wishIn(state)
			ready(w, "", who)
			err := w.Reveals(step(who, time.Hour))
			if (err == nil) != slices.Contains(told, who) {
				t.Errorf("%s in %s: %v", who, state, err)
			}
			if sees := sight[who]; err != nil && errors.Is(err, ErrWishNotFound) != (sees == nil || !sees(state)) {
				t.Errorf("%s in %s is refused with %v", who, state, err)
			}
		}
	}
}

func TestAWeekLaterNobodyIsTold(t *testing.T) {
	week := 7 * 24 * time.Hour
	for _, who := range []string{"claimer", "teammate", "worker", "county"} {
		w := wishIn(WishClosed)
		if err := w.Reveals(step(who, week)); err != nil {
			t.Errorf("%s within the week: %v", who, err)
		}
		if err := w.Reveals(step(who, week+1)); !errors.Is(err, ErrWishReveal) {
			t.Errorf("%s after the week: %v", who, err)
		}
	}
	atOnce, err := Policy{}.With(RevealAfterClose, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := step("claimer", time.Millisecond)
	s.Policy = atOnce
	if err := wishIn(WishClosed).Reveals(s); !errors.Is(err, ErrWishReveal) {
		t.Errorf("where it ends at once: %v", err)
	}
}

func TestWhyAJudgementIsReviewed(t *testing.T) {
	tests := []struct {
		stars   int64
		solved  Solved
		byProxy bool
		want    []string
	}{
		{5, SolvedYes, false, nil},
		{3, SolvedYes, false, nil},
		{2, SolvedYes, false, []string{"low_stars"}},
		{4, SolvedPartly, false, []string{"not_solved"}},
		{1, SolvedNo, true, []string{"low_stars", "not_solved", "by_proxy"}},
		{5, SolvedYes, true, []string{"by_proxy"}},
		{0, "", false, nil},
	}
	for _, tt := range tests {
		w := Wish{Stars: tt.stars, Solved: tt.solved}
		if got := w.Flags(tt.byProxy); !slices.Equal(got, tt.want) {
			t.Errorf("%d stars, solved %q: %v, want %v", tt.stars, tt.solved, got, tt.want)
		}
	}
}

func TestANumberIsTheBeneficiarysUnlessSomebodyElseCanBeReachedByIt(t *testing.T) {
	for _, tt := range []struct {
		name    string
		channel Channel
		account int64
		want    int64
	}{
		{"a number with an account", ChannelProxy, 77, 77},
		{"a number without one", ChannelProxy, 0, 0},
		{"the number of who asks", ChannelStaff, 11, 0},
		{"the number of who speaks for him", ChannelStaff, 13, 0},
		{"the number of who comes", ChannelProxy, 14, 0},
		{"the number of who comes along", ChannelProxy, 15, 0},
		{"one's own wish is one's own", ChannelSelf, 77, 12},
	} {
		w := wishIn(WishInService)
		w.Channel = tt.channel
		if w.Link(tt.account); w.BeneficiaryID != tt.want {
			t.Errorf("%s: for %d, want %d", tt.name, w.BeneficiaryID, tt.want)
		}
	}
}
