// Package blob keeps files, such as photos of wishes, outside the database. A
// key is a path of small letters and digits that the program made; no key
// leads out of the store.
package blob

import (
	"context"
	"io"
	"regexp"

	"dandelion/internal/fault"
)

// What a store refuses.
var (
	ErrKey      = fault.Define(fault.Invalid, "blob.key", "文件标识无效")
	ErrNotFound = fault.Define(fault.NotFound, "blob.not_found", "文件不存在或已删除")
	ErrTooLarge = fault.Define(fault.TooLarge, "blob.too_large", "文件过大")
)

// maxKey is the length of the longest key.
const maxKey = 200

// keys is what a key looks like: no part is empty or begins with a dot, which
// leaves names with a dot to the store itself.
var keys = regexp.MustCompile(`^[a-z0-9_-][a-z0-9_.-]*(/[a-z0-9_-][a-z0-9_.-]*)*$`)

// Store keeps files by key.
type Store interface {
	// Put keeps what r has under key, in place of what was there, or nothing
	// if r fails or has more than limit bytes.
	Put(ctx context.Context, key string, r io.Reader, limit int64) error
	// Open returns what is under key, or [ErrNotFound].
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Delete forgets key, whether it is there or not.
	Delete(ctx context.Context, key string) error
}

// check says whether work on key may begin.
func check(ctx context.Context, key string) error {
	if len(key) > maxKey || !keys.MatchString(key) {
		return ErrKey
	}
	return ctx.Err()
}

// transfer copies r to w until ctx is over, and no more than limit bytes.
func transfer(ctx context.Context, w io.Writer, r io.Reader, limit int64) error {
	n, err := io.Copy(w, io.LimitReader(bound{ctx, r}, limit+1))
	if err != nil {
		return err
	}
	if n > limit {
		return ErrTooLarge
	}
	return nil
}

// bound is a reader that ends with its context.
type bound struct {
	ctx context.Context
	io.Reader
}

func (b bound) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.Reader.Read(p)
}
