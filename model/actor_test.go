package model

import (
	"errors"
	"slices"
	"testing"
)

func TestEachRoleIsHeldInItsOrganisations(t *testing.T) {
	want := map[Role][]OrgKind{
		RoleVolunteer: {OrgCommunity, OrgTeam, OrgSocial},
		RoleMember:    {OrgCommunity, OrgUnit, OrgTeam},
		RoleLiaison:   {OrgUnit, OrgTeam, OrgSocial},
		RoleGrid:      {OrgGrid},
		RoleWorker:    {OrgCommunity},
		RoleTownship:  {OrgTownship},
		RoleCounty:    {OrgCounty},
		RoleHandler:   {OrgDepartment},
		RoleProperty:  {OrgProperty},
		RoleHousing:   {OrgDepartment},
		RoleInstruct:  {OrgProperty, OrgBranch},
		RoleVerifier:  {OrgCommunity},
		RoleAuditor:   {OrgCounty, OrgTownship, OrgCommunity},
		RoleAdmin:     {OrgCounty},
	}
	if len(want) != len(Roles()) {
		t.Fatalf("%d roles: %v", len(Roles()), Roles())
	}
	for _, r := range append(Roles(), "king") {
		for _, k := range append(OrgKinds(), "castle") {
			if r.HeldIn(k) != slices.Contains(want[r], k) {
				t.Errorf("%s in a %s: %v", r, k, r.HeldIn(k))
			}
		}
	}
}

func TestAGrantReachesDownOnlyWithItsSubtree(t *testing.T) {
	alone := Held{RoleWorker, 3, community, false}
	tests := []struct {
		name string
		held Held
		path Path
		role Role
		want bool
	}{
		{"where it is given", alone, community, RoleWorker, true},
		{"not below", alone, grid, RoleWorker, false},
		{"below with the subtree", below(RoleWorker, community), grid, RoleWorker, true},
		{"not above", below(RoleWorker, community), township, RoleWorker, false},
		{"not beside", below(RoleWorker, community), beside, RoleWorker, false},
		{"not in another part", below(RoleWorker, community), grid, RoleCounty, false},
		{"an id is no prefix of another", below(RoleWorker, community), "/1/2/33/", RoleWorker, false},
		{"nowhere is nowhere", Held{Role: RoleWorker, Subtree: true}, grid, RoleWorker, false},
	}
	for _, tt := range tests {
		if person(1, tt.held).Holds(tt.path, tt.role) != tt.want {
			t.Errorf("%s: %v", tt.name, !tt.want)
		}
	}
}

func TestTheFirstRoleNamedIsActedIn(t *testing.T) {
	a := person(1, below(RoleWorker, community), below(RoleCounty, county))
	if got := a.RoleAt(grid, RoleWorker, RoleCounty); got != RoleWorker {
		t.Errorf("in the grid as %s", got)
	}
	if got := a.RoleAt(beside, RoleWorker, RoleCounty); got != RoleCounty {
		t.Errorf("beside as %s", got)
	}
	if !a.HoldsAt(3, RoleWorker) || a.HoldsAt(4, RoleWorker) || a.HoldsAt(3, RoleCounty) {
		t.Error("a role is held at its organisation and no other")
	}
}

func TestWhereOneIsSomebody(t *testing.T) {
	tests := []struct {
		name string
		who  Actor
		want []int64
	}{
		{"a visitor is nobody", Actor{}, nil},
		{"a resident is at home, and above", Actor{HomePath: grid}, []int64{1, 2, 3, 4}},
		{"a volunteer is where he serves, and above", cast["neighbour"], []int64{1, 2, 5}},
		{"a member is in his unit", cast["target"], []int64{1, 8}},
		{"a worker serves nowhere", cast["worker"], nil},
		{"each place counts once", Actor{HomePath: community, Held: []Held{below(RoleLiaison, team), below(RoleMember, community)}}, []int64{1, 2, 3, 9}},
	}
	for _, tt := range tests {
		if got := tt.who.Orgs(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestWhoIsAdmitted writes down who may use each permission; whoever is not
// named may not.
func TestWhoIsAdmitted(t *testing.T) {
	everyRole := Roles()
	want := map[Permission][]Role{
		Anyone:       everyRole,
		SignedIn:     everyRole,
		Consented:    everyRole,
		ServeWish:    {RoleVolunteer, RoleMember, RoleLiaison},
		HandleWish:   {RoleWorker, RoleTownship, RoleCounty},
		ManageOrgs:   {RoleAdmin},
		ManageGrants: {RoleAdmin},
		EditPolicy:   {RoleCounty, RoleAdmin},
		ReadAudit:    {RoleAuditor},

		HandlePoints:    {RoleWorker, RoleTownship, RoleCounty},
		EditPoints:      {RoleCounty, RoleAdmin},
		ReconcilePoints: {RoleCounty, RoleAuditor, RoleAdmin},

		VerifyReward: {RoleVerifier},

		JoinActivity:   {RoleVolunteer, RoleMember, RoleLiaison},
		ManageActivity: {RoleLiaison, RoleWorker, RoleTownship, RoleCounty},
		ReviewService:  {RoleWorker, RoleTownship, RoleCounty},
		HandleRegister: {RoleWorker, RoleTownship, RoleCounty},
		ReadRoster:     {RoleLiaison, RoleWorker, RoleTownship, RoleCounty},
		ManageRoster:   {RoleLiaison, RoleWorker, RoleTownship, RoleCounty, RoleAdmin},
		"undeclared":   nil,
	}
	if len(holders) != len(want)-1 {
		t.Fatalf("%d permissions, and this table has %d", len(holders), len(want)-1)
	}
	for p, roles := range want {
		if p.Declared() != (p != "undeclared") {
			t.Errorf("%s is declared: %v", p, p.Declared())
		}
		for _, r := range everyRole {
			a := person(1, Held{Role: r})
			if err := a.Admit(p); (err == nil) != slices.Contains(roles, r) || err != nil && !errors.Is(err, ErrForbidden) {
				t.Errorf("%s as %s: %v", p, r, err)
			}
			a.Consent = ""
			free := p == Anyone || p == SignedIn
			if err := a.Admit(p); !free && err == nil || slices.Contains(roles, r) && !free && !errors.Is(err, ErrConsent) {
				t.Errorf("%s as %s without consent: %v", p, r, err)
			}
		}
		if err := (Actor{}).Admit(p); (err == nil) != (p == Anyone) {
			t.Errorf("a visitor uses %s: %v", p, err)
		}
		if err := person(1).Admit(p); (err == nil) != (p == Anyone || p == SignedIn || p == Consented) {
			t.Errorf("a resident uses %s: %v", p, err)
		}
	}
}

func TestAnAccountIsDisabledByAnother(t *testing.T) {
	u := &User{ID: 7, State: UserActive}
	steps := []struct {
		name  string
		do    func() error
		want  error
		state UserState
	}{
		{"nobody disables himself", func() error { return u.Disable(person(7)) }, ErrUserSelf, UserActive},
		{"what is enabled is not enabled", u.Enable, ErrUserState, UserActive},
		{"another disables", func() error { return u.Disable(person(8)) }, nil, UserDisabled},
		{"once", func() error { return u.Disable(person(8)) }, ErrUserState, UserDisabled},
		{"and lets in again", u.Enable, nil, UserActive},
	}
	for _, s := range steps {
		if err := s.do(); !errors.Is(err, s.want) || u.State != s.state {
			t.Errorf("%s: %v, %s", s.name, err, u.State)
		}
	}
}
