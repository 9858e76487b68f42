package db

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

// Snapshot gives f a handle for reading the database as it is at one moment: a
// transaction that cannot write and keeps nobody waiting who does. It is for
// whoever compares what one statement says with what another says.
func (d *DB) Snapshot(ctx context.Context, f func(*Tx) error) error {
	if ctx.Value(inside{}) != nil {
		return errNested
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	return translate(d.gorm.WithContext(ctx).Transaction(
		func(g *gorm.DB) error { return f(d.tx(ctx, g)) }, &sql.TxOptions{ReadOnly: true}))
}
