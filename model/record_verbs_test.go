package model

import (
	"errors"
	"testing"
	"time"
)

// hoursStep is somebody's step in the community /1/2/3/.
func hoursStep(user int64, roles ...Role) Step {
	who := Actor{UserID: user, TenantID: 1, Consent: "1.0"}
	for _, r := range roles {
		path := Path("/1/2/3/")
		if r == RoleTownship {
			path = "/1/2/"
		}
		who.Held = append(who.Held, Held{Role: r, Path: path, Subtree: true})
	}
	return Step{Who: who, Now: noon}
}

// hoursScene is a slot of two hours that ended at noon, which 14 was enrolled
// for and 15 led.
func hoursScene(e EnrolmentState, a AttendanceState, minutes int64) (*Slot, *Enrolment, *Attendance) {
	slot := &Slot{
		ID: 2, TenantID: 1, OrgID: 5, OrgPath: "/1/2/3/5/", CommunityID: 3, Title: "清洁", LeaderID: 15, StartsAt: noon.Add(-2 * time.Hour), EndsAt: noon,
	}
	en := &Enrolment{ID: 3, TenantID: 1, SlotID: 2, UserID: 14, State: e, Role: EnrolMember}
	if a == "" {
		return slot, en, nil
	}
	return slot, en, &Attendance{ID: 4, TenantID: 1, SourceType: OfEnrolment, SourceID: 3, UserID: 14, SlotID: 2, State: a, InAt: slot.StartsAt, Minutes: minutes, DecidedBy: 16}
}

func TestARecordTakesWhatIsLeftOfTheDay(t *testing.T) {
	for _, c := range []struct{ served, used, want, cut int64 }{
		{60, 0, 60, 0}, {60, 420, 60, 0}, {60, 450, 30, 30}, {60, 480, 0, 60}, {60, 999, 0, 60}, {600, 0, 480, 120},
	} {
		slot, e, a := hoursScene(EnrolmentAttended, AttendanceDone, c.served)
		r := NewServiceRecord(9, a, e, slot, Member{}, DayUse{c.used, 480}, 0, noon)
		if r.Minutes != c.want || r.CutMinutes != c.cut || r.DayLimit != 480 || r.CommunityID != 3 || r.Earns() != (c.want > 0) {
			t.Errorf("%+v is recorded as %+v", c, r)
		}
		fresh, err := r.Replace(10, OfCorrection, 7, 30, DayUse{0, 480}, hoursStep(20))
		if err != nil || r.State != RecordVoid || r.ReplacedBy != 10 || fresh.Minutes != 30 || fresh.State != RecordValid || fresh.CertifierID != 20 || r.Minutes != c.want {
			t.Errorf("%+v is replaced by %+v: %v", r, fresh, err)
		}
		if _, err := r.Replace(11, OfCorrection, 8, 30, DayUse{}, hoursStep(20)); !errors.Is(err, ErrRecordState) {
			t.Errorf("what is void is replaced: %v", err)
		}
		if err := fresh.Withdraw(); !errors.Is(err, ErrRecordState) || fresh.State != RecordValid {
			t.Errorf("hours of a slot are withdrawn as a wish's: %v", err)
		}
	}
}

func TestWhoMayAskForACorrectionAndForWhat(t *testing.T) {
	for _, c := range []struct {
		name    string
		step    Step
		minutes int64
		change  func(r *ServiceRecord)
		want    error
	}{
		{"himself", hoursStep(14), 90, nil, nil},
		{"the leader", hoursStep(15), 90, nil, nil},
		{"a worker", hoursStep(20, RoleWorker), 90, nil, nil},
		{"a stranger", hoursStep(21, RoleVolunteer), 90, nil, ErrRecordNotFound},
		{"of another county", Step{Who: Actor{UserID: 14, TenantID: 9}}, 90, nil, ErrRecordNotFound},
		{"to the same", hoursStep(14), 60, nil, ErrCorrectionMinutes},
		{"to nothing", hoursStep(14), 0, nil, nil},
		{"to less than nothing", hoursStep(14), -1, nil, ErrCorrectionMinutes},
		{"to as much as can be", hoursStep(14), 150, nil, nil},
		{"to more than can be", hoursStep(14), 151, nil, ErrCorrectionMinutes},
		{"of what is void", hoursStep(14), 90, func(r *ServiceRecord) { r.State = RecordVoid }, ErrRecordState},
		{"of a wish", hoursStep(14), 90, func(r *ServiceRecord) { r.SlotID = 0 }, ErrCorrectionWish},
	} {
		slot, e, a := hoursScene(EnrolmentAttended, AttendanceDone, 60)
		r := NewServiceRecord(9, a, e, slot, Member{}, DayUse{0, 480}, 0, noon)
		if c.change != nil {
			c.change(r)
		}
		k, err := NewCorrection(7, r, slot, c.minutes, "少记", c.step)
		if !errors.Is(err, c.want) || err == nil && (k.OldMinutes != 60 || k.QueueOrgID != 3 || *k.ActiveKey != 9) {
			t.Errorf("%s: %+v %v, want %v", c.name, k, err, c.want)
		}
	}
}

func TestACorrectionIsDecidedByASecondPersonAndOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		step Step
		want error
	}{
		{"another worker", hoursStep(20, RoleWorker), nil},
		{"the township", hoursStep(20, RoleTownship), nil},
		{"who asked", hoursStep(15, RoleWorker), ErrCorrectionSame},
		{"whose hours they are", hoursStep(14, RoleWorker), ErrCorrectionSame},
		{"a liaison", hoursStep(20, RoleLiaison), ErrCorrectionNotFound},
		{"a stranger", hoursStep(20), ErrCorrectionNotFound},
	} {
		slot, e, a := hoursScene(EnrolmentAttended, AttendanceDone, 60)
		k, err := NewCorrection(7, NewServiceRecord(9, a, e, slot, Member{}, DayUse{0, 480}, 0, noon), slot, 90, "少记", hoursStep(15))
		if err != nil {
			t.Fatal(err)
		}
		before := *k
		if err := k.Approve(30, "属实", c.step); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if c.want != nil {
			if *k != before {
				t.Errorf("%s is refused and changes it to %+v", c.name, k)
			}
			continue
		}
		if k.State != CorrectionApproved || k.NewRecordID != 30 || k.ActiveKey != nil || k.QueueOrgID != 0 {
			t.Errorf("%s makes it %+v", c.name, k)
		}
		if err := k.Refuse("不实", c.step); !errors.Is(err, ErrCorrectionState) {
			t.Errorf("%s decides twice: %v", c.name, err)
		}
	}
}

func TestWhatCanBeDisputedAndUntilWhen(t *testing.T) {
	for _, c := range []struct {
		name    string
		e       EnrolmentState
		a       AttendanceState
		claimed int64
		after   time.Duration
		about   DisputeAbout
		want    error
	}{
		{"an absence", EnrolmentAbsent, "", 60, 0, AboutAbsent, nil},
		{"what was refused", EnrolmentAttended, AttendanceVoid, 60, 0, AboutVoid, nil},
		{"too few minutes", EnrolmentAttended, AttendanceDone, 61, 0, AboutShort, nil},
		{"enough minutes", EnrolmentAttended, AttendanceDone, 60, 0, "", ErrDisputeMinutes},
		{"more than can be", EnrolmentAbsent, "", 151, 0, "", ErrDisputeMinutes},
		{"while he is there", EnrolmentAttended, AttendancePresent, 60, 0, "", ErrDisputeNothing},
		{"before it is confirmed", EnrolmentAttended, AttendanceUnconfirmed, 60, 0, "", ErrDisputeNothing},
		{"what he has left", EnrolmentLeft, "", 60, 0, "", ErrDisputeNothing},
		{"at the last moment", EnrolmentAbsent, "", 60, 30 * 24 * time.Hour, AboutAbsent, nil},
		{"too late", EnrolmentAbsent, "", 60, 30*24*time.Hour + 1, "", ErrDisputeLate},
	} {
		slot, e, a := hoursScene(c.e, c.a, 60)
		s := hoursStep(14)
		s.Now = s.Now.Add(c.after)
		d, err := NewDispute(8, e, a, slot, c.claimed, "我在", s)
		if !errors.Is(err, c.want) || err == nil && (d.About != c.about || d.About.Title() == "" || !d.AnswerBy.Equal(s.Now.Add(7*24*time.Hour)) || d.Told() == "") {
			t.Errorf("%s: %+v %v, want %v", c.name, d, err, c.want)
		}
		if _, err := NewDispute(8, e, a, slot, c.claimed, "我在", hoursStep(15)); !errors.Is(err, ErrEnrolmentNotFound) {
			t.Errorf("%s is disputed by somebody else: %v", c.name, err)
		}
	}
}

func TestWhoAnswersADisputeAndWithWhat(t *testing.T) {
	for _, c := range []struct {
		name      string
		step      Step
		minutes   int64
		escalated bool
		want      error
	}{
		{"a worker", hoursStep(20, RoleWorker), 90, false, nil},
		{"the leader", hoursStep(15, RoleWorker), 90, false, ErrDisputeSame},
		{"who confirmed", hoursStep(16, RoleWorker), 90, false, ErrDisputeSame},
		{"who certified", hoursStep(17, RoleWorker), 90, false, ErrDisputeSame},
		{"himself", hoursStep(14, RoleWorker), 90, false, ErrDisputeSame},
		{"a stranger", hoursStep(20), 90, false, ErrDisputeNotFound},
		{"a worker, too late", hoursStep(20, RoleWorker), 90, true, ErrDisputeHigher},
		{"the township then", hoursStep(20, RoleTownship), 90, true, nil},
		{"as little as before", hoursStep(20, RoleWorker), 60, false, ErrDisputeMinutes},
		{"more than was claimed", hoursStep(20, RoleWorker), 101, false, ErrDisputeMinutes},
	} {
		slot, e, a := hoursScene(EnrolmentAttended, AttendanceDone, 60)
		d, err := NewDispute(8, e, a, slot, 100, "多做了", hoursStep(14))
		if err != nil {
			t.Fatal(err)
		}
		if c.escalated {
			if err := d.Escalate(); err != nil || d.QueueOrgID != 2 || d.DueAt != nil || d.Told() == "" {
				t.Errorf("it is given to the township: %+v %v", d, err)
			}
			if err := d.Escalate(); !errors.Is(err, ErrDisputeState) {
				t.Errorf("and again: %v", err)
			}
		}
		before := *d
		involved := Deciders(slot, a, &ServiceRecord{CertifierID: 17})
		if err := d.Uphold(c.minutes, 60, slot, 31, "属实", involved, c.step); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if c.want != nil {
			if *d != before {
				t.Errorf("%s is refused and changes it to %+v", c.name, d)
			}
			continue
		}
		if d.State != DisputeUpheld || d.Granted != c.minutes || d.RecordID != 31 || d.DueAt != nil || d.QueueOrgID != 0 {
			t.Errorf("%s makes it %+v", c.name, d)
		}
		if err := d.Dismiss("不实", involved, c.step); !errors.Is(err, ErrDisputeState) {
			t.Errorf("%s answers twice: %v", c.name, err)
		}
	}
}

func TestEveryStateAndArrowOfHoursHasAName(t *testing.T) {
	for _, flow := range [][]CheckArrow{RecordArrows(), CorrectionArrows(), DisputeArrows()} {
		for _, a := range flow {
			if a.Title == "" || a.To == "" || a.By == "" {
				t.Errorf("%+v", a)
			}
		}
	}
	for _, s := range CorrectionStates() {
		if s.Title() == "" {
			t.Errorf("%s", s)
		}
	}
	for _, s := range DisputeStates() {
		if s.Title() == "" {
			t.Errorf("%s", s)
		}
	}
	if DisputeTitle(DisputeEscalate) == "" || DisputeTitle("x") != "" {
		t.Error("an event has no name")
	}
}

func TestAnAttendanceIsRevisedOnlyWhenItIsOver(t *testing.T) {
	for state, want := range map[AttendanceState]error{
		AttendanceDone: nil, AttendanceVoid: nil, AttendancePresent: ErrAttendanceState, AttendanceUnconfirmed: ErrAttendanceState,
	} {
		slot, e, a := hoursScene(EnrolmentAbsent, state, 60)
		if err := a.Revise(90, "属实", hoursStep(20)); !errors.Is(err, want) || err == nil && (a.State != AttendanceDone || a.Minutes != 90) {
			t.Errorf("%s: %+v %v", state, a, err)
		}
		v := NewVouched(5, e, slot, 45, "属实", hoursStep(20))
		if v.State != AttendanceDone || v.Minutes != 45 || v.OutAt.Sub(v.InAt) != 45*time.Minute || v.InBy != 20 {
			t.Errorf("vouched for as %+v", v)
		}
		if err := e.Vouch(); err != nil || e.State != EnrolmentAttended {
			t.Errorf("%+v %v", e, err)
		}
		if err := e.Vouch(); !errors.Is(err, ErrEnrolmentState) {
			t.Errorf("vouched for twice: %v", err)
		}
	}
}
