package activity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/activity"
)

// pages reads a list of slots two at a time, and returns the ids.
func (h *hall) pages(who model.Actor, f activity.SlotFilter) (ids []int64) {
	h.Helper()
	for range 50 {
		f.Limit = 2
		all, err := h.acts.Slots(h.Context(), who, f)
		h.must(err)
		for _, v := range all {
			ids = append(ids, v.ID)
			f.AfterStart, f.AfterID = v.StartsAt, v.ID
		}
		if len(all) < f.Limit {
			break
		}
	}
	return ids
}

func TestSlotsAreListedSoonestFirst(t *testing.T) {
	inHalls(t, func(h *hall) {
		who := h.volunteer()
		last := h.slot(times(60, 62, 5))
		soon, twin := h.slot(times(30, 32, 5)), h.slot(times(30, 33, 5))
		v, err := h.acts.CreateActivity(t.Context(), h.liaison, hallUnit, hallBeside, model.ActivityTerms{Title: "义诊"})
		h.must(err)
		theirs, err := h.acts.AddSlots(t.Context(), h.liaison, v.ID, times(40, 42, 5), model.Repeat{})
		h.must(err)
		_, err = h.acts.PublishActivity(t.Context(), h.liaison, v.ID)
		h.must(err)
		away := theirs[0].ID
		gone := h.slot(times(31, 32, 5))
		_, err = h.acts.CancelSlot(t.Context(), h.worker, gone, "下雨")
		h.must(err)
		for name, c := range map[string]struct {
			who  model.Actor
			f    activity.SlotFilter
			want []int64
		}{
			"of the county":      {who, activity.SlotFilter{}, []int64{soon, twin, away, last}},
			"of the community":   {who, activity.SlotFilter{CommunityID: hallHome}, []int64{soon, twin, last}},
			"of the one beside":  {who, activity.SlotFilter{CommunityID: hallBeside}, []int64{away}},
			"of another county":  {h.foreign, activity.SlotFilter{}, nil},
			"a foreigner's view": {h.foreign, activity.SlotFilter{CommunityID: hallHome}, nil},
			"led by the liaison": {h.liaison, activity.SlotFilter{MineToLead: true}, []int64{away}},
			"led by nobody":      {who, activity.SlotFilter{MineToLead: true}, nil},
		} {
			if got := h.pages(c.who, c.f); !slices.Equal(got, c.want) {
				t.Errorf("those %s are %v, want %v", name, got, c.want)
			}
		}
		h.clock.Set(at(32)) // one is over, its twin goes on
		if got := h.pages(who, activity.SlotFilter{}); !slices.Equal(got, []int64{twin, away, last}) {
			t.Errorf("later they are %v", got)
		}
		if got := h.pages(h.worker, activity.SlotFilter{MineToLead: true}); !slices.Equal(got, []int64{soon, twin, last}) {
			t.Errorf("the worker still leads %v", got)
		}
	})
}

func TestTheListIsForItsLeaderAndInOrder(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx, slot, all := t.Context(), h.slot(times(48, 50, 4)), h.crowd(7)
		for _, who := range all {
			h.enrol(who, slot)
		}
		_, err := h.acts.Leave(ctx, all[1], slot)
		h.must(err)
		h.attend(all[2], slot)
		var names []string
		after := int64(0)
		for {
			page, err := h.acts.List(ctx, h.worker, slot, "", after, 3)
			h.must(err)
			for _, l := range page {
				names, after = append(names, fmt.Sprint(l.Name, l.State)), l.ID
			}
			if len(page) < 3 {
				break
			}
		}
		want := "张三1001enrolled 张三1003attended 张三1004enrolled 张三1005enrolled 张三1006waiting 张三1007waiting"
		if got := strings.Join(names, " "); got != want {
			t.Errorf("the list is %s", got)
		}
		left, err := h.acts.List(ctx, h.worker, slot, model.EnrolmentLeft, 0, 9)
		if err != nil || len(left) != 1 || left[0].UserID != all[1].UserID {
			t.Errorf("who has left: %v, %v", left, err)
		}
		for _, who := range []model.Actor{all[0], h.beside, h.foreign} {
			_, err := h.acts.List(ctx, who, slot, "", 0, 9)
			h.wants(err, model.ErrSlotNotFound)
		}
	})
}

func TestOnesOwnEnrolmentsAreNewestFirst(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx, who := t.Context(), h.volunteer()
		h.enrol(h.volunteer(), h.slot(times(30, 32, 3)))
		for i := range 5 {
			h.enrol(who, h.slot(times(float64(60-2*i), float64(62-2*i), 3)))
		}
		first, err := h.acts.Enrolments(ctx, who, 0, 3)
		h.must(err)
		rest, err := h.acts.Enrolments(ctx, who, first[2].ID, 3)
		h.must(err)
		if len(first) != 3 || len(rest) != 2 || first[0].ID < first[1].ID || rest[0].ID > first[2].ID || first[0].CommunityName != "红星社区" {
			t.Errorf("%+v, then %+v", first, rest)
		}
	})
}

func TestWhomALeaderCanFind(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx, all := t.Context(), h.crowd(5)
		captain := h.person(200, hallHome, model.RoleLiaison, hallTeam)
		h.must(h.update(func(tx *db.Tx) error { // one is in the team besides
			return tx.Model(&model.Member{}).Where("user_id = ?", all[3].UserID).Update("team_id", hallTeam).Error
		}))
		h.must(h.update(func(tx *db.Tx) error { // one's account is closed
			return tx.Model(&model.User{}).Where("id = ?", all[0].UserID).Update("state", model.UserDisabled).Error
		}))
		first, err := h.acts.Volunteers(ctx, h.worker, hallHome, 0, 3)
		h.must(err)
		rest, err := h.acts.Volunteers(ctx, h.worker, hallHome, first[2].UserID, 3)
		h.must(err)
		if len(first) != 3 || len(rest) != 1 || first[0].Name != "张三1002" || first[0].Phone != "138****1002" || first[0].Offline {
			t.Errorf("of the community: %v, then %v", first, rest)
		}
		team, err := h.acts.Volunteers(ctx, captain, hallTeam, 0, 9)
		if err != nil || len(team) != 2 || team[0].UserID != captain.UserID || team[1].UserID != all[3].UserID {
			t.Errorf("of the team: %v, %v", team, err)
		}
		unit, err := h.acts.Volunteers(ctx, h.liaison, hallUnit, 0, 9)
		if err != nil || len(unit) != 0 {
			t.Errorf("of the unit: %v, %v", unit, err)
		}
		for _, c := range []struct {
			who  model.Actor
			org  int64
			want error
		}{
			{h.liaison, hallHome, model.ErrOrgForeign},
			{all[1], hallHome, model.ErrOrgForeign},
			{h.foreign, hallHome, model.ErrOrgNotFound},
			{h.foreign, hallAbroad, model.ErrActivityOrg},
		} {
			_, err := h.acts.Volunteers(ctx, c.who, c.org, 0, 9)
			h.wants(err, c.want)
		}
		terms := times(30, 32, 5)
		terms.LeaderID = all[1].UserID
		slot := h.slot(terms)
		seen, err := h.acts.VolunteersFor(ctx, all[1], slot, 0, 9)
		if err != nil || len(seen) != 4 || seen[0].Name != "张**" {
			t.Errorf("a leader who is no organiser sees %v, %v", seen, err)
		}
		_, err = h.acts.VolunteersFor(ctx, all[2], slot, 0, 9)
		h.wants(err, model.ErrSlotNotFound)
	})
}
