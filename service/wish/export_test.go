package wish

import "dandelion/model"

// Query is one range that a page is read from.
type Query struct {
	SQL  string
	Args []any
}

// Queries returns the ranges that the list of f is read from.
func Queries(f Filter, who model.Actor) ([]Query, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	branches, err := f.branches(who)
	var all []Query
	for _, b := range branches {
		sql, args := b.query(1<<62, f.Limit)
		all = append(all, Query{sql, args})
	}
	return all, err
}
