package model

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"dandelion/internal/fault"
)

func slotTerms() SlotTerms {
	return SlotTerms{StartsAt: noon.Add(48 * time.Hour), EndsAt: noon.Add(50 * time.Hour), Place: " 红星广场 ", Capacity: 2, Mode: ModeCode, LeaderID: guide.UserID}
}

// placed is a published slot with two places.
func placed(t *testing.T) *Slot {
	t.Helper()
	a := drafted(t)
	a.State, a.PublishedAt = ActivityPublished, &noon
	s, err := NewSlot(70, a, slotTerms(), by(host, 0))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fieldOf returns the one part of a request that err complains of.
func fieldOf(err error) string {
	if f := fault.Of(err); f != nil && len(f.Fields) == 1 {
		return f.Fields[0].Path
	}
	return ""
}

func TestASlotIsWithinItsTerms(t *testing.T) {
	lat, lng, sea := int64(24_288_900), int64(116_117_700), int64(140_000_000)
	for name, c := range map[string]struct {
		change func(*SlotTerms)
		where  string // what is wrong, "" if nothing is
	}{
		"as it should be":      {func(*SlotTerms) {}, ""},
		"with a fence":         {func(s *SlotTerms) { s.Mode, s.Lat, s.Lng = ModeFence, &lat, &lng }, ""},
		"twelve hours long":    {func(s *SlotTerms) { s.EndsAt = s.StartsAt.Add(12 * time.Hour) }, ""},
		"over before it is":    {func(s *SlotTerms) { s.EndsAt = s.StartsAt }, "body.ends_at"},
		"too long":             {func(s *SlotTerms) { s.EndsAt = s.StartsAt.Add(12*time.Hour + time.Minute) }, "body.ends_at"},
		"now":                  {func(s *SlotTerms) { s.StartsAt, s.EndsAt = noon, noon.Add(time.Hour) }, "body.starts_at"},
		"in more than a year":  {func(s *SlotTerms) { s.StartsAt = noon.Add(367 * 24 * time.Hour); s.EndsAt = s.StartsAt.Add(time.Hour) }, "body.starts_at"},
		"nowhere":              {func(s *SlotTerms) { s.Place = "\t" }, "body.place"},
		"for nobody":           {func(s *SlotTerms) { s.Capacity = 0 }, "body.capacity"},
		"for a crowd":          {func(s *SlotTerms) { s.Capacity = 501 }, "body.capacity"},
		"too narrow":           {func(s *SlotTerms) { s.Radius = 49 }, "body.radius"},
		"too wide":             {func(s *SlotTerms) { s.Radius = 5001 }, "body.radius"},
		"a visit":              {func(s *SlotTerms) { s.Mode = ModeVisit }, "body.mode"},
		"checked in by magic":  {func(s *SlotTerms) { s.Mode = "magic" }, "body.mode"},
		"a fence around what":  {func(s *SlotTerms) { s.Mode = ModeCodeAndFence }, "body.lat"},
		"half a point":         {func(s *SlotTerms) { s.Lat = &lat }, "body.lat"},
		"in the Pacific":       {func(s *SlotTerms) { s.Lat, s.Lng = &lat, &sea }, "body.lat"},
		"with lat lng swapped": {func(s *SlotTerms) { s.Lat, s.Lng = &lng, &lat }, "body.lat"},
	} {
		terms := slotTerms()
		c.change(&terms)
		s, err := NewSlot(70, drafted(t), terms, by(host, 0))
		if c.where == "" {
			if err != nil || s.Place != "红星广场" || s.Published || s.State != SlotOpen || s.Title != "清洁家园" {
				t.Errorf("%s: %v, %+v", name, err, s)
			}
			continue
		}
		if at := fieldOf(err); !errors.Is(err, ErrSlotTerms) || at != c.where || s != nil {
			t.Errorf("%s: %v at %s, want %s", name, err, at, c.where)
		}
	}
	terms := slotTerms()
	terms.LeaderID = 0
	if s, err := NewSlot(70, drafted(t), terms, by(host, 0)); err != nil || s.LeaderID != host.UserID || s.Radius != SlotRadius {
		t.Errorf("without a leader: %+v, %v", s, err)
	}
	for _, who := range []Actor{guest, outsider, foreigner} {
		if _, err := NewSlot(70, drafted(t), slotTerms(), by(who, 0)); err == nil {
			t.Errorf("%d adds a slot", who.UserID)
		}
	}
}

func TestAChangeOfASlotIsRefusedOrTold(t *testing.T) {
	earlier, later, past, one, three := noon.Add(46*time.Hour), noon.Add(47*time.Hour), noon.Add(-time.Hour), int64(1), int64(3)
	place, fence, lat, lng := "东门", ModeFence, int64(24_288_900), int64(116_117_700)
	for name, c := range map[string]struct {
		edit     SlotEdit
		who      Actor
		hours    float64
		attended bool
		want     error
		told     bool // those enrolled can leave without a mark
	}{
		"moved":                      {SlotEdit{StartsAt: &earlier, EndsAt: &later, Reason: "天气"}, host, 0, false, nil, true},
		"without a reason":           {SlotEdit{StartsAt: &earlier, EndsAt: &later}, host, 0, false, ErrSlotTerms, false},
		"into the past":              {SlotEdit{StartsAt: &past, EndsAt: &earlier, Reason: "天气"}, host, 0, false, ErrSlotTerms, false},
		"moved when it has begun":    {SlotEdit{StartsAt: &earlier, EndsAt: &later, Reason: "天气"}, host, 48, false, ErrSlotBegun, false},
		"moved when one is there":    {SlotEdit{StartsAt: &earlier, EndsAt: &later, Reason: "天气"}, host, 45, true, ErrSlotBegun, false},
		"elsewhere":                  {SlotEdit{Place: &place, Reason: "施工"}, host, 0, false, nil, true},
		"elsewhere when it goes on":  {SlotEdit{Place: &place, Reason: "施工"}, host, 49, true, nil, true},
		"elsewhere when it is over":  {SlotEdit{Place: &place, Reason: "施工"}, host, 50, true, ErrSlotState, false},
		"with more places":           {SlotEdit{Capacity: &three, Reason: "场地大"}, host, 0, false, nil, false},
		"with fewer than are taken":  {SlotEdit{Capacity: &one, Reason: "场地小"}, host, 0, false, ErrSlotTerms, false},
		"a fence around nothing":     {SlotEdit{Mode: &fence, Reason: "管理"}, host, 0, false, ErrSlotTerms, false},
		"a fence":                    {SlotEdit{Mode: &fence, Lat: &lat, Lng: &lng, Reason: "管理"}, host, 0, false, nil, true},
		"by its leader":              {SlotEdit{Place: &place, Reason: "施工"}, guide, 0, false, ErrOrgForeign, false},
		"by whoever is beside":       {SlotEdit{Place: &place, Reason: "施工"}, outsider, 0, false, ErrOrgForeign, false},
		"by somebody from elsewhere": {SlotEdit{Place: &place, Reason: "施工"}, foreigner, 0, false, ErrSlotNotFound, false},
	} {
		s := placed(t)
		s.Enrolled = 2
		before := *s
		err := s.Change(c.edit, c.attended, by(c.who, c.hours))
		if !errors.Is(err, c.want) || (s.ChangedAt != nil) != c.told {
			t.Errorf("%s: %v, want %v; told %v", name, err, c.want, s.ChangedAt != nil)
		}
		if err != nil && !reflect.DeepEqual(*s, before) {
			t.Errorf("%s is refused, and leaves %+v", name, s)
		}
		if err == nil && s.Reason != c.edit.Reason {
			t.Errorf("%s: the reason is %q", name, s.Reason)
		}
	}
	s := placed(t)
	before := *s
	if err := s.Change(SlotEdit{StartsAt: &earlier, EndsAt: &later, Place: &place, LeaderID: &guest.UserID, Reason: "天气"}, false, by(host, 0)); err != nil {
		t.Fatal(err)
	}
	if got := s.Differences(&before); got != "时间由7月3日 12:00–14:00改为7月3日 10:00–11:00; 地点由“红星广场”改为“东门”; 更换了领队" {
		t.Errorf("told as %s", got)
	}
}

func TestADraftOfASlotIsChangedWithoutAReason(t *testing.T) {
	s, err := NewSlot(70, drafted(t), slotTerms(), by(host, 0))
	if err != nil {
		t.Fatal(err)
	}
	earlier := noon.Add(47 * time.Hour)
	if err := s.Change(SlotEdit{StartsAt: &earlier}, false, by(host, 0)); err != nil || s.ChangedAt != nil || !s.StartsAt.Equal(earlier) {
		t.Errorf("%v: %+v", err, s)
	}
	if err := s.Change(SlotEdit{StartsAt: &earlier}, false, by(outsider, 0)); !errors.Is(err, ErrSlotNotFound) {
		t.Errorf("a draft is changed by somebody else: %v", err)
	}
	if err := s.Announce(by(host, 0)); err != nil || !s.Published {
		t.Errorf("announced: %v", err)
	}
}

func TestASlotIsCalledOffWhileNobodyIsThere(t *testing.T) {
	for name, c := range map[string]struct {
		who      Actor
		state    SlotState
		reason   string
		hours    float64
		attended bool
		want     error
	}{
		"in time":              {host, SlotOpen, "下雨", 0, false, nil},
		"when it has begun":    {host, SlotOpen, "下雨", 49, false, nil},
		"when it is over":      {host, SlotOpen, "下雨", 50, false, ErrSlotBegun},
		"when somebody came":   {host, SlotOpen, "下雨", 47, true, ErrSlotBegun},
		"without a reason":     {host, SlotOpen, "", 0, false, ErrSlotTerms},
		"twice":                {host, SlotCancelled, "下雨", 0, false, ErrSlotState},
		"when it has ended":    {host, SlotEnded, "下雨", 0, false, ErrSlotState},
		"by its leader":        {guide, SlotOpen, "下雨", 0, false, ErrOrgForeign},
		"by another community": {outsider, SlotOpen, "下雨", 0, false, ErrOrgForeign},
		"by another county":    {foreigner, SlotOpen, "下雨", 0, false, ErrSlotNotFound},
	} {
		s := placed(t)
		s.State, s.Enrolled, s.Waiting = c.state, 2, 1
		before := *s
		err := s.Cancel(c.reason, c.attended, by(c.who, c.hours))
		switch {
		case !errors.Is(err, c.want):
			t.Errorf("%s: %v, want %v", name, err, c.want)
		case err != nil && *s != before:
			t.Errorf("%s is refused, and leaves %+v", name, s)
		case err == nil && (s.State != SlotCancelled || s.Enrolled != 0 || s.Waiting != 0):
			t.Errorf("%s: %+v", name, s)
		}
	}
}
