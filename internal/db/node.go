package db

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/fault"
	"dandelion/internal/id"
	"dandelion/model"
)

// nodeLease is how long a process holds its number without renewing it.
const nodeLease = 10 * time.Minute

var errNodes = fault.Define(fault.Unavailable, "database.nodes", "运行的实例过多")

// lease is the number that a process holds among its siblings.
type lease struct {
	mu     sync.Mutex
	number int64
	owner  string
	until  time.Time
}

// LeaseNode takes a number that no sibling has, so that ids never meet. It is
// called once, when the schema is up to date.
func (d *DB) LeaseNode(ctx context.Context) error {
	d.node.mu.Lock()
	defer d.node.mu.Unlock()
	d.node.owner = rand.Text()
	for number := range int64(id.MaxNode + 1) {
		taken, err := d.takeNode(ctx, number)
		if err != nil {
			return fmt.Errorf("db: lease node %d: %w", number, err)
		}
		if taken {
			d.node.number = number
			d.ids.SetNode(number)
			return nil
		}
	}
	return errNodes
}

// takeNode takes one number if it is free or its lease has run out.
func (d *DB) takeNode(ctx context.Context, number int64) (taken bool, err error) {
	err = d.Update(ctx, func(tx *Tx) error {
		until := tx.Now.Add(nodeLease)
		res := tx.Model(&model.Node{}).Where("number = ? AND (lease_until < ? OR owner = ?)", number, tx.Now, d.node.owner).
			Updates(map[string]any{"owner": d.node.owner, "lease_until": until})
		if taken = res.RowsAffected == 1; taken || res.Error != nil {
			d.node.until = until
			return res.Error
		}
		var held int64
		if err := tx.Model(&model.Node{}).Where("number = ?", number).Count(&held).Error; err != nil || held > 0 {
			return err
		}
		err := tx.Create(&model.Node{Number: number, Owner: d.node.owner, LeaseUntil: until}).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return nil // a sibling was faster
		}
		taken, d.node.until = err == nil, until
		return err
	})
	return taken, err
}

// KeepNode renews the lease of the process's number when half of it is over.
func (d *DB) KeepNode(ctx context.Context) error {
	d.node.mu.Lock()
	due := d.node.until.Sub(d.now()) < nodeLease/2
	number := d.node.number
	d.node.mu.Unlock()
	if !due {
		return nil
	}
	d.node.mu.Lock()
	taken, err := d.takeNode(ctx, number)
	d.node.mu.Unlock()
	if err != nil || taken {
		return err
	}
	return d.LeaseNode(ctx) // it was lost while the process slept: take another
}
