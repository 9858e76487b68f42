// Package outbox tells others what happened, after the transaction in which it
// happened has committed: never of what was rolled back, and at least once of
// what was not. The same rows are the history of their subject.
package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
)

const (
	lease  = time.Minute // how long a relay has for one batch
	batch  = 100
	giveUp = 20 // attempts before an operator has to look
)

// never is when an event that was given up is told: the index on the time finds
// these few among all that were told.
var never = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

var errNone = fault.Define(fault.NotFound, "event.not_found", "没有这个待处理的事件")

// Listener hears of an event. It may hear of one twice, or of two out of turn.
type Listener func(ctx context.Context, e model.Event) error

// Outbox holds events until they are heard.
type Outbox struct {
	db        *db.DB
	log       *slog.Logger
	listeners []Listener
	wake      chan struct{}
}

// New returns the outbox of d, which tells listeners.
func New(d *db.DB, log *slog.Logger, listeners ...Listener) *Outbox {
	return &Outbox{db: d, log: log, listeners: listeners, wake: make(chan struct{}, 1)}
}

// Tell adds a listener. It is called while the system is put together.
func (o *Outbox) Tell(l Listener) { o.listeners = append(o.listeners, l) }

// Put writes e with the rest of tx.
func (o *Outbox) Put(tx *db.Tx, e model.Event) error {
	e.ID, e.CreatedAt, e.RelayAt = tx.NewID(), tx.Now, &tx.Now
	if err := db.Add(tx, &e); err != nil {
		return fmt.Errorf("outbox: put %s: %w", e.Name, err)
	}
	tx.AfterCommit(func() {
		select {
		case o.wake <- struct{}{}:
		default: // already awake
		}
	})
	return nil
}

// Woken receives when events may have been put.
func (o *Outbox) Woken() <-chan struct{} { return o.wake }

// Relay tells of a batch of events that wait, and returns how many there were.
// Those that could not be told are put off, and keep nobody behind them
// waiting.
func (o *Outbox) Relay(ctx context.Context) (int, error) {
	events, err := o.take(ctx)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	told := make([]int64, 0, len(events))
	for _, e := range events {
		if err := o.tell(ctx, e); err != nil {
			o.log.ErrorContext(ctx, "event not told", "name", e.Name, "id", e.ID, "attempts", e.Attempts+1, "err", err)
			if err := o.fail(ctx, e, err); err != nil {
				return len(events), err
			}
			continue
		}
		told = append(told, e.ID)
	}
	if len(told) == 0 {
		return len(events), nil
	}
	err = o.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Model(&model.Event{}).Where("id IN ?", told).Update("relay_at", nil).Error
	})
	if err != nil {
		return len(events), fmt.Errorf("outbox: mark told: %w", err)
	}
	return len(events), nil
}

// take leases the events that are due, so that two relays do not tell the same
// ones at once. That a relay which died leaves them due again makes the telling
// at least once.
func (o *Outbox) take(ctx context.Context) (events []model.Event, err error) {
	err = o.db.View(ctx, func(tx *db.Tx) (err error) {
		events, err = gorm.G[model.Event](tx.DB).Where("relay_at <= ?", tx.Now).Order("relay_at").Limit(batch).Find(tx.Ctx)
		return err
	})
	if err != nil || len(events) == 0 {
		return nil, err
	}
	ids := make([]int64, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	var leased []int64
	err = o.db.Update(ctx, func(tx *db.Tx) error {
		until := tx.Now.Add(lease)
		res := tx.Model(&model.Event{}).Where("id IN ? AND relay_at <= ?", ids, tx.Now).Update("relay_at", until)
		switch leased = nil; {
		case res.Error != nil || res.RowsAffected == 0: // another relay was faster
			return res.Error
		case int(res.RowsAffected) == len(ids):
			leased = ids
			return nil
		}
		return tx.Model(&model.Event{}).Where("id IN ? AND relay_at = ?", ids, until).Pluck("id", &leased).Error
	})
	return slices.DeleteFunc(events, func(e model.Event) bool { return !slices.Contains(leased, e.ID) }), err
}

func (o *Outbox) tell(ctx context.Context, e model.Event) error {
	for _, l := range o.listeners {
		if err := l(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (o *Outbox) fail(ctx context.Context, e model.Event, cause error) error {
	n := e.Attempts + 1
	err := o.db.Update(ctx, func(tx *db.Tx) error {
		set := map[string]any{"relay_at": tx.Now.Add(db.Backoff(n)), "attempts": n, "failure": db.Failure(cause)}
		if n >= giveUp {
			set["dead"], set["relay_at"] = true, never
		}
		return tx.Model(&model.Event{}).Where("id = ?", e.ID).Updates(set).Error
	})
	if err != nil {
		return fmt.Errorf("outbox: put off %d: %w", e.ID, err)
	}
	return nil
}

// Stuck returns the events that were given up, at most limit.
func (o *Outbox) Stuck(ctx context.Context, limit int) (all []model.Event, err error) {
	err = o.db.View(ctx, func(tx *db.Tx) (err error) {
		all, err = gorm.G[model.Event](tx.DB).Where("relay_at = ?", never).Order("id").Limit(limit).Find(tx.Ctx)
		return err
	})
	return all, err
}

// Retry lets an event that was given up be told again.
func (o *Outbox) Retry(ctx context.Context, id int64) error {
	return o.db.Update(ctx, func(tx *db.Tx) error {
		res := tx.Model(&model.Event{}).Where("id = ? AND relay_at = ?", id, never).
			Updates(map[string]any{"dead": false, "attempts": 0, "relay_at": tx.Now})
		if res.Error != nil {
			return fmt.Errorf("outbox: retry %d: %w", id, res.Error)
		}
		if res.RowsAffected == 0 {
			return errNone
		}
		return nil
	})
}
