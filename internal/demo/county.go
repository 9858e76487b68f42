package demo

import (
	"fmt"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// world is the organisations and people of the demo counties, before they are
// written.
type world struct {
	now      time.Time
	byID     map[int64]*model.Org
	orgs     []*model.Org
	users    []*model.User
	grants   []*model.Grant
	members  []*model.Member
	consents []*model.Consent
	homes    []*model.Org // the communities of the demo county
	units    []*model.Org
	crowds   map[int64]*crowd
	err      error
}

// build makes the counties in memory.
func build(now time.Time) (*world, error) {
	w := &world{now: now, byID: map[int64]*model.Org{}, crowds: map[int64]*crowd{}}
	w.administration()
	w.party()
	w.partners()
	w.otherCounty()
	w.people()
	w.staff()
	w.personas()
	return w, w.err
}

// org founds an organisation, of which the first fault is kept.
func (w *world) org(id int64, kind model.OrgKind, name string, parent int64, skills ...string) *model.Org {
	o, err := model.NewOrg(id, kind, name, w.byID[parent])
	if err != nil {
		w.err = fmt.Errorf("demo: %s %s: %w", kind, name, err)
		return &model.Org{}
	}
	o.Skills, o.CreatedAt, o.UpdatedAt = model.SkillsOf(skills), w.now, w.now
	w.byID[id] = o
	w.orgs = append(w.orgs, o)
	return o
}

// administration is the tree of the county: ten townships of three communities
// of four grids, and some buildings.
func (w *world) administration() {
	w.org(CountyID, model.OrgCounty, "梅城县", 0)
	for t, name := range townships {
		town := w.org(TownshipID+int64(t), model.OrgTownship, name, CountyID)
		for c := range 3 {
			n := int64(t*3 + c)
			home := w.org(CommunityID+n, model.OrgCommunity, communities[n], town.ID)
			w.homes = append(w.homes, home)
			for g := range int64(4) {
				grid := w.org(GridID+n*4+g, model.OrgGrid, fmt.Sprintf("第%s网格", numerals[g]), home.ID)
				if n < 3 {
					w.org(1500+(n*4+g)*2, model.OrgBuilding, "1号楼", grid.ID)
					w.org(1501+(n*4+g)*2, model.OrgBuilding, "2号楼", grid.ID)
				}
			}
		}
	}
}

// party is the other tree: a committee for each community, with branches,
// groups and central households in the first three.
func (w *world) party() {
	for n, home := range w.homes {
		committee := w.org(1600+int64(n), model.OrgCommittee, home.Name+"大党委", CountyID)
		committee.CommunityID = home.ID
		if n >= 3 {
			continue
		}
		for g := range int64(4) {
			at := int64(n)*4 + g
			branch := w.org(1650+at, model.OrgBranch, fmt.Sprintf("第%s网格党支部", numerals[g]), committee.ID)
			group := w.org(1670+at, model.OrgGroup, "1号楼党小组", branch.ID)
			w.org(1690+at, model.OrgHousehold, "党员中心户", group.ID)
		}
	}
}

// partners are the organisations beside the trees, in the report's numbers.
func (w *world) partners() {
	for n := range int64(Units) {
		home := w.homes[int(n)%len(w.homes)]
		w.units = append(w.units, w.org(UnitID+n, model.OrgUnit, unitName(int(n)), home.ID, skillsAt(int(n))...))
	}
	for n := range int64(Teams) {
		w.org(TeamID+n, model.OrgTeam, teamName(int(n)), w.homes[int(n)%len(w.homes)].ID, skillsAt(int(n)+3)...)
	}
	for n := range int64(Socials) {
		w.org(2300+n, model.OrgSocial, socials[n], w.homes[int(n)%len(w.homes)].ID, skillsAt(int(n)+5)...)
	}
	for n := range int64(Properties) {
		company := w.org(2400+n, model.OrgProperty, properties[n], w.homes[int(n)%len(w.homes)].ID)
		w.org(2420+n, model.OrgBranch, properties[n]+"党支部", company.ID)
	}
	for n, name := range []string{"住房和城乡建设局", "民政局", "城市管理局", "公安局"} {
		w.org(2450+int64(n), model.OrgDepartment, name, CountyID)
	}
}

// otherCounty is there to try the wall around a tenant.
func (w *world) otherCounty() {
	w.org(OtherCounty, model.OrgCounty, "云溪县", 0)
	w.org(OtherCounty+100, model.OrgTownship, "云溪镇", OtherCounty)
	w.org(OtherCounty+200, model.OrgCommunity, "临水社区", OtherCounty+100)
	w.org(OtherCounty+201, model.OrgCommunity, "望山社区", OtherCounty+100)
	w.org(OtherCounty+300, model.OrgUnit, "云溪县医院", OtherCounty+200)
}

// user adds somebody who lives at home and has consented.
func (w *world) user(id int64, openID, name string, home *model.Org) *model.User {
	u := &model.User{
		ID: id, TenantID: home.TenantID, OpenID: openID, State: model.UserActive, DisplayName: name, HomeID: home.ID, HomePath: home.Path,
		Consent: privacyVersion, CreatedAt: w.now, UpdatedAt: w.now, Version: 1,
	}
	w.users = append(w.users, u)
	w.consents = append(w.consents, &model.Consent{ID: id, UserID: id, Version: privacyVersion, GivenAt: w.now, RequestID: "demo"})
	return u
}

// privacyVersion is the version that everybody in the demo county has agreed to.
const privacyVersion = "1.0"

func (w *world) grant(u *model.User, role model.Role, org *model.Org) {
	w.grants = append(w.grants, model.NewGrant(int64(len(w.grants))+1, u.ID, role, org, 0, w.now))
}

// member registers u with the community of his unit.
func (w *world) member(u *model.User, unit *model.Org, n int) {
	home := w.byID[unit.CommunityID]
	w.members = append(w.members, &model.Member{
		UserID: u.ID, TenantID: u.TenantID, CommunityID: home.ID, GridID: u.HomePath.At(model.LevelGrid), UnitID: unit.ID,
		Skills: model.SkillsOf(skillsAt(n)), CreatedAt: w.now, UpdatedAt: w.now,
	})
}

// people are the members of the units and the instructors, in the report's
// numbers; three of the members are persons to log in as.
func (w *world) people() {
	for n := range Members - personaMembers {
		unit := w.units[n%len(w.units)]
		grids := GridID + (unit.CommunityID-CommunityID)*4
		u := w.user(firstMember+int64(n), fmt.Sprintf("demo_member_%04d", n), personName(n), w.byID[grids+int64(n/len(w.units))%4])
		w.grant(u, model.RoleMember, unit)
		w.member(u, unit, n)
	}
	for n, home := range w.homes {
		for k := range int64(6) {
			at := int64(n)*10 + k
			w.user(300_000+at, fmt.Sprintf("demo_resident_%03d", at), personName(int(at)*5+2), w.byID[GridID+int64(n)*4+k%4])
		}
		for k := range int64(2) {
			u := w.user(400_000+int64(n)*10+k, fmt.Sprintf("demo_worker_%02d_%d", n, k), personName(n*11+int(k)), home)
			w.grant(u, model.RoleWorker, home)
		}
	}
	for n := range int64(Instructors) {
		u := w.user(200_000+n, fmt.Sprintf("demo_instructor_%02d", n), personName(int(n)*7+3), w.homes[int(n)%len(w.homes)])
		w.grant(u, model.RoleInstruct, w.byID[2400+n%Properties])
	}
}

// write stores the world, in few statements.
func (w *world) write(tx *db.Tx) error {
	const batch = 500
	for _, rows := range []any{w.orgs, w.users, w.grants, w.members, w.consents} {
		if err := tx.CreateInBatches(rows, batch).Error; err != nil {
			return fmt.Errorf("demo: write: %w", err)
		}
	}
	return nil
}
