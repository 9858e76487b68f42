package model

import (
	"time"

	"dandelion/internal/fault"
)

// Faults of the export of records.
var (
	ErrExportPeriod = fault.Define(fault.Invalid, "service_record.export_period", "起止日期不正确: 须先起后止, 且不超过 366 天")
	ErrExportLong   = fault.Define(fault.TooLarge, "service_record.export_long", "这段时间的记录超过 20000 条, 请缩短起止日期分次导出")
)

// Bounds of one export of records.
const (
	MaxExportDays = 366
	MaxExported   = 20_000
)

// ExportPeriod says why the records of a period cannot be exported, or nil.
func ExportPeriod(from, to Day) error {
	first, last := from.Start(), to.Start()
	if first.IsZero() || last.IsZero() || last.Before(first) || !last.Before(first.AddDate(0, 0, MaxExportDays)) {
		return ErrExportPeriod
	}
	return nil
}

// Written returns t as registers in Shanghai write it: "2026-07-01 16:05".
func Written(t time.Time) string { return t.In(shanghai).Format("2006-01-02 15:04") }

// Confirmation returns how r was confirmed, as registers say it (记录确认方式).
func (r *ServiceRecord) Confirmation() string {
	switch {
	case r.SourceType == OfCorrection:
		return "更正后确认"
	case r.SourceType == OfClaim || r.SourceType == OfWish:
		return "心愿办结核实"
	case r.CertifierID == 0:
		return "签到签退确认"
	}
	return "领队确认"
}
