package model

import (
	"errors"
	"strings"
	"testing"
	"time"
)

var (
	shopOrg  = &Org{ID: 3, TenantID: 1, Kind: OrgCommunity, State: OrgActive, Path: "/1/2/3/"}
	shopkeep = Actor{UserID: 20, TenantID: 1, Held: []Held{{Role: RoleCounty, OrgID: 1, Path: "/1/", Subtree: true}}}
	keeper   = Actor{UserID: 21, TenantID: 1, Held: []Held{{Role: RoleVerifier, OrgID: 3, Path: "/1/2/3/", Subtree: true}}}
	taker    = Actor{UserID: 22, TenantID: 1, HomePath: "/1/2/3/5/"}
)

func terms() RewardTerms {
	return RewardTerms{Name: " 雨伞 ", Detail: "晴雨两用", Cost: 10, Stock: 5, PerPerson: 2}
}

func TestARewardIsWithinItsTerms(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*RewardTerms, *Org, *Actor)
		want   error
	}{
		"as it should be":       {func(*RewardTerms, *Org, *Actor) {}, nil},
		"nameless":              {func(r *RewardTerms, _ *Org, _ *Actor) { r.Name = " 伞 " }, ErrRewardTerms},
		"too much to read":      {func(r *RewardTerms, _ *Org, _ *Actor) { r.Detail = strings.Repeat("好", 301) }, ErrRewardTerms},
		"for nothing":           {func(r *RewardTerms, _ *Org, _ *Actor) { r.Cost = 0 }, ErrRewardTerms},
		"too dear":              {func(r *RewardTerms, _ *Org, _ *Actor) { r.Cost = MaxRewardCost + 1 }, ErrRewardTerms},
		"less than none":        {func(r *RewardTerms, _ *Org, _ *Actor) { r.Stock = -1 }, ErrRewardStock},
		"too many":              {func(r *RewardTerms, _ *Org, _ *Actor) { r.Stock = MaxRewardStock + 1 }, ErrRewardTerms},
		"for nobody":            {func(r *RewardTerms, _ *Org, _ *Actor) { r.PerPerson = 0 }, ErrRewardTerms},
		"more than places":      {func(r *RewardTerms, _ *Org, _ *Actor) { r.PerPerson = MaxPerPerson + 1 }, ErrRewardTerms},
		"as good as money":      {func(r *RewardTerms, _ *Org, _ *Actor) { r.Name = "超市购物卡" }, ErrRewardCash},
		"a game of chance":      {func(r *RewardTerms, _ *Org, _ *Actor) { r.Detail = "可参加抽奖" }, ErrRewardCash},
		"in a grid":             {func(_ *RewardTerms, o *Org, _ *Actor) { o.Kind = OrgGrid }, ErrRewardOrg},
		"where nobody is":       {func(_ *RewardTerms, o *Org, _ *Actor) { o.State = OrgClosed }, ErrRewardOrg},
		"in another county":     {func(_ *RewardTerms, o *Org, _ *Actor) { o.TenantID = 9 }, ErrOrgNotFound},
		"by who hands them out": {func(_ *RewardTerms, _ *Org, a *Actor) { *a = keeper }, ErrForbidden},
	} {
		r, o, who := terms(), *shopOrg, shopkeep
		c.change(&r, &o, &who)
		got, err := NewReward(7, &o, r, who, noon)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err == nil && (got.Name != "雨伞" || got.State != RewardActive || got.OrgPath != o.Path) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, s := range RewardStates() {
		if s.Title() == "" {
			t.Errorf("%s has no title", s)
		}
	}
}

func shop(t *testing.T) *Reward {
	t.Helper()
	r, err := NewReward(7, shopOrg, terms(), shopkeep, noon)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAChangeThatIsRefusedLeavesNoMark(t *testing.T) {
	r := shop(t)
	before, gone, closed, name := *r, int64(-6), false, "大伞"
	abroad := shopkeep
	abroad.TenantID = 9
	for _, c := range []struct {
		who  Actor
		c    RewardChange
		want error
	}{
		{shopkeep, RewardChange{Restock: &gone, Name: &name}, ErrRewardStock},
		{keeper, RewardChange{Open: &closed}, ErrForbidden},
		{abroad, RewardChange{Open: &closed}, ErrRewardNotFound},
	} {
		if err := r.Change(c.who, c.c); !errors.Is(err, c.want) || *r != before {
			t.Errorf("%v, want %v: %+v", err, c.want, r)
		}
	}
	if err := r.Change(shopkeep, RewardChange{Open: &closed, Name: &name}); err != nil || r.State != RewardClosed || r.Name != name || r.Stock != 5 {
		t.Errorf("%v: %+v", err, r)
	}
	if err := r.Redeemable(taker, 1); !errors.Is(err, ErrRewardClosed) {
		t.Errorf("a closed reward: %v", err)
	}
	open := true
	if err := r.Change(shopkeep, RewardChange{Open: &open}); err != nil || r.Redeemable(taker, 1) != nil {
		t.Errorf("an opened one: %v", err)
	}
	if err := r.Redeemable(taker, 0); !errors.Is(err, ErrRewardLimit) {
		t.Errorf("no place: %v", err)
	}
	if err := r.Redeemable(Actor{UserID: 22, TenantID: 9}, 1); !errors.Is(err, ErrRewardNotFound) {
		t.Errorf("another county: %v", err)
	}
	r.Stock = 0
	if err := r.Redeemable(taker, 1); !errors.Is(err, ErrRewardSoldOut) {
		t.Errorf("none left: %v", err)
	}
}

// redemptionLoop is the table of the domain, written down once more by hand: who
// can cause what where. Everything else is refused.
var redemptionLoop = map[RedemptionEvent]struct{ from, to, who string }{
	RedemptionName:   {"held", "held", "taker"},
	RedemptionDrop:   {"held", "held", "taker"},
	RedemptionPickUp: {"held", "picked_up", "keeper"},
	RedemptionCancel: {"held", "cancelled", "taker"},
	RedemptionLapse:  {"held", "expired", "system"},
}

var redemptionVerbs = map[RedemptionEvent]func(*Redemption, Step) error{
	RedemptionName:   func(d *Redemption, st Step) error { return d.NameProxy(st, "sealed") },
	RedemptionDrop:   (*Redemption).DropProxy,
	RedemptionPickUp: func(d *Redemption, st Step) error { return d.PickUp(st, TakenByOwner) },
	RedemptionCancel: (*Redemption).Cancel,
	RedemptionLapse:  (*Redemption).Expire,
}

func redemptionIn(t *testing.T, state RedemptionState) *Redemption {
	t.Helper()
	d, err := NewRedemption(8, shop(t), Step{Who: taker, Now: noon}, 2)
	if err != nil {
		t.Fatal(err)
	}
	at := noon
	d.State, d.Code, d.Proxy, d.ProxyAt = state, "sealed", "sealed", &at
	return d
}

func TestARedemptionLivesByItsTable(t *testing.T) {
	people := map[string]Actor{
		"taker": taker, "keeper": keeper, "system": SystemActor(1), "officer": shopkeep, "visitor": {},
		"other": {UserID: 23, TenantID: 1, Held: []Held{{Role: RoleVerifier, OrgID: 4, Path: "/1/2/4/", Subtree: true}}},
	}
	for e, verb := range redemptionVerbs {
		row := redemptionLoop[e]
		for _, state := range RedemptionStates() {
			for name, who := range people {
				d := redemptionIn(t, state)
				before, now := *d, noon
				if e == RedemptionLapse {
					now = d.ExpiresAt
				}
				err := verb(d, Step{Who: who, Now: now})
				allowed := string(state) == row.from && name == row.who
				switch {
				case allowed && (err != nil || string(d.State) != row.to):
					t.Errorf("%s by %s in %s leads to %s: %v", e, name, state, d.State, err)
				case !allowed && (err == nil || *d != before):
					t.Errorf("%s by %s in %s: %v, and it is %+v", e, name, state, err, d)
				}
				if d.State.Final() && err == nil && (d.Code != "" || d.Proxy != "" || d.EndedAt == nil) {
					t.Errorf("what is over after %s keeps secrets: %+v", e, d)
				}
				if free := d.PlaceKey == nil; err == nil && free != (e == RedemptionCancel || e == RedemptionLapse) {
					t.Errorf("after %s the place is free: %v", e, free)
				}
			}
		}
	}
}

func TestTheTableOfRedemptionsIsSound(t *testing.T) {
	reached := map[RedemptionState]bool{}
	for _, a := range RedemptionArrows() {
		reached[a.To] = true
		row, known := redemptionLoop[a.Event]
		if a.Event == RedemptionRedeem {
			row.from, row.to, known = "", "held", true
		}
		if !known || string(a.From) != row.from || string(a.To) != row.to || a.Event.Title() == "" || a.By.Title() == "" {
			t.Errorf("%+v is not in the table of the domain", a)
		}
		if a.From.Final() {
			t.Errorf("%+v leads out of what is over", a)
		}
	}
	for _, s := range RedemptionStates() {
		if !reached[s] || s.Title() == "" {
			t.Errorf("%s is reached: %v, and called %q", s, reached[s], s.Title())
		}
	}
	if n := len(RedemptionEvents()); n != 6 || RedemptionState("lost").Title() != "" || RedemptionState("lost").Final() || RedemptionEvent("lose").Title() != "" {
		t.Errorf("%d events, or what is not in the table has a title", n)
	}
}

func TestACodeIsGoodInItsTimeForTheRightHands(t *testing.T) {
	d := redemptionIn(t, RedemptionHeld)
	own := keeper
	own.UserID = taker.UserID
	late := d.ExpiresAt
	for name, c := range map[string]struct {
		st   Step
		by   TakenBy
		want error
	}{
		"the last moment":       {Step{Who: keeper, Now: late.Add(-time.Millisecond)}, TakenByProxy, nil},
		"too late":              {Step{Who: keeper, Now: late}, TakenByOwner, ErrPickUpCode},
		"one's own":             {Step{Who: own, Now: noon}, TakenByOwner, ErrRedemptionSelf},
		"taken by nobody known": {Step{Who: keeper, Now: noon}, "cat", ErrRedemptionProxy},
	} {
		trial := *d
		if err := trial.PickUp(c.st, c.by); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if err := d.Expire(Step{Who: SystemActor(1), Now: late.Add(-time.Millisecond)}); !errors.Is(err, ErrRedemptionState) {
		t.Errorf("expired too early: %v", err)
	}
}

func TestPickUpCodesAreReadAloud(t *testing.T) {
	seen := map[rune]bool{}
	for b := range 256 {
		code := PickUpCode([]byte{byte(b), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
		if len(code) != PickUpLength || strings.ContainsAny(code, "01IO") || CleanPickUpCode(strings.ToLower(code[:5])+" -"+code[5:]) != code {
			t.Errorf("%d makes %q", b, code)
		}
		seen[rune(code[0])] = true
	}
	if len(seen) != 32 {
		t.Errorf("%d letters", len(seen))
	}
	for _, s := range []string{"", "ABC", "ABCDEFGHJKL", "ABCDEFGHJI", "取货码取货码取货码取"} {
		if CleanPickUpCode(s) != "" {
			t.Errorf("%q is a code", s)
		}
	}
}

func TestNamesInTheLedgerAreNobodyElses(t *testing.T) {
	a, b := RequestName(1, "order-0001"), RequestName(2, "order-0001")
	if a == b || a == RequestName(1, "order-0002") || a != RequestName(1, "order-0001") || len(a) > 64 || !strings.HasPrefix(a, "client:") || RequestName(1, "") != "" {
		t.Errorf("%q and %q", a, b)
	}
	eve := time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC)
	if PlaceKey(7, 8, 1, eve) == PlaceKey(7, 8, 1, eve.Add(time.Second)) || len(PlaceKey(1<<62, 1<<62, MaxPerPerson, eve)) > 64 {
		t.Error("a place is of a season in Shanghai, and fits its column")
	}
	request := "order-0001"
	d := redemptionIn(t, RedemptionHeld)
	d.Request = &request
	g, err := NewDonation(9, taker, 5, "", request, noon)
	if err != nil || g.OrgID != 3 || d.Hold().Check() != nil || g.Give().Check() != nil {
		t.Errorf("%v: %+v", err, g)
	}
	if d.Hold().Txn.RequestID != RequestName(22, request) || g.Give().Txn.RequestID != d.Hold().Txn.RequestID {
		t.Error("one request of a person has two names")
	}
	for _, n := range []int64{0, -1, MaxDonation + 1} {
		if _, err := NewDonation(9, taker, n, "", "", noon); !errors.Is(err, ErrDonation) {
			t.Errorf("a gift of %d: %v", n, err)
		}
	}
	if _, err := NewDonation(9, Actor{UserID: 1}, 5, "", "", noon); !errors.Is(err, ErrNoHome) {
		t.Errorf("a gift to no community: %v", err)
	}
}
