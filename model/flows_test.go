package model

import (
	"slices"
	"testing"
)

// flowLife is a table of the domain with what is known of it besides: every
// state, and those in which it is over.
type flowLife struct {
	arrows []CheckArrow
	states []string
	over   []string
}

func spelled[S ~string](all []S) []string {
	said := make([]string, len(all))
	for i, s := range all {
		said[i] = string(s)
	}
	return said
}

// registrationArrowsAsChecks is the table of registrations in the words of the
// others.
func registrationArrowsAsChecks() (all []CheckArrow) {
	party := map[RegistrationParty]CheckParty{RegistrationMember: PartyVolunteer, RegistrationStaff: PartyReviewer, RegistrationSystem: PartySystem}
	for _, a := range RegistrationArrows() {
		all = append(all, CheckArrow{CheckEvent(a.Event), a.Title, string(a.From), string(a.To), party[a.By]})
	}
	return all
}

func flowLives() map[string]flowLife {
	return map[string]flowLife{
		"activity":     {ActivityArrows(), spelled(ActivityStates()), []string{"ended", "cancelled"}},
		"slot":         {SlotArrows(), spelled(SlotStates()), []string{"closed", "cancelled"}},
		"enrolment":    {EnrolmentArrows(), spelled(EnrolmentStates()), []string{"attended", "left", "removed", "lapsed", "cancelled"}},
		"attendance":   {AttendanceArrows(), spelled(AttendanceStates()), []string{"done"}},
		"dispute":      {DisputeArrows(), spelled(DisputeStates()), []string{"upheld", "dismissed"}},
		"correction":   {CorrectionArrows(), spelled(CorrectionStates()), []string{"approved", "refused"}},
		"record":       {RecordArrows(), spelled(RecordStates()), []string{"void"}},
		"risk flag":    {RiskArrows(), spelled(RiskStates()), []string{"dismissed", "upheld"}},
		"registration": {registrationArrowsAsChecks(), spelled(RegistrationStates()), []string{"rejected", "withdrawn", "left", "replaced"}},
	}
}

// reaches returns every state that one comes to from a state, that one included.
func (l flowLife) reaches(from string) map[string]bool {
	seen, queue := map[string]bool{from: true}, []string{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, a := range l.arrows {
			if a.From == at && !seen[a.To] {
				seen[a.To] = true
				queue = append(queue, a.To)
			}
		}
	}
	return seen
}

// leaves reports whether somebody whom by admits can take it from a state to
// another.
func (l flowLife) leaves(from string, by func(CheckParty) bool) bool {
	return slices.ContainsFunc(l.arrows, func(a CheckArrow) bool { return a.From == from && a.To != from && by(a.By) })
}

func TestEveryStateOfEveryFlowIsReachedFromTheBeginning(t *testing.T) {
	for name, l := range flowLives() {
		seen := l.reaches("")
		for _, s := range l.states {
			if !seen[s] {
				t.Errorf("nothing leads to a %s that is %s", name, s)
			}
		}
		if len(seen) != len(l.states)+1 {
			t.Errorf("a %s comes to %d states, of which %d are listed", name, len(seen)-1, len(l.states))
		}
	}
}

// TestNothingWaitsForThePersonAlone sees to it that whatever is not over can be
// taken on by the system or by those who answer for it: nobody who stays away
// keeps it open for good.
func TestNothingWaitsForThePersonAlone(t *testing.T) {
	others := func(p CheckParty) bool { return p != PartyVolunteer }
	for name, l := range flowLives() {
		for _, s := range l.states {
			if over := slices.Contains(l.over, s); !over && !l.leaves(s, others) {
				t.Errorf("a %s that is %s waits for the person alone", name, s)
			}
		}
	}
}

func TestWhatIsOverStaysAsItIs(t *testing.T) {
	anybody := func(CheckParty) bool { return true }
	for name, l := range flowLives() {
		for _, s := range l.over {
			if !slices.Contains(l.states, s) {
				t.Errorf("a %s is never %s", name, s)
			}
			if l.leaves(s, anybody) {
				t.Errorf("a %s that is %s can become something else", name, s)
			}
		}
		for _, s := range l.states {
			if !slices.ContainsFunc(l.over, func(o string) bool { return l.reaches(s)[o] }) {
				t.Errorf("a %s that is %s is never over", name, s)
			}
		}
	}
	for _, a := range AttendanceArrows() {
		if a.From == string(AttendanceDone) && (a.Event != CheckRevise || a.By != PartyReviewer) {
			t.Errorf("hours that are done are changed by %+v", a)
		}
	}
}

func TestEveryArrowSaysOneThing(t *testing.T) {
	type cause struct {
		event CheckEvent
		from  string
		by    CheckParty
	}
	for name, l := range flowLives() {
		seen := map[cause]bool{}
		for _, a := range l.arrows {
			c := cause{a.Event, a.From, a.By}
			if seen[c] {
				t.Errorf("%s: %+v leads to two states", name, c)
			}
			seen[c] = true
			if a.Title == "" || a.By.Title() == "" || len(a.Event) > 16 {
				t.Errorf("%s: %+v cannot be shown", name, a)
			}
			if a.From != "" && !slices.Contains(l.states, a.From) || !slices.Contains(l.states, a.To) {
				t.Errorf("%s: %+v is between states that there are not", name, a)
			}
		}
	}
}

// TestNobodyDecidesInHisOwnCause sees to it that no arrow lets the person
// himself confirm, refuse, uphold or approve anything.
func TestNobodyDecidesInHisOwnCause(t *testing.T) {
	decisions := map[CheckEvent]bool{
		CheckConfirm: true, CheckRefuse: true, CheckRevise: true, EnrolVouch: true, EnrolPromote: true, EnrolRemove: true, DisputeUphold: true,
		DisputeDismiss: true, CorrectApprove: true, CheckEvent(RegistrationReject): true, CheckEvent(RegistrationApproveLeave): true,
	}
	for name, l := range flowLives() {
		for _, a := range l.arrows {
			if decisions[a.Event] && a.By == PartyVolunteer {
				t.Errorf("%s: %+v is in one's own hands", name, a)
			}
		}
	}
}

func TestWhatIsInNoTableLeadsNowhere(t *testing.T) {
	parties := []CheckParty{PartyOrganiser, PartyLeader, PartyVolunteer, PartyReviewer, PartySystem}
	for name, l := range flowLives() {
		for _, from := range append([]string{"", "lost"}, l.states...) {
			for _, by := range append([]CheckParty{"", "passer-by"}, parties...) {
				for _, e := range []CheckEvent{"", "vanish"} {
					if to, ok := moves(l.arrows, e, from, by); ok || to != "" {
						t.Errorf("%s: %q by %q leads from %q to %q", name, e, by, from, to)
					}
				}
			}
		}
		for _, a := range l.arrows {
			if to, ok := moves(l.arrows, a.Event, a.From, a.By); !ok || to != a.To {
				t.Errorf("%s: %+v leads to %q", name, a, to)
			}
			if to, ok := moves(l.arrows, a.Event, "lost", a.By); ok {
				t.Errorf("%s: %s leads from what there is not to %q", name, a.Event, to)
			}
		}
	}
}
