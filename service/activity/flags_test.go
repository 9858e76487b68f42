package activity

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
)

// flags flags a slot, and returns what was raised by kind.
func (w *edge) flags(slot *model.Slot) map[model.RiskKind]int {
	w.Helper()
	w.update(func(tx *db.Tx) error { return w.to.flag(tx, model.Policy{}, slot) })
	n := map[model.RiskKind]int{}
	for _, f := range rows[model.RiskFlag](w, "slot_id = ?", slot.ID) {
		n[f.Kind]++
	}
	return n
}

func TestWhatIsOddAboutASlotIsFlaggedAndNothingElse(t *testing.T) {
	w := newEdge(t, dbtest.URL(t))
	before := w.slot(edgeHome)
	w.there(before, 501, at(31_230_000, 121_470_000)) // Shanghai
	w.there(before, 502, at(31_230_000, 121_480_000)) // Shanghai too
	w.clock.Pass(30 * time.Minute)
	slot := w.slot(edgeHome)
	w.there(slot, 501, at(32_060_000, 118_800_000)) // Nanjing, half an hour later
	w.there(slot, 502, at(31_230_000, 121_490_000)) // a kilometre further
	phone := func(a *model.Attendance) { a.InDevice = strings.Repeat("d", 64) }
	w.there(slot, 503, phone)
	w.there(slot, 504, phone)
	w.clock.Pass(time.Second)
	w.there(slot, 505, at(31_200_001, 121_400_001))
	w.there(slot, 506, at(31_200_001, 121_400_001))
	w.clock.Pass(time.Second)
	for user := int64(507); user < 512; user++ {
		w.there(slot, user, nil)
	}
	for user := int64(512); user < 518; user++ {
		w.there(slot, user, func(a *model.Attendance) { a.InMode, a.InBy = model.ModeLeader, edgeLeader })
	}
	want := map[model.RiskKind]int{model.RiskSpeed: 1, model.RiskDevice: 2, model.RiskFix: 2, model.RiskBurst: 1, model.RiskAttested: 1}
	kept := rows[model.Attendance](w, "slot_id = ?", slot.ID)
	for range 2 { // being called again raises nothing twice
		got := w.flags(slot)
		for _, k := range model.RiskKinds() {
			if got[k] != want[k] {
				t.Errorf("%s is flagged %d times, want %d", k, got[k], want[k])
			}
		}
	}
	for i, a := range rows[model.Attendance](w, "slot_id = ?", slot.ID) {
		if a.Version != kept[i].Version || a.Minutes != kept[i].Minutes || a.State != kept[i].State {
			t.Errorf("a flag has changed %+v", a)
		}
	}
	all := rows[model.RiskFlag](w, "slot_id = ?", slot.ID)
	if n := len(rows[model.Event](w, "subject = ? AND name = ?", model.OfRiskFlag, model.RiskRaise)); n != len(all) {
		t.Errorf("%d flags have %d lines of history", len(all), n)
	}
	for _, f := range all {
		if f.State != model.RiskOpen || f.CommunityID != edgeHome || f.Detail == "" || strings.Contains(f.Detail, "31") || strings.Contains(f.Detail, "121") {
			t.Errorf("flag %+v", f)
		}
	}
}

func TestASlotOfHonestPeopleHasNoFlags(t *testing.T) {
	w := newEdge(t, dbtest.File(t))
	slot := w.slot(edgeHome)
	if got := w.flags(slot); len(got) != 0 {
		t.Errorf("nobody came, and is flagged: %v", got)
	}
	for user := int64(501); user < 511; user++ {
		w.there(slot, user, at(31_200_000+user, 121_400_000))
		w.clock.Pass(time.Second)
	}
	if got := w.flags(slot); len(got) != 0 {
		t.Errorf("flagged: %v", got)
	}
}

// flagged raises one flag at a slot in a community.
func (w *edge) flagged(community int64) *model.RiskFlag {
	w.Helper()
	slot := w.slot(community)
	w.there(slot, 501+w.n, func(a *model.Attendance) { a.InMode, a.InBy = model.ModeLeader, edgeLeader })
	w.flags(slot)
	all := rows[model.RiskFlag](w, "slot_id = ?", slot.ID)
	if len(all) != 1 {
		w.Fatalf("%d flags", len(all))
	}
	return &all[0]
}

func TestAFlagIsReviewedByOneOfThePlaceWhoWasNotThere(t *testing.T) {
	w := newEdge(t, dbtest.URL(t))
	f := w.flagged(edgeHome)
	leads := w.worker
	leads.UserID = edgeLeader
	was, scanned := w.person(601, model.RoleWorker, edgeHome), w.person(602, model.RoleWorker, edgeHome)
	w.there(&model.Slot{ID: f.SlotID}, was.UserID, nil)
	w.there(&model.Slot{ID: f.SlotID}, 503, func(a *model.Attendance) { a.InBy = scanned.UserID })
	for _, tt := range []struct {
		name string
		who  model.Actor
		want error
	}{
		{"not by the community next door", w.nextDoor, model.ErrRiskNotFound},
		{"not by another county", w.outsider, model.ErrRiskNotFound},
		{"not by a member", w.member, model.ErrRiskNotFound},
		{"not by a visitor", model.Actor{}, model.ErrRiskNotFound},
		{"not by its leader, whatever else he is", leads, model.ErrRiskOwn},
		{"not by one who was there", was, model.ErrRiskOwn},
		{"not by one who scanned somebody", scanned, model.ErrRiskOwn},
		{"by a worker of the place", w.worker, nil},
		{"and not again", w.worker2, model.ErrRiskState},
	} {
		got, err := w.to.ReviewFlag(t.Context(), tt.who, f.ID, model.RiskDismiss, "老人没有手机, 属实")
		if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err == nil && (got.State != model.RiskDismissed || got.ReviewedBy != tt.who.UserID || got.ReviewedAt == nil || got.Note == "") {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	if n := len(rows[model.Audit](w, "subject = ? AND subject_id = ? AND action = ?", model.OfRiskFlag, f.ID, "risk_flag.review")); n != 1 {
		t.Errorf("%d lines in the audit log", n)
	}
	if n := len(rows[model.Event](w, "subject = ? AND subject_id = ? AND name = ?", model.OfRiskFlag, f.ID, model.RiskDismiss)); n != 1 {
		t.Errorf("%d lines of history", n)
	}
	if _, err := w.to.ReviewFlag(t.Context(), w.officer, w.flagged(edgeNext).ID, model.RiskUphold, "查实"); err != nil {
		t.Errorf("by the township: %v", err)
	}
	if _, err := w.to.ReviewFlag(t.Context(), w.worker, 77, model.RiskUphold, "查实"); !errors.Is(err, model.ErrRiskNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
}

func TestEverybodyListsTheFlagsOfHisOwnCommunities(t *testing.T) {
	w := newEdge(t, dbtest.URL(t))
	here, there, last := w.flagged(edgeHome).ID, w.flagged(edgeNext).ID, w.flagged(edgeHome).ID
	for _, tt := range []struct {
		name string
		who  model.Actor
		f    RiskFilter
		want []int64
		err  error
	}{
		{"a worker's", w.worker, RiskFilter{}, []int64{last, here}, nil},
		{"the one next door's", w.nextDoor, RiskFilter{}, []int64{there}, nil},
		{"the township's", w.officer, RiskFilter{}, []int64{last, there, here}, nil},
		{"the county's", w.county, RiskFilter{}, []int64{last, there, here}, nil},
		{"the county's of one community", w.county, RiskFilter{CommunityID: edgeNext}, []int64{there}, nil},
		{"the next page", w.officer, RiskFilter{Before: there}, []int64{here}, nil},
		{"a page of two", w.county, RiskFilter{Limit: 2}, []int64{last, there}, nil},
		{"those that are upheld", w.county, RiskFilter{State: model.RiskUpheld}, nil, nil},
		{"another community's", w.worker, RiskFilter{CommunityID: edgeNext}, nil, model.ErrRiskPlace},
		{"another county's", w.outsider, RiskFilter{}, nil, nil},
		{"a member's", w.member, RiskFilter{}, nil, model.ErrForbidden},
	} {
		if tt.f.State == "" {
			tt.f.State = model.RiskOpen
		}
		if tt.f.Limit == 0 {
			tt.f.Limit = 21
		}
		all, err := w.to.RiskFlags(t.Context(), tt.who, tt.f)
		if !errors.Is(err, tt.err) || len(all) != len(tt.want) {
			t.Errorf("%s are %d, %v", tt.name, len(all), err)
			continue
		}
		for i, f := range all {
			if f.ID != tt.want[i] || f.SlotTitle != "河道清洁" || f.UserName != "某**" {
				t.Errorf("%s: %d is %d of %s, %s", tt.name, i, f.ID, f.SlotTitle, f.UserName)
			}
		}
	}
}
