package app

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// maxStuck bounds the list of what was given up.
const maxStuck = 200

// Stuck is a timer or an event that failed too often to be tried again without
// being looked at.
type Stuck struct {
	What      string // timer, event
	ID        int64
	Kind      string
	SubjectID int64
	Attempts  int64
	Failure   string // the code or the kind of the last error
	At        time.Time
}

// Stuck returns what the system could not do by itself, for the operator.
func (a *App) Stuck(ctx context.Context) ([]Stuck, error) {
	timers, err := a.timers.Stuck(ctx, maxStuck)
	if err != nil {
		return nil, err
	}
	events, err := a.outbox.Stuck(ctx, maxStuck)
	if err != nil {
		return nil, err
	}
	all := make([]Stuck, 0, len(timers)+len(events))
	for _, t := range timers {
		all = append(all, Stuck{"timer", t.ID, string(t.Kind), t.SubjectID, t.Attempts, t.Failure, t.DueAt})
	}
	for _, e := range events {
		all = append(all, Stuck{"event", e.ID, e.Name, e.SubjectID, e.Attempts, e.Failure, e.CreatedAt})
	}
	return all, nil
}

var errWhat = errors.New("app: only a timer or an event can be retried")

// Retry lets a timer or an event that was given up be tried again.
func (a *App) Retry(ctx context.Context, what string, id int64) error {
	switch what {
	case "timer":
		return a.timers.Retry(ctx, id)
	case "event":
		return a.outbox.Retry(ctx, id)
	}
	return fmt.Errorf("%w, not %q", errWhat, what)
}
