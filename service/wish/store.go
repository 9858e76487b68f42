package wish

import (
	"fmt"
	"slices"
	"strings"

	"dandelion/internal/db"
	"dandelion/model"
)

// find returns a wish, for a step to be taken with it.
func find(tx *db.Tx, id int64) (*model.Wish, error) {
	return db.Find[model.Wish](tx, id, model.ErrWishNotFound)
}

// row is a wish with what its organisations and people are called, in one
// read.
type row struct {
	model.Wish
	CommunityName, ClaimerName, ClaimOrgName, TargetName, TargetOrgName string
	ReaderID                                                            int64 // of a claim: who claims
	ReaderName                                                          string
}

const named = `SELECT w.*, %s COALESCE(c.name, '') AS community_name, COALESCE(u.display_name, '') AS claimer_name,
	COALESCE(o.name, '') AS claim_org_name, COALESCE(t.display_name, '') AS target_name, COALESCE(g.name, '') AS target_org_name
FROM %s
LEFT JOIN orgs c ON c.id = w.community_id
LEFT JOIN users u ON u.id = w.claimer_id AND w.claimer_id <> 0
LEFT JOIN orgs o ON o.id = w.claim_org_id AND w.claim_org_id <> 0
LEFT JOIN users t ON t.id = w.target_user_id AND w.target_user_id <> 0
LEFT JOIN orgs g ON g.id = w.target_org_id AND w.target_org_id <> 0
`

func load(tx *db.Tx, id int64) (*row, error) {
	var rows []row
	err := tx.Raw(fmt.Sprintf(named, "", "wishes w")+"WHERE w.id = ?", id).Scan(&rows).Error
	switch {
	case err != nil:
		return nil, fmt.Errorf("wish: load %d: %w", id, err)
	case len(rows) == 0:
		return nil, model.ErrWishNotFound
	}
	return &rows[0], nil
}

// become lets r be the wish as a step has left it. The names of those who have
// come to it are looked up where r does not know them already.
func (r *row) become(tx *db.Tx, w *model.Wish) error {
	people := map[int64]string{r.ClaimerID: r.ClaimerName, r.TargetUserID: r.TargetName, r.ReaderID: r.ReaderName}
	orgs := map[int64]string{r.CommunityID: r.CommunityName, r.ClaimOrgID: r.ClaimOrgName, r.TargetOrgID: r.TargetOrgName}
	people[0], orgs[0] = "", ""
	all := true
	name := func(names map[int64]string, id int64) string {
		n, known := names[id]
		all = all && known
		return n
	}
	after := row{
		Wish: *w, CommunityName: name(orgs, w.CommunityID), ClaimerName: name(people, w.ClaimerID), ClaimOrgName: name(orgs, w.ClaimOrgID),
		TargetName: name(people, w.TargetUserID), TargetOrgName: name(orgs, w.TargetOrgID),
	}
	if all {
		*r = after
		return nil
	}
	read, err := load(tx, w.ID)
	if err == nil {
		*r = *read
	}
	return err
}

// branch is one range of one index: equal columns, then the id.
type branch struct {
	where string
	args  []any
}

// and returns b narrowed by one more column.
func (b branch) and(where string, args ...any) branch {
	return branch{b.where + " AND " + where, append(append([]any{}, b.args...), args...)}
}

// query returns the newest ids of b before one, as one index has them.
func (b branch) query(before int64, limit int) (string, []any) {
	return fmt.Sprintf("SELECT id FROM wishes WHERE %s AND id < ? ORDER BY id DESC LIMIT %d", b.where, limit), append(slices.Clip(b.args), before)
}

// either returns what is in any of the branches, mostly the only one.
func either(branches []branch) branch {
	var parts []string
	var args []any
	for _, b := range branches {
		parts, args = append(parts, b.where), append(args, b.args...)
	}
	return branch{strings.Join(parts, " OR "), args}
}

// page returns up to limit wishes that are in any of the branches and older
// than before, newest first. Each branch is a range of an index that is read
// backwards and no further than the page needs, so a page costs the same
// however many wishes there are.
func page(tx *db.Tx, branches []branch, before int64, limit int) ([]row, error) {
	if len(branches) == 0 {
		return nil, nil
	}
	before = db.Before(before)
	var parts []string
	var args []any
	for i, b := range branches {
		query, values := b.query(before, limit)
		parts, args = append(parts, fmt.Sprintf("SELECT id FROM (%s) b%d", query, i)), append(args, values...)
	}
	from := fmt.Sprintf("(SELECT id FROM (%s) a ORDER BY id DESC LIMIT %d) p JOIN wishes w ON w.id = p.id",
		strings.Join(parts, " UNION "), limit)
	var rows []row
	if err := tx.Raw(fmt.Sprintf(named, "", from)+"ORDER BY w.id DESC", args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("wish: page: %w", err)
	}
	return rows, nil
}
