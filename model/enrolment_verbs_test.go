package model

import (
	"errors"
	"testing"
	"time"
)

func enrolled(t *testing.T, s *Slot) *Enrolment {
	t.Helper()
	e, err := s.Enrol(80, nil, by(guest, 0))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestWhoCanEnrol(t *testing.T) {
	key := "x"
	other := func(slot int64, from, to float64, state EnrolmentState) Enrolment {
		e := Enrolment{SlotID: slot, UserID: guest.UserID, StartsAt: by(guest, from).Now, EndsAt: by(guest, to).Now, State: state, ActiveKey: &key}
		if state == EnrolmentLeft || state == EnrolmentRemoved {
			e.ActiveKey = nil
		}
		return e
	}
	for name, c := range map[string]struct {
		change func(s *Slot)
		his    []Enrolment
		who    Actor
		hours  float64
		want   error
		as     EnrolmentState
	}{
		"a place":                  {nil, nil, guest, 0, nil, EnrolmentEnrolled},
		"the last place":           {func(s *Slot) { s.Enrolled = 1 }, nil, guest, 0, nil, EnrolmentEnrolled},
		"a turn":                   {func(s *Slot) { s.Enrolled = 2 }, nil, guest, 0, nil, EnrolmentWaiting},
		"the last turn":            {func(s *Slot) { s.Enrolled, s.Waiting = 2, 19 }, nil, guest, 0, nil, EnrolmentWaiting},
		"none":                     {func(s *Slot) { s.Enrolled, s.Waiting = 2, 20 }, nil, guest, 0, ErrSlotFull, ""},
		"a moment before":          {nil, nil, guest, 47.9, nil, EnrolmentEnrolled},
		"when it begins":           {nil, nil, guest, 48, ErrEnrolmentLate, ""},
		"in a slot that is off":    {func(s *Slot) { s.State = SlotCancelled }, nil, guest, 0, ErrEnrolmentLate, ""},
		"in a draft":               {func(s *Slot) { s.Published = false }, nil, guest, 0, ErrSlotNotFound, ""},
		"in another county":        {nil, nil, foreigner, 0, ErrSlotNotFound, ""},
		"as a worker":              {nil, nil, host, 0, ErrEnrolmentRole, ""},
		"twice":                    {nil, []Enrolment{other(70, 48, 50, EnrolmentEnrolled)}, guest, 0, ErrEnrolled, ""},
		"after leaving":            {nil, []Enrolment{other(70, 48, 50, EnrolmentLeft)}, guest, 0, nil, EnrolmentEnrolled},
		"after being removed":      {nil, []Enrolment{other(70, 48, 50, EnrolmentRemoved)}, guest, 0, ErrEnrolmentRemoved, ""},
		"while elsewhere":          {nil, []Enrolment{other(71, 49, 51, EnrolmentEnrolled)}, guest, 0, ErrEnrolmentOverlap, ""},
		"while waiting elsewhere":  {nil, []Enrolment{other(71, 47, 49, EnrolmentWaiting)}, guest, 0, ErrEnrolmentOverlap, ""},
		"around it":                {nil, []Enrolment{other(71, 47, 51, EnrolmentAttended)}, guest, 0, ErrEnrolmentOverlap, ""},
		"right after":              {nil, []Enrolment{other(71, 46, 48, EnrolmentEnrolled)}, guest, 0, nil, EnrolmentEnrolled},
		"right before":             {nil, []Enrolment{other(71, 50, 52, EnrolmentEnrolled)}, guest, 0, nil, EnrolmentEnrolled},
		"what was left elsewhere":  {nil, []Enrolment{other(71, 48, 50, EnrolmentLeft)}, guest, 0, nil, EnrolmentEnrolled},
		"what somebody else has":   {nil, []Enrolment{{SlotID: 71, UserID: 99, StartsAt: by(guest, 48).Now, EndsAt: by(guest, 50).Now, ActiveKey: &key}}, guest, 0, nil, EnrolmentEnrolled},
		"the place of its leader":  {nil, nil, guide, 0, nil, EnrolmentEnrolled},
		"with one's account empty": {nil, nil, Actor{UserID: 30, TenantID: 1}, 0, ErrEnrolmentRole, ""},
	} {
		s := placed(t)
		if c.change != nil {
			c.change(s)
		}
		e, err := s.Enrol(80, c.his, by(c.who, c.hours))
		if !errors.Is(err, c.want) || (err == nil) != (e != nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
			continue
		}
		if e != nil && (e.State != c.as || e.UserID != c.who.UserID || *e.ActiveKey != EnrolmentKey(70, c.who.UserID) || (e.Role == EnrolLeader) != (c.who.UserID == guide.UserID)) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestWhomALeaderPutsOnHisList(t *testing.T) {
	removed := Enrolment{SlotID: 70, UserID: 90, State: EnrolmentRemoved}
	for name, c := range map[string]struct {
		who   Actor
		taken int64
		his   []Enrolment
		hours float64
		want  error
	}{
		"before":                  {guide, 0, nil, 0, nil},
		"while it goes on":        {guide, 0, nil, 49, nil},
		"by the organiser":        {host, 1, nil, 0, nil},
		"whom he has removed":     {guide, 0, []Enrolment{removed}, 0, nil},
		"when it is over":         {guide, 0, nil, 50, ErrEnrolmentLate},
		"when it is full":         {guide, 2, nil, 49, ErrSlotFull},
		"by a volunteer":          {guest, 0, nil, 0, ErrSlotNotFound},
		"by somebody from beside": {outsider, 0, nil, 0, ErrSlotNotFound},
		"by a foreigner":          {foreigner, 0, nil, 0, ErrSlotNotFound},
	} {
		s := placed(t)
		s.Enrolled = c.taken
		e, err := s.PutOn(80, 90, c.his, by(c.who, c.hours))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err == nil && (e.EnrolledBy != c.who.UserID || e.UserID != 90 || e.State != EnrolmentEnrolled) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// enrolmentLoop is what these verbs may do in each state, written down once more
// by hand; everything else is refused.
var enrolmentLoop = map[string]struct {
	verb func(*Enrolment, *Slot) error
	to   map[EnrolmentState]EnrolmentState
}{
	"leave": {
		func(e *Enrolment, s *Slot) error { return e.Leave(s, by(guest, 1)) },
		map[EnrolmentState]EnrolmentState{EnrolmentWaiting: EnrolmentLeft, EnrolmentEnrolled: EnrolmentLeft},
	},
	"remove": {
		func(e *Enrolment, s *Slot) error { return e.Remove(s, "另有安排", by(guide, 1)) },
		map[EnrolmentState]EnrolmentState{EnrolmentWaiting: EnrolmentRemoved, EnrolmentEnrolled: EnrolmentRemoved},
	},
	"promote": {
		func(e *Enrolment, s *Slot) error { return e.Promote(s, by(SystemActor(1), 1)) },
		map[EnrolmentState]EnrolmentState{EnrolmentWaiting: EnrolmentEnrolled},
	},
	"promote by the leader": {
		func(e *Enrolment, s *Slot) error { return e.Promote(s, by(guide, 49)) },
		map[EnrolmentState]EnrolmentState{EnrolmentWaiting: EnrolmentEnrolled},
	},
	"clash": {
		func(e *Enrolment, _ *Slot) error { return e.Clash(by(SystemActor(1), 1)) },
		map[EnrolmentState]EnrolmentState{EnrolmentWaiting: EnrolmentLeft, EnrolmentEnrolled: EnrolmentLeft},
	},
	"call off": {
		func(e *Enrolment, _ *Slot) error { return e.CallOff("下雨", by(SystemActor(1), 1)) },
		map[EnrolmentState]EnrolmentState{EnrolmentWaiting: EnrolmentCancelled, EnrolmentEnrolled: EnrolmentCancelled},
	},
}

func TestAnEnrolmentGoesItsWaysAndNoOther(t *testing.T) {
	for name, c := range enrolmentLoop {
		for _, from := range EnrolmentStates() {
			s := placed(t)
			e := enrolled(t, s)
			e.State = from
			before := *e
			err := c.verb(e, s)
			to, may := c.to[from]
			switch {
			case may && (err != nil || e.State != to || (to == EnrolmentEnrolled) != (e.ActiveKey != nil)):
				t.Errorf("%s when %s: %v, %+v", name, from, err, e)
			case !may && (err == nil || *e != before):
				t.Errorf("%s when %s: %v, %+v", name, from, err, e)
			}
		}
	}
}

func TestWhatIsRefusedLeavesAnEnrolmentAsItIs(t *testing.T) {
	for name, c := range map[string]struct {
		verb func(*Enrolment, *Slot) error
		want error
	}{
		"another's place given up":   {func(e *Enrolment, s *Slot) error { return e.Leave(s, by(guide, 1)) }, ErrEnrolmentNotFound},
		"given up when it has begun": {func(e *Enrolment, s *Slot) error { return e.Leave(s, by(guest, 48)) }, ErrEnrolmentLate},
		"of another slot":            {func(e *Enrolment, _ *Slot) error { return e.Leave(&Slot{ID: 71}, by(guest, 1)) }, ErrEnrolmentNotFound},
		"removed by himself":         {func(e *Enrolment, s *Slot) error { return e.Remove(s, "不想", by(guest, 1)) }, ErrEnrolmentNotFound},
		"removed from elsewhere":     {func(e *Enrolment, s *Slot) error { return e.Remove(s, "不想", by(outsider, 1)) }, ErrEnrolmentNotFound},
		"removed without a reason":   {func(e *Enrolment, s *Slot) error { return e.Remove(s, "", by(guide, 1)) }, ErrEnrolmentState},
		"removed when it is over":    {func(e *Enrolment, s *Slot) error { return e.Remove(s, "不在", by(guide, 50)) }, ErrEnrolmentLate},
		"promoted after the beginning": {func(e *Enrolment, s *Slot) error {
			e.State = EnrolmentWaiting
			return e.Promote(s, by(SystemActor(1), 48))
		}, ErrEnrolmentLate},
		"promoted by a volunteer": {func(e *Enrolment, s *Slot) error { e.State = EnrolmentWaiting; return e.Promote(s, by(guest, 1)) }, ErrEnrolmentNotFound},
	} {
		s := placed(t)
		e := enrolled(t, s)
		if err := c.verb(e, s); !errors.Is(err, c.want) || e.EndedAt != nil || e.ActiveKey == nil {
			t.Errorf("%s: %v, want %v: %+v", name, err, c.want, e)
		}
	}
}

func TestAMarkIsForLeavingLateAndWithoutCause(t *testing.T) {
	early, late := noon.Add(-time.Hour), noon.Add(time.Hour)
	for name, c := range map[string]struct {
		hours   float64
		state   EnrolmentState
		changed *time.Time
		mark    bool
	}{
		"a day before":             {24, EnrolmentEnrolled, nil, false},
		"less than a day before":   {24.01, EnrolmentEnrolled, nil, true},
		"who waited":               {47, EnrolmentWaiting, nil, false},
		"when it has changed":      {47, EnrolmentEnrolled, &late, false},
		"when it had changed once": {47, EnrolmentEnrolled, &early, true},
	} {
		s := placed(t)
		e := enrolled(t, s)
		e.State, s.ChangedAt = c.state, c.changed
		if err := e.Leave(s, by(guest, c.hours)); err != nil || e.LateLeave != c.mark {
			t.Errorf("%s: %v, a mark %v", name, err, e.LateLeave)
		}
	}
}

func TestASlotSaysWhereItStands(t *testing.T) {
	for want, c := range map[string]struct {
		change func(*Slot)
		e      *Enrolment
		hours  float64
	}{
		"可以报名。":             {func(*Slot) {}, nil, 0},
		"名额已满, 可以候补。":       {func(s *Slot) { s.Enrolled = 2 }, nil, 0},
		"正在进行, 临时参加请找领队登记。": {func(*Slot) {}, nil, 48},
		"本场已结束。":            {func(*Slot) {}, &Enrolment{State: EnrolmentEnrolled}, 50},
		"本场已取消。":            {func(s *Slot) { s.State = SlotCancelled }, nil, 0},
		"草稿, 还没有发布。":        {func(s *Slot) { s.Published = false }, nil, 0},
		"您已报名, 请准时到场签到。":    {func(*Slot) {}, &Enrolment{State: EnrolmentEnrolled}, 0},
	} {
		s := placed(t)
		c.change(s)
		if got := s.StatusText(c.e, by(guest, c.hours).Now); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
