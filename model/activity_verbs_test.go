package model

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// The people and the place of these tests.
var (
	hostOrg   = &Org{ID: 3, TenantID: 1, Kind: OrgCommunity, State: OrgActive, Path: community}
	host      = person(20, below(RoleWorker, community))
	guest     = person(30, below(RoleVolunteer, community))
	guide     = person(31, below(RoleVolunteer, community))
	outsider  = person(40, below(RoleWorker, beside))
	foreigner = Actor{UserID: 60, TenantID: 9, Held: []Held{below(RoleCounty, "/9/")}}
)

func by(who Actor, hours float64) Step {
	return Step{Who: who, Now: noon.Add(time.Duration(hours * float64(time.Hour)))}
}

func drafted(t *testing.T) *Activity {
	t.Helper()
	a, err := NewActivity(7, hostOrg, hostOrg, ActivityTerms{Title: "清洁家园", Skills: []string{"保洁"}}, by(host, 0))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAnActivityIsWithinItsTerms(t *testing.T) {
	for name, c := range map[string]struct {
		change func(o, place *Org, a *ActivityTerms, who *Actor)
		want   error
	}{
		"as it should be":        {func(_, _ *Org, _ *ActivityTerms, _ *Actor) {}, nil},
		"without a title":        {func(_, _ *Org, a *ActivityTerms, _ *Actor) { a.Title = " 扫 " }, ErrActivityTerms},
		"too much to read":       {func(_, _ *Org, a *ActivityTerms, _ *Actor) { a.Detail = strings.Repeat("好", 501) }, ErrActivityTerms},
		"two skills as one":      {func(_, _ *Org, a *ActivityTerms, _ *Actor) { a.Skills = []string{"水工,电工"} }, ErrActivityTerms},
		"of a grid":              {func(o, _ *Org, _ *ActivityTerms, _ *Actor) { o.Kind = OrgGrid }, ErrActivityOrg},
		"of a department":        {func(o, _ *Org, _ *ActivityTerms, _ *Actor) { o.Kind = OrgDepartment }, ErrActivityOrg},
		"of whoever is closed":   {func(o, _ *Org, _ *ActivityTerms, _ *Actor) { o.State = OrgClosed }, ErrActivityOrg},
		"of another county":      {func(o, _ *Org, _ *ActivityTerms, _ *Actor) { o.TenantID = 9 }, ErrOrgNotFound},
		"held in another county": {func(_, p *Org, _ *ActivityTerms, _ *Actor) { p.TenantID = 9 }, ErrActivityOrg},
		"held in a township":     {func(_, p *Org, _ *ActivityTerms, _ *Actor) { p.Kind = OrgTownship }, ErrActivityOrg},
		"by a volunteer":         {func(_, _ *Org, _ *ActivityTerms, w *Actor) { *w = guest }, ErrOrgForeign},
		"by whoever is beside":   {func(_, _ *Org, _ *ActivityTerms, w *Actor) { *w = outsider }, ErrOrgForeign},
	} {
		o, place, terms, who := *hostOrg, *hostOrg, ActivityTerms{Title: " 清洁家园 ", Detail: "自带手套"}, host
		c.change(&o, &place, &terms, &who)
		a, err := NewActivity(7, &o, &place, terms, by(who, 0))
		if !errors.Is(err, c.want) || (err == nil) != (a != nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if a != nil && (a.Title != "清洁家园" || a.State != ActivityDraft || a.CommunityID != 3) {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if _, err := NewActivity(7, hostOrg, nil, ActivityTerms{Title: "清洁家园"}, by(host, 0)); !errors.Is(err, ErrActivityOrg) {
		t.Errorf("held nowhere: %v", err)
	}
}

// activityLoop is the table of an activity, written down once more by hand.
var activityLoop = map[CheckEvent]map[ActivityState]ActivityState{
	ActivityChange:  {ActivityDraft: ActivityDraft, ActivityPublished: ActivityPublished},
	ActivityPublish: {ActivityDraft: ActivityPublished},
	ActivityCancel:  {ActivityDraft: ActivityCancelled, ActivityPublished: ActivityCancelled},
}

func TestAnActivityGoesItsWaysAndNoOther(t *testing.T) {
	title, open := "清洁河道", []Slot{{StartsAt: noon.Add(time.Hour)}}
	verbs := map[CheckEvent]func(*Activity, Step) error{
		ActivityChange:  func(a *Activity, st Step) error { return a.Edit(ActivityEdit{Title: &title}, nil, st) },
		ActivityPublish: func(a *Activity, st Step) error { return a.Publish(hostOrg, open, st) },
		ActivityCancel:  func(a *Activity, st Step) error { return a.Cancel("下雨", st) },
	}
	for e, verb := range verbs {
		for _, from := range ActivityStates() {
			for name, who := range map[string]Actor{"host": host, "guest": guest, "outsider": outsider, "foreigner": foreigner, "nobody": {}} {
				a := drafted(t)
				a.State, a.PublishedAt = from, &noon
				before := *a
				err := verb(a, by(who, 0))
				to, may := activityLoop[e][from]
				switch {
				case name == "host" && may:
					if err != nil || a.State != to {
						t.Errorf("%s of a %s activity: %v, %s", e, from, err, a.State)
					}
				case err == nil || a.Version != before.Version || a.State != from || a.Title != before.Title || a.Reason != "":
					t.Errorf("%s of a %s activity by %s: %v, it is %+v", e, from, name, err, a)
				}
			}
		}
	}
	past := []Slot{{StartsAt: noon.Add(time.Hour)}, {StartsAt: noon}}
	for _, c := range []struct {
		do   func(*Activity) error
		want error
	}{
		{func(a *Activity) error { return a.Publish(hostOrg, nil, by(host, 0)) }, ErrActivityEmpty},
		{func(a *Activity) error { return a.Publish(&Org{ID: 3, State: OrgClosed}, open, by(host, 0)) }, ErrActivityOrg},
		{func(a *Activity) error { return a.Publish(hostOrg, past, by(host, 0)) }, ErrSlotTerms},
		{func(a *Activity) error { return a.Publish(hostOrg, open, by(guest, 0)) }, ErrActivityNotFound}, // a draft
		{func(a *Activity) error { return a.Cancel(" ", by(host, 0)) }, ErrActivityTerms},
		{func(a *Activity) error { return a.Extend(MaxSlots, 1, by(host, 0)) }, ErrSlotTerms},
		{func(a *Activity) error {
			return a.Edit(ActivityEdit{}, &Org{ID: 5, TenantID: 1, Kind: OrgGrid}, by(host, 0))
		}, ErrActivityOrg},
	} {
		a := drafted(t)
		if err := c.do(a); !errors.Is(err, c.want) || a.State != ActivityDraft || a.CommunityID != 3 {
			t.Errorf("%v, want %v", err, c.want)
		}
	}
}

func TestEveryStateOfAnActivityHasATitle(t *testing.T) {
	titles := map[string]string{}
	for _, s := range ActivityStates() {
		titles["activity "+string(s)] = s.Title()
	}
	for _, s := range SlotStates() {
		titles["slot "+string(s)] = s.Title()
	}
	for _, s := range EnrolmentStates() {
		titles["enrolment "+string(s)] = s.Title()
		titles["the text of enrolment "+string(s)] = (&Enrolment{State: s}).StatusText()
	}
	for _, m := range SlotModes() {
		titles["mode "+string(m)] = m.Title()
	}
	for _, r := range []EnrolmentRole{EnrolLeader, EnrolMember} {
		titles["role "+string(r)] = r.Title()
	}
	for _, a := range slices.Concat(ActivityArrows(), SlotArrows(), EnrolmentArrows()) {
		titles["party "+string(a.By)] = a.By.Title()
	}
	for what, title := range titles {
		if title == "" {
			t.Errorf("%s has no title", what)
		}
	}
	for _, a := range EnrolmentArrows() {
		for _, s := range []string{a.From, a.To} {
			if s != "" && !slices.Contains(EnrolmentStates(), EnrolmentState(s)) {
				t.Errorf("%s is in no list", s)
			}
		}
	}
}

func TestASeriesIsAtTheSameHour(t *testing.T) {
	first := SlotTerms{StartsAt: noon, EndsAt: noon.Add(2 * time.Hour)} // 12:00 in Shanghai
	all, err := first.Series(Repeat{EveryDays: 14, Times: 26})
	if err != nil || len(all) != 26 {
		t.Fatalf("%d, %v", len(all), err)
	}
	for i, s := range all {
		if at := Said(s.StartsAt); !strings.HasSuffix(at, " 12:00") || s.EndsAt.Sub(s.StartsAt) != 2*time.Hour || s.StartsAt.Sub(noon) != time.Duration(i)*14*24*time.Hour {
			t.Errorf("number %d is at %s", i, at)
		}
	}
	if one, err := first.Series(Repeat{}); err != nil || len(one) != 1 || !one[0].StartsAt.Equal(noon) {
		t.Errorf("without a repetition: %v, %v", one, err)
	}
	for _, r := range []Repeat{{1, 0}, {0, 2}, {29, 2}, {1, 61}, {-1, 3}} {
		if _, err := first.Series(r); !errors.Is(err, ErrSlotTerms) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}
