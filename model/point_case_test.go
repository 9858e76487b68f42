package model

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// The place of the cases, and who plays in them.
const casePlace Path = "/1/2/3/"

func caseActor(id int64, roles ...Held) Actor {
	return Actor{UserID: id, TenantID: 1, Consent: "1.0", Held: roles}
}

func held(role Role, path Path) Held {
	ids := path.IDs()
	return Held{Role: role, OrgID: ids[len(ids)-1], Path: path, Subtree: true}
}

var caseCast = map[string]Actor{
	"concerned": caseActor(10),
	"proposer":  caseActor(20, held(RoleWorker, casePlace)),
	"reviewer":  caseActor(21, held(RoleWorker, casePlace)),
	"worker":    caseActor(22, held(RoleWorker, casePlace)),
	"township":  caseActor(23, held(RoleTownship, "/1/2/")),
	"county":    caseActor(24, held(RoleCounty, "/1/")),
	"auditor":   caseActor(25, held(RoleAuditor, "/1/")),
	"elsewhere": caseActor(26, held(RoleWorker, "/1/2/4/")),
	"outsider":  {UserID: 27, TenantID: 9, Held: []Held{held(RoleCounty, "/9/")}},
	"nobody":    {TenantID: 1},
	"system":    SystemActor(1),
}

func caseStep(who string) Step { return Step{Who: caseCast[who], Now: noon} }

// caseIn returns a case in a state, as its verbs make it.
func caseIn(t *testing.T, state PointCaseState) *PointCase {
	t.Helper()
	c, err := NewPointCase(7, PointCaseOrder{Kind: CaseNoShow, UserID: 10, Reason: "没来"}, casePlace, Claim{ID: 5, WishID: 4}, &PointRule{}, caseStep("proposer"))
	if err != nil {
		t.Fatal(err)
	}
	ways := map[PointCaseState][]func() error{
		CaseApproved:  {func() error { return c.Approve(caseStep("reviewer"), "属实") }},
		CaseRefused:   {func() error { return c.Refuse(caseStep("reviewer"), "不实") }},
		CaseLapsed:    {func() error { _, err := c.Ring(caseStep("system")); return err }},
		CaseAppealed:  {func() error { return c.Approve(caseStep("reviewer"), "属实") }, func() error { return c.File(caseStep("concerned"), "生病") }},
		CaseUpheld:    {func() error { return c.Approve(caseStep("reviewer"), "属实") }, func() error { return c.File(caseStep("concerned"), "生病") }, func() error { return c.Uphold(caseStep("township"), "可信") }},
		CaseDismissed: {func() error { return c.Approve(caseStep("reviewer"), "属实") }, func() error { return c.File(caseStep("concerned"), "生病") }, func() error { return c.Dismiss(caseStep("township"), "无据") }},
	}
	for _, step := range ways[state] {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	if c.State != state {
		t.Fatalf("the case is %s, not %s", c.State, state)
	}
	return c
}

var caseVerbs = map[PointCaseEvent]func(c *PointCase, s Step) error{
	CaseApprove:  func(c *PointCase, s Step) error { return c.Approve(s, "x") },
	CaseRefuse:   func(c *PointCase, s Step) error { return c.Refuse(s, "x") },
	CaseAppeal:   func(c *PointCase, s Step) error { return c.File(s, "x") },
	CaseUphold:   func(c *PointCase, s Step) error { return c.Uphold(s, "x") },
	CaseDismiss:  func(c *PointCase, s Step) error { return c.Dismiss(s, "x") },
	CaseLapse:    func(c *PointCase, s Step) error { _, err := c.Ring(s); return err },
	CaseEscalate: func(c *PointCase, s Step) error { _, err := c.Ring(s); return err },
}

// TestEveryVerbOfACaseByEverybodyInEveryState holds the verbs against the table
// and against who may, said once more.
func TestEveryVerbOfACaseByEverybodyInEveryState(t *testing.T) {
	may := map[PointCaseEvent][]string{
		CaseApprove: {"reviewer", "worker", "township", "county"}, CaseRefuse: {"reviewer", "worker", "township", "county"},
		CaseAppeal: {"concerned"}, CaseUphold: {"township", "county"}, CaseDismiss: {"township", "county"},
		CaseLapse: {"system"}, CaseEscalate: {"system"},
	}
	for _, a := range PointCaseArrows() {
		for _, state := range PointCaseStates() {
			if a.By == CaseSystem && state != a.From { // Ring chooses the event by the state
				continue
			}
			for name, who := range caseCast {
				c := caseIn(t, state)
				before := *c
				err := caseVerbs[a.Event](c, Step{Who: who, Now: noon})
				switch allowed := slices.Contains(may[a.Event], name) && state == a.From; {
				case allowed && (err != nil || c.State != a.To):
					t.Errorf("%s by %s when %s: %v, now %s", a.Event, name, state, err, c.State)
				case !allowed && err == nil:
					t.Errorf("%s by %s when %s is taken", a.Event, name, state)
				case !allowed && *c != before:
					t.Errorf("%s by %s when %s is refused and changes the case", a.Event, name, state)
				}
				if p := before.Possible(who, noon); slices.Contains(p, a.Event) != (err == nil && a.By != CaseSystem) {
					t.Errorf("%s by %s when %s: possible %v, but %v", a.Event, name, state, p, err)
				}
			}
		}
	}
}

func TestWhyACaseIsRefused(t *testing.T) {
	both := caseActor(10, held(RoleWorker, casePlace), held(RoleTownship, "/1/2/"))
	for _, tt := range []struct {
		name  string
		state PointCaseState
		event PointCaseEvent
		who   Actor
		want  error
	}{
		{"the proposer approves", CaseProposed, CaseApprove, caseCast["proposer"], ErrPointCaseSame},
		{"the proposer refuses", CaseProposed, CaseRefuse, caseCast["proposer"], ErrPointCaseSame},
		{"one's own", CaseProposed, CaseApprove, both, ErrPointCaseOwn},
		{"one's own appeal", CaseAppealed, CaseUphold, both, ErrPointCaseOwn},
		{"an officer who proposed decides", CaseAppealed, CaseDismiss, caseActor(20, held(RoleCounty, "/1/")), ErrPointCaseSame},
		{"an officer who approved decides", CaseAppealed, CaseDismiss, caseActor(21, held(RoleCounty, "/1/")), ErrPointCaseSame},
		{"a worker decides an appeal", CaseAppealed, CaseUphold, caseCast["worker"], ErrPointCaseWho},
		{"somebody else appeals", CaseApproved, CaseAppeal, caseCast["worker"], ErrPointCaseWho},
		{"an auditor approves", CaseProposed, CaseApprove, caseCast["auditor"], ErrPointCaseWho},
		{"a worker of another place", CaseProposed, CaseApprove, caseCast["elsewhere"], ErrPointCaseNotFound},
		{"another county", CaseProposed, CaseApprove, caseCast["outsider"], ErrPointCaseNotFound},
		{"nobody", CaseProposed, CaseApprove, caseCast["nobody"], ErrPointCaseNotFound},
		{"a second approval", CaseApproved, CaseApprove, caseCast["worker"], ErrPointCaseState},
		{"a second appeal", CaseDismissed, CaseAppeal, caseCast["concerned"], ErrPointCaseState},
	} {
		c := caseIn(t, tt.state)
		if err := caseVerbs[tt.event](c, Step{Who: tt.who, Now: noon}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestACaseIsProposedAsTheRuleSays(t *testing.T) {
	r := &PointRule{Version: 3, numbers: map[RuleName]int64{RuleNoShow: 4, RuleLateRelease: 0}}
	for _, tt := range []struct {
		name   string
		order  PointCaseOrder
		by     string
		change int64
		want   error
	}{
		{"by the rule in force", PointCaseOrder{Kind: CaseNoShow}, "proposer", -4, nil},
		{"by a default", PointCaseOrder{Kind: CaseFalsified}, "proposer", -20, nil},
		{"less than the rule", PointCaseOrder{Kind: CaseFalsified, Amount: 5}, "township", -5, nil},
		{"more than the rule's bounds", PointCaseOrder{Kind: CaseNoShow, Amount: 101}, "county", 0, ErrPointCaseAmount},
		{"a sanction that gives", PointCaseOrder{Kind: CaseNoShow, Amount: -1}, "proposer", 0, ErrPointCaseAmount},
		{"a rule that takes nothing", PointCaseOrder{Kind: CaseLateRelease}, "proposer", 0, ErrPointCaseAmount},
		{"an adjustment up", PointCaseOrder{Kind: CaseAdjustment, Amount: 1000}, "proposer", 1000, nil},
		{"an adjustment down", PointCaseOrder{Kind: CaseAdjustment, Amount: -1000}, "proposer", -1000, nil},
		{"too large", PointCaseOrder{Kind: CaseAdjustment, Amount: 1001}, "proposer", 0, ErrPointCaseAmount},
		{"too large downwards", PointCaseOrder{Kind: CaseAdjustment, Amount: -1001}, "proposer", 0, ErrPointCaseAmount},
		{"nothing", PointCaseOrder{Kind: CaseAdjustment}, "proposer", 0, ErrPointCaseAmount},
		{"one's own", PointCaseOrder{Kind: CaseNoShow, UserID: 20}, "proposer", 0, ErrPointCaseOwn},
		{"of another place", PointCaseOrder{Kind: CaseNoShow}, "elsewhere", 0, ErrPointCaseWho},
		{"by an auditor", PointCaseOrder{Kind: CaseNoShow}, "auditor", 0, ErrPointCaseWho},
	} {
		if tt.order.UserID == 0 {
			tt.order.UserID = 10
		}
		c, err := NewPointCase(7, tt.order, casePlace, Claim{}, r, caseStep(tt.by))
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		} else if err == nil && (c.Change != tt.change || c.RuleVersion != 3 || c.QueueOrgID != 3 || c.ActiveKey != nil || !c.DueAt.Equal(noon.Add(7*24*time.Hour))) {
			t.Errorf("%s: %+v", tt.name, c)
		}
	}
}

func TestACaseIsBookedInDoubleEntry(t *testing.T) {
	doc := "MC-2026-0012"
	for _, tt := range []struct {
		kind     PointCaseKind
		change   int64
		txn      PointKind
		from, to Account
		lot      int64
	}{
		{CaseNoShow, -2, PointPenalty, AccountMember, AccountPenalty, 0},
		{CaseAdjustment, 7, PointAdjust, AccountIssue, AccountMember, SeasonOf(noon)},
		{CaseAdjustment, -7, PointAdjust, AccountMember, AccountIssue, 0},
	} {
		c := &PointCase{ID: 7, TenantID: 1, UserID: 10, CommunityID: 3, Kind: tt.kind, Change: tt.change, RequestID: &doc, ReviewedBy: 21}
		p := c.Posting(noon)
		if err := p.Check(); err != nil {
			t.Error(err)
		}
		from, to := p.Entries[0], p.Entries[1]
		if p.Txn.Kind != tt.txn || from.Account != tt.from || to.Account != tt.to || to.Amount != max(tt.change, -tt.change) || to.Lot != tt.lot {
			t.Errorf("%s of %d: %s, %+v", tt.kind, tt.change, p.Txn.Kind, p.Entries)
		}
		if p.Deeds[0].Honour != tt.change || p.Deeds[0].UserID != 10 || p.Txn.RequestID != doc || p.Txn.ActorID != 21 {
			t.Errorf("%s of %d: deeds %+v of %+v", tt.kind, tt.change, p.Deeds, p.Txn)
		}
		for _, e := range p.Entries {
			want := int64(10)
			if e.Account.OfOrg() {
				want = 3
			}
			if e.OwnerID != want {
				t.Errorf("%s of %d: %s is owned by %d", tt.kind, tt.change, e.Account, e.OwnerID)
			}
		}
	}
}

func TestTheClocksOfACase(t *testing.T) {
	week := 7 * 24 * time.Hour
	c := caseIn(t, CaseApproved)
	if c.DueAt != nil || !c.AppealUntil.Equal(noon.Add(week)) || c.QueueOrgID != 0 {
		t.Errorf("an approved case: %+v", c)
	}
	late := Step{Who: caseCast["concerned"], Now: noon.Add(week + time.Millisecond)}
	before := *c
	if err := c.File(late, "x"); !errors.Is(err, ErrPointCaseLate) || *c != before {
		t.Errorf("an appeal a moment too late: %v", err)
	}
	if len(c.Possible(late.Who, late.Now)) != 0 || strings.Contains(c.Told(late.Now), "申诉一次") {
		t.Error("whoever is too late is still offered an appeal")
	}
	late.Now = noon.Add(week)
	if err := c.File(late, "x"); err != nil || c.QueueOrgID != 2 || !c.DueAt.Equal(late.Now.Add(week)) {
		t.Errorf("an appeal in the last moment: %v, %+v", err, c)
	}
	if e, err := c.Ring(caseStep("system")); err != nil || e != CaseEscalate || c.QueueOrgID != 1 || !c.Escalated || c.DueAt != nil {
		t.Errorf("an appeal that waits: %s %v %+v", e, err, c)
	}
	if err := c.Uphold(caseStep("county"), "可信"); err != nil || c.QueueOrgID != 0 {
		t.Errorf("the county decides: %v", err)
	}
	policy, err := (Policy{}).With(CaseReviewTime, 2*24*60)
	if err != nil {
		t.Fatal(err)
	}
	short, err := NewPointCase(8, PointCaseOrder{Kind: CaseNoShow, UserID: 10}, casePlace, Claim{}, &PointRule{}, Step{Who: caseCast["proposer"], Now: noon, Policy: policy})
	if err != nil || !short.DueAt.Equal(noon.Add(48*time.Hour)) {
		t.Errorf("a tenant's own limit: %v", err)
	}
}

func TestACaseForbidsAnotherAsLongAsItStands(t *testing.T) {
	for _, s := range PointCaseStates() {
		c := caseIn(t, s)
		if stands := s != CaseRefused && s != CaseLapsed && s != CaseUpheld; (c.ActiveKey != nil) != stands {
			t.Errorf("%s: key %v", s, c.ActiveKey)
		}
		if waits := s == CaseProposed || s == CaseAppealed; waits == s.Final() || waits != (c.QueueOrgID != 0) || waits != (c.DueAt != nil) {
			t.Errorf("%s: final %v, queue %d, due %v", s, s.Final(), c.QueueOrgID, c.DueAt)
		}
		if s.Title() == "" || c.Told(noon) == "" {
			t.Errorf("%s has no words", s)
		}
	}
	for _, e := range append(PointCaseEvents(), CasePropose, CaseLapse, CaseEscalate) {
		if e.Title() == "" {
			t.Errorf("%s has no title", e)
		}
	}
	for _, k := range PointCaseKinds() {
		if k.Title() == "" || (k.Rule() == "") != (k == CaseAdjustment) {
			t.Errorf("%s: %q by %q", k, k.Title(), k.Rule())
		}
	}
	if PointCaseState("x").Title()+PointCaseEvent("x").Title()+PointCaseKind("x").Title()+string(PointCaseKind("x").Rule())+CaseParty(0).Name()+CaseParty(0).Title() != "" ||
		PointCaseState("x").Final() {
		t.Error("what there is not has a name")
	}
}

func TestWhatAClaimCanBeASourceOf(t *testing.T) {
	mine, team := Claim{ClaimerID: 10}, Claim{ClaimerID: 11, Team: IDsOf([]int64{11, 10})}
	late, expired := Claim{ClaimerID: 10, Late: true}, Claim{ClaimerID: 10, State: ClaimExpired}
	for _, tt := range []struct {
		name  string
		kind  PointCaseKind
		claim Claim
		want  bool
	}{
		{"a no-show on one's own claim", CaseNoShow, mine, true},
		{"a no-show of one of the team", CaseNoShow, team, true},
		{"a no-show on another's", CaseNoShow, Claim{ClaimerID: 11}, false},
		{"a late release that was not late", CaseLateRelease, mine, false},
		{"a late release", CaseLateRelease, late, true},
		{"a claim that ran out", CaseLateRelease, expired, true},
	} {
		if got := (PointCaseOrder{Kind: tt.kind, UserID: 10}).On(&tt.claim); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
