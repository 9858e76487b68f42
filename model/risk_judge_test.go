package model

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

var riskNoon = time.Date(2026, 7, 4, 4, 0, 0, 0, time.UTC)

// riskFlat measures as if the earth were flat, ten units to the metre.
func riskFlat(from, to Fixed) float64 {
	return math.Hypot(float64(to.Lat-from.Lat), float64(to.Lng-from.Lng)) / 10
}

// riskOne is somebody who checked himself in, in seconds after noon.
func riskOne(user, second int64, change ...func(a *Attendance)) Attendance {
	a := Attendance{ID: 1000 + user, UserID: user, InBy: user, InMode: ModeCode, InAt: riskNoon.Add(time.Duration(second) * time.Second)}
	for _, c := range change {
		c(&a)
	}
	return a
}

func riskAt(lat, lng int64) func(*Attendance) {
	return func(a *Attendance) { a.InLat, a.InLng = &lat, &lng }
}

func riskPhone(a *Attendance) { a.InDevice = "phone" }

func riskWord(a *Attendance) { a.InBy, a.InMode = 9, ModeLeader }

func riskMany(n int64, apart time.Duration) (all []Attendance) {
	for i := range n {
		a := riskOne(i+1, 0)
		a.InAt = a.InAt.Add(time.Duration(i) * apart)
		all = append(all, a)
	}
	return all
}

// riskTeam is a team of ten of whom some are there by the leader's word.
func riskTeam(words int64) (all []Attendance) {
	for i := range int64(10) {
		a := riskOne(i+1, i*10)
		if i < words {
			riskWord(&a)
		}
		all = append(all, a)
	}
	return all
}

func TestEachRiskIsRaisedByItsCaseAndNotByItsNearMiss(t *testing.T) {
	ago := func(d time.Duration) map[int64]Fixed { return map[int64]Fixed{1: {0, 0, riskNoon.Add(-d)}} }
	leave := func(after time.Duration, lat, lng int64) func(*Attendance) {
		return func(a *Attendance) {
			at := a.InAt.Add(after)
			a.OutAt, a.OutBy, a.OutLat, a.OutLng, a.OutDevice = &at, a.UserID, &lat, &lng, "phone"
		}
	}
	for _, tt := range []struct {
		name     string
		mode     CheckInMode
		all      []Attendance
		previous map[int64]Fixed
		want     string
	}{
		{"nobody", "", nil, nil, ""},
		{"one phone of two people", "", []Attendance{riskOne(1, 0, riskPhone), riskOne(2, 9, riskPhone)}, nil, "shared_device 1, shared_device 2"},
		{"one phone that lets another out", "", []Attendance{riskOne(1, 0, riskPhone), riskOne(2, 9, leave(time.Hour, 5, 5))}, nil, "shared_device 1, shared_device 2"},
		{"one phone of one person, in and out", "", []Attendance{riskOne(1, 0, riskPhone, leave(time.Hour, 5, 5))}, nil, ""},
		{"a leader's scanner", "", []Attendance{riskOne(1, 0, riskPhone, func(a *Attendance) { a.InBy, a.InMode = 9, ModeKiosk }), riskOne(2, 9, riskPhone)}, nil, ""},
		{"phones without a name", "", []Attendance{riskOne(1, 0), riskOne(2, 9)}, nil, ""},
		{"the same point", "", []Attendance{riskOne(1, 0, riskAt(5, 7)), riskOne(2, 9, riskAt(5, 7))}, nil, "same_fix 1, same_fix 2"},
		{"the same point in and out", "", []Attendance{riskOne(1, 0, riskAt(5, 7)), riskOne(2, 9, riskAt(5, 8), leave(time.Hour, 5, 7))}, nil, "same_fix 1, same_fix 2"},
		{"a tenth of a metre apart", "", []Attendance{riskOne(1, 0, riskAt(5, 7)), riskOne(2, 9, riskAt(5, 8))}, nil, ""},
		{"one person at one point", "", []Attendance{riskOne(1, 0, riskAt(5, 7), leave(time.Hour, 5, 7))}, nil, ""},
		{"201 km in an hour", "", []Attendance{riskOne(1, 0, riskAt(2_010_000, 0))}, ago(time.Hour), "speed 1"},
		{"200 km in an hour", "", []Attendance{riskOne(1, 0, riskAt(2_000_000, 0))}, ago(time.Hour), ""},
		{"2,401 km in twelve hours", "", []Attendance{riskOne(1, 0, riskAt(24_010_000, 0))}, ago(12 * time.Hour), "speed 1"},
		{"longer ago than that", "", []Attendance{riskOne(1, 0, riskAt(24_010_000, 0))}, ago(12*time.Hour + time.Second), ""},
		{"a kilometre in no time", "", []Attendance{riskOne(1, 0, riskAt(10_000, 0))}, ago(0), "speed 1"},
		{"a phone that errs by less", "", []Attendance{riskOne(1, 0, riskAt(9_999, 0))}, ago(0), ""},
		{"away between in and out", "", []Attendance{riskOne(1, 0, riskAt(0, 0), leave(time.Hour, 2_010_000, 0))}, nil, "speed 1"},
		{"somebody else's fix", "", []Attendance{riskOne(2, 0, riskAt(2_010_000, 0))}, ago(time.Hour), ""},
		{"a leader's fix", "", []Attendance{riskOne(1, 0, riskAt(2_010_000, 0), func(a *Attendance) { a.InBy = 9 })}, ago(time.Hour), ""},
		{"five in less than a second", "", riskMany(5, 249*time.Millisecond), nil, "burst 0"},
		{"five in a second", "", riskMany(5, 250*time.Millisecond), nil, ""},
		{"four at once", "", riskMany(4, 0), nil, ""},
		{"four of ten by word", "", riskTeam(4), nil, "attested 77"},
		{"three of ten by word", "", riskTeam(3), nil, ""},
		{"all by word where that is the way", ModeLeader, riskTeam(10), nil, ""},
		{"all by word at a kiosk", ModeKiosk, riskTeam(10), nil, ""},
	} {
		slot := &Slot{Mode: tt.mode, LeaderID: 77}
		var got []string
		for _, r := range (Checked{Slot: slot, All: tt.all, Previous: tt.previous, Attesting: 30, Distance: riskFlat}).Risks() {
			who := map[bool]int64{true: r.UserID, false: r.AttendanceID - 1000}[r.AttendanceID == 0]
			got = append(got, string(r.Kind)+" "+strings.TrimSpace(string(rune('0'+who%10))))
			if who == 77 {
				got[len(got)-1] = string(r.Kind) + " 77"
			}
			if r.Detail == "" || len([]rune(r.Detail)) > 200 {
				t.Errorf("%s: it says %q", tt.name, r.Detail)
			}
		}
		if all := strings.Join(got, ", "); all != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, all, tt.want)
		}
	}
}

func TestARefusedReviewLeavesTheFlagUntouched(t *testing.T) {
	slot := &Slot{ID: 5, TenantID: 1, OrgPath: "1/2/3/4/", CommunityID: 3, LeaderID: 77}
	flag, err := NewRiskFlag(1, slot, Risk{Kind: RiskSpeed, AttendanceID: 6, UserID: 8, Detail: "x"}, riskNoon)
	if err != nil || flag.State != RiskOpen {
		t.Fatalf("%+v, %v", flag, err)
	}
	worker := func(id int64, path Path) Actor {
		return Actor{UserID: id, TenantID: 1, Held: []Held{{Role: RoleWorker, OrgID: 3, Path: path, Subtree: true}}}
	}
	foreign := worker(10, "1/2/3/")
	foreign.TenantID = 2
	for _, tt := range []struct {
		name string
		who  Actor
		c    RiskCase
		e    CheckEvent
		want error
	}{
		{"elsewhere", worker(10, "1/2/9/"), RiskCase{77, "1/2/3/", false}, RiskUphold, ErrRiskNotFound},
		{"in another county", foreign, RiskCase{77, "1/2/3/", false}, RiskUphold, ErrRiskNotFound},
		{"the leader", worker(77, "1/2/3/"), RiskCase{77, "1/2/3/", false}, RiskUphold, ErrRiskOwn},
		{"the person", worker(8, "1/2/3/"), RiskCase{77, "1/2/3/", false}, RiskUphold, ErrRiskOwn},
		{"one who was there", worker(10, "1/2/3/"), RiskCase{77, "1/2/3/", true}, RiskUphold, ErrRiskOwn},
		{"by what is no decision", worker(10, "1/2/3/"), RiskCase{77, "1/2/3/", false}, RiskRaise, ErrRiskState},
		{"of the organiser's place", worker(10, "1/2/3/"), RiskCase{77, "1/2/9/", false}, RiskUphold, nil},
		{"twice", worker(11, "1/2/3/"), RiskCase{77, "1/2/3/", false}, RiskDismiss, ErrRiskState},
	} {
		before := *flag
		err := flag.Review(Step{Who: tt.who, Now: riskNoon}, tt.c, tt.e, "查过了")
		if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err != nil && *flag != before {
			t.Errorf("%s: the flag is %+v", tt.name, flag)
		}
	}
}
