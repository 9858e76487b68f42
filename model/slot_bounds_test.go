package model

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"dandelion/internal/fault"
)

// slotWith returns what comes of asking for a slot with other terms.
func slotWith(t *testing.T, change func(*SlotTerms)) (*Slot, error) {
	t.Helper()
	terms := slotTerms()
	change(&terms)
	return NewSlot(70, drafted(t), terms, by(host, 0))
}

func TestEachTermOfASlotIsGoodUpToItsBound(t *testing.T) {
	last := func(s *SlotTerms, d time.Duration) {
		s.StartsAt = noon.Add(d)
		s.EndsAt = s.StartsAt.Add(time.Hour)
	}
	at := func(lat, lng int64) func(*SlotTerms) { return func(s *SlotTerms) { s.Lat, s.Lng = &lat, &lng } }
	for name, c := range map[string]struct {
		good, bad func(*SlotTerms)
		where     string
	}{
		"the least people":   {func(s *SlotTerms) { s.Capacity = 1 }, func(s *SlotTerms) { s.Capacity = 0 }, "body.capacity"},
		"the most people":    {func(s *SlotTerms) { s.Capacity = 500 }, func(s *SlotTerms) { s.Capacity = 501 }, "body.capacity"},
		"the narrowest":      {func(s *SlotTerms) { s.Radius = 50 }, func(s *SlotTerms) { s.Radius = 49 }, "body.radius"},
		"the widest":         {func(s *SlotTerms) { s.Radius = 5000 }, func(s *SlotTerms) { s.Radius = 5001 }, "body.radius"},
		"the other way":      {func(s *SlotTerms) { s.Radius = 0 }, func(s *SlotTerms) { s.Radius = -1 }, "body.radius"},
		"the shortest":       {func(s *SlotTerms) { s.EndsAt = s.StartsAt.Add(1) }, func(s *SlotTerms) { s.EndsAt = s.StartsAt }, "body.ends_at"},
		"the longest":        {func(s *SlotTerms) { s.EndsAt = s.StartsAt.Add(12 * time.Hour) }, func(s *SlotTerms) { s.EndsAt = s.StartsAt.Add(12*time.Hour + 1) }, "body.ends_at"},
		"the soonest":        {func(s *SlotTerms) { last(s, 1) }, func(s *SlotTerms) { last(s, 0) }, "body.starts_at"},
		"the furthest ahead": {func(s *SlotTerms) { last(s, 366*24*time.Hour) }, func(s *SlotTerms) { last(s, 366*24*time.Hour+1) }, "body.starts_at"},
		"the shortest place": {func(s *SlotTerms) { s.Place = "东门" }, func(s *SlotTerms) { s.Place = "门" }, "body.place"},
		"the longest place":  {func(s *SlotTerms) { s.Place = strings.Repeat("门", 60) }, func(s *SlotTerms) { s.Place = strings.Repeat("门", 61) }, "body.place"},
		"the south":          {at(3_800_000, 110_000_000), at(3_799_999, 110_000_000), "body.lat"},
		"the north":          {at(53_600_000, 110_000_000), at(53_600_001, 110_000_000), "body.lat"},
		"the west":           {at(30_000_000, 73_400_000), at(30_000_000, 73_399_999), "body.lat"},
		"the east":           {at(30_000_000, 135_100_000), at(30_000_000, 135_100_001), "body.lat"},
	} {
		if s, err := slotWith(t, c.good); err != nil || s.State != SlotOpen {
			t.Errorf("%s: %v", name, err)
		}
		if s, err := slotWith(t, c.bad); !errors.Is(err, ErrSlotTerms) || fieldOf(err) != c.where || s != nil {
			t.Errorf("beyond %s: %v at %s, want %s", name, err, fieldOf(err), c.where)
		}
	}
}

func TestEverythingWrongWithASlotIsSaidAtOnce(t *testing.T) {
	lat := int64(30_000_000)
	_, err := slotWith(t, func(s *SlotTerms) {
		*s = SlotTerms{StartsAt: noon, EndsAt: noon, Place: " ", Lat: &lat, Radius: 1, Capacity: -1, Mode: "magic"}
	})
	var got []string
	for _, f := range fault.Of(err).Fields {
		got = append(got, f.Path)
	}
	if !reflect.DeepEqual(got, []string{"body.place", "body.ends_at", "body.starts_at", "body.radius", "body.capacity", "body.capacity", "body.mode", "body.lat"}) {
		t.Errorf("it says %q", got)
	}
}

func TestWhereThereArePeopleASlotKeepsRoomForThem(t *testing.T) {
	for _, c := range []struct {
		enrolled, capacity int64
		want               error
		left               int64
	}{
		{0, 1, nil, 1}, {2, 2, nil, 0}, {2, 1, ErrSlotTerms, 0}, {2, 3, nil, 1}, {2, 500, nil, 498}, {2, 501, ErrSlotTerms, 0}, {500, 499, ErrSlotTerms, 0},
	} {
		s := placed(t)
		s.Capacity, s.Enrolled, s.Waiting = max(2, c.enrolled), c.enrolled, 3
		before := *s
		err := s.Change(SlotEdit{Capacity: &c.capacity, Reason: "场地变化"}, true, by(host, 49))
		if !errors.Is(err, c.want) || err != nil && *s != before || err == nil && (s.Left() != c.left || s.Enrolled != c.enrolled || s.Waiting != 3 || s.ChangedAt != nil) {
			t.Errorf("%+v: %v, %+v", c, err, s)
		}
	}
	if left := (&Slot{Capacity: 2, Enrolled: 3}).Left(); left != 0 {
		t.Errorf("a slot with too many has %d places", left)
	}
}

// TestOnlyTheTimesStayOncePeopleAreThere changes one thing of a slot at a time,
// before anybody came and after.
func TestOnlyTheTimesStayOncePeopleAreThere(t *testing.T) {
	start, end, place, radius, leader := noon.Add(49*time.Hour), noon.Add(51*time.Hour), "东门", int64(500), guest.UserID
	mode, lat, lng, same := ModeLeader, int64(24_288_900), int64(116_117_700), noon.Add(48*time.Hour)
	for name, c := range map[string]struct {
		edit  SlotEdit
		there error // when somebody is there
		told  bool
	}{
		"a later beginning":  {SlotEdit{StartsAt: &start}, ErrSlotBegun, true},
		"a later end":        {SlotEdit{EndsAt: &end}, ErrSlotBegun, true},
		"the same beginning": {SlotEdit{StartsAt: &same}, nil, false},
		"another place":      {SlotEdit{Place: &place}, nil, true},
		"a point":            {SlotEdit{Lat: &lat, Lng: &lng}, nil, true},
		"another mode":       {SlotEdit{Mode: &mode}, nil, true},
		"a wider fence":      {SlotEdit{Radius: &radius}, nil, false},
		"another leader":     {SlotEdit{LeaderID: &leader}, nil, false},
		"nothing":            {SlotEdit{}, nil, false},
	} {
		for attended, want := range map[bool]error{false: nil, true: c.there} {
			s := placed(t)
			before := *s
			c.edit.Reason = "另有安排"
			err := s.Change(c.edit, attended, by(host, 47.5))
			if !errors.Is(err, want) || err != nil && *s != before {
				t.Errorf("%s, somebody there %v: %v, %+v", name, attended, err, s)
			}
			if told := s.ChangedAt != nil; err == nil && told != c.told {
				t.Errorf("%s: those enrolled are told %v", name, told)
			}
		}
	}
}

func TestASeriesIsAtNineInShanghaiAllYear(t *testing.T) {
	nine := func(year int, month time.Month, d int) time.Time {
		return time.Date(year, month, d, 9, 0, 0, 0, shanghai).UTC()
	}
	for name, c := range map[string]struct {
		first  time.Time
		repeat Repeat
		days   string // of the first and the last ones
	}{
		"over the end of a month":    {nine(2026, time.January, 30), Repeat{1, 4}, "2026-01-30 2026-01-31 2026-02-01 2026-02-02"},
		"over February":              {nine(2026, time.February, 27), Repeat{1, 3}, "2026-02-27 2026-02-28 2026-03-01"},
		"over a leap day":            {nine(2028, time.February, 28), Repeat{1, 3}, "2028-02-28 2028-02-29 2028-03-01"},
		"weekly over a leap day":     {nine(2028, time.February, 26), Repeat{7, 2}, "2028-02-26 2028-03-04"},
		"over the end of a year":     {nine(2026, time.December, 26), Repeat{7, 3}, "2026-12-26 2027-01-02 2027-01-09"},
		"every fourth week":          {nine(2026, time.October, 10), Repeat{28, 4}, "2026-10-10 2026-11-07 2026-12-05 2027-01-02"},
		"over a summer of elsewhere": {nine(2026, time.March, 28), Repeat{1, 3}, "2026-03-28 2026-03-29 2026-03-30"},
	} {
		all, err := SlotTerms{StartsAt: c.first, EndsAt: c.first.Add(150 * time.Minute)}.Series(c.repeat)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var days []string
		for _, s := range all {
			days = append(days, string(DayOf(s.StartsAt)))
			if said := Said(s.StartsAt) + Said(s.EndsAt); !strings.Contains(said, " 09:00") || !strings.HasSuffix(said, " 11:30") || s.StartsAt.Location() != time.UTC {
				t.Errorf("%s: from %s to %s", name, s.StartsAt, s.EndsAt)
			}
		}
		if got := strings.Join(days, " "); got != c.days {
			t.Errorf("%s: %s, want %s", name, got, c.days)
		}
	}
}

func TestASeriesIsNoLongerThanItsBounds(t *testing.T) {
	for _, c := range []struct {
		repeat Repeat
		n      int // 0: refused
	}{
		{Repeat{}, 1},
		{Repeat{1, 1}, 1},
		{Repeat{28, 1}, 1},
		{Repeat{1, 60}, 60},
		{Repeat{28, 60}, 60},
		{Repeat{0, 1}, 0},
		{Repeat{29, 1}, 0},
		{Repeat{1, 61}, 0},
		{Repeat{7, 0}, 0},
		{Repeat{7, -1}, 0},
		{Repeat{-7, 2}, 0},
	} {
		all, err := slotTerms().Series(c.repeat)
		if len(all) != c.n || (err == nil) != (c.n > 0) || err != nil && !errors.Is(err, ErrSlotTerms) {
			t.Errorf("%+v: %d slots, %v", c.repeat, len(all), err)
		}
		for i := range all {
			terms := all[i]
			terms.StartsAt, terms.EndsAt = slotTerms().StartsAt, slotTerms().EndsAt
			if terms != slotTerms() {
				t.Errorf("number %d of %+v is otherwise: %+v", i, c.repeat, all[i])
			}
		}
	}
}
