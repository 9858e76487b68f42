package org_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/internal/sheet"
	"dandelion/model"
	"dandelion/service/org"
)

// excel makes a spreadsheet of rows under titles.
func excel(t *testing.T, titles []string, all ...[]any) []byte {
	t.Helper()
	data, err := sheet.Write("名单", titles, func() (row []any, err error) {
		if len(all) > 0 {
			row, all = all[0], all[1:]
		}
		return row, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var titles = []string{"序号", "姓名", "手机号"}

// numbered makes n good rows.
func numbered(n int) (all [][]any) {
	for i := range n {
		all = append(all, []any{i + 1, "王芳", int64(13900000000 + i)})
	}
	return all
}

func (w *joinWorld) roster(who model.Actor, state model.RosterState) []org.RosterLine {
	w.Helper()
	all, err := w.svc.Roster(w.Context(), who, org.RosterFilter{UnitID: unit, State: state, Limit: 50})
	w.must(err)
	return all
}

func TestARosterIsKeptSealedAndShownMasked(t *testing.T) {
	w := newJoinWorld(t)
	done := w.list(unit, org.Person{Name: " 王 芳 ", Phone: "138-1234-5678"}, org.Person{Name: "欧阳娜娜", Phone: "13812345679"})
	if done.Rows != 2 || done.Added != 2 || done.Kept != 0 {
		t.Errorf("entered %+v", done)
	}
	own, above := w.roster(w.liaison, model.RosterActive), w.roster(w.worker, model.RosterActive)
	if len(own) != 2 || own[0].OpenName != "王芳" || own[0].OpenPhone != "138****5678" {
		t.Errorf("the liaison sees %+v", own)
	}
	if len(above) != 2 || above[1].OpenName != "欧**" || above[1].OpenPhone != "138****5679" {
		t.Errorf("the worker sees %+v", above)
	}
	for _, l := range own {
		if stored := fmt.Sprintf("%+v", l.RosterEntry); strings.Contains(stored, "王") || strings.Contains(stored, "1381234") {
			t.Errorf("%s is there for all to read", stored)
		}
	}
	if again := w.list(unit, org.Person{Name: "王芳", Phone: "13812345678"}); again.Added != 0 || again.Kept != 1 {
		t.Errorf("again %+v", again)
	}
	gone, err := w.svc.RemoveFromRoster(t.Context(), w.worker, unit, own[0].ID)
	w.must(err)
	if gone.State != model.RosterRemoved || gone.OpenName != "王*" || len(w.roster(w.liaison, model.RosterActive)) != 1 || len(w.roster(w.liaison, model.RosterRemoved)) != 1 {
		t.Errorf("removed %+v", gone)
	}
	_, err = w.svc.RemoveFromRoster(t.Context(), w.worker, unit, own[0].ID)
	w.refused(err, model.ErrRosterRemoved)
	if again := w.list(unit, org.Person{Name: "王芳", Phone: "13812345678"}); again.Added != 1 {
		t.Errorf("back %+v", again)
	}
	if lines := append(w.audits("roster.add"), w.audits("roster.remove")...); len(lines) != 4 || strings.Contains(fmt.Sprint(lines), "王") || strings.Contains(fmt.Sprint(lines), "138") {
		t.Errorf("audit %v", lines)
	}
}

func TestARosterIsNobodyElses(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	w.list(unit, org.Person{Name: "王芳", Phone: "13812345678"})
	entry := w.roster(w.liaison, model.RosterActive)[0].ID
	people := []org.Person{{Name: "李雷", Phone: "13812345679"}}
	file := excel(t, titles, numbered(1)...)
	for name, c := range map[string]struct {
		who  model.Actor
		unit int64
		want error
	}{
		"another unit's liaison": {w.otherLiaison, unit, model.ErrOrgNotFound},
		"the community beside":   {w.nextWorker, unit, model.ErrOrgNotFound},
		"another county":         {w.foreignAdmin, unit, model.ErrOrgNotFound},
		"a resident":             {w.alice, unit, model.ErrOrgNotFound},
		"of a community":         {w.county, community, model.ErrOrgNotFound},
		"of a team":              {w.county, team, model.ErrOrgNotFound},
		"of what there is not":   {w.county, 999, model.ErrOrgNotFound},
	} {
		_, err1 := w.svc.AddToRoster(ctx, c.who, c.unit, people)
		_, err2 := w.svc.ImportRoster(ctx, c.who, c.unit, file, false)
		_, err3 := w.svc.ImportRoster(ctx, c.who, c.unit, []byte("no file"), true)
		_, err4 := w.svc.Roster(ctx, c.who, org.RosterFilter{UnitID: c.unit, State: model.RosterActive, Limit: 9})
		_, err5 := w.svc.RemoveFromRoster(ctx, c.who, c.unit, entry)
		_, err6 := w.svc.RosterTemplate(ctx, c.who, c.unit)
		_, err7 := w.svc.UnitService(ctx, c.who, org.ServiceFilter{UnitID: c.unit, Limit: 9})
		_, err8 := w.svc.Slip(ctx, c.who, c.unit, "2026Q3", 0, 9)
		_, _, err9 := w.svc.SlipFile(ctx, c.who, c.unit, "2026Q3")
		for i, err := range []error{err1, err2, err3, err4, err5, err6, err7, err8, err9} {
			if !errors.Is(err, c.want) {
				t.Errorf("%s, %d: %v, want %v", name, i+1, err, c.want)
			}
		}
	}
	_, err := w.svc.RemoveFromRoster(ctx, w.otherLiaison, besideUnit, entry)
	w.refused(err, model.ErrRosterNotFound)
	_, err = w.svc.AddToRoster(ctx, w.admin, unit, people)
	w.must(err)
	if n := rows[model.RosterEntry](w.world, "1 = 1"); n != 2 {
		t.Errorf("%d lines", n)
	}
}

func TestAGoodFileIsImportedWhole(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	all := append([][]any{{"", "", ""}}, numbered(model.MaxRosterRows)...)
	file := excel(t, titles, append(all, []any{"", "", ""})...)
	trial, err := w.svc.ImportRoster(ctx, w.liaison, unit, file, true)
	w.must(err)
	if trial.Rows != 1000 || trial.Added != 1000 || len(trial.Problems) != 0 || rows[model.RosterEntry](w.world, "1 = 1") != 0 {
		t.Errorf("tried %+v", trial)
	}
	start := time.Now()
	done, err := w.svc.ImportRoster(ctx, w.liaison, unit, file, false)
	w.must(err)
	t.Logf("%d bytes, 1000 people in %v", len(file), time.Since(start))
	if done.Added != 1000 || rows[model.RosterEntry](w.world, "state = 'active'") != 1000 {
		t.Errorf("imported %+v", done)
	}
	if again, err := w.svc.ImportRoster(ctx, w.liaison, unit, file, false); err != nil || again.Added != 0 || again.Kept != 1000 {
		t.Errorf("again %+v, %v", again, err)
	}
	if lines := w.audits("roster.import"); len(lines) != 2 || lines[0]["added"] != 1000.0 || strings.Contains(fmt.Sprint(lines), "王") {
		t.Errorf("audit %v", lines)
	}
	template, err := w.svc.RosterTemplate(ctx, w.liaison, unit)
	w.must(err)
	if table, err := sheet.Read(bytes.NewReader(template)); err != nil || len(table) != 1 || !slices.Equal(table[0], []string{"姓名", "手机号"}) {
		t.Errorf("template %v, %v", table, err)
	}
}

// TestABadRowKeepsAllOut names each row that is wrong by its number.
func TestABadRowKeepsAllOut(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	w.list(unit, org.Person{Name: "赵敏", Phone: "13812340006"})
	file := excel(t, titles,
		[]any{1, "王芳", "13812340001"}, []any{2, "", "13812340002"}, []any{3, "李雷", "1381234"}, []any{}, []any{5, "=1+1", "13812340003"},
		[]any{6, "孙浩", "138-1234-0001"}, []any{7, "钱多", "13812340006"}, []any{8, "周静"},
	)
	trial, err := w.svc.ImportRoster(ctx, w.liaison, unit, file, true)
	w.must(err)
	var at []int
	for _, p := range trial.Problems {
		at = append(at, p.Row)
	}
	if !slices.Equal(at, []int{3, 4, 6, 7, 8, 9}) || trial.Rows != 7 {
		t.Errorf("problems %+v", trial)
	}
	_, err = w.svc.ImportRoster(ctx, w.liaison, unit, file, false)
	w.refused(err, model.ErrRosterRows)
	f := fault.Of(err)
	if len(f.Fields) != 6 || f.Fields[1].Path != "body.file[4].phone" || !strings.HasPrefix(f.Fields[1].Message, "第 4 行: 手机号须") || !strings.Contains(f.Message, "有 6 行不正确") {
		t.Errorf("refused with %+v", f)
	}
	for _, x := range f.Fields {
		if strings.ContainsAny(x.Message, "王李孙钱") || strings.Contains(x.Message, "1381234") {
			t.Errorf("the refusal repeats what was sent: %s", x.Message)
		}
	}
	_, err = w.svc.AddToRoster(ctx, w.liaison, unit, []org.Person{{Name: "王芳", Phone: "13812340001"}, {Name: "李雷", Phone: "12345678901"}})
	w.refused(err, model.ErrRosterRows)
	if f := fault.Of(err); len(f.Fields) != 1 || f.Fields[0].Path != "body.entries[1].phone" || f.Fields[0].Message != "手机号须为 11 位手机号码" {
		t.Errorf("refused with %+v", f)
	}
	if n := rows[model.RosterEntry](w.world, "1 = 1"); n != 1 {
		t.Errorf("%d lines of one", n)
	}
}

func TestFilesThatAreNoRostersAreRefusedAtOnce(t *testing.T) {
	w := newJoinWorld(t)
	many := make([][]any, 150)
	for i := range many {
		many[i] = []any{i, "坏", "x"}
	}
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":            {nil, sheet.ErrUnreadable},
		"a text":             {[]byte("姓名,手机号\n王芳,13812345678"), sheet.ErrUnreadable},
		"too long":           {bytes.Repeat([]byte("x"), sheet.MaxBytes+1), sheet.ErrUnreadable},
		"too many rows":      {excel(t, titles, numbered(sheet.MaxRows)...), sheet.ErrUnreadable},
		"too many people":    {excel(t, titles, numbered(model.MaxRosterRows+1)...), model.ErrRosterMany},
		"other titles":       {excel(t, []string{"姓名", "电话"}, numbered(1)...), model.ErrRosterTitles},
		"nobody":             {excel(t, titles), model.ErrRosterEmpty},
		"empty rows":         {excel(t, titles, []any{"", "", ""}), model.ErrRosterEmpty},
		"a file of mistakes": {excel(t, titles, many...), model.ErrRosterRows},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err := w.svc.ImportRoster(t.Context(), w.liaison, unit, c.file, false)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, c.want) || time.Since(start) > 5*time.Second || after.TotalAlloc-before.TotalAlloc > 64<<20 {
			t.Errorf("%s: %v after %v and %d bytes", name, err, time.Since(start), after.TotalAlloc-before.TotalAlloc)
		}
		if f := fault.Of(err); f != nil && len(f.Fields) > 100 {
			t.Errorf("%s: %d fields", name, len(f.Fields))
		}
	}
	if n := rows[model.RosterEntry](w.world, "1 = 1"); n != 0 {
		t.Errorf("%d lines", n)
	}
}

// TestTwoImportsAtOnceListEverybodyOnce, and in a closed unit nobody.
func TestTwoImportsAtOnceListEverybodyOnce(t *testing.T) {
	w := newJoinWorld(t)
	file, half := excel(t, titles, numbered(60)...), excel(t, titles, numbered(30)...)
	run := func(file []byte) func() error {
		return func() error { _, err := w.svc.ImportRoster(t.Context(), w.liaison, unit, file, false); return err }
	}
	if got := atOnce(run(file), run(half), run(file), run(half)); got["ok"] != 4 {
		t.Errorf("four at once: %v", got)
	}
	if n := rows[model.RosterEntry](w.world, "1 = 1"); n != 60 {
		t.Errorf("%d lines of sixty", n)
	}
	w.must(w.update(func(tx *db.Tx) error {
		return tx.Model(&model.Org{}).Where("id = ?", unit).Update("state", model.OrgClosed).Error
	}))
	w.refused(run(file)(), model.ErrOrgClosed)
}
