package points

import (
	"dandelion/internal/db"
	"dandelion/model"
)

// Book is the one write path, for tests of what goes through it.
func (s *Service) Book(tx *db.Tx, p *model.Posting) (*model.PointTxn, error) {
	return s.book(tx, p, nil)
}

// Reverse books the mirror of a transaction.
func (s *Service) Reverse(tx *db.Tx, id int64, memo string, who model.Actor) (*model.PointTxn, error) {
	return s.reverse(tx, id, memo, who)
}

// Earn books what a feat is worth.
func (s *Service) Earn(tx *db.Tx, f model.Feat) error { return s.earn(tx, f) }
