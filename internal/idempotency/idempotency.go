// Package idempotency makes a retried request do its work once (幂等): the key
// that a client sends is written in the transaction of the work itself, and the
// answer is kept for whoever asks with the same key again.
package idempotency

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
)

// kept is how long an answer is remembered.
const kept = 24 * time.Hour

// Waiting for the winner of a race: how often it is asked for its answer, and
// how long is waited each time.
const (
	asks     = 60
	interval = 50 * time.Millisecond
)

// Faults of retried requests.
var (
	ErrKey      = fault.Define(fault.Invalid, "idempotency.key", "Idempotency-Key 须为 8–64 位字母、数字、下划线或短横线")
	ErrMismatch = fault.Define(fault.Conflict, "idempotency.mismatch", "同一个 Idempotency-Key 不能用于不同的请求")
	ErrLost     = fault.Define(fault.Conflict, "idempotency.answer_lost", "此操作已经办理, 请刷新查看结果")
	errTaken    = fault.Define(fault.Conflict, "idempotency.busy", "相同的请求正在办理, 请稍候")
)

var pattern = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// ValidKey reports whether key can be a client's key.
func ValidKey(key string) bool { return pattern.MatchString(key) }

// Sealer keeps answers, which can hold a token or a phone number, from whoever
// reads the database.
type Sealer interface {
	Seal(aad, plain string) (string, error)
	Open(aad, sealed string) (string, error)
}

// Request names a request that can be retried: whose it is, the client's key,
// and a hash of everything that was asked.
type Request struct {
	UserID   int64 // 0: nobody is signed in
	Key      string
	BodyHash string
}

// Answer is what a request was answered with.
type Answer struct {
	Status int
	Body   []byte
}

// Store remembers answers.
type Store struct {
	db     *db.DB
	sealer Sealer
}

// New returns the Store of d.
func New(d *db.DB, sealer Sealer) *Store { return &Store{db: d, sealer: sealer} }

// Begin returns the answer to r if it has been given before, or else a context
// in which the first transaction also writes r's key.
func (s *Store) Begin(ctx context.Context, r Request) (context.Context, *Answer, error) {
	if !pattern.MatchString(r.Key) {
		return ctx, nil, ErrKey
	}
	a, err := s.find(ctx, r)
	if errors.Is(err, ErrLost) {
		a, err = s.wait(ctx, r, ErrLost)
	}
	if a != nil || err != nil {
		return ctx, a, err
	}
	return db.BeforeCommit(ctx, func(tx *db.Tx) error { return add(tx, r, 0, "") }), nil, nil
}

// Kept reports whether the key of the request whose context Begin returned has
// been written, so that nobody can do the work under it again.
func Kept(ctx context.Context) bool { return db.Committed(ctx) }

// Await returns the answer of the winner of a race, given or about to be. Err is
// what the loser got: that the key is taken, or that the work, which the winner
// has just done, cannot be done again. If nobody has won it is returned as it is.
func (s *Store) Await(ctx context.Context, r Request, err error) (*Answer, error) {
	if errors.Is(err, errTaken) {
		return s.wait(ctx, r, errTaken.After(time.Second))
	}
	a, lost := s.find(ctx, r)
	switch {
	case a != nil:
		return a, nil
	case errors.Is(lost, ErrLost):
		return s.wait(ctx, r, ErrLost)
	}
	return nil, err
}

// wait asks for the answer to r for some seconds, and returns otherwise if it
// does not come.
func (s *Store) wait(ctx context.Context, r Request, otherwise error) (*Answer, error) {
	for range asks {
		a, err := s.find(ctx, r)
		if a != nil || err != nil && !errors.Is(err, ErrLost) {
			return a, err
		}
		select {
		case <-ctx.Done():
			return nil, otherwise
		case <-time.After(interval):
		}
	}
	return nil, otherwise
}

// Finish keeps the answer to r. A request that wrote nothing gets its row now.
func (s *Store) Finish(ctx context.Context, r Request, a Answer) error {
	sealed, err := s.sealer.Seal(aad(r), string(a.Body))
	if err != nil {
		return fmt.Errorf("idempotency: seal: %w", err)
	}
	err = s.db.Update(db.BeforeCommit(ctx, nil), func(tx *db.Tx) error {
		res := tx.Model(&model.Idempotency{}).Where("user_id = ? AND idem_key = ?", r.UserID, r.Key).
			Updates(map[string]any{"status": a.Status, "answer": sealed})
		if res.Error != nil || res.RowsAffected > 0 {
			return res.Error
		}
		return add(tx, r, a.Status, sealed)
	})
	if err != nil {
		return fmt.Errorf("idempotency: finish: %w", err)
	}
	return nil
}

func aad(r Request) string {
	return "idempotency.answer:" + strconv.FormatInt(r.UserID, 10) + ":" + r.Key
}

func add(tx *db.Tx, r Request, status int, sealed string) error {
	err := db.Add(tx, &model.Idempotency{
		ID: tx.NewID(), UserID: r.UserID, Key: r.Key, BodyHash: r.BodyHash, Status: status, Answer: sealed, CreatedAt: tx.Now,
	})
	switch {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return errTaken
	case err != nil:
		return fmt.Errorf("idempotency: add: %w", err)
	}
	return nil
}

func (s *Store) find(ctx context.Context, r Request) (*Answer, error) {
	var row model.Idempotency
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		row, err = gorm.G[model.Idempotency](tx.DB).Where("user_id = ? AND idem_key = ?", r.UserID, r.Key).Take(tx.Ctx)
		return err
	})
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("idempotency: find: %w", err)
	case row.BodyHash != r.BodyHash:
		return nil, ErrMismatch
	case row.Status == 0:
		return nil, ErrLost
	}
	body, err := s.sealer.Open(aad(r), row.Answer)
	if err != nil {
		return nil, fmt.Errorf("idempotency: open: %w", err)
	}
	return &Answer{Status: row.Status, Body: []byte(body)}, nil
}

// Sweep forgets answers that are older than a day, some at a time.
func (s *Store) Sweep(ctx context.Context) error {
	const batch = 500
	for {
		var old []int64
		err := s.db.View(ctx, func(tx *db.Tx) error {
			return tx.Model(&model.Idempotency{}).Where("created_at < ?", tx.Now.Add(-kept)).Order("created_at").Limit(batch).Pluck("id", &old).Error
		})
		if err != nil || len(old) == 0 {
			return err
		}
		err = s.db.Update(ctx, func(tx *db.Tx) error {
			_, err := gorm.G[model.Idempotency](tx.DB).Where("id IN ?", old).Delete(tx.Ctx)
			return err
		})
		if err != nil || len(old) < batch {
			return err
		}
	}
}
