package db

import (
	"errors"
	"fmt"
	"math"
	"reflect"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// schemaOf returns what gorm makes of row's type, which it remembers.
func schemaOf(tx *Tx, row any) (*schema.Schema, error) {
	s := &gorm.Statement{DB: tx.DB}
	if err := s.Parse(row); err != nil {
		return nil, fmt.Errorf("db: schema of %T: %w", row, err)
	}
	return s.Schema, nil
}

// Find returns the row of T with the given id, or none if there is no such row.
func Find[T any](tx *Tx, id int64, none error) (*T, error) {
	var row T
	err := tx.DB.Where("id = ?", id).Take(&row).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return nil, none
	case err != nil:
		return nil, fmt.Errorf("db: find %T %d: %w", row, id, err)
	}
	return &row, nil
}

// Before returns the key that a page of the newest first ends before: the
// greatest of all for the first page, which is asked for by 0.
func Before(id int64) int64 {
	if id == 0 {
		return math.MaxInt64
	}
	return id
}

// Add inserts row. If one of its unique keys is taken, the error is
// gorm.ErrDuplicatedKey.
func Add[T any](tx *Tx, row *T) error { return tx.Create(row).Error }

// Save writes what has changed between before and after, if nobody has written
// the row since before was read; if somebody has, it returns [ErrStale]. After
// gets the next version, and the time of tx as UpdatedAt if it has one. T has an
// ID and a Version, as every noun that changes.
func Save[T any](tx *Tx, before, after *T) error {
	s, err := schemaOf(tx, after)
	if err != nil {
		return err
	}
	version := s.LookUpField("version")
	key := s.LookUpField("id")
	if version == nil || key == nil {
		return fmt.Errorf("db: %s has no id and version", s.Table)
	}
	old, fresh := reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem()
	read, _ := version.ValueOf(tx.Ctx, old)
	id, _ := key.ValueOf(tx.Ctx, old)
	if err := version.Set(tx.Ctx, fresh, read.(int64)+1); err != nil {
		return fmt.Errorf("db: version of %s: %w", s.Table, err)
	}
	if f := s.LookUpField("updated_at"); f != nil {
		if err := f.Set(tx.Ctx, fresh, tx.Now); err != nil {
			return fmt.Errorf("db: time of %s: %w", s.Table, err)
		}
	}
	res := tx.Table(s.Table).Where("id = ? AND version = ?", id, read).Updates(changes(tx, s, old, fresh))
	switch {
	case res.Error != nil:
		return fmt.Errorf("db: save %s %d: %w", s.Table, id, res.Error)
	case res.RowsAffected == 0:
		return ErrStale
	}
	return nil
}

// changes returns the columns in which fresh differs from old.
func changes(tx *Tx, s *schema.Schema, old, fresh reflect.Value) map[string]any {
	set := map[string]any{}
	for _, f := range s.Fields {
		if f.DBName == "" {
			continue
		}
		was, _ := f.ValueOf(tx.Ctx, old)
		is, _ := f.ValueOf(tx.Ctx, fresh)
		if !reflect.DeepEqual(was, is) {
			set[f.DBName] = is
		}
	}
	return set
}
