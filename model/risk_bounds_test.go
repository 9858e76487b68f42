package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// riskKinds returns how many risks of each kind there are.
func riskKinds(risks []Risk) string {
	n := map[RiskKind]int{}
	for _, r := range risks {
		n[r.Kind]++
	}
	var said []string
	for _, k := range RiskKinds() {
		if n[k] > 0 {
			said = append(said, fmt.Sprintf("%d %s", n[k], k))
		}
	}
	return strings.Join(said, ", ")
}

// riskOf judges attendances of a slot in which codes are scanned.
func riskOf(all []Attendance, attesting int64) []Risk {
	return Checked{Slot: &Slot{Mode: ModeCode, LeaderID: 77}, All: all, Attesting: attesting, Distance: riskFlat}.Risks()
}

func TestALeaderIsFlaggedAboveTheShareAndNotAtIt(t *testing.T) {
	for _, c := range []struct {
		share, words int64
		flagged      bool
	}{
		{1, 0, false},
		{1, 1, true},
		{10, 1, false},
		{10, 2, true},
		{30, 3, false},
		{30, 4, true},
		{50, 5, false},
		{50, 6, true},
		{99, 9, false},
		{99, 10, true},
		{100, 10, false},
	} {
		risks := riskOf(riskTeam(c.words), c.share)
		if flagged := len(risks) == 1 && risks[0].Kind == RiskAttested; flagged != c.flagged || !flagged && len(risks) > 0 {
			t.Errorf("%+v: %+v", c, risks)
		}
		if c.flagged && (risks[0].UserID != 77 || risks[0].AttendanceID != 0 || risks[0].Detail != fmt.Sprintf("10 人中有 %d 人由领队代签", c.words)) {
			t.Errorf("%+v is told as %+v", c, risks[0])
		}
	}
}

func TestAKioskIsNoLeadersWord(t *testing.T) {
	all := riskTeam(10)
	for i := range all {
		all[i].InMode = ModeKiosk
	}
	if risks := riskOf(all, 1); len(risks) > 0 {
		t.Errorf("%+v", risks)
	}
	for _, mode := range SlotModes() {
		risks := Checked{Slot: &Slot{Mode: mode, LeaderID: 77}, All: riskTeam(10), Attesting: 30, Distance: riskFlat}.Risks()
		if usual := mode == ModeLeader || mode == ModeKiosk; (len(risks) == 0) != usual {
			t.Errorf("ten words where the mode is %s: %+v", mode, risks)
		}
	}
}

// TestACrowdIsFiveInLessThanASecond moves a crowd about: wherever in the list it
// is, and whoever was let in by others meanwhile.
func TestACrowdIsFiveInLessThanASecond(t *testing.T) {
	crowd := func(seconds ...float64) (all []Attendance) {
		for i, s := range seconds {
			a := riskOne(int64(i+1), 0)
			a.InAt = riskNoon.Add(time.Duration(s * float64(time.Second)))
			all = append(all, a)
		}
		return all
	}
	words := crowd(0, 0, 0, 0, 0)
	riskWord(&words[4])
	for name, c := range map[string]struct {
		all  []Attendance
		want string
	}{
		"nobody":                   {nil, ""},
		"four":                     {crowd(0, 0, 0, 0), ""},
		"five":                     {crowd(0, 0, 0, 0, 0), "5"},
		"five in just a second":    {crowd(0, 0.25, 0.5, 0.75, 1), ""},
		"five in a little less":    {crowd(0, 0.25, 0.5, 0.75, 0.999), "5"},
		"five out of order":        {crowd(0.9, 0, 0.3, 0.6, 0.1), "5"},
		"five after a long while":  {crowd(-600, -300, 0, 0.1, 0.2, 0.3, 0.4), "5"},
		"six of whom five at once": {crowd(0, 0.9, 0.9, 0.9, 0.9, 1), "5"},
		"seven":                    {crowd(0, 0, 0, 0, 0, 0, 0.5), "7"},
		"twice four":               {crowd(0, 0, 0, 0, 1, 1, 1, 1), ""},
		"four and a leader's word": {words, ""},
	} {
		risks := riskOf(c.all, 100)
		switch {
		case c.want == "" && len(risks) > 0:
			t.Errorf("%s: %+v", name, risks)
		case c.want != "" && (len(risks) != 1 || risks[0].Kind != RiskBurst || risks[0].UserID != 0 || !strings.Contains(risks[0].Detail, " "+c.want+" 人")):
			t.Errorf("%s: %+v, want %s", name, risks, c.want)
		}
	}
}

func TestEverybodyWhoSharesIsCountedOnce(t *testing.T) {
	for _, n := range []int64{1, 2, 3, 9} {
		var phones, points []Attendance
		for i := range n {
			phones = append(phones, riskOne(i+1, i*10, riskPhone))
			points = append(points, riskOne(i+1, i*10, riskAt(5, 7)))
		}
		want := map[bool]int64{true: n, false: 0}[n >= 2]
		for kind, all := range map[RiskKind][]Attendance{RiskDevice: phones, RiskFix: points} {
			risks := riskOf(all, 100)
			if int64(len(risks)) != want {
				t.Errorf("%d share a %s: %+v", n, kind, risks)
			}
			for i, r := range risks {
				if r.Kind != kind || r.UserID != int64(i+1) || r.AttendanceID != int64(i+1001) || !strings.Contains(r.Detail, fmt.Sprintf("%d 人", n)) {
					t.Errorf("%d share a %s: %+v", n, kind, r)
				}
			}
		}
	}
}

func TestOneCanBeOddInSeveralWays(t *testing.T) {
	all := riskMany(5, 0)
	for i := range all {
		riskPhone(&all[i])
		riskAt(50_000, 0)(&all[i])
	}
	before := slices.Clone(all)
	c := Checked{
		Slot: &Slot{Mode: ModeCodeAndFence, LeaderID: 77}, All: all, Previous: map[int64]Fixed{2: {0, 0, riskNoon.Add(-time.Minute)}}, Attesting: 30, Distance: riskFlat,
	}
	if got := riskKinds(c.Risks()); got != "5 shared_device, 1 speed, 5 same_fix, 1 burst" {
		t.Errorf("they are %s", got)
	}
	if !slices.Equal(all, before) {
		t.Error("what is judged is changed")
	}
	for _, r := range c.Risks() {
		if strings.Contains(r.Detail, "50000") || strings.Contains(r.Detail, "phone") || r.Kind.Title() == "" {
			t.Errorf("it tells where somebody was, or with what: %+v", r)
		}
	}
}

func TestTheLastFixIsOnesOwn(t *testing.T) {
	later, lat, lng := riskNoon.Add(time.Hour), int64(8), int64(9)
	out := func(who int64) func(*Attendance) {
		return func(a *Attendance) { a.OutAt, a.OutBy, a.OutLat, a.OutLng = &later, who, &lat, &lng }
	}
	word := func(a *Attendance) { a.InBy = 9 }
	first, last := Fixed{5, 7, riskNoon}, Fixed{8, 9, later}
	for name, c := range map[string]struct {
		a    Attendance
		want Fixed
		is   bool
	}{
		"none":                  {riskOne(1, 0), Fixed{}, false},
		"that of coming":        {riskOne(1, 0, riskAt(5, 7)), first, true},
		"that of going":         {riskOne(1, 0, riskAt(5, 7), out(1)), last, true},
		"let out by another":    {riskOne(1, 0, riskAt(5, 7), out(9)), first, true},
		"let in by another":     {riskOne(1, 0, riskAt(5, 7), word, out(1)), last, true},
		"let in and out":        {riskOne(1, 0, riskAt(5, 7), word, out(9)), Fixed{}, false},
		"half a point":          {riskOne(1, 0, riskAt(5, 7), func(a *Attendance) { a.InLng = nil }), Fixed{}, false},
		"dropped after a month": {riskOne(1, 0, riskAt(5, 7), func(a *Attendance) { a.InLat, a.InLng = nil, nil }), Fixed{}, false},
	} {
		if got, is := c.a.LastFix(); got != c.want || is != c.is {
			t.Errorf("%s: %+v, %v", name, got, is)
		}
	}
}

func TestAFlagIsReviewedOnceByWhoeverMay(t *testing.T) {
	slot := &Slot{ID: 5, TenantID: 1, OrgPath: grid, CommunityID: 3, LeaderID: 77}
	for name, c := range map[string]struct {
		who  Actor
		want error
	}{
		"a worker":      {host, nil},
		"the township":  {person(20, below(RoleTownship, township)), nil},
		"the county":    {person(21, below(RoleCounty, county)), nil},
		"a liaison":     {person(18, below(RoleLiaison, community)), ErrRiskNotFound},
		"a grid worker": {person(23, below(RoleGrid, grid)), ErrRiskNotFound},
		"an auditor":    {person(24, below(RoleAuditor, county)), ErrRiskNotFound},
		"a volunteer":   {guest, ErrRiskNotFound},
		"a neighbour":   {outsider, ErrRiskNotFound},
		"a foreigner":   {foreigner, ErrRiskNotFound},
		"a visitor":     {Actor{TenantID: 1}, ErrRiskNotFound},
		"the system":    {SystemActor(1), ErrRiskNotFound},
	} {
		for e, to := range map[CheckEvent]RiskState{RiskDismiss: RiskDismissed, RiskUphold: RiskUpheld} {
			f, err := NewRiskFlag(1, slot, Risk{Kind: RiskBurst, Detail: "x"}, riskNoon)
			if err != nil {
				t.Fatal(err)
			}
			before, known := *f, RiskCase{LeaderID: 77, Community: community}
			err = f.Review(Step{Who: c.who, Now: riskNoon}, known, e, "查过了")
			if !errors.Is(err, c.want) || err != nil && *f != before || err == nil && (f.State != to || f.ReviewedBy != c.who.UserID || f.Note != "查过了") {
				t.Errorf("%s by %s: %v, %+v", e, name, err, f)
			}
			before = *f
			for _, again := range []CheckEvent{RiskDismiss, RiskUphold, RiskRaise} {
				if err := f.Review(Step{Who: host, Now: riskNoon}, known, again, "再查"); c.want == nil && (!errors.Is(err, ErrRiskState) || *f != before) {
					t.Errorf("%s after %s: %v, %+v", again, e, err, f)
				}
			}
		}
	}
}
