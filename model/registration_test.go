package model

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	joinPlace = &Org{ID: 3, TenantID: 1, Kind: OrgCommunity, State: OrgActive, Path: community}
	joinGrid  = &Org{ID: 4, TenantID: 1, ParentID: 3, Kind: OrgGrid, State: OrgActive, Path: grid}
	joinUnit  = &Org{ID: 8, TenantID: 1, Kind: OrgUnit, State: OrgActive, Path: unit}
	joiner    = Actor{UserID: 40, TenantID: 1}
)

func joining() RegistrationOrder {
	return RegistrationOrder{Unit: joinUnit, Community: joinPlace, Grid: joinGrid, RosterID: 70, Post: " 义诊服务岗 "}
}

func byNow(who Actor) Step { return Step{Who: who, Now: noon} }

// registrationIn returns the joiner's registration in a state.
func registrationIn(t *testing.T, state RegistrationState) *Registration {
	t.Helper()
	r, err := NewRegistration(71, joining(), byNow(joiner))
	if err != nil {
		t.Fatal(err)
	}
	r.State = state
	return r
}

// registrationLoop is the table of the domain, written down once more by hand:
// from which states an event leads where, and who can cause it. Everything else
// is refused.
var registrationLoop = map[RegistrationEvent]struct {
	ways map[RegistrationState]RegistrationState
	by   string
}{
	RegistrationResubmit:     {ways{"returned": "submitted"}, "joiner"},
	RegistrationWithdraw:     {ways{"submitted": "withdrawn", "returned": "withdrawn", "leaving": "confirmed"}, "joiner"},
	RegistrationConfirm:      {ways{"submitted": "confirmed"}, "worker"},
	RegistrationReturn:       {ways{"submitted": "returned"}, "worker"},
	RegistrationReject:       {ways{"submitted": "rejected"}, "worker"},
	RegistrationChange:       {ways{"confirmed": "confirmed"}, "joiner"},
	RegistrationAskLeave:     {ways{"confirmed": "leaving"}, "joiner"},
	RegistrationApproveLeave: {ways{"leaving": "left"}, "worker"},
	RegistrationRefuseLeave:  {ways{"leaving": "confirmed"}, "worker"},
	RegistrationReplace:      {ways{"confirmed": "replaced"}, "any"},
	RegistrationDropChange:   {ways{"confirmed": "confirmed"}, "any"},
	RegistrationEscalate:     {ways{"submitted": "submitted", "leaving": "leaving"}, "any"},
	RegistrationLapse:        {ways{"returned": "withdrawn"}, "any"},
}

type ways = map[RegistrationState]RegistrationState

// registrationVerbs are the verbs, by their events; Ring is tried for both of
// its.
var registrationVerbs = map[RegistrationEvent]func(*Registration, Step) error{
	RegistrationResubmit: func(r *Registration, st Step) error { return r.Resubmit(st, "") },
	RegistrationWithdraw: (*Registration).Withdraw,
	RegistrationConfirm:  func(r *Registration, st Step) error { return r.Confirm(st, 5, nil) },
	RegistrationReturn:   func(r *Registration, st Step) error { return r.Return(st, "请补充岗位") },
	RegistrationReject:   func(r *Registration, st Step) error { return r.Reject(st, "不在本社区") },
	RegistrationChange: func(r *Registration, st Step) error {
		o := joining()
		o.Post = "文艺岗"
		_, err := r.Change(72, o, st)
		return err
	},
	RegistrationAskLeave:     func(r *Registration, st Step) error { return r.Leave(st, "调离本县") },
	RegistrationApproveLeave: func(r *Registration, st Step) error { return r.ApproveLeave(st, "情况属实") },
	RegistrationRefuseLeave:  func(r *Registration, st Step) error { return r.RefuseLeave(st, "请先办结") },
	RegistrationReplace:      func(r *Registration, st Step) error { return r.Replace(st, 0) },
	RegistrationDropChange:   func(r *Registration, _ Step) error { return r.DropChange(0) },
	RegistrationEscalate:     ringing(RegistrationEscalate),
	RegistrationLapse:        ringing(RegistrationLapse),
}

func ringing(want RegistrationEvent) func(*Registration, Step) error {
	return func(r *Registration, st Step) error {
		trial := *r
		if e, err := trial.Ring(st); err != nil || e != want {
			return errors.Join(ErrRegistrationState, err)
		}
		*r = trial
		return nil
	}
}

func TestARegistrationLivesByItsTable(t *testing.T) {
	people := map[string]Actor{
		"joiner": joiner, "worker": person(41, below(RoleWorker, community)), "neighbour": person(42, below(RoleWorker, beside)),
		"liaison": person(43, below(RoleLiaison, unit)), "township": person(44, below(RoleTownship, township)),
		"foreigner": {UserID: 45, TenantID: 9, Held: []Held{below(RoleWorker, community)}}, "visitor": {},
	}
	for e, verb := range registrationVerbs {
		row := registrationLoop[e]
		for _, state := range RegistrationStates() {
			for name, who := range people {
				r := registrationIn(t, state)
				before := *r
				err := verb(r, byNow(who))
				to, leads := row.ways[state]
				allowed := leads && (name == row.by || row.by == "any")
				switch {
				case allowed && (err != nil || r.State != to):
					t.Errorf("%s by %s in %s leads to %s: %v", e, name, state, r.State, err)
				case !allowed && (err == nil || *r != before):
					t.Errorf("%s by %s in %s: %v, and it is %+v", e, name, state, err, r)
				}
				if err == nil && r.State.Final() != (r.ActiveKey == nil && r.EndedAt != nil && r.DueAt == nil) {
					t.Errorf("after %s it is over: %+v", e, r)
				}
			}
		}
	}
}

func TestTheTableOfRegistrationsIsSound(t *testing.T) {
	reached := map[RegistrationState]bool{}
	for _, a := range RegistrationArrows() {
		reached[a.To] = true
		row := registrationLoop[a.Event]
		if a.Event == RegistrationSubmit {
			row.ways = ways{"": "submitted"}
		}
		if to, known := row.ways[a.From]; !known || to != a.To || a.Event.Title() == "" || a.By.Title() == "" {
			t.Errorf("%+v is not in the table of the domain", a)
		}
		if a.From.Final() {
			t.Errorf("%+v leads out of what is over", a)
		}
	}
	for _, s := range RegistrationStates() {
		if !reached[s] || s.Title() == "" {
			t.Errorf("%s is reached: %v, and called %q", s, reached[s], s.Title())
		}
	}
	for _, e := range RegistrationEvents() {
		if e.Title() == "" || len(e) > 21 { // the audit log has 32 letters for "registration." and it
			t.Errorf("%s is called %q", e, e.Title())
		}
	}
	if RegistrationState("lost").Title() != "" || RegistrationState("lost").Final() || len(RegistrationEvents()) != 16 {
		t.Errorf("what is not in the table has a title, or there are %d events", len(RegistrationEvents()))
	}
}

func TestARegistrationIsWithAPlaceThatThereIs(t *testing.T) {
	closed := *joinPlace
	closed.State = OrgClosed
	foreign := *joinUnit
	foreign.TenantID = 9
	elsewhere := *joinGrid
	elsewhere.ParentID = 5
	for name, c := range map[string]struct {
		change func(*RegistrationOrder)
		want   error
	}{
		"as it should be":        {func(*RegistrationOrder) {}, nil},
		"of no grid":             {func(o *RegistrationOrder) { o.Grid = nil }, nil},
		"with nobody":            {func(o *RegistrationOrder) { o.Community = nil }, ErrRegistrationPlace},
		"with a unit":            {func(o *RegistrationOrder) { o.Community = joinUnit }, ErrRegistrationPlace},
		"with what is closed":    {func(o *RegistrationOrder) { o.Community = &closed }, ErrRegistrationPlace},
		"of a community":         {func(o *RegistrationOrder) { o.Unit = joinPlace }, ErrRegistrationPlace},
		"of no unit":             {func(o *RegistrationOrder) { o.Unit = nil }, ErrRegistrationPlace},
		"of another county":      {func(o *RegistrationOrder) { o.Unit = &foreign }, ErrRegistrationPlace},
		"in a grid of another":   {func(o *RegistrationOrder) { o.Grid = &elsewhere }, ErrRegistrationPlace},
		"in a grid that is none": {func(o *RegistrationOrder) { o.Grid = joinPlace }, ErrRegistrationPlace},
		"for nothing":            {func(o *RegistrationOrder) { o.Post = " 岗 " }, ErrRegistrationPost},
		"for too much":           {func(o *RegistrationOrder) { o.Post = strings.Repeat("岗", 21) }, ErrRegistrationPost},
	} {
		o := joining()
		c.change(&o)
		r, err := NewRegistration(71, o, byNow(joiner))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err == nil && (r.Post != "义诊服务岗" || *r.ActiveKey != 40 || r.QueueOrgID != 3 || !r.DueAt.Equal(noon.Add(7*24*time.Hour))) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if _, err := NewRegistration(71, joining(), byNow(Actor{TenantID: 1})); !errors.Is(err, ErrRegistrationState) {
		t.Errorf("by a visitor: %v", err)
	}
}

func TestNobodyDecidesOnHisOwn(t *testing.T) {
	both := person(joiner.UserID, below(RoleWorker, community))
	for e, state := range map[RegistrationEvent]RegistrationState{
		RegistrationConfirm: RegistrationSubmitted, RegistrationReturn: RegistrationSubmitted, RegistrationReject: RegistrationSubmitted,
		RegistrationApproveLeave: RegistrationLeaving, RegistrationRefuseLeave: RegistrationLeaving,
	} {
		r := registrationIn(t, state)
		before := *r
		if err := registrationVerbs[e](r, byNow(both)); !errors.Is(err, ErrRegistrationSelf) || *r != before {
			t.Errorf("%s of one's own: %v", e, err)
		}
		if slices.Contains(r.Possible(both), e) {
			t.Errorf("%s of one's own is offered", e)
		}
	}
}

// TestWhatWaitsGoesUpOneLevelAtATime rings until nobody is above: each that it
// comes to may decide, and those below still may.
func TestWhatWaitsGoesUpOneLevelAtATime(t *testing.T) {
	officers := []Actor{person(41, below(RoleWorker, community)), person(44, below(RoleTownship, township)), person(46, below(RoleCounty, county))}
	for _, state := range []RegistrationState{RegistrationSubmitted, RegistrationLeaving} {
		verb := registrationVerbs[RegistrationReject]
		if state == RegistrationLeaving {
			verb = registrationVerbs[RegistrationApproveLeave]
		}
		r := registrationIn(t, state)
		now := noon
		for level, queue := range []int64{3, 2, 1} {
			for i, who := range officers {
				trial := *r
				want := error(nil)
				if i > level {
					want = ErrRegistrationForeign
				}
				if err := verb(&trial, Step{Who: who, Now: now}); !errors.Is(err, want) || (err == nil) != (want == nil) {
					t.Errorf("%s after %d terms, officer %d: %v, want %v", state, level, i, err, want)
				}
				if len(r.Possible(who)) > 0 != (want == nil) {
					t.Errorf("%s after %d terms, officer %d may %v", state, level, i, r.Possible(who))
				}
			}
			if r.QueueOrgID != queue || (r.DueAt == nil) != (queue == 1) {
				t.Errorf("after %d terms it waits with %d until %v", level, r.QueueOrgID, r.DueAt)
			}
			now = now.Add(7 * 24 * time.Hour)
			if e, err := r.Ring(Step{Who: SystemActor(1), Now: now}); err != nil || e != RegistrationEscalate {
				t.Errorf("%s: %v", e, err)
			}
		}
	}
}

// TestAChangeWaitsBesideWhatIsInForce follows both until it is one or the other.
func TestAChangeWaitsBesideWhatIsInForce(t *testing.T) {
	worker := person(41, below(RoleWorker, community))
	old := registrationIn(t, RegistrationConfirmed)
	if err := old.Agree(byNow(joiner)); err != nil {
		t.Fatal(err)
	}
	if _, err := old.Change(72, joining(), byNow(joiner)); !errors.Is(err, ErrRegistrationSame) {
		t.Errorf("a change of nothing: %v", err)
	}
	o := joining()
	o.Post = "文艺岗"
	change, err := old.Change(72, o, byNow(joiner))
	if err != nil || change.ActiveKey != nil || *change.PendingKey != 40 || change.ReplacesID != 71 || old.ChangeID != 72 || change.SlipConsentAt != nil {
		t.Fatalf("%v: %+v and %+v", err, old, change)
	}
	if _, err := old.Change(73, o, byNow(joiner)); !errors.Is(err, ErrRegistrationPending) {
		t.Errorf("a second change: %v", err)
	}
	if err := old.Leave(byNow(joiner), "调离"); !errors.Is(err, ErrRegistrationPending) {
		t.Errorf("leaving meanwhile: %v", err)
	}
	if got := old.Possible(joiner); len(got) != 0 {
		t.Errorf("meanwhile he may %v", got)
	}
	kept := *old
	if err := kept.DropChange(99); !errors.Is(err, ErrRegistrationState) {
		t.Errorf("dropped by another: %v", err)
	}
	if err := kept.DropChange(72); err != nil || kept.ChangeID != 0 || !kept.Live() {
		t.Errorf("dropped: %v, %+v", err, kept)
	}
	if err := old.Replace(byNow(worker), 99); !errors.Is(err, ErrRegistrationState) {
		t.Errorf("replaced by another: %v", err)
	}
	if err := errors.Join(old.Replace(byNow(worker), 72), change.Confirm(byNow(worker), 5, old)); err != nil {
		t.Fatal(err)
	}
	if old.Live() || *change.ActiveKey != 40 || change.PendingKey != nil || !change.SlipConsentAt.Equal(noon) || change.GrantID != 5 {
		t.Errorf("%+v and %+v", old, change)
	}
	other := *change
	other.UnitID, other.State, other.SlipConsentAt = 9, RegistrationSubmitted, nil
	if err := other.Confirm(byNow(worker), 5, old); err != nil || other.SlipConsentAt != nil {
		t.Errorf("consent to one unit's slip is good for another's: %v", err)
	}
}

func TestConsentIsHisOwnAndCanBeTakenBackAtAnyTime(t *testing.T) {
	worker := person(41, below(RoleWorker, community))
	for _, state := range RegistrationStates() {
		r := registrationIn(t, state)
		if err := r.Agree(byNow(worker)); !errors.Is(err, ErrRegistrationNotFound) || r.SlipConsentAt != nil {
			t.Errorf("given by another in %s: %v", state, err)
		}
		if err := r.Agree(byNow(joiner)); (err == nil) == state.Final() || (r.SlipConsentAt != nil) == state.Final() {
			t.Errorf("given in %s: %v", state, err)
		}
		at := noon
		r.SlipConsentAt = &at
		if err := r.Disagree(byNow(worker)); !errors.Is(err, ErrRegistrationNotFound) || r.SlipConsentAt == nil {
			t.Errorf("taken back by another in %s: %v", state, err)
		}
		if err := r.Disagree(byNow(joiner)); err != nil || r.SlipConsentAt != nil {
			t.Errorf("taken back in %s: %v", state, err)
		}
	}
}
