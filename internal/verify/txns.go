package verify

import (
	"context"
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
)

// chunk is some transactions with all that is compared with them.
type chunk struct {
	*verifier
	tx        *db.Tx
	postings  []*model.Posting
	related   map[int64]*model.Posting // what these reverse, and what they posted
	mirrors   map[int64][]int64        // the reversals of these and of the related
	posts     map[int64]int64          // earn → its post
	earns     map[int64]int64          // post → its earn
	waiting   map[int64]bool           // has a timer that is alive
	rules     map[int64][]model.PointRule
	ids       []int64
	from, end int64
}

// overTxns goes over the transactions of the ledger.
func overTxns(ctx context.Context, v *verifier) error {
	var after int64
	return v.each(ctx, func(tx *db.Tx) (bool, error) {
		c := &chunk{verifier: v, tx: tx}
		if err := c.load(after); err != nil || len(c.ids) == 0 {
			return false, err
		}
		after = c.end
		for _, p := range c.postings {
			c.lines(p)
			c.hash(p)
			c.reversal(p)
			c.deeds(p)
			c.explained(p)
			c.fate(p)
		}
		for _, check := range []func() error{c.once, c.covered, c.source, c.hours, c.sourced} {
			if err := check(); err != nil {
				return false, err
			}
		}
		return len(c.ids) == batch, nil
	})
}

// load reads the transactions after one, and what belongs to them.
func (c *chunk) load(after int64) (err error) {
	if c.postings, err = postings(c.tx, "id > ? ORDER BY id LIMIT ?", after, batch); err != nil || len(c.postings) == 0 {
		return err
	}
	var reversed []int64
	for _, p := range c.postings {
		c.ids = append(c.ids, p.Txn.ID)
		if p.Txn.Kind == model.PointReverse {
			reversed = append(reversed, p.Txn.SourceID)
		}
	}
	c.from, c.end = c.ids[0], c.ids[len(c.ids)-1]
	pairs, err := c.pairs()
	if err != nil {
		return err
	}
	c.related = map[int64]*model.Posting{}
	if want := append(reversed, pairs...); len(want) > 0 {
		all, err := postings(c.tx, "id IN ?", want)
		if err != nil {
			return err
		}
		for _, p := range all {
			c.related[p.Txn.ID] = p
		}
	}
	if c.mirrors, err = mirrors(c.tx, append(pairs, c.ids...)); err != nil {
		return err
	}
	c.waiting = map[int64]bool{}
	var waiting []int64
	err = c.tx.Model(&model.Timer{}).Where("kind = ? AND subject_id IN ? AND dead = ?", model.PointsPost, c.ids, false).Pluck("subject_id", &waiting).Error
	for _, id := range waiting {
		c.waiting[id] = true
	}
	if err != nil {
		return fmt.Errorf("timers: %w", err)
	}
	c.rules, err = rulesOf(c.tx)
	return err
}

// pairs finds the post of each earn of c and the earn of each post, and
// returns both sides.
func (c *chunk) pairs() (others []int64, err error) {
	c.posts, c.earns = map[int64]int64{}, map[int64]int64{}
	for _, of := range []struct {
		from, to model.PointKind
		into     map[int64]int64
	}{{model.PointEarn, model.PointPost, c.posts}, {model.PointPost, model.PointEarn, c.earns}} {
		var rows []struct{ A, B int64 }
		err := c.tx.Raw(`SELECT a.id AS a, b.id AS b FROM point_txns a JOIN point_txns b
			ON b.tenant_id = a.tenant_id AND b.source_type = a.source_type AND b.source_id = a.source_id AND b.kind = ?
			WHERE a.id >= ? AND a.id <= ? AND a.kind = ?`, of.to, c.from, c.end, of.from).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("posts: %w", err)
		}
		for _, r := range rows {
			of.into[r.A] = r.B
			others = append(others, r.B)
		}
	}
	return others, nil
}

// mirrors finds the reversals of transactions.
func mirrors(tx *db.Tx, of []int64) (map[int64][]int64, error) {
	all := map[int64][]int64{}
	var rows []struct{ A, B int64 }
	err := tx.Raw(`SELECT t.id AS a, r.id AS b FROM point_txns t JOIN point_txns r
		ON r.tenant_id = t.tenant_id AND r.source_type = ? AND r.source_id = t.id AND r.kind = ? WHERE t.id IN ?`,
		model.OfPointTxn, model.PointReverse, of).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reversals: %w", err)
	}
	for _, r := range rows {
		all[r.A] = append(all[r.A], r.B)
	}
	return all, nil
}

// postings reads transactions with all that was written with them.
func postings(tx *db.Tx, where string, args ...any) ([]*model.Posting, error) {
	var txns []model.PointTxn
	if err := tx.Raw("SELECT * FROM point_txns WHERE "+where, args...).Scan(&txns).Error; err != nil {
		return nil, fmt.Errorf("transactions: %w", err)
	}
	if len(txns) == 0 {
		return nil, nil
	}
	all, by, ids := make([]*model.Posting, len(txns)), map[int64]*model.Posting{}, make([]int64, len(txns))
	for i, t := range txns {
		all[i], ids[i] = &model.Posting{Txn: t}, t.ID
		by[t.ID] = all[i]
	}
	var entries []model.PointEntry
	if err := tx.Where("txn_id IN ?", ids).Order("id").Find(&entries).Error; err != nil {
		return nil, fmt.Errorf("lines: %w", err)
	}
	for _, e := range entries {
		by[e.TxnID].Entries = append(by[e.TxnID].Entries, e)
	}
	var deeds []model.Deed
	if err := tx.Where("txn_id IN ?", ids).Order("id").Find(&deeds).Error; err != nil {
		return nil, fmt.Errorf("deeds: %w", err)
	}
	for _, d := range deeds {
		by[d.TxnID].Deeds = append(by[d.TxnID].Deeds, d)
	}
	return all, nil
}
