package app

import (
	"context"
	"errors"
	"sync"
	"time"
)

// sweepEvery is how often what has expired is thrown away.
const sweepEvery = 10 * time.Minute

// Run does the work that nobody waits for, until ctx is done: timers that are
// due, events to be told, leases to be kept. It never gives up: what fails now
// is tried again.
func (a *App) Run(ctx context.Context) {
	var night sync.WaitGroup
	night.Go(func() { a.nights(ctx) })
	defer night.Wait()
	tick := time.NewTicker(a.config.Poll)
	defer tick.Stop()
	for {
		if err := a.Work(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "background work", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-a.outbox.Woken():
		}
	}
}

// Work does what is due now, to the end.
func (a *App) Work(ctx context.Context) error {
	return errors.Join(a.DB.KeepNode(ctx), drain(ctx, a.timers.Fire), drain(ctx, a.outbox.Relay), a.sweep(ctx))
}

// drain runs a job as long as it finds something to do.
func drain(ctx context.Context, job func(context.Context) (int, error)) error {
	for {
		if n, err := job(ctx); err != nil || n == 0 {
			return err
		}
	}
}

// sweep throws away what has expired. Points expire a little at each tick as
// long as there are some to look at, so that timers and events do not wait for
// the new year.
func (a *App) sweep(ctx context.Context) error {
	var err error
	if a.now().Sub(a.swept) >= sweepEvery {
		a.swept, a.expiring = a.now(), true
		err = errors.Join(a.idempotency.Sweep(ctx), a.Identity.Sweep(ctx))
	}
	if !a.expiring {
		return err
	}
	n, failed := a.Points.Expire(ctx)
	a.expiring = n > 0
	return errors.Join(err, failed)
}
