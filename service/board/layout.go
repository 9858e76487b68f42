package board

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// layout is everything that is ranked in a period.
type layout struct {
	tenant int64
	period model.Period
	people []ranked
	orgs   []model.Org
	sums   map[model.BoardOf]map[int64]*model.OrgTally
}

// lay reads the standings of a period once, and sums them up for the
// organisations.
func (s *Service) lay(ctx context.Context, tenant int64, p model.Period) (*layout, error) {
	l := &layout{tenant: tenant, period: p, sums: map[model.BoardOf]map[int64]*model.OrgTally{}}
	for _, of := range model.BoardOfs()[1:] {
		l.sums[of] = map[int64]*model.OrgTally{}
	}
	choices, err := s.choices(ctx, tenant)
	if err != nil {
		return nil, err
	}
	l.people, err = s.ranked(ctx, tenant, p, choices, func(st *model.Standing) {
		for of, id := range map[model.BoardOf]int64{model.BoardUnits: st.UnitID, model.BoardTeams: st.TeamID, model.BoardCommunities: st.CommunityID} {
			l.sum(of, id).Add(st)
		}
	})
	if err != nil {
		return nil, err
	}
	return l, s.organisations(ctx, l)
}

func (l *layout) sum(of model.BoardOf, id int64) *model.OrgTally {
	t := l.sums[of][id]
	if t == nil {
		t = &model.OrgTally{}
		l.sums[of][id] = t
	}
	return t
}

// organisations reads which there are, and how many are registered with each.
func (s *Service) organisations(ctx context.Context, l *layout) error {
	err := s.db.View(ctx, func(tx *db.Tx) error {
		err := tx.Raw("SELECT id, kind, path, community_id FROM orgs WHERE tenant_id = ? AND kind IN ? AND state = ? ORDER BY id", l.tenant,
			[]model.OrgKind{model.OrgUnit, model.OrgTeam, model.OrgCommunity}, model.OrgActive).Scan(&l.orgs).Error
		for of, column := range map[model.BoardOf]string{
			model.BoardUnits: "unit_id", model.BoardTeams: "team_id", model.BoardCommunities: "community_id",
		} {
			var rows []struct{ ID, Members int64 }
			if err == nil {
				err = tx.Raw("SELECT "+column+" AS id, COUNT(*) AS members FROM members WHERE tenant_id = ? GROUP BY "+column, l.tenant).Scan(&rows).Error
			}
			for _, r := range rows {
				l.sum(of, r.ID).Members = r.Members
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("board: organisations of %d: %w", l.tenant, err)
	}
	return nil
}

// each shows every board of the period: all places, or with a limit the first
// of those that may be shown.
func (l *layout) each(limit int, show func(board string, rows []model.BoardRow) error) error {
	for m, measure := range model.BoardMembers.Measures() {
		boards := map[int64][]*ranked{}
		for _, r := range order(l.people, m) {
			for _, scope := range r.scopes(l.tenant) {
				boards[scope] = append(boards[scope], r)
			}
		}
		for scope, all := range boards {
			key := model.BoardKey{Tenant: l.tenant, Period: l.period, Of: model.BoardMembers, Measure: measure, Scope: scope}
			if err := show(key.String(), personRows(key.String(), m, all, limit)); err != nil {
				return err
			}
		}
	}
	for _, of := range model.BoardOfs()[1:] {
		for _, measure := range of.Measures() {
			if err := l.orgBoards(of, measure, show); err != nil {
				return err
			}
		}
	}
	return nil
}

func personRows(board string, measure int, all []*ranked, limit int) []model.BoardRow {
	rows := []model.BoardRow{}
	for i, r := range all {
		if limit > 0 && !r.public {
			continue
		}
		value, at := model.Scored(r.scores[measure])
		rows = append(rows, model.BoardRow{Board: board, Position: int64(i) + 1, SubjectID: r.user, Value: value, ReachedAt: at, IsPublic: r.public})
		if len(rows) == limit {
			break
		}
	}
	return rows
}

// orgBoards shows the boards of one kind of organisation by one measure, in
// every scope that has such an organisation.
func (l *layout) orgBoards(of model.BoardOf, measure model.Measure, show func(string, []model.BoardRow) error) error {
	kind := map[model.BoardOf]model.OrgKind{
		model.BoardUnits: model.OrgUnit, model.BoardTeams: model.OrgTeam, model.BoardCommunities: model.OrgCommunity,
	}[of]
	type standing struct {
		org   *model.Org
		value int64
		at    time.Time
	}
	var all []standing
	for i := range l.orgs {
		o := &l.orgs[i]
		if o.Kind != kind {
			continue
		}
		if value, at := l.sum(of, o.ID).Value(measure); value > 0 {
			all = append(all, standing{o, value, at})
		}
	}
	slices.SortFunc(all, func(a, b standing) int {
		return cmp.Or(cmp.Compare(b.value, a.value), a.at.Compare(b.at), cmp.Compare(a.org.ID, b.org.ID))
	})
	boards := map[string][]model.BoardRow{}
	for _, s := range all {
		for _, scope := range orgScopes(l.tenant, s.org) {
			board := model.BoardKey{Tenant: l.tenant, Period: l.period, Of: of, Measure: measure, Scope: scope}.String()
			row := model.BoardRow{Board: board, SubjectID: s.org.ID, Value: s.value, ReachedAt: s.at, IsPublic: true}
			row.Position = int64(len(boards[board])) + 1
			boards[board] = append(boards[board], row)
		}
	}
	for board, rows := range boards {
		if err := show(board, rows); err != nil {
			return err
		}
	}
	return nil
}

// orgScopes returns where an organisation is ranked: in the county, in its
// township, and, if it is none itself, in its community.
func orgScopes(county int64, o *model.Org) []int64 {
	scopes := []int64{county, o.Path.At(model.LevelTownship), o.CommunityID}
	if o.Kind == model.OrgCommunity {
		scopes[2] = 0
	}
	return slices.Compact(slices.DeleteFunc(scopes, func(id int64) bool { return id == 0 || id == o.ID }))
}
