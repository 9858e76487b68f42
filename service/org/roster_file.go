package org

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"dandelion/internal/db"
	"dandelion/internal/sheet"
	"dandelion/model"
)

// The columns of a roster as a spreadsheet.
const (
	nameColumn  = "姓名"
	phoneColumn = "手机号"
)

// ImportRoster brings the people of a spreadsheet onto the roster of a unit
// (导入名单): all, or nobody if one row is wrong. A dry run only says what would
// come of it.
func (s *Service) ImportRoster(ctx context.Context, who model.Actor, unit int64, file []byte, dry bool) (*Imported, error) {
	if err := s.mayKeep(ctx, who, unit); err != nil {
		return nil, err // before anything is unpacked for somebody
	}
	in, err := readRoster(file)
	if err != nil {
		return nil, err
	}
	in.dry = dry
	return s.enter(ctx, who, unit, *in)
}

// mayKeep says whether who keeps the roster of unit.
func (s *Service) mayKeep(ctx context.Context, who model.Actor, unit int64) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		o, err := find(tx, who, unit)
		if err != nil {
			return err
		}
		return who.KeepsRoster(o)
	})
}

// readRoster reads people from a spreadsheet. Rows are numbered as there, from 1;
// empty ones are nobody.
func readRoster(file []byte) (*entering, error) {
	table, err := sheet.Read(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	if len(table) == 0 {
		return nil, model.ErrRosterTitles
	}
	name, phone := slices.Index(table[0], nameColumn), slices.Index(table[0], phoneColumn)
	if name < 0 || phone < 0 {
		return nil, model.ErrRosterTitles
	}
	in := &entering{action: "roster.import", field: "body.file[%d].%s", say: "第 %d 行: %s"}
	for i, row := range table[1:] {
		p := Person{cell(row, name), cell(row, phone)}
		if p == (Person{}) {
			continue
		}
		in.people, in.rows = append(in.people, p), append(in.rows, i+2)
	}
	switch n := len(in.people); {
	case n == 0:
		return nil, model.ErrRosterEmpty
	case n > model.MaxRosterRows:
		return nil, model.ErrRosterMany
	}
	return in, nil
}

// cell returns one cell of a row, which may be shorter than the titles.
func cell(row []string, column int) string {
	if column >= len(row) {
		return ""
	}
	return row[column]
}

// RosterTemplate returns an empty spreadsheet to fill in (名单模板).
func (s *Service) RosterTemplate(ctx context.Context, who model.Actor, unit int64) ([]byte, error) {
	if err := s.mayKeep(ctx, who, unit); err != nil {
		return nil, err
	}
	data, err := sheet.Write("在册党员名单", []string{nameColumn, phoneColumn}, func() ([]any, error) { return nil, nil })
	if err != nil {
		return nil, fmt.Errorf("org: template of roster: %w", err)
	}
	return data, nil
}
