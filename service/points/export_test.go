package points

import (
	"dandelion/internal/db"
	"dandelion/model"
)

// Book lets tests book what no use case does yet.
func (s *Service) Book(tx *db.Tx, p *model.Posting) (*model.PointTxn, error) {
	return s.book(tx, p, nil)
}

// Reverse lets tests reverse any transaction.
func (s *Service) Reverse(tx *db.Tx, id int64, memo string) (*model.PointTxn, error) {
	return s.reverse(tx, id, memo, model.Actor{})
}
