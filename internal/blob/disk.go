package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"
	"time"
)

// Unfinished files wait in a folder that no key reaches. What has waited for
// as long as abandoned was left by a process that died.
const (
	unfinished = ".unfinished"
	abandoned  = time.Hour
)

// Folder is a Store in a folder of the machine. Several processes may use one.
type Folder struct{ root *os.Root }

// Disk opens the store in the folder dir, and makes it if it is not there.
// Only the owner of the process may look inside.
func Disk(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("blob: make the folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: open the folder: %w", err)
	}
	f := &Folder{root}
	if err := f.sweep(); err != nil {
		return nil, errors.Join(fmt.Errorf("blob: sweep the folder: %w", err), root.Close())
	}
	return f, nil
}

// Close lets go of the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Put writes a file beside its place and moves it there when it is whole and
// on the disk, so that nobody ever reads half of it.
func (f *Folder) Put(ctx context.Context, key string, r io.Reader, limit int64) error {
	if err := check(ctx, key); err != nil {
		return err
	}
	draft := path.Join(unfinished, rand.Text())
	err := f.write(ctx, draft, r, limit)
	if err == nil {
		err = f.publish(draft, key)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("blob: put %s: %w", key, err), ignore(f.root.Remove(draft), fs.ErrNotExist))
	}
	return nil
}

// write puts what r has on the disk, under a name that is not its own yet.
func (f *Folder) write(ctx context.Context, draft string, r io.Reader, limit int64) error {
	file, err := f.root.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = transfer(ctx, file, r, limit)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// publish gives a file its name, and has the folders remember it.
func (f *Folder) publish(draft, key string) error {
	if err := f.root.MkdirAll(path.Dir(key), 0o700); err != nil {
		return err
	}
	if err := f.root.Rename(draft, key); err != nil {
		return err
	}
	for dir := path.Dir(key); ; dir = path.Dir(dir) {
		if err := f.sync(dir); err != nil || dir == "." {
			return err
		}
	}
}

// sync puts the list of what is in dir on the disk.
func (f *Folder) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open returns the file under key. The caller closes it.
func (f *Folder) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := check(ctx, key); err != nil {
		return nil, err
	}
	info, err := f.root.Stat(key)
	if isAbsent(err) || err == nil && !info.Mode().IsRegular() {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("blob: look at %s: %w", key, err)
	}
	file, err := f.root.Open(key)
	if isAbsent(err) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("blob: open %s: %w", key, err)
	}
	return file, nil
}

// Delete removes the file under key, for good.
func (f *Folder) Delete(ctx context.Context, key string) error {
	if err := check(ctx, key); err != nil {
		return err
	}
	info, err := f.root.Lstat(key)
	if isAbsent(err) || err == nil && info.IsDir() {
		return nil
	}
	if err == nil {
		err = ignore(f.root.Remove(key), fs.ErrNotExist)
	}
	if err == nil {
		err = f.sync(path.Dir(key))
	}
	if err != nil {
		return fmt.Errorf("blob: delete %s: %w", key, err)
	}
	return nil
}

// sweep removes what dead processes left unfinished. The clock is that of the
// disk: it is asked for the age of a file made just now.
func (f *Folder) sweep() error {
	if err := f.root.MkdirAll(unfinished, 0o700); err != nil {
		return err
	}
	probe := path.Join(unfinished, rand.Text())
	if err := f.root.WriteFile(probe, nil, 0o600); err != nil {
		return err
	}
	now, err := f.root.Stat(probe)
	if err != nil {
		return err
	}
	if err := f.root.Remove(probe); err != nil {
		return err
	}
	drafts, err := fs.ReadDir(f.root.FS(), unfinished)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		info, err := d.Info()
		if err == nil && now.ModTime().Sub(info.ModTime()) > abandoned {
			err = f.root.Remove(path.Join(unfinished, d.Name()))
		}
		if ignore(err, fs.ErrNotExist) != nil { // another process may sweep too
			return err
		}
	}
	return nil
}

// isAbsent reports whether err says that there is no such file; the same is
// true of a key below a file.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// ignore returns err, or nil if it is what was expected.
func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
