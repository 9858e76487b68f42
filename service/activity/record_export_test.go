package activity_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"dandelion/internal/db"
	"dandelion/model"
)

// tame returns the rows of a spreadsheet, and complains of formulas in it.
func (w *office) tame(data []byte) [][]string {
	w.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	w.must(err)
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("志愿服务记录")
	w.must(err)
	for y, row := range rows {
		for x, cell := range row {
			at, err := excelize.CoordinatesToCellName(x+1, y+1)
			w.must(err)
			if formula, _ := f.GetCellFormula("志愿服务记录", at); formula != "" || cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				w.Errorf("%s is %q, formula %q", at, cell, formula)
			}
		}
	}
	return rows
}

func (w *office) export(from, to model.Day) [][]string {
	w.Helper()
	data, err := w.acts.ExportRecords(w.Context(), w.worker, certTeam, from, to)
	w.must(err)
	return w.tame(data)
}

func TestAnExportHasExactlyTheRecordsOfItsPeriod(t *testing.T) {
	inOffices(t, func(w *office) {
		evil := w.person(105, certCounty, "=HYPERLINK(\"http://x\")", "", 0)
		second := w.serve(w.volunteer, "2026-02-02", 95, func(r *model.ServiceRecord) { r.Role, r.CertifierID = model.EnrolLeader, 0 })
		first := w.serve(w.neighbour, "2026-02-01", 480, func(r *model.ServiceRecord) { r.State, r.ReplacedBy, r.Place = model.RecordVoid, 4711, "-1 楼" })
		third := w.serve(evil, "2026-02-02", 60, func(r *model.ServiceRecord) { r.Title, r.SourceType = "@SUM(A1)", model.OfCorrection })
		w.serve(w.volunteer, "2026-01-31", 60, nil)
		w.serve(w.volunteer, "2026-02-03", 60, nil)
		w.serve(w.volunteer, "2026-02-02", 60, func(r *model.ServiceRecord) { r.OrgID = certCounty })
		want := [][]string{
			{"记录编号", "志愿者姓名", "服务项目名称", "服务日期", "开始时间", "结束时间", "服务时长（分钟）", "服务时长（小时）", "服务地点", "服务角色", "组织单位", "确认方式", "确认人", "状态", "更正后记录编号"},
			{fmt.Sprint(first), "昵称102", "清洁家园", "2026-02-01", "2026-02-01 09:00", "2026-02-01 17:00", "480", "8", "'-1 楼", "队员", "心连心", "领队确认", "李干部", "已作废", "4711"},
			{fmt.Sprint(second), "王秀英", "清洁家园", "2026-02-02", "2026-02-02 09:00", "2026-02-02 10:35", "95", "1.58", "红星广场", "领队", "心连心", "签到签退确认", "", "有效"},
			{fmt.Sprint(third), "'=HYPERLINK(\"http://x\")", "'@SUM(A1)", "2026-02-02", "2026-02-02 09:00", "2026-02-02 10:00", "60", "1", "红星广场", "队员", "心连心", "更正后确认", "李干部", "有效"},
		}
		got := w.export("2026-02-01", "2026-02-02")
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("exported\n%q, want\n%q", got, want)
		}
		if text := fmt.Sprint(got); strings.Contains(text, "138") || strings.Contains(text, "canary") {
			t.Errorf("a phone number or an openid is in %s", text)
		}
		detail := ""
		w.must(w.db.View(t.Context(), func(tx *db.Tx) error {
			return tx.Raw("SELECT detail FROM audits WHERE action = 'service_record.export' AND subject_id = ? AND actor_id = 103", certTeam).Scan(&detail).Error
		}))
		if detail != `{"from":"2026-02-01","records":3,"to":"2026-02-02"}` {
			t.Errorf("the audit log says %s", detail)
		}
	})
}

func TestWhoMayExport(t *testing.T) {
	inOffices(t, func(w *office) {
		w.serve(w.volunteer, "2026-02-01", 60, nil)
		liaison := w.person(106, certCounty, "联络员", model.RoleLiaison, certTeam)
		for _, c := range []struct {
			name     string
			who      model.Actor
			org      int64
			from, to model.Day
			want     error
		}{
			{"the county", w.worker, certTeam, "2026-01-01", "2026-12-31", nil},
			{"a leap year", w.worker, certTeam, "2024-01-01", "2024-12-31", nil},
			{"a day too many", w.worker, certTeam, "2026-01-01", "2027-01-02", model.ErrExportPeriod},
			{"backwards", w.worker, certTeam, "2026-01-02", "2026-01-01", model.ErrExportPeriod},
			{"no days", w.worker, certTeam, "", "2026-01-01", model.ErrExportPeriod},
			{"a volunteer", w.volunteer, certTeam, "2026-01-01", "2026-12-31", model.ErrOrgNotFound},
			{"its liaison", liaison, certTeam, "2026-01-01", "2026-12-31", model.ErrOrgNotFound},
			{"another county", w.foreign, certTeam, "2026-01-01", "2026-12-31", model.ErrOrgNotFound},
			{"what there is not", w.worker, 77, "2026-01-01", "2026-12-31", model.ErrOrgNotFound},
		} {
			data, err := w.acts.ExportRecords(t.Context(), c.who, c.org, c.from, c.to)
			if w.wants(err, c.want); err != nil && data != nil {
				t.Errorf("%s: there are data", c.name)
			}
		}
		if n := w.number("SELECT COUNT(*) FROM audits"); n != 2 {
			t.Errorf("the audit log has %d lines", n)
		}
	})
}

func TestAnExportIsBounded(t *testing.T) {
	inOffices(t, func(w *office) {
		fill := func(n int) {
			for n > 0 {
				batch := make([]model.ServiceRecord, min(n, 500))
				for i := range batch {
					w.last++
					day := model.DayOf(certMorning.Add(-time.Duration(w.last%90) * 24 * time.Hour))
					batch[i] = model.ServiceRecord{
						ID: w.last, TenantID: certCounty, UserID: 101, SourceType: model.OfAttendance, SourceID: w.last, State: model.RecordValid,
						Role: model.EnrolMember, Title: "清洁家园", OrgID: certTeam, OrgPath: w.orgs[certTeam].Path, Day: day, StartedAt: day.Start(), EndedAt: day.Start(),
						Minutes: 60, CertifierID: 103, CreatedAt: certMorning, UpdatedAt: certMorning, Version: 1,
					}
				}
				w.update(func(tx *db.Tx) error { return tx.Create(&batch).Error })
				n -= len(batch)
			}
		}
		fill(model.MaxExported)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		begun := time.Now()
		data, err := w.acts.ExportRecords(t.Context(), w.worker, certTeam, "2026-01-01", "2026-07-01")
		w.must(err)
		runtime.ReadMemStats(&after)
		t.Logf("%d records in %v, %d KiB, with %d MiB in all", model.MaxExported, time.Since(begun).Round(time.Millisecond), len(data)>>10, (after.TotalAlloc-before.TotalAlloc)>>20)
		seen, last := map[string]bool{}, ""
		f, err := excelize.OpenReader(bytes.NewReader(data))
		w.must(err)
		rows, err := f.GetRows("志愿服务记录")
		w.must(err)
		w.must(f.Close())
		for _, row := range rows[1:] {
			if at := row[3] + fmt.Sprintf("%12s", row[0]); at <= last {
				t.Fatalf("%s comes after %s", at, last)
			} else {
				last = at
			}
			seen[row[0]] = true
		}
		if len(seen) != model.MaxExported {
			t.Errorf("%d records are exported", len(seen))
		}
		fill(1)
		_, err = w.acts.ExportRecords(t.Context(), w.worker, certTeam, "2026-01-01", "2026-07-01")
		w.wants(err, model.ErrExportLong)
	})
}
