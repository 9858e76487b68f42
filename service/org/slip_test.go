package org_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/sheet"
	"dandelion/model"
	"dandelion/service/org"
)

// shanghai reads a moment there.
func shanghai(t *testing.T, s string) time.Time {
	t.Helper()
	when, err := time.Parse("2006-01-02 15:04:05.000 -0700", s+" +0800")
	if err != nil {
		t.Fatal(err)
	}
	return when.UTC()
}

// record notes a service of somebody, begun at a moment, with a unit.
func (w *joinWorld) record(user, unit int64, begun string, minutes int64, change func(r *model.ServiceRecord)) {
	w.Helper()
	at := shanghai(w.T, begun)
	w.must(w.update(func(tx *db.Tx) error {
		r := model.ServiceRecord{
			ID: tx.NewID(), TenantID: county, UserID: user, SourceType: model.OfAttendance, Role: model.EnrolMember, SlotID: 1,
			Title: "社区清洁", Place: "红星路七号院", OrgID: community, OrgPath: w.orgs[community].Path, CommunityID: community, UnitID: unit, StartedAt: at,
			EndedAt: at.Add(time.Duration(minutes) * time.Minute), Day: model.DayOf(at), Minutes: minutes, CreatedAt: at, UpdatedAt: at, Version: 1,
		}
		r.SourceID = r.ID
		if r.State = model.RecordValid; change != nil {
			change(&r)
		}
		return db.Add(tx, &r)
	}))
}

// deed notes a wish that somebody served, when its points are posted.
func (w *joinWorld) deed(user, unit int64, posted string, tally model.Tally) {
	w.Helper()
	w.must(w.update(func(tx *db.Tx) error {
		return db.Add(tx, &model.Deed{
			ID: tx.NewID(), TenantID: county, TxnID: 1, UserID: user, CommunityID: community, UnitID: unit, Tally: tally, CreatedAt: shanghai(w.T, posted),
		})
	}))
}

// wish is a closed wish with stars, as the deed of who claimed it.
func wish(stars int64) model.Tally {
	return model.Tally{Honour: 10, Wishes: 1, Led: 1, Minutes: 500, Stars: stars, Rated: min(stars, 1), Solved: stars / 5}
}

// helped is the deed of who went with him.
func helped(stars int64) model.Tally {
	t := wish(stars)
	t.Led = 0
	return t
}

// quarterOf is a quarter made by hand: what stands in each column was added up
// on paper. Of 301 and 302 the slip tells by name, 303 has not agreed, 304 has
// done nothing, 305 has left before the quarter, and 306 is of another unit.
func quarterOf(t *testing.T) (*joinWorld, map[int64]*org.Registered) {
	t.Helper()
	w := newJoinWorld(t)
	w.clock.Set(shanghai(t, "2026-06-01 09:00:00.000"))
	all := map[int64]*org.Registered{}
	for id, name := range map[int64]string{301: "王芳", 302: "李雷", 303: "赵敏", 304: "孙浩", 305: "钱多"} {
		who := w.onRoster(id, name)
		if id == 303 {
			all[id] = w.joined(who)
			continue
		}
		all[id] = w.agreed(who)
	}
	gone := model.Actor{UserID: 305, TenantID: county}
	_, err := w.svc.Leave(t.Context(), gone, all[305].ID, "退休")
	w.must(err)
	w.clock.Set(shanghai(t, "2026-07-01 00:00:00.000"))
	_, err = w.svc.ApproveLeave(t.Context(), w.worker, all[305].ID, "已核实") // in the first moment: not in it any more
	w.must(err)
	other := w.account(306, "周静")
	w.list(besideUnit, org.Person{Name: "周静", Phone: phoneOf(306)})
	in := elsewhere()
	in.UnitID = besideUnit
	r, err := w.svc.Register(t.Context(), other, in)
	w.must(err)
	all[306], err = w.svc.Confirm(t.Context(), w.nextWorker, r.ID)
	w.must(err)
	w.clock.Set(shanghai(t, "2026-11-11 09:00:00.000"))
	w.served()
	return w, all
}

func (w *joinWorld) served() {
	w.record(301, unit, "2026-06-30 23:59:59.999", 1000, nil) // the quarter before
	w.record(301, unit, "2026-07-01 00:00:00.000", 60, nil)   // its first moment
	w.record(301, unit, "2026-09-30 23:59:59.999", 35, nil)   // its last
	w.record(301, unit, "2026-10-01 00:00:00.000", 2000, nil) // the quarter after
	w.record(301, besideUnit, "2026-08-01 09:00:00.000", 4000, nil)
	w.record(301, unit, "2026-08-01 09:00:00.000", 8000, func(r *model.ServiceRecord) { r.State = model.RecordVoid })
	w.record(302, unit, "2026-08-01 09:00:00.000", 120, nil)
	w.record(303, unit, "2026-08-01 09:00:00.000", 90, nil)
	w.record(303, unit, "2026-08-02 09:00:00.000", 30, nil)
	w.record(305, unit, "2026-08-02 09:00:00.000", 16000, nil)
	w.record(306, besideUnit, "2026-08-02 09:00:00.000", 32000, nil)
	w.deed(301, unit, "2026-06-30 23:59:59.999", wish(1))
	w.deed(301, unit, "2026-07-01 00:00:00.000", wish(5))
	w.deed(302, unit, "2026-07-01 00:00:00.000", helped(5))
	w.deed(302, unit, "2026-09-30 23:59:59.999", wish(4))
	w.deed(302, unit, "2026-10-01 00:00:00.000", wish(1))
	w.deed(303, unit, "2026-08-01 09:00:00.000", wish(5))
	w.deed(303, unit, "2026-08-02 09:00:00.000", wish(5).Minus()) // it is done again
	w.deed(303, unit, "2026-08-03 09:00:00.000", wish(0))         // and closed unrated
	w.deed(303, besideUnit, "2026-08-03 09:00:00.000", wish(5))
	w.deed(301, unit, "2026-08-03 09:00:00.000", model.Tally{Honour: 2, Minutes: 60}) // an hour's points: no wish
	w.deed(305, unit, "2026-08-02 09:00:00.000", wish(1))
}

func (w *joinWorld) slip(who model.Actor, q model.SlipQuarter) *org.Slip {
	w.Helper()
	s, err := w.svc.Slip(w.Context(), who, unit, q, 0, 50)
	w.must(err)
	return s
}

// lines says what a slip names, shortly.
func lines(s *org.Slip) (all []string) {
	for _, l := range s.Lines {
		all = append(all, fmt.Sprint(l.Name, l.CommunityName, l.Post, " ", l.Minutes, l.Services, l.ServiceSum.Wishes))
	}
	return all
}

func TestASlipIsWhatWasAddedUpOnPaper(t *testing.T) {
	w, _ := quarterOf(t)
	s := w.slip(w.liaison, "2026Q3")
	if got := fmt.Sprint(s.Members, s.Active, s.Unnamed, s.Minutes, s.Services, s.Wishes, s.Stars, s.Rated, s.Solved); got != "4 3 1 335 5 3 9 2 1" {
		t.Errorf("the slip says %s", got)
	}
	if percent, _ := s.Satisfaction(); percent != 90 {
		t.Errorf("satisfaction %d", percent)
	}
	if got := lines(s); !slices.Equal(got, []string{"王芳红星社区义诊服务岗 95 2 1", "李雷红星社区义诊服务岗 120 1 2", "孙浩红星社区义诊服务岗 0 0 0"}) {
		t.Errorf("it names %q", got)
	}
	if got := lines(w.slip(w.worker, "2026Q3")); !strings.HasPrefix(got[0], "王*") || strings.Contains(fmt.Sprint(got), "芳") {
		t.Errorf("the worker reads %q", got)
	}
	if before := w.slip(w.liaison, "2026Q2"); before.Members != 5 || before.Minutes != 1000 || before.Wishes != 1 || before.Stars != 1 {
		t.Errorf("the quarter before: %+v", before.Slip)
	}
	if after := w.slip(w.liaison, "2026Q4"); after.Members != 4 || after.Minutes != 2000 || after.Wishes != 1 {
		t.Errorf("the quarter after: %+v", after.Slip)
	}
	if long := w.slip(w.liaison, "2026Q1"); long.Members != 0 || len(long.Lines) != 0 {
		t.Errorf("before anybody was: %+v", long.Slip)
	}
	for _, q := range []model.SlipQuarter{"2027Q1", "2026Q9", "spring"} {
		_, err := w.svc.Slip(t.Context(), w.liaison, unit, q, 0, 9)
		w.refused(err, model.ErrSlipQuarter)
	}
	page, err := w.svc.Slip(t.Context(), w.liaison, unit, "2026Q3", 301, 1)
	w.must(err)
	if got := lines(page); len(got) != 1 || !strings.HasPrefix(got[0], "李雷") || page.Minutes != s.Minutes {
		t.Errorf("the second page: %q", got)
	}
}

// TestWhoTakesHisConsentBackIsNamedNoMoreAtOnce, on no slip of the past either.
func TestWhoTakesHisConsentBackIsNamedNoMoreAtOnce(t *testing.T) {
	w, all := quarterOf(t)
	ctx := t.Context()
	wang, zhao := model.Actor{UserID: 301, TenantID: county}, model.Actor{UserID: 303, TenantID: county}
	before := w.slip(w.liaison, "2026Q3")
	_, err := w.svc.SlipConsent(ctx, w.liaison, all[303].ID, true)
	w.refused(err, model.ErrRegistrationNotFound)
	_, err = w.svc.SlipConsent(ctx, w.worker, all[301].ID, false)
	w.refused(err, model.ErrRegistrationNotFound)
	for range 2 { // the second time says nothing new
		_, err = w.svc.SlipConsent(ctx, zhao, all[303].ID, true)
		w.must(err)
		_, err = w.svc.SlipConsent(ctx, wang, all[301].ID, false)
		w.must(err)
	}
	for _, q := range []model.SlipQuarter{"2026Q2", "2026Q3", "2026Q4"} {
		if got := fmt.Sprint(lines(w.slip(w.liaison, q))); strings.Contains(got, "王芳") || !strings.Contains(got, "赵敏") {
			t.Errorf("%s names %s", q, got)
		}
	}
	if after := w.slip(w.liaison, "2026Q3"); after.Minutes != before.Minutes || after.Unnamed != 1 || after.Wishes != before.Wishes {
		t.Errorf("the totals are %+v, and were %+v", after.Slip, before.Slip)
	}
	service, err := w.svc.UnitService(ctx, w.liaison, org.ServiceFilter{UnitID: unit, From: "2026-07-01", To: "2026-09-30", Limit: 9})
	w.must(err)
	for _, p := range service {
		if p.UserID == 301 {
			t.Errorf("the liaison is told of %+v", p)
		}
	}
	seen, err := w.svc.Registration(ctx, zhao, all[303].ID)
	w.must(err)
	if got := names(seen); !slices.Equal(got, []string{"submit:member", "confirm:staff", "consent:member"}) {
		t.Errorf("history %v", got)
	}
}

// TestConsentTakenBackWhileAChangeWaitsDoesNotComeBackWithIt.
func TestConsentTakenBackWhileAChangeWaitsDoesNotComeBackWithIt(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	wang := w.onRoster(301, "王芳")
	old := w.agreed(wang)
	change, err := w.svc.ChangeRegistration(ctx, wang, old.ID, elsewhere())
	w.must(err)
	_, err = w.svc.SlipConsent(ctx, wang, change.ID, false)
	w.must(err)
	done, err := w.svc.Confirm(ctx, w.nextWorker, change.ID)
	w.must(err)
	if done.SlipConsentAt != nil || w.stored(old.ID).SlipConsentAt != nil {
		t.Error("he is named again")
	}
	if s := w.slip(w.liaison, "2026Q3"); s.Members != 1 || s.Unnamed != 1 || len(s.Lines) != 0 {
		t.Errorf("one person with two registrations: %+v", s.Slip)
	}
	_, err = w.svc.SlipConsent(ctx, wang, done.ID, true)
	w.must(err)
	if s := w.slip(w.liaison, "2026Q3"); len(s.Lines) != 1 || s.Lines[0].CommunityName != "解放社区" {
		t.Errorf("his last registration speaks: %+v", s.Lines)
	}
}

func TestAMemberSeesHisOwnLineBeforehand(t *testing.T) {
	w, all := quarterOf(t)
	ctx := t.Context()
	zhao := model.Actor{UserID: 303, TenantID: county}
	l, err := w.svc.OwnSlip(ctx, zhao, all[303].ID, "2026Q3")
	w.must(err)
	if l.Named || l.Name != "赵敏" || l.CommunityName != "红星社区" || l.Minutes != 120 || l.Services != 2 || l.ServiceSum.Wishes != 1 {
		t.Errorf("his line is %+v", l)
	}
	_, err = w.svc.OwnSlip(ctx, zhao, all[301].ID, "2026Q3")
	w.refused(err, model.ErrRegistrationNotFound)
	_, err = w.svc.OwnSlip(ctx, w.liaison, all[303].ID, "2026Q3")
	w.refused(err, model.ErrRegistrationNotFound)
	_, err = w.svc.OwnSlip(ctx, zhao, all[303].ID, "2026Q1")
	w.refused(err, model.ErrSlipNone)
	_, err = w.svc.OwnSlip(ctx, model.Actor{UserID: 305, TenantID: county}, all[305].ID, "2026Q3")
	w.refused(err, model.ErrSlipNone)
	_, err = w.svc.OwnSlip(ctx, zhao, all[303].ID, "2027Q1")
	w.refused(err, model.ErrSlipQuarter)
}

func TestALiaisonIsToldCountsOfHisOwnPeopleOnly(t *testing.T) {
	w, all := quarterOf(t)
	ctx := t.Context()
	in := org.ServiceFilter{UnitID: unit, From: "2026-07-01", To: "2026-09-30", Limit: 2}
	first, err := w.svc.UnitService(ctx, w.liaison, in)
	w.must(err)
	in.After = 302
	rest, err := w.svc.UnitService(ctx, w.liaison, in)
	w.must(err)
	if got := fmt.Sprintf("%v %v", first, rest); got != "[{301 王芳 {95 2 1 1 5 1 1}} {302 李雷 {120 1 2 1 4 1 0}}] [{304 孙浩 {0 0 0 0 0 0 0}}]" {
		t.Errorf("he is told %s", got)
	}
	masked, err := w.svc.UnitService(ctx, w.county, org.ServiceFilter{UnitID: unit, From: "2026-07-01", To: "2026-07-01", Limit: 9})
	w.must(err)
	if masked[0].Name != "王*" || masked[0].Minutes != 60 || masked[0].Wishes != 1 || masked[1].Wishes != 1 {
		t.Errorf("of one day the county is told %v", masked)
	}
	now, err := w.svc.UnitService(ctx, w.liaison, org.ServiceFilter{UnitID: unit, Limit: 9})
	w.must(err)
	if now[0].Minutes != 2000 || now[1].Wishes != 1 {
		t.Errorf("of the quarter so far he is told %v", now)
	}
	for _, days := range [][2]model.Day{{"2026-07-02", "2026-07-01"}, {"2025-07-01", "2026-07-02"}, {"2026-02-30", "2026-07-01"}, {"2026-07-01", "soon"}} {
		_, err := w.svc.UnitService(ctx, w.liaison, org.ServiceFilter{UnitID: unit, From: days[0], To: days[1], Limit: 9})
		if !errors.Is(err, model.ErrServiceDays) {
			t.Errorf("from %s to %s: %v", days[0], days[1], err)
		}
	}
	_, err = w.svc.Leave(ctx, model.Actor{UserID: 301, TenantID: county}, all[301].ID, "调往外地")
	w.must(err)
	_, err = w.svc.ApproveLeave(ctx, w.worker, all[301].ID, "已核实")
	w.must(err)
	if left, err := w.svc.UnitService(ctx, w.liaison, org.ServiceFilter{UnitID: unit, Limit: 9}); err != nil || len(left) != 2 {
		t.Errorf("of who has left he is told %v, %v", left, err)
	}
}

func TestASlipIsASpreadsheetToo(t *testing.T) {
	w, _ := quarterOf(t)
	name, data, err := w.svc.SlipFile(t.Context(), w.liaison, unit, "2026Q3")
	w.must(err)
	table, err := sheet.Read(bytes.NewReader(data))
	w.must(err)
	var text []string
	for _, row := range table {
		text = append(text, strings.Join(row, "|"))
	}
	if want := []string{
		"县医院2026年第3季度双报到服务季度单", "报到人数|4", "参加服务人数|3", "服务时长（分钟）|335", "服务次数|5", "办结心愿（件）|3", "评价数|2", "满意度|90%", "",
		"姓名|报到社区|岗位|服务时长（分钟）|服务次数|参与办结心愿（件）", "王芳|红星社区|义诊服务岗|95|2|1", "李雷|红星社区|义诊服务岗|120|1|2",
		"孙浩|红星社区|义诊服务岗|0|0|0", "未同意公开明细 1 人",
	}; !slices.Equal(text, want) {
		t.Errorf("the file says\n%s", strings.Join(text, "\n"))
	}
	if name != "县医院2026年第3季度双报到服务季度单.xlsx" || bytes.Contains(data, []byte("赵敏")) || strings.Contains(strings.Join(text, ""), "红星路") {
		t.Errorf("%s tells more", name)
	}
	_, data, err = w.svc.SlipFile(t.Context(), w.liaison, unit, "2026Q1")
	w.must(err)
	if table, err := sheet.Read(bytes.NewReader(data)); err != nil || table[7][1] != "无评价" {
		t.Errorf("an empty one: %v, %v", table, err)
	}
}
