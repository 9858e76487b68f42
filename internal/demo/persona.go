package demo

import (
	"dandelion/internal/wechat"
	"dandelion/model"
)

// Persona is somebody to log in as: the simulated WeChat takes his code.
type Persona struct {
	Code  string     // "demo-resident"
	Title string     // what he is, in Chinese
	Name  string     // what he is called
	Role  model.Role // "" for a resident
	OrgID int64      // where he holds it
	Home  int64
}

// personaMembers is how many of the personas are registered members.
const personaMembers = 3

// The ids of the first person to log in as, and of the first other member.
const (
	firstPersona = 10_001
	firstMember  = 100_000
)

// Personas returns the persons to log in as.
func Personas() []Persona {
	return []Persona{
		{"demo-resident", "居民", "王秀英", "", 0, GridID},
		{"demo-neighbour", "邻居（居民）", "陈建国", "", 0, GridID},
		{"demo-kin", "亲属（代办人）", "王小丽", "", 0, CommunityID},
		{"demo-member", "在职党员（县人民医院）", "张志强", model.RoleMember, UnitID, CommunityID},
		{"demo-member2", "在职党员（县人民医院）", "刘芳", model.RoleMember, UnitID, CommunityID},
		{"demo-member3", "在职党员（另一单位）", "赵敏", model.RoleMember, UnitID + 30, CommunityID},
		{"demo-volunteer", "社区志愿者", "孙浩", model.RoleVolunteer, CommunityID, CommunityID},
		{"demo-liaison", "单位联络员（县人民医院）", "周静", model.RoleLiaison, UnitID, CommunityID},
		{"demo-grid", "网格员", "吴勇", model.RoleGrid, GridID, GridID},
		{"demo-worker", "社区工作者", "郑洁", model.RoleWorker, CommunityID, CommunityID},
		{"demo-worker2", "社区工作者", "冯涛", model.RoleWorker, CommunityID, CommunityID},
		{"demo-township", "乡镇工作人员", "何军", model.RoleTownship, TownshipID, CommunityID},
		{"demo-county", "县级工作人员", "高翔", model.RoleCounty, CountyID, CommunityID},
		{"demo-auditor", "审计员", "林正", model.RoleAuditor, CountyID, CommunityID},
		{"demo-admin", "县级管理员", "罗平", model.RoleAdmin, CountyID, CommunityID},
		{"demo-other-resident", "外县居民", "谢云", "", 0, OtherCounty + 200},
		{"demo-other-member", "外县在职党员", "韩磊", model.RoleMember, OtherCounty + 300, OtherCounty + 200},
		{"demo-other-worker", "外县社区工作者", "唐宁", model.RoleWorker, OtherCounty + 200, OtherCounty + 200},
		{"demo-other-township", "外县乡镇工作人员", "许明", model.RoleTownship, OtherCounty + 100, OtherCounty + 200},
		{"demo-other-auditor", "外县审计员", "邓清", model.RoleAuditor, OtherCounty, OtherCounty + 200},
		{"demo-other-admin", "外县管理员", "曹阳", model.RoleAdmin, OtherCounty, OtherCounty + 200},
		{"demo-verifier", "核销员", "沈悦", model.RoleVerifier, CommunityID, CommunityID},
	}
}

// UserID returns the id of the person with that code, 0 if there is none.
func UserID(code string) int64 {
	for n, p := range Personas() {
		if p.Code == code {
			return firstPersona + int64(n)
		}
	}
	return 0
}

// offlineVolunteer is the id of a volunteer who has no smartphone: leaders put
// him on their lists.
const offlineVolunteer = 10_900

func (w *world) personas() {
	for _, p := range Personas() {
		u := w.user(UserID(p.Code), wechat.SimulatedOpenID(p.Code), p.Name, w.byID[p.Home])
		if p.Role == "" {
			continue
		}
		org := w.byID[p.OrgID]
		w.grant(u, p.Role, org)
		switch {
		case p.Role == model.RoleMember:
			w.member(u, org, len(w.members))
		case p.Role == model.RoleVolunteer:
			w.members = append(w.members, &model.Member{
				UserID: u.ID, TenantID: u.TenantID, CommunityID: org.ID, Skills: model.SkillsOf([]string{"陪伴", "家电维修"}), CreatedAt: w.now, UpdatedAt: w.now,
			})
		}
	}
	old := w.user(offlineVolunteer, model.NewOfflineUser(offlineVolunteer, w.byID[GridID], "", w.now).OpenID, "李大明", w.byID[GridID])
	w.grant(old, model.RoleVolunteer, w.byID[CommunityID])
}

// crowd are the people of a community that appear in its wishes.
type crowd struct {
	residents, workers, members []model.Actor
	known, ofUnit               []model.Actor // of the members: to log in as; of the unit
	liaison, grid               model.Actor   // nobody, but where one logs in
	grids                       []int64
	unit                        int64
}

// peopleOf returns the crowd of a community.
func (w *world) peopleOf(community int64) *crowd {
	if c := w.crowds[community]; c != nil {
		return c
	}
	c := &crowd{}
	for _, o := range w.orgs {
		switch {
		case o.Kind == model.OrgGrid && o.ParentID == community:
			c.grids = append(c.grids, o.ID)
		case o.Kind == model.OrgUnit && o.CommunityID == community && c.unit == 0:
			c.unit = o.ID
		}
	}
	held := w.held()
	for _, u := range w.users {
		if u.ID < firstStaff && u.ID != offlineVolunteer && u.HomePath.At(model.LevelCommunity) == community {
			c.join(actorOf(u, held[u.ID]), community)
		}
	}
	w.crowds[community] = c
	return c
}

// held returns the grants of each person.
func (w *world) held() map[int64][]model.Held {
	held := map[int64][]model.Held{}
	for _, g := range w.grants {
		held[g.UserID] = append(held[g.UserID], model.Held{Role: g.Role, OrgID: g.OrgID, Path: g.OrgPath, Subtree: g.Subtree})
	}
	return held
}

// actorOf returns u as the session would.
func actorOf(u *model.User, held []model.Held) model.Actor {
	return model.Actor{
		UserID: u.ID, TenantID: u.TenantID, HomeID: u.HomeID, HomePath: u.HomePath, Consent: u.Consent, RequestID: "demo", Held: held,
	}
}

// join adds a to those of the community that appear in its wishes.
func (c *crowd) join(a model.Actor, community int64) {
	if len(a.Held) == 0 {
		c.residents = append(c.residents, a)
		return
	}
	switch first := a.Held[0]; first.Role {
	case model.RoleWorker:
		if first.OrgID == community {
			c.workers = append(c.workers, a)
		}
	case model.RoleGrid:
		c.grid = a
	case model.RoleLiaison:
		c.liaison = a
	case model.RoleMember, model.RoleVolunteer:
		c.members = append(c.members, a)
		if a.UserID < firstMember {
			c.known = append(c.known, a)
		}
		if first.OrgID == c.unit {
			c.ofUnit = append(c.ofUnit, a)
		}
	}
}
