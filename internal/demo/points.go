package demo

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// mature posts the points whose time has come, each in its time.
func (l *loader) mature(ctx context.Context) error {
	var due []model.Timer
	err := l.db.View(ctx, func(tx *db.Tx) (err error) {
		due, err = gorm.G[model.Timer](tx.DB).Where("kind = ? AND due_at <= ?", model.PointsPost, l.until).Order("due_at, id").Find(tx.Ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("demo: points that are due: %w", err)
	}
	for _, t := range due {
		l.clock.Set(t.DueAt)
		err := l.db.Update(ctx, func(tx *db.Tx) error {
			if _, err := gorm.G[model.Timer](tx.DB).Where("id = ?", t.ID).Delete(tx.Ctx); err != nil {
				return err
			}
			return l.points.Mature(tx, t.SubjectID)
		})
		if err != nil {
			return fmt.Errorf("demo: post %d: %w", t.SubjectID, err)
		}
	}
	return nil
}
