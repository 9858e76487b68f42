package redis

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/sony/gobreaker/v2"

	"dandelion/internal/fault"
)

// After so many failures in a row nobody is sent to Redis for so long; then
// one call tries whether it is back.
const (
	patience = 5
	pause    = 2 * time.Second
)

// ErrDown says that Redis does not answer.
var ErrDown = fault.Define(fault.Unavailable, "redis.unavailable", "缓存服务暂不可用, 请稍后再试").After(pause)

// inside marks the context of a call that has passed the breaker. Opening a
// connection is made of commands too; they belong to the call that needs it.
type inside struct{}

// breaker keeps calls from a Redis that is down, and brings whatever a network
// can say into one fault.
type breaker struct {
	circuit *gobreaker.CircuitBreaker[any]
}

func newBreaker() breaker {
	return breaker{gobreaker.NewCircuitBreaker[any](gobreaker.Settings{
		Name:         "redis",
		Timeout:      pause,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= patience },
		IsSuccessful: func(err error) bool { return err == nil || isAnswer(err) },
		IsExcluded:   isOurs,
	})}
}

// isAnswer reports whether err came from a server that works.
func isAnswer(err error) bool {
	var answer redis.Error
	return errors.As(err, &answer)
}

// isOurs reports whether err says nothing about the server: the caller left,
// or asked for something that is never sent.
func isOurs(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, redis.ErrClosed) || errors.Is(err, redis.ErrCrossSlot)
}

// do runs one call, or refuses to.
func (b breaker) do(ctx context.Context, call func(context.Context) error) error {
	if ctx.Value(inside{}) != nil {
		return call(ctx)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := b.circuit.Execute(func() (any, error) {
		return nil, call(context.WithValue(ctx, inside{}, true))
	})
	if err == nil || isAnswer(err) || isOurs(err) {
		return err
	}
	return ErrDown.Because(err)
}

// DialHook leaves connections to the client.
func (b breaker) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook guards one command.
func (b breaker) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := b.do(ctx, func(ctx context.Context) error { return next(ctx, cmd) })
		cmd.SetErr(err)
		return err
	}
}

// ProcessPipelineHook guards commands that are sent together. Those that had
// their answer before the connection broke keep it.
func (b breaker) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		sent := false
		err := b.do(ctx, func(ctx context.Context) error {
			sent = true
			return next(ctx, cmds)
		})
		for _, cmd := range cmds {
			was := cmd.Err()
			if err != nil && (!sent || was != nil && !isAnswer(was)) {
				cmd.SetErr(err)
			}
		}
		return err
	}
}
