package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"dandelion/config"
	"dandelion/internal/crypt"
	"dandelion/internal/demo"
)

// secrets are the keys of a system.
type secrets struct {
	keys   *crypt.Keys
	cursor []byte
}

// secretsOf returns the keys that the operator gave, or on a laptop some that
// are made of a seed in the data directory.
func secretsOf(c config.Config) (s secrets, err error) {
	if c.Keys == "" {
		seed, err := seedIn(c.DataDir)
		if err != nil {
			return s, err
		}
		s.cursor = crypt.Derive(seed, "cursor")
		s.keys, err = crypt.New("local", map[string][]byte{"local": crypt.Derive(seed, "fields")}, crypt.Derive(seed, "index"))
		return s, err
	}
	current, ring, err := crypt.ParseKeys(c.Keys)
	if err != nil {
		return s, err
	}
	index, _ := config.Key(c.IndexKey)
	if s.cursor, _ = config.Key(c.CursorKey); s.cursor == nil {
		s.cursor = crypt.Derive(index, "cursor")
	}
	s.keys, err = crypt.New(current, ring, index)
	return s, err
}

// seedIn returns the seed of a laptop's keys, which it makes once.
func seedIn(dir string) ([]byte, error) {
	path := filepath.Join(dir, "seed")
	seed, err := os.ReadFile(path) // #nosec G304 -- the operator's own directory
	if err == nil && len(seed) >= 32 {
		return seed, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("app: the seed in %s cannot be used: %w", path, errors.Join(err, errors.New("it must hold 32 bytes")))
	}
	seed = []byte(rand.Text() + rand.Text())
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("app: make seed: %w", err)
	}
	if err := os.WriteFile(path, seed, 0o600); err != nil {
		return nil, fmt.Errorf("app: make seed: %w", err)
	}
	return seed, nil
}

// makeDirs makes the folders of the embedded defaults.
func makeDirs(c config.Config) error {
	if file, ok := strings.CutPrefix(c.Database, "sqlite:"); ok {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return fmt.Errorf("app: make data directory: %w", err)
		}
	}
	return nil
}

// demo loads the demo county into an empty database.
func (a *App) demo(ctx context.Context) error {
	if !a.config.Demo {
		return nil
	}
	if err := demo.Load(ctx, a.config.Database, a.Keys, a.now()); err != nil {
		return fmt.Errorf("app: demo data: %w", err)
	}
	return nil
}
