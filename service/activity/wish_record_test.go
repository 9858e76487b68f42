package activity_test

import (
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// wish writes a wish that the member and the leader have served.
func (w *hoursWorld) wish(state model.WishState) *model.Wish {
	w.Helper()
	n, from := w.next(), w.clock.Now()
	closed := from.Add(time.Hour)
	x := &model.Wish{
		ID: n, TenantID: hoursCounty, CommunityID: hoursHome, OrgPath: "/1/2/3/4/", State: state, Kind: model.WishService, Urgency: model.Normal, Difficulty: model.Easy,
		Channel: model.ChannelSelf, HandOver: model.AtHome, AgeGroup: model.Adult, Title: "到3栋502换灯泡", RequesterID: 50, ClaimID: n + 1_000_000, ClaimerID: hoursMember,
		Team: model.IDsOf([]int64{hoursMember, w.leader.UserID}), Minutes: 60, StartedAt: &from, ClosedAt: &closed, Scope: model.ScopeCommunity, Light: model.Green,
		ClockFrom: from, CreatedAt: from, UpdatedAt: from, Version: 1,
	}
	w.must(w.update(func(tx *db.Tx) error {
		if err := db.Add(tx, model.NewClaim(x, 0, tx.Now)); err != nil {
			return err
		}
		return db.Add(tx, x)
	}))
	return x
}

// hear tells of what happened to a wish, so often.
func (w *hoursWorld) hear(x *model.Wish, from, to model.WishState, times int) {
	w.Helper()
	for range times {
		w.must(w.activities.HearWish(w.Context(), model.Event{
			TenantID: hoursCounty, Subject: model.OfWish, SubjectID: x.ID, FromState: string(from), ToState: string(to),
		}))
	}
}

func (w *hoursWorld) valid() int64 {
	return w.number("SELECT COUNT(*) FROM service_records WHERE source_type = ? AND state = ?", model.OfClaim, model.RecordValid)
}

func TestWhoServesAWishHasARecordOfItHoweverOftenItIsHeard(t *testing.T) {
	w := newHours(t)
	x := w.wish(model.WishClosed)
	w.hear(x, model.WishAwaiting, model.WishClosed, 3)
	if n := w.valid(); n != 2 {
		t.Errorf("%d records are valid, want 2", n)
	}
	var r model.ServiceRecord
	w.must(w.db.View(t.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT * FROM service_records WHERE user_id = ?", hoursMember).Scan(&r).Error
	}))
	if r.Minutes != 60 || r.Place != "" || r.SlotID != 0 || r.UnitID != hoursUnit || r.OrgPath != "/1/2/3/" || r.Title == "心愿服务: "+x.Title {
		t.Errorf("it says %+v", r)
	}
	if n := w.number("SELECT COUNT(*) FROM point_txns"); n != 0 {
		t.Errorf("the hours of a wish have earned %d times", n)
	}
	sum, err := w.activities.Summary(t.Context(), w.member)
	if w.must(err); sum.Minutes != 60 || sum.Services != 1 || sum.SeasonMinutes != 60 || sum.Season != 2026 {
		t.Errorf("in all there are %+v", sum)
	}
	w.verified("record.earns", "record.source", "record.day")
}

func TestAReopenedWishHasNoRecordUntilItIsClosedAgainWhateverIsHeardFirst(t *testing.T) {
	w := newHours(t)
	x := w.wish(model.WishClosed)
	w.hear(x, model.WishAwaiting, model.WishClosed, 1)
	w.exec("UPDATE wishes SET state = ?, claim_id = claim_id + 1 WHERE id = ?", model.WishRework, x.ID)
	w.hear(x, model.WishAwaiting, model.WishClosed, 1) // late
	if n := w.valid(); n != 0 {
		t.Errorf("%d records of a wish that is done again", n)
	}
	w.hear(x, model.WishClosed, model.WishRework, 2)
	w.exec("UPDATE wishes SET state = ?, minutes = 90 WHERE id = ?", model.WishClosed, x.ID)
	w.exec("INSERT INTO claims SELECT c.id + 1, c.tenant_id, c.wish_id, c.state, c.claimer_id, c.org_id, c.team, c.reason, c.late, c.created_at, c.ended_at, NULL, NULL, c.version FROM claims c")
	w.hear(x, model.WishClosed, model.WishRework, 1) // late again
	w.hear(x, model.WishAwaiting, model.WishClosed, 2)
	if n, m := w.valid(), w.number("SELECT SUM(minutes) FROM service_records WHERE state = 'valid'"); n != 2 || m != 180 {
		t.Errorf("%d records of %d minutes are valid, want 2 of 180", n, m)
	}
	w.verified("record.earns", "record.source", "record.day")
}
