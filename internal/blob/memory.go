package blob

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
)

// Memory returns a Store that lasts as long as the process.
func Memory() Store { return &memory{files: map[string][]byte{}} }

type memory struct {
	mu    sync.RWMutex
	files map[string][]byte
}

// Put keeps what r has.
func (m *memory) Put(ctx context.Context, key string, r io.Reader, limit int64) error {
	if err := check(ctx, key); err != nil {
		return err
	}
	var data bytes.Buffer
	if err := transfer(ctx, &data, r, limit); err != nil {
		return fmt.Errorf("blob: put %s: %w", key, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[key] = data.Bytes()
	return nil
}

// Open returns what is under key.
func (m *memory) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := check(ctx, key); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	data, ok := m.files[key]
	if !ok {
		return nil, ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// Delete forgets key.
func (m *memory) Delete(ctx context.Context, key string) error {
	if err := check(ctx, key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, key)
	return nil
}
