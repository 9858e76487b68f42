package demo

import (
	"context"
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
)

// shown is how many members stand on boards by name, besides two to log in as.
const shown = 12

// boards lets the names of some members be shown on boards: of those who have
// the most honour, for there is something to see of them.
func (l *loader) boards(ctx context.Context) error {
	err := l.db.Update(ctx, func(tx *db.Tx) error {
		users := []int64{UserID("demo-member"), UserID("demo-member2")}
		var best []int64
		err := tx.Raw(`SELECT user_id FROM standings WHERE tenant_id = ? AND period = ? AND honour > 0 AND user_id >= ?
			ORDER BY honour DESC, user_id LIMIT ?`, CountyID, model.AllTime, firstMember, shown).Scan(&best).Error
		if err != nil {
			return err
		}
		var all []model.BoardChoice
		for _, user := range append(users, best...) {
			all = append(all, model.BoardChoice{UserID: user, TenantID: CountyID, IsPublic: true, ChosenAt: tx.Now, Version: 1})
		}
		return tx.Create(&all).Error
	})
	if err != nil {
		return fmt.Errorf("demo: boards: %w", err)
	}
	return nil
}
