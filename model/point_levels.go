package model

import (
	"strings"

	"dandelion/internal/fault"
)

// ErrHonourLevels says that levels cannot be what they are meant to be.
var ErrHonourLevels = fault.Define(fault.Invalid, "points.levels", "荣誉等级须为 1–10 级, 首级从 0 分起, 分值逐级升高, 名称 1–16 字且不重复")

const (
	maxLevels = 10
	maxHonour = 1_000_000
)

// NewLevels returns the levels of a tenant with their names made clean.
func NewLevels(tenant int64, levels []HonourLevel) ([]HonourLevel, error) {
	if len(levels) < 1 || len(levels) > maxLevels || levels[0].Threshold != 0 {
		return nil, ErrHonourLevels
	}
	var all []HonourLevel
	known := map[string]bool{}
	for i, l := range levels {
		name, ok := CleanText(l.Name, 1, 16)
		switch {
		case !ok, strings.Contains(name, "\n"), known[name], l.Threshold > maxHonour, i > 0 && l.Threshold <= levels[i-1].Threshold:
			return nil, ErrHonourLevels
		}
		known[name] = true
		all = append(all, HonourLevel{TenantID: tenant, Threshold: l.Threshold, Name: name})
	}
	return all, nil
}
