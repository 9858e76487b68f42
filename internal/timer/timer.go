// Package timer does things when their time has come. A timer is a row, set
// and cleared in the transaction of the change that calls for it, so it is
// lost neither with the process nor with Redis.
package timer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
)

const (
	lease  = time.Minute // how long a runner has for one timer
	batch  = 100
	giveUp = 20 // attempts before an operator has to look
)

var (
	errUnhandled = errors.New("timer: nobody handles this kind")
	errNone      = fault.Define(fault.NotFound, "timer.not_found", "没有这个待处理的定时任务")
)

// Handler does what a timer of its kind is for, in tx.
type Handler func(tx *db.Tx, subject int64) error

// Runner fires timers. Any number of processes may run one.
type Runner struct {
	db       *db.DB
	log      *slog.Logger
	handlers map[model.TimerKind]Handler
}

// New returns a Runner that gives each kind of timer to its handler.
func New(d *db.DB, log *slog.Logger, handlers map[model.TimerKind]Handler) *Runner {
	return &Runner{db: d, log: log, handlers: handlers}
}

// Set makes the timer of kind for subject fire at due, and at no other time.
// Where there is one already, which is the usual case, it takes one statement.
func Set(tx *db.Tx, kind model.TimerKind, subject int64, due time.Time) error {
	res := tx.Model(&model.Timer{}).Where("kind = ? AND subject_id = ?", kind, subject).
		Updates(map[string]any{"due_at": due, "lease_until": tx.Now, "attempts": 0, "dead": false, "failure": ""})
	if res.Error != nil {
		return fmt.Errorf("timer: move %s of %d: %w", kind, subject, res.Error)
	}
	if res.RowsAffected > 0 {
		return nil
	}
	return Start(tx, kind, subject, due)
}

// Start makes a timer for a subject that has none of its kind, in one
// statement.
func Start(tx *db.Tx, kind model.TimerKind, subject int64, due time.Time) error {
	t := model.Timer{ID: tx.NewID(), Kind: kind, SubjectID: subject, DueAt: due, LeaseUntil: tx.Now}
	switch err := db.Add(tx, &t); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return db.ErrStale // somebody else has just set it
	case err != nil:
		return fmt.Errorf("timer: set %s of %d: %w", kind, subject, err)
	}
	return nil
}

// Clear takes back the timer of kind for subject, if there is one.
func Clear(tx *db.Tx, kind model.TimerKind, subject int64) error {
	_, err := gorm.G[model.Timer](tx.DB).Where("kind = ? AND subject_id = ?", kind, subject).Delete(tx.Ctx)
	if err != nil {
		return fmt.Errorf("timer: clear %s of %d: %w", kind, subject, err)
	}
	return nil
}

// Fire fires the timers that are due and not leased to another runner, and
// returns how many it found. One that fails is tried again, later and later,
// and keeps nobody behind it waiting.
func (r *Runner) Fire(ctx context.Context) (int, error) {
	var due []model.Timer
	err := r.db.View(ctx, func(tx *db.Tx) (err error) {
		due, err = gorm.G[model.Timer](tx.DB).Where("dead = ? AND due_at <= ? AND lease_until <= ?", false, tx.Now, tx.Now).
			Order("due_at").Limit(batch).Find(tx.Ctx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("timer: find due: %w", err)
	}
	for _, t := range due {
		if ctx.Err() != nil {
			return len(due), ctx.Err()
		}
		if err := r.fire(ctx, t); err != nil {
			r.log.ErrorContext(ctx, "timer failed", "kind", t.Kind, "subject", t.SubjectID, "attempts", t.Attempts+1, "err", err)
			if err := r.fail(ctx, t, err); err != nil {
				return len(due), err
			}
		}
	}
	return len(due), nil
}

// fire leases t by a conditional UPDATE, which needs no row lock that a
// database might not have, and then handles and deletes it in one transaction.
// The lease keeps two runners from the same work; the deletion, fenced by the
// number of the lease, is what makes the work happen once.
func (r *Runner) fire(ctx context.Context, t model.Timer) error {
	handle, ok := r.handlers[t.Kind]
	if !ok {
		return errUnhandled
	}
	leased := false
	err := r.db.Update(ctx, func(tx *db.Tx) error {
		res := tx.Model(&model.Timer{}).Where("id = ? AND attempts = ? AND lease_until <= ?", t.ID, t.Attempts, tx.Now).
			Updates(map[string]any{"lease_until": tx.Now.Add(lease), "attempts": t.Attempts + 1})
		leased = res.RowsAffected == 1
		return res.Error
	})
	if err != nil || !leased {
		return err
	}
	return r.db.Update(ctx, func(tx *db.Tx) error {
		n, err := gorm.G[model.Timer](tx.DB).Where("id = ? AND attempts = ?", t.ID, t.Attempts+1).Delete(tx.Ctx)
		if err != nil || n == 0 { // cleared meanwhile, or leased again by another
			return err
		}
		return handle(tx, t.SubjectID)
	})
}

// fail puts t off, or gives it up for an operator to look at.
func (r *Runner) fail(ctx context.Context, t model.Timer, cause error) error {
	n := t.Attempts + 1
	err := r.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Model(&model.Timer{}).Where("id = ? AND attempts <= ?", t.ID, n).Updates(map[string]any{
			"lease_until": tx.Now.Add(db.Backoff(n)), "attempts": n, "dead": n >= giveUp, "failure": db.Failure(cause),
		}).Error
	})
	if err != nil {
		return fmt.Errorf("timer: put off %d: %w", t.ID, err)
	}
	return nil
}

// Stuck returns the timers that were given up, at most limit.
func (r *Runner) Stuck(ctx context.Context, limit int) (all []model.Timer, err error) {
	err = r.db.View(ctx, func(tx *db.Tx) (err error) {
		all, err = gorm.G[model.Timer](tx.DB).Where("dead = ?", true).Order("due_at").Limit(limit).Find(tx.Ctx)
		return err
	})
	return all, err
}

// Retry lets a timer that was given up fire again.
func (r *Runner) Retry(ctx context.Context, id int64) error {
	return r.db.Update(ctx, func(tx *db.Tx) error {
		res := tx.Model(&model.Timer{}).Where("id = ? AND dead = ?", id, true).
			Updates(map[string]any{"dead": false, "attempts": 0, "lease_until": tx.Now})
		if res.Error != nil {
			return fmt.Errorf("timer: retry %d: %w", id, res.Error)
		}
		if res.RowsAffected == 0 {
			return errNone
		}
		return nil
	})
}
