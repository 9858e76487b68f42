package activity

import (
	"context"
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
)

// fixesAtOnce is how many attendances lose their coordinates in one
// transaction.
const fixesAtOnce = 500

// Forget drops the raw coordinates of some attendances whose time has come, and
// says of how many (最小必要: 原始定位到期删除). How far each was from its place stays.
func (s *Service) Forget(ctx context.Context) (n int, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		var ids []int64
		err := tx.Model(&model.Attendance{}).Where("fix_until <= ?", tx.Now).Order("fix_until").Limit(fixesAtOnce).Pluck("id", &ids).Error
		if err != nil {
			return fmt.Errorf("activity: fixes to forget: %w", err)
		}
		if n = len(ids); n == 0 {
			return nil
		}
		err = tx.Model(&model.Attendance{}).Where("id IN ? AND fix_until <= ?", ids, tx.Now).
			UpdateColumns(map[string]any{"in_lat": nil, "in_lng": nil, "out_lat": nil, "out_lng": nil, "fix_until": nil}).Error
		if err != nil {
			return fmt.Errorf("activity: forget fixes: %w", err)
		}
		return nil
	})
	return n, err
}
