package db

import (
	"fmt"
	"time"

	"dandelion/internal/fault"
)

// maxBackoff bounds how long work that fails is put off.
const maxBackoff = time.Hour

// Backoff returns how long work is put off that has failed n times: a second,
// then twice as long each time, up to an hour.
func Backoff(n int64) time.Duration {
	return min(time.Second<<min(max(n-1, 0), 12), maxBackoff)
}

// Failure returns what may be kept of err where operators read it: the code of
// a fault, or the type of an error, whose text could name people.
func Failure(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Code
	}
	text := fmt.Sprintf("%T", err)
	return text[:min(len(text), 200)]
}
