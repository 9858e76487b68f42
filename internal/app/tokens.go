package app

import (
	"context"
	"errors"
	"time"

	"dandelion/internal/redis"
)

// shared lets the replicas share WeChat's access tokens in Redis.
type shared struct{ redis *redis.Client }

// Get returns what is kept under key.
func (s shared) Get(ctx context.Context, key string) (value string, found bool, err error) {
	value, err = s.redis.Get(ctx, key).Result()
	if errors.Is(err, redis.Nil) {
		return "", false, nil
	}
	return value, err == nil, err
}

// Set keeps value under key for ttl.
func (s shared) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	return s.redis.Set(ctx, key, value, ttl).Err()
}

// Delete forgets key.
func (s shared) Delete(ctx context.Context, key string) error { return s.redis.Del(ctx, key).Err() }
