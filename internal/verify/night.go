package verify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

const (
	hour  = 3 * time.Hour        // after midnight in Shanghai, when few are awake
	lease = 2 * time.Hour        // how long a run may take, before another replica begins again
	kept  = 400 * 24 * time.Hour // so that a year can be compared with the last
)

// Night makes the run of this night, if it is due and no other replica makes or
// has made it, and reports whether it did (夜间对账). The row of the day is the
// lease: whoever adds it runs, and if that process dies another one takes the
// row over. The run itself is in no transaction, for it can take many minutes.
func Night(ctx context.Context, d *db.DB) (*Report, bool, error) {
	run, err := take(ctx, d)
	if err != nil || run == nil {
		return nil, false, err
	}
	bounded, cancel := context.WithTimeout(ctx, lease-time.Minute)
	defer cancel()
	r, err := Run(bounded, d)
	if err != nil {
		return nil, false, err
	}
	text, err := r.text()
	if err != nil {
		return nil, false, err
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		res := tx.Model(&model.VerifyRun{}).Where("id = ? AND started_at = ? AND finished_at IS NULL", run.ID, run.StartedAt).
			Updates(map[string]any{"finished_at": r.FinishedAt, "checked": r.Checked(), "differing": r.Differing(), "report": text})
		if res.Error != nil {
			return fmt.Errorf("verify: store a run: %w", res.Error)
		}
		_, err := gorm.G[model.VerifyRun](tx.DB).Where("id < ?", model.DayNumber(tx.Now.Add(-kept))).Delete(tx.Ctx)
		return err
	})
	return r, err == nil, err
}

// take returns the run of this day, if it is this process that has to make it.
func take(ctx context.Context, d *db.DB) (run *model.VerifyRun, err error) {
	var day int64
	var known []model.VerifyRun
	due := false
	err = d.View(ctx, func(tx *db.Tx) error {
		day, due = model.DayNumber(tx.Now), !tx.Now.Before(model.DayOf(tx.Now).Start().Add(hour))
		known = nil
		return tx.Where("id = ?", day).Omit("report").Find(&known).Error
	})
	if err != nil || !due || len(known) == 1 && known[0].FinishedAt != nil {
		return nil, err
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		run = &model.VerifyRun{ID: day, StartedAt: tx.Now}
		if len(known) == 0 {
			return db.Add(tx, run)
		}
		if known[0].StartedAt.Add(lease).After(tx.Now) {
			run = nil
			return nil
		}
		res := tx.Model(run).Where("id = ? AND started_at = ? AND finished_at IS NULL", day, known[0].StartedAt).Update("started_at", tx.Now)
		if res.RowsAffected == 0 {
			run = nil
		}
		return res.Error
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return nil, nil // a sibling was faster
	}
	return run, err
}

// Last returns the last run that was finished, by whichever replica; nil if
// there is none.
func Last(ctx context.Context, d *db.DB) (run *model.VerifyRun, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		var all []model.VerifyRun
		err := tx.Where("finished_at IS NOT NULL").Order("id DESC").Limit(1).Find(&all).Error
		if err != nil {
			return fmt.Errorf("verify: last run: %w", err)
		}
		if run = nil; len(all) == 1 {
			run = &all[0]
		}
		return nil
	})
	return run, err
}
