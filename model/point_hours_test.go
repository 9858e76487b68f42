package model

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestAnExplanationOfAWishIsAsItWasBeforeThereWereHours: what is booked is for
// ever, and its hash and explanation are compared with what is computed again.
func TestAnExplanationOfAWishIsAsItWasBeforeThereWereHours(t *testing.T) {
	x := (&PointRule{}).Weigh(feat(), nil)
	got, err := json.Marshal(x)
	want := `{"Team":[14],"Own":null,"Kind":"service","Difficulty":"easy","Minutes":60,"Stars":4,"Solved":"yes","Base":10,"Factors":[` +
		`{"Name":"wish.easy","Title":"难度系数（容易）","Tenths":10},{"Name":"wish.stars4","Title":"评价系数（4 星）","Tenths":10}],` +
		`"Total":10,"Shares":[{"UserID":14,"Due":10,"Points":10,"Cuts":null,"Why":""}]}`
	if err != nil || string(got) != want {
		t.Errorf("%s %v", got, err)
	}
	f := feat()
	p, err := f.Posting(x, 0)
	if err != nil || p.Entries[1].CapKind != CapWish {
		t.Errorf("%+v %v", p, err)
	}
	if back, ok := p.Txn.Explained(); !ok || back.Hours != nil || p.Post(noon).Deeds[0].Wishes != 1 {
		t.Errorf("it is read as %+v", back)
	}
}

func hoursRecord(minutes int64, role EnrolmentRole) *ServiceRecord {
	return &ServiceRecord{ID: 5, TenantID: 1, UserID: 14, SlotID: 2, CommunityID: 3, Role: role, Title: "清洁", Minutes: minutes, StartedAt: noon}
}

func TestHoursAreWeighedByTheMinuteUpToTheCapOfTheDay(t *testing.T) {
	for _, c := range []struct {
		minutes, used, due, want int64
		role                     EnrolmentRole
	}{
		{60, 0, 2, 2, EnrolMember},
		{60, 420, 2, 2, EnrolMember},
		{60, 450, 2, 1, EnrolMember},
		{60, 466, 2, 0, EnrolMember}, // 14 minutes are left
		{60, 480, 2, 0, EnrolMember},
		{60, 600, 2, 0, EnrolLeader},
		{75, 0, 3, 3, EnrolMember}, // two and a half
		{100, 0, 4, 4, EnrolLeader},
		{480, 0, 19, 19, EnrolLeader},
		{1, 0, 0, 0, EnrolMember},
	} {
		f := HoursFeat(hoursRecord(c.minutes, c.role), noon.AddDate(0, 0, 7))
		x := (&PointRule{}).Weigh(f, map[int64]Used{14: {Day: c.used}})
		if s := x.Shares[0]; s.Due != c.due || s.Points != c.want {
			t.Errorf("%+v: %+v", c, s)
		}
		if n := x.CountedMinutes(14); n != min(c.minutes, max(0, 480-c.used)) || x.CountedMinutes(15) != 0 {
			t.Errorf("%+v: %d minutes have points", c, n)
		}
		p, err := f.Posting(x, 0)
		if err != nil || p.Entries[1].CapKind != CapService || p.Txn.SourceType != OfServiceRecord {
			t.Fatalf("%+v %v", p, err)
		}
		d := p.Post(noon).Deeds[0]
		if d.Honour != c.want || d.Minutes != c.minutes || d.Wishes != 0 || d.Led != 0 || d.Rated != 0 {
			t.Errorf("%+v is credited with %+v", c, d)
		}
		if said := strings.Join(x.Text(2), ";"); !strings.Contains(said, "本县第 2 版") || strings.Contains(said, "领队") != (c.role == EnrolLeader) {
			t.Errorf("%+v is explained by %s", c, said)
		}
	}
}

func TestMinutesAreSaidAsPeopleSayThem(t *testing.T) {
	for n, want := range map[int64]string{0: "0 分钟", 59: "59 分钟", 60: "1 小时", 125: "2 小时 5 分钟"} {
		if got := SaidMinutes(n); got != want {
			t.Errorf("%d is said %q", n, got)
		}
	}
}
