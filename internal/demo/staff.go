package demo

import (
	"fmt"

	"dandelion/model"
)

// The ids of those who make the county work beside the report's figures. They
// are in no story: what is sent to them waits for who tries the system.
const (
	firstStaff     = 500_000
	firstGrid      = 600_000
	firstVolunteer = 700_000
)

// staff are a liaison for each unit, so that an order to it can be accepted, a
// grid worker for each grid, and two volunteers in each community; where there is
// somebody to log in as, he is it.
func (w *world) staff() {
	known := map[int64]model.Role{}
	for _, p := range Personas() {
		known[p.OrgID] = p.Role
	}
	for n, unit := range w.units {
		if known[unit.ID] != model.RoleLiaison {
			u := w.user(firstStaff+int64(n), fmt.Sprintf("demo_liaison_%02d", n), personName(n*13+5), w.byID[unit.CommunityID])
			w.grant(u, model.RoleLiaison, unit)
		}
	}
	for n := range int64(len(w.homes) * 4) {
		if grid := w.byID[GridID+n]; known[grid.ID] != model.RoleGrid {
			u := w.user(firstGrid+n, fmt.Sprintf("demo_grid_%03d", n), personName(int(n)*17+7), grid)
			w.grant(u, model.RoleGrid, grid)
		}
	}
	for n := range len(w.homes) * 2 {
		home := w.homes[n/2]
		u := w.user(firstVolunteer+int64(n), fmt.Sprintf("demo_volunteer_%02d", n), personName(n*19+1), home)
		w.grant(u, model.RoleVolunteer, home)
		w.members = append(w.members, &model.Member{
			UserID: u.ID, TenantID: u.TenantID, CommunityID: home.ID, Skills: model.SkillsOf(skillsAt(n + 2)), CreatedAt: w.now, UpdatedAt: w.now,
		})
	}
}
