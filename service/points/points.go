// Package points keeps the ledger of Red Dandelion points (红色蒲公英积分). Points
// are treated like money: every one has a line that says where it came from,
// lines are never changed, and what stands on an account is their sum.
package points

import (
	"context"

	"dandelion/internal/db"
	"dandelion/model"
)

// Events takes what happened, for history and for those who listen.
type Events interface {
	Put(tx *db.Tx, e model.Event) error
}

// Policies tells the limits that a tenant has set.
type Policies interface {
	Of(ctx context.Context, tenant int64) (model.Policy, error)
}

// Sealer keeps personal data and pick-up codes from whoever reads the database.
type Sealer interface {
	Seal(aad, plain string) (string, error)
	Open(aad, sealed string) (string, error)
	Index(kind, value string) string
}

// Service is the ledger, and what members, workers and counties do with it.
type Service struct {
	db       *db.DB
	events   Events
	policies Policies
	sealer   Sealer
}

// New returns a Service that keeps the ledger in d.
func New(d *db.DB, events Events, policies Policies, sealer Sealer) *Service {
	return &Service{db: d, events: events, policies: policies, sealer: sealer}
}
