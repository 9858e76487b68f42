package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/id"
)

const (
	attempts = 12              // how often Update runs a transaction that keeps losing races
	deadline = 5 * time.Second // of work whose context has none
)

// Tx is a transaction. It carries the one time that everything in it happens
// at, and Ctx for those gorm calls that ask for one. A function that takes a
// *Tx works inside its caller's transaction.
type Tx struct {
	*gorm.DB
	Ctx   context.Context
	Now   time.Time
	ids   *id.Source
	after []func()
}

// NewID returns a key that nothing else has, greater than those before it.
func (tx *Tx) NewID() int64 { return tx.ids.Next() }

// AfterCommit runs f once tx has committed, and never if it has not.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// inside marks the context of a transaction, so that one begun within it is an
// error at once and not two transactions that wait for each other.
type inside struct{}

// hook is what BeforeCommit leaves in a context.
type hook struct {
	run  func(*Tx) error
	done bool
}

type hookKey struct{}

// BeforeCommit returns a context in which the first Update runs f as the last
// thing before it commits, so that f's rows are there exactly if Update's are.
// Such a context serves one goroutine; with a nil f it runs nothing more.
func BeforeCommit(ctx context.Context, f func(*Tx) error) context.Context {
	return context.WithValue(ctx, hookKey{}, &hook{run: f})
}

// Committed reports whether what BeforeCommit left in ctx has been committed.
func Committed(ctx context.Context) bool {
	h, _ := ctx.Value(hookKey{}).(*hook)
	return h != nil && h.done
}

func (d *DB) tx(ctx context.Context, g *gorm.DB) *Tx {
	ctx = context.WithValue(ctx, inside{}, true)
	return &Tx{DB: g.WithContext(ctx), Ctx: ctx, Now: d.now(), ids: d.ids}
}

// bounded gives ctx a deadline if it has none.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, deadline)
}

// View gives f a handle for reading outside of any transaction.
func (d *DB) View(ctx context.Context, f func(*Tx) error) error {
	if ctx.Value(inside{}) != nil {
		return errNested
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	return translate(f(d.tx(ctx, d.gorm)))
}

// Update runs f in a transaction, and commits it if f returns nil. When the
// transaction lost a race it runs again from the start, so f must touch
// nothing but tx and the results it assigns. A commit whose answer was lost is
// not run again, for it may have happened: the caller is told that the
// database does not answer, and its idempotency key tells what became of it.
func (d *DB) Update(ctx context.Context, f func(*Tx) error) error {
	if ctx.Value(inside{}) != nil {
		return errNested
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	last := hookOf(ctx)
	var err error
	for n := range attempts {
		var tx *Tx
		if tx, err = d.try(ctx, f, last); err == nil {
			last.done = true
			for _, after := range tx.after {
				after()
			}
			return nil
		}
		if !lostRace(err) {
			return translate(err)
		}
		if !pause(ctx, n) {
			return translate(errors.Join(err, ctx.Err()))
		}
	}
	return ErrBusy.Because(fmt.Errorf("db: gave up after %d attempts: %w", attempts, err))
}

// try runs f, and then the hook, in one transaction.
func (d *DB) try(ctx context.Context, f func(*Tx) error, last *hook) (tx *Tx, err error) {
	err = d.gorm.WithContext(ctx).Transaction(func(g *gorm.DB) error {
		tx = d.tx(ctx, g)
		if err := f(tx); err != nil || last.run == nil {
			return err
		}
		return last.run(tx)
	})
	return tx, err
}

// hookOf returns the hook that waits in ctx, or one that does nothing.
func hookOf(ctx context.Context) *hook {
	h, _ := ctx.Value(hookKey{}).(*hook)
	if h == nil || h.done {
		return &hook{}
	}
	return h
}

// pause waits a little, longer after each attempt, and reports whether there is
// time for another.
func pause(ctx context.Context, n int) bool {
	t := time.NewTimer(time.Duration(rand.IntN(4<<min(n, 7))+1) * time.Millisecond) // #nosec G404 -- a pause, no secret
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
