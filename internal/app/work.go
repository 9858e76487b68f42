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
// due, events to be told, leases to be kept, boards. It never gives up: what
// fails now is tried again. Boards may take long, so they hold up nothing else.
func (a *App) Run(ctx context.Context) {
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { a.nights(ctx) })
	for _, job := range []func(context.Context) error{a.Boards.Keep, a.Boards.Record} {
		beside.Go(func() { a.repeat(ctx, job, nil) })
	}
	a.repeat(ctx, a.work, a.outbox.Woken())
}

// repeat does a job again and again until ctx is done, and at once when it is
// woken.
func (a *App) repeat(ctx context.Context, job func(context.Context) error, woken <-chan struct{}) {
	tick := time.NewTicker(a.config.Poll)
	defer tick.Stop()
	for {
		if err := job(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "background work", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-woken:
		}
	}
}

// Work does what is due now, to the end.
func (a *App) Work(ctx context.Context) error {
	return errors.Join(a.work(ctx), a.Boards.Keep(ctx), a.Boards.Record(ctx))
}

func (a *App) work(ctx context.Context) error {
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
		err = errors.Join(a.idempotency.Sweep(ctx), a.Identity.Sweep(ctx), drain(ctx, a.Activities.Forget), drain(ctx, a.Activities.LeaveVisits))
	}
	if !a.expiring {
		return err
	}
	n, failed := a.Points.Expire(ctx)
	a.expiring = n > 0
	return errors.Join(err, failed)
}
