package db

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

type countKey struct{}

// CountStatements returns a context under which every SQL statement is counted,
// but for BEGIN and COMMIT, and the counter.
func CountStatements(ctx context.Context) (context.Context, *atomic.Int64) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, countKey{}, n), n
}

// counting is gorm's logger, which hears of every statement, and a counter.
type counting struct{ logger.Interface }

// LogMode keeps counting at another level.
func (c counting) LogMode(l logger.LogLevel) logger.Interface {
	return counting{c.Interface.LogMode(l)}
}

// Trace counts the statement and passes it on. A key that is taken is an answer
// and no failure: whoever asked for it has to deal with it.
func (c counting) Trace(ctx context.Context, begin time.Time, fc func() (string, int64), err error) {
	if n, ok := ctx.Value(countKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		err = nil
	}
	c.Interface.Trace(ctx, begin, fc, err)
}
