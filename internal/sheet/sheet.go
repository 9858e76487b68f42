// Package sheet writes and reads spreadsheets (Excel). What it writes never
// starts a formula; what it reads is bounded before it is unpacked.
package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"dandelion/internal/fault"
)

// Bounds of what is read: bytes of the file and unpacked, rows, columns.
const (
	MaxBytes    = 2 << 20
	MaxUnpacked = 32 << 20
	MaxRows     = 5000
	MaxColumns  = 40
)

// Type is the media type of what Write makes.
const Type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// ErrUnreadable says that an uploaded spreadsheet cannot be read.
var ErrUnreadable = fault.Define(fault.Invalid, "sheet.unreadable", "文件不是可读取的 Excel 表格, 或超过 2 MB、5000 行、40 列")

// Write returns a spreadsheet of one page with a line of titles and rows, which
// next gives one by one until it gives nil. Cells are texts and numbers.
func Write(page string, titles []string, next func() ([]any, error)) (data []byte, err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.SetSheetName("Sheet1", page); err != nil {
		return nil, fmt.Errorf("sheet: name page: %w", err)
	}
	w, err := f.NewStreamWriter(page)
	if err != nil {
		return nil, fmt.Errorf("sheet: begin: %w", err)
	}
	row := make([]any, len(titles))
	for i, t := range titles {
		row[i] = t
	}
	for n := 1; row != nil; n++ {
		cell, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			return nil, fmt.Errorf("sheet: row %d: %w", n, err)
		}
		if err := w.SetRow(cell, tame(row)); err != nil {
			return nil, fmt.Errorf("sheet: row %d: %w", n, err)
		}
		if row, err = next(); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, fmt.Errorf("sheet: flush: %w", err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, fmt.Errorf("sheet: write: %w", err)
	}
	return b.Bytes(), nil
}

// tame makes texts that a spreadsheet program would take for a formula mere
// texts, also when the page is saved as CSV (OWASP: CSV injection).
func tame(row []any) []any {
	out := make([]any, len(row))
	for i, v := range row {
		if s, ok := v.(string); ok && s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
			v = "'" + s
		}
		out[i] = v
	}
	return out
}

// Read returns the cells of the first page of a spreadsheet, trimmed, without
// empty rows at its end. What is too large is refused before it is unpacked.
func Read(r io.Reader) (rows [][]string, err error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("sheet: read: %w", err)
	}
	if len(data) > MaxBytes {
		return nil, ErrUnreadable
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: MaxUnpacked, UnzipXMLSizeLimit: MaxUnpacked})
	if err != nil {
		return nil, ErrUnreadable
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	lines, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return nil, ErrUnreadable
	}
	filled := 0
	for lines.Next() {
		cells, err := lines.Columns()
		if err != nil || len(rows) >= MaxRows || len(cells) > MaxColumns {
			return nil, ErrUnreadable
		}
		for i := range cells {
			if cells[i] = strings.TrimSpace(cells[i]); cells[i] != "" {
				filled = len(rows) + 1
			}
		}
		rows = append(rows, cells)
	}
	if lines.Error() != nil {
		return nil, ErrUnreadable
	}
	return rows[:filled], nil
}
