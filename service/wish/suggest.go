package wish

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"dandelion/internal/db"
	"dandelion/model"
)

// Candidate is somebody whom a wish could be dispatched to, with the numbers
// that speak for it and against. A person decides.
type Candidate struct {
	OrgID   int64
	UserID  int64
	Kind    string // unit, team, social, member
	Name    string
	Score   int64
	Factors []Factor
}

// Factor is one reason behind a score, and how many points it gives.
type Factor struct {
	Name   string // skill, grid, community, load, rating
	Value  string // what was found, for people
	Points int64
}

// The weights of the suggestion list, in points.
const (
	skillPoints     = 40
	gridPoints      = 20
	communityPoints = 15
	loadPoints      = -10 // for each live claim
	maxLoad         = 4   // counted at most
	ratingPoints    = 5   // for each star of the average
)

// seen bounds how many are looked at, and how many are suggested.
const (
	lookedAt  = 200
	suggested = 20
)

// Suggest ranks units, teams and members for a wish that waits to be
// dispatched, with the reasons and the numbers behind each score.
func (s *Service) Suggest(ctx context.Context, who model.Actor, id int64) (all []Candidate, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		w, err := find(tx, id)
		if err != nil {
			return err
		}
		switch r := w.RelationTo(who); {
		case r == 0:
			return model.ErrWishNotFound
		case r&model.Worker == 0:
			return model.ErrWishWho
		}
		orgs, err := orgsFor(tx, w)
		if err != nil {
			return err
		}
		people, err := peopleFor(tx, w)
		all = append(orgs, people...)
		return err
	})
	slices.SortFunc(all, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.OrgID, b.OrgID), cmp.Compare(a.UserID, b.UserID))
	})
	return all[:min(len(all), suggested)], err
}

// found is a unit, team or member as it was read.
type found struct {
	OrgID, UserID, CommunityID, GridID int64
	Kind, Name                         string
	Skills                             model.Skills
	Load, Stars, Rated                 int64
}

// orgsFor reads the units, teams and social organisations of the wish's
// community, with their live claims and what was thought of their work.
func orgsFor(tx *db.Tx, w *model.Wish) ([]Candidate, error) {
	var rows []found
	err := tx.Raw(`SELECT o.id AS org_id, o.kind, o.name, o.skills, o.community_id,
			(SELECT COUNT(*) FROM wishes x WHERE x.claim_org_id = o.id AND x.queue_org_id <> 0) AS `+"`load`"+`,
			COALESCE((SELECT SUM(x.stars) FROM wishes x WHERE x.claim_org_id = o.id AND x.stars > 0), 0) AS stars,
			(SELECT COUNT(*) FROM wishes x WHERE x.claim_org_id = o.id AND x.stars > 0) AS rated
		FROM orgs o WHERE o.community_id = ? AND o.tenant_id = ? AND o.state = ? AND o.kind IN ? ORDER BY o.id LIMIT ?`,
		w.CommunityID, w.TenantID, model.OrgActive, []model.OrgKind{model.OrgUnit, model.OrgTeam, model.OrgSocial}, lookedAt).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("wish: suggest organisations: %w", err)
	}
	return scored(w, rows), nil
}

// peopleFor reads the members who have registered with the wish's community.
func peopleFor(tx *db.Tx, w *model.Wish) ([]Candidate, error) {
	var rows []found
	err := tx.Raw(`SELECT m.user_id, 'member' AS kind, u.display_name AS name, m.skills, m.community_id, m.grid_id, m.stars, m.rated,
			(SELECT COUNT(*) FROM wishes x WHERE x.claimer_id = m.user_id AND x.queue_org_id <> 0) AS `+"`load`"+`
		FROM members m JOIN users u ON u.id = m.user_id
		WHERE m.community_id = ? AND m.tenant_id = ? AND u.state = ? AND m.user_id NOT IN ? ORDER BY m.user_id LIMIT ?`,
		w.CommunityID, w.TenantID, model.UserActive, []int64{w.RequesterID, w.BeneficiaryID, w.ProxyID}, lookedAt).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("wish: suggest members: %w", err)
	}
	return scored(w, rows), nil
}

func scored(w *model.Wish, rows []found) []Candidate {
	all := make([]Candidate, 0, len(rows))
	for _, f := range rows {
		c := Candidate{OrgID: f.OrgID, UserID: f.UserID, Kind: f.Kind, Name: f.Name, Factors: f.factors(w)}
		for _, x := range c.Factors {
			c.Score += x.Points
		}
		all = append(all, c)
	}
	return all
}

func (f found) factors(w *model.Wish) []Factor {
	var all []Factor
	if w.Skill != "" && f.Skills.Has(w.Skill) {
		all = append(all, Factor{"skill", w.Skill, skillPoints})
	}
	switch grid := w.OrgPath.At(model.LevelGrid); {
	case grid != 0 && grid == f.GridID:
		all = append(all, Factor{"grid", "同一网格", gridPoints})
	case f.CommunityID == w.CommunityID:
		all = append(all, Factor{"community", "同一社区", communityPoints})
	}
	if f.Load > 0 {
		all = append(all, Factor{"load", fmt.Sprintf("在办 %d 件", f.Load), loadPoints * min(f.Load, maxLoad)})
	}
	if f.Rated > 0 {
		all = append(all, Factor{
			"rating", fmt.Sprintf("%d 次评价平均 %.1f 星", f.Rated, float64(f.Stars)/float64(f.Rated)),
			ratingPoints * f.Stars / f.Rated,
		})
	}
	return all
}
