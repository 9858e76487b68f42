package board

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"dandelion/internal/db"
	"dandelion/model"
)

// readAtOnce is how many standings one statement reads.
const readAtOnce = 2000

// ranked is what ranks a person in a period.
type ranked struct {
	user, community, township, version int64
	scores                             [model.PersonMeasures]int64
	public                             bool
}

// scopes returns where r is ranked: in the county, and where he belongs.
func (r *ranked) scopes(county int64) []int64 {
	return slices.DeleteFunc([]int64{county, r.township, r.community}, func(id int64) bool { return id == 0 })
}

// order returns those of rows that are ranked by a measure, the best first.
func order(rows []ranked, measure int) []*ranked {
	all := make([]*ranked, 0, len(rows))
	for i := range rows {
		if rows[i].scores[measure] != 0 {
			all = append(all, &rows[i])
		}
	}
	slices.SortFunc(all, func(a, b *ranked) int {
		return cmp.Or(cmp.Compare(a.scores[measure], b.scores[measure]), cmp.Compare(a.user, b.user))
	})
	return all
}

// choice is what somebody has chosen, and the how manieth choice it is.
type choice struct {
	public  bool
	version int64
}

// choices returns what the people of a tenant have chosen.
func (s *Service) choices(ctx context.Context, tenant int64) (map[int64]choice, error) {
	all := map[int64]choice{}
	for after, more := int64(0), true; more; {
		var rows []model.BoardChoice
		err := s.db.View(ctx, func(tx *db.Tx) error {
			return tx.Raw("SELECT user_id, tenant_id, is_public, version FROM board_choices WHERE user_id > ? ORDER BY user_id LIMIT ?", after, readAtOnce).Scan(&rows).Error
		})
		if err != nil {
			return nil, fmt.Errorf("board: choices: %w", err)
		}
		for _, r := range rows {
			if after = r.UserID; r.TenantID == tenant {
				all[r.UserID] = choice{r.IsPublic, r.Version}
			}
		}
		more = len(rows) == readAtOnce
	}
	return all, nil
}

// ranked reads the standings of a period, in the order of people, and shows
// each to also.
func (s *Service) ranked(ctx context.Context, tenant int64, p model.Period, choices map[int64]choice, also func(*model.Standing)) ([]ranked, error) {
	var all []ranked
	for after, more := int64(0), true; more; {
		n := len(all)
		err := s.db.View(ctx, func(tx *db.Tx) error {
			all = all[:n]
			rows, err := tx.Raw(`SELECT user_id, community_id, township_id, unit_id, team_id, honour, wishes, led, minutes, stars, rated, solved,
				honour_at, wishes_at, minutes_at, stars_at, version FROM standings
				WHERE tenant_id = ? AND period = ? AND user_id > ? ORDER BY user_id LIMIT ?`, tenant, p, after, readAtOnce).Rows()
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			for rows.Next() {
				var r model.Standing
				if err := rows.Scan(&r.UserID, &r.CommunityID, &r.TownshipID, &r.UnitID, &r.TeamID, &r.Honour, &r.Wishes, &r.Led, &r.Minutes,
					&r.Stars, &r.Rated, &r.Tally.Solved, &r.HonourAt, &r.WishesAt, &r.MinutesAt, &r.StarsAt, &r.Version); err != nil {
					return err
				}
				if also != nil {
					also(&r)
				}
				c := choices[r.UserID]
				all = append(all, ranked{r.UserID, r.CommunityID, r.TownshipID, r.Version + c.version, r.Scores(), c.public})
			}
			return rows.Err()
		})
		if err != nil {
			return nil, fmt.Errorf("board: standings of %s: %w", p, err)
		}
		if more = len(all)-n == readAtOnce; more {
			after = all[len(all)-1].user
		}
	}
	return all, nil
}
