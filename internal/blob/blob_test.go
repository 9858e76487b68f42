package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"dandelion/internal/blob"
)

// each runs a test on every kind of store.
func each(t *testing.T, test func(t *testing.T, s blob.Store)) {
	t.Run("disk", func(t *testing.T) { test(t, disk(t, t.TempDir())) })
	t.Run("memory", func(t *testing.T) { test(t, blob.Memory()) })
}

func disk(t *testing.T, dir string) *blob.Folder {
	t.Helper()
	f, err := blob.Disk(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func put(t *testing.T, s blob.Store, key, text string) {
	t.Helper()
	if err := s.Put(t.Context(), key, strings.NewReader(text), 1<<20); err != nil {
		t.Fatal(err)
	}
}

// holds: what is under key is text.
func holds(t *testing.T, s blob.Store, key, text string) {
	t.Helper()
	r, err := s.Open(t.Context(), key)
	if err != nil {
		t.Errorf("open %s: %v", key, err)
		return
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || string(got) != text {
		t.Errorf("%s holds %.40q, %v; want %.40q", key, got, err, text)
	}
}

// lacks: there is nothing under key.
func lacks(t *testing.T, s blob.Store, key string) {
	t.Helper()
	r, err := s.Open(t.Context(), key)
	if !errors.Is(err, blob.ErrNotFound) || r != nil {
		t.Errorf("open %s: %v, %v", key, r, err)
	}
}

func TestAStoreGivesBackWhatItWasGiven(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		for key, text := range map[string]string{
			"a": "one", "photos/2026/07/x-1_2.jpg": strings.Repeat("long", 50_000), "photos/2026/empty": "",
		} {
			put(t, s, key, text)
			holds(t, s, key, text)
		}
		lacks(t, s, "photos/2026/08")
		lacks(t, s, "photos/2026/07")
		lacks(t, s, "a/below-a-file")
	})
}

func TestTheLastPutWins(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		put(t, s, "k", "first")
		r, err := s.Open(t.Context(), "k")
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, "k", "second")
		holds(t, s, "k", "second")
		if old, err := io.ReadAll(r); err != nil || string(old) != "first" {
			t.Errorf("who began to read sees %q, %v", old, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestADeletedFileIsGone(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		put(t, s, "d/k", "x")
		put(t, s, "d/other", "y")
		for range 2 {
			if err := s.Delete(t.Context(), "d/k"); err != nil {
				t.Errorf("delete: %v", err)
			}
		}
		lacks(t, s, "d/k")
		for _, absent := range []string{"never/was", "d", "d/other/below"} {
			if err := s.Delete(t.Context(), absent); err != nil {
				t.Errorf("delete %s: %v", absent, err)
			}
		}
		holds(t, s, "d/other", "y")
	})
}

func TestABadKeyIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		for _, key := range []string{
			"", "/", "/etc/passwd", "..", "../x", "a/../../x", "a/..", ".", "./a", "a/./b", "a//b", "a/", ".hidden", "a/.hidden",
			".unfinished/x", "A", "a b", "a\\b", "a\x00b", "a\nb", "a:b", "照片", "a%2f", strings.Repeat("a", 201),
		} {
			if err := s.Put(t.Context(), key, strings.NewReader("x"), 10); !errors.Is(err, blob.ErrKey) {
				t.Errorf("put %q: %v", key, err)
			}
			if _, err := s.Open(t.Context(), key); !errors.Is(err, blob.ErrKey) {
				t.Errorf("open %q: %v", key, err)
			}
			if err := s.Delete(t.Context(), key); !errors.Is(err, blob.ErrKey) {
				t.Errorf("delete %q: %v", key, err)
			}
		}
	})
}

func TestTooMuchIsNotKept(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		put(t, s, "k", "before")
		if err := s.Put(t.Context(), "k", strings.NewReader("12345"), 4); !errors.Is(err, blob.ErrTooLarge) {
			t.Errorf("5 bytes of 4: %v", err)
		}
		holds(t, s, "k", "before")
		if err := s.Put(t.Context(), "k", strings.NewReader("1234"), 4); err != nil {
			t.Errorf("4 bytes of 4: %v", err)
		}
		holds(t, s, "k", "1234")
		endless := io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), iotest.ErrReader(errors.New("read on")))
		if err := s.Put(t.Context(), "k", endless, 1000); !errors.Is(err, blob.ErrTooLarge) {
			t.Errorf("an endless file: %v", err)
		}
	})
}

func TestAnInterruptedPutLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		broken := errors.New("broken")
		r := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))
		if err := s.Put(t.Context(), "k", r, 100); !errors.Is(err, broken) {
			t.Errorf("put: %v", err)
		}
		lacks(t, s, "k")
		ctx, cancel := context.WithCancel(t.Context())
		leaves := readerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })
		if err := s.Put(ctx, "k", leaves, 1<<30); !errors.Is(err, context.Canceled) {
			t.Errorf("put by somebody who left: %v", err)
		}
		lacks(t, s, "k")
		if _, err := s.Open(ctx, "k"); !errors.Is(err, context.Canceled) {
			t.Errorf("open by somebody who left: %v", err)
		}
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestManyAtOnceSeeWholeFiles(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		texts := []string{strings.Repeat("a", 9000), strings.Repeat("b", 7000)}
		put(t, s, "d/k", texts[0])
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				for range 10 {
					if err := s.Put(t.Context(), "d/k", strings.NewReader(texts[i%2]), 10_000); err != nil {
						t.Error(err)
					}
					r, err := s.Open(t.Context(), "d/k")
					if err != nil {
						t.Error(err)
						return
					}
					got, err := io.ReadAll(r)
					if err := errors.Join(err, r.Close()); err != nil || string(got) != texts[0] && string(got) != texts[1] {
						t.Errorf("read %d bytes, %v", len(got), err)
					}
				}
			})
		}
		all.Wait()
	})
}

func TestAFolderIsItsOwnersAffair(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	put(t, disk(t, dir), "a/b/c", "x")
	files := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		} else {
			files++
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
		return err
	})
	if err != nil || files != 1 {
		t.Errorf("%d files, %v; the drafts are still there", files, err)
	}
}

func TestAFolderOutlivesItsProcess(t *testing.T) {
	dir := t.TempDir()
	first, err := blob.Disk(dir)
	if err != nil {
		t.Fatal(err)
	}
	put(t, first, "a/b", "kept")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	holds(t, disk(t, dir), "a/b", "kept")
}

func TestWhatADeadProcessLeftIsSwept(t *testing.T) {
	dir := t.TempDir()
	disk(t, dir)
	for name, age := range map[string]time.Duration{"old": 2 * time.Hour, "new": time.Minute} {
		name = filepath.Join(dir, ".unfinished", name)
		at := time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(name, []byte("half"), 0o600), os.Chtimes(name, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	disk(t, dir)
	left, err := filepath.Glob(filepath.Join(dir, ".unfinished", "*"))
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != "new" {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestALinkLeadsNowhere: not even somebody who can write into the folder gets
// the store to read or write elsewhere.
func TestALinkLeadsNowhere(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret")
	err := errors.Join(os.WriteFile(secret, []byte("canary"), 0o600), os.Symlink(outside, filepath.Join(dir, "out")), os.Symlink(secret, filepath.Join(dir, "file")))
	if err != nil {
		t.Fatal(err)
	}
	s := disk(t, dir)
	for _, key := range []string{"out/secret", "file"} {
		if _, err := s.Open(t.Context(), key); err == nil {
			t.Errorf("%s leads out", key)
		}
	}
	if err := s.Put(t.Context(), "out/new", strings.NewReader("x"), 10); err == nil {
		t.Error("a file was written outside")
	}
	if err := s.Delete(t.Context(), "out/secret"); err == nil {
		t.Error("a file was deleted outside")
	}
	put(t, s, "file", "mine") // replaces the link, not what it points to
	if text, err := os.ReadFile(secret); err != nil || string(text) != "canary" {
		t.Errorf("the file outside has %q, %v", text, err)
	}
}

func TestAFolderThatCannotBeIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.Disk(file); err == nil {
		t.Error("a file is taken for a folder")
	}
}
