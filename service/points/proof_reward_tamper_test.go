package points_test

import (
	"fmt"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/verify"
	"dandelion/model"
)

// shop is a station at which everything has happened once.
type shop struct {
	*station
	reward, held, fetched, cancelled, expired int64
	gift, plain                               int64
}

func newShop(t *testing.T) *shop {
	t.Helper()
	ctx, day := t.Context(), 24*time.Hour
	s := &shop{station: newStation(t, dbtest.URL(t))}
	s.fund(200, s.member, s.other)
	s.reward = s.station.reward(10, 20, 5)
	s.expired = s.redeem(s.member, s.reward).ID
	s.fire(7 * day)
	s.cancelled = s.redeem(s.member, s.reward).ID
	_, err := s.points.CancelRedemption(ctx, s.member, s.cancelled)
	s.must(err)
	fetched := s.redeem(s.member, s.reward)
	_, err = s.points.PickUp(ctx, s.verifier, fetched.Code, model.TakenByOwner)
	s.must(err)
	s.fetched = fetched.ID
	d, err := s.points.Redeem(ctx, s.member, s.reward, "once")
	s.must(err)
	s.held = d.ID
	_, err = s.points.NameProxy(ctx, s.member, s.held, "李四")
	s.must(err)
	s.redeem(s.other, s.reward)
	gift, err := s.points.Donate(ctx, s.member, 7, "给孩子们添书", "gift")
	s.must(err)
	plain, err := s.points.Donate(ctx, s.other, 3, "", "")
	s.must(err)
	s.gift, s.plain = gift.ID, plain.ID
	return s
}

func (s *shop) exec(query string, args ...any) {
	s.Helper()
	alter(s.T, s.db, query, args...)
}

// txn returns the transaction of a row.
func (w *station) txn(subject model.Subject, id int64) int64 {
	w.Helper()
	return w.number("SELECT COALESCE(MAX(id), 0) FROM point_txns WHERE source_type = ? AND source_id = ?", subject, id)
}

// book books an amount from one account to another for a row, or for none.
func (w *station) book(kind model.PointKind, subject model.Subject, id, amount int64, payer model.Actor, to model.Account, payee int64) {
	w.Helper()
	w.must(w.update(func(tx *db.Tx) error {
		q := posting(kind, id, amount, model.AccountMember, payer.UserID, to, payee)
		q.Txn.SourceType = subject
		_, err := w.points.Book(tx, q)
		return err
	}))
}

// undo reverses what is booked for a row.
func (w *station) undo(subject model.Subject, id int64) {
	w.Helper()
	w.must(w.update(func(tx *db.Tx) error {
		return w.points.Undo(tx, theCounty, subject, id, "撤", model.SystemActor(theCounty))
	}))
}

var rewardWrongs = []wrong[*shop]{
	{"a cost is raised behind its hold", "redemption.hold", func(s *shop) {
		s.exec("UPDATE redemptions SET cost = cost + 1 WHERE id = ?", s.held)
	}},
	{"what was fetched has become cheaper", "redemption.hold", func(s *shop) { s.exec("UPDATE redemptions SET cost = 1 WHERE id = ?", s.fetched) }},
	{"a redemption is given to somebody else", "redemption.hold redemption.wait", func(s *shop) {
		s.exec("UPDATE redemptions SET user_id = ? WHERE id = ?", s.other.UserID, s.held)
	}},
	{"a hold is taken out of the ledger", "redemption.hold", func(s *shop) { unbook(s.T, s.db, s.txn(model.OfRedemption, s.held)) }},
	{"a hold is taken out of the ledger of what was fetched", "redemption.hold", func(s *shop) { unbook(s.T, s.db, s.txn(model.OfRedemption, s.fetched)) }},
	{"something else is booked for a redemption", "redemption.hold txn.source", func(s *shop) {
		s.book(model.PointDonate, model.OfRedemption, s.held, 1, s.member, model.AccountPool, theStation)
	}},
	{"a redemption is cancelled and keeps its hold", "redemption.fate redemption.wait", func(s *shop) {
		s.exec("UPDATE redemptions SET state = 'cancelled' WHERE id = ?", s.held)
	}},
	{"what was fetched is cancelled, its place given up", "redemption.fate", func(s *shop) {
		s.exec("UPDATE redemptions SET state = 'cancelled', place_key = NULL WHERE id = ?", s.fetched)
	}},
	{"what was given back was fetched after all", "redemption.fate redemption.wait", func(s *shop) {
		s.exec("UPDATE redemptions SET state = 'picked_up' WHERE id = ?", s.cancelled)
	}},
	{"what has expired is waiting again", "redemption.fate redemption.wait", func(s *shop) {
		s.exec("UPDATE redemptions SET state = 'held' WHERE id = ?", s.expired)
	}},
	{"the points of what was fetched are given back", "redemption.fate", func(s *shop) { s.undo(model.OfRedemption, s.fetched) }},
	{"the points of what waits are given back", "redemption.fate", func(s *shop) { s.undo(model.OfRedemption, s.held) }},
	{"points that were given back are taken again", "redemption.fate", func(s *shop) {
		unbook(s.T, s.db, s.txn(model.OfPointTxn, s.txn(model.OfRedemption, s.cancelled)))
	}},
	{"points of what expired are taken again", "redemption.fate", func(s *shop) {
		unbook(s.T, s.db, s.txn(model.OfPointTxn, s.txn(model.OfRedemption, s.expired)))
	}},
	{"a timer is lost", "redemption.wait", func(s *shop) { s.exec("DELETE FROM timers WHERE subject_id = ?", s.held) }},
	{"a timer was given up", "redemption.wait", func(s *shop) { s.exec("UPDATE timers SET dead = ? WHERE subject_id = ?", true, s.held) }},
	{"a timer is put off", "redemption.wait", func(s *shop) {
		s.exec("UPDATE timers SET due_at = ? WHERE subject_id = ?", opening.AddDate(1, 0, 0), s.held)
	}},
	{"a timer is of another kind", "redemption.wait", func(s *shop) {
		s.exec("UPDATE timers SET kind = ? WHERE subject_id = ?", model.PointCaseAlarm, s.held)
	}},
	{"a timer waits for what was fetched", "redemption.wait", func(s *shop) {
		s.exec("UPDATE timers SET subject_id = ? WHERE subject_id = ?", s.fetched, s.held)
	}},
	{"a time to fetch is changed", "redemption.wait", func(s *shop) {
		s.exec("UPDATE redemptions SET expires_at = ? WHERE id = ?", opening.AddDate(0, 0, 30), s.held)
	}},
	{"a place is free that is not", "redemption.wait", func(s *shop) { s.exec("UPDATE redemptions SET place_key = NULL WHERE id = ?", s.held) }},
	{"the place of what was fetched is free", "redemption.wait", func(s *shop) { s.exec("UPDATE redemptions SET place_key = NULL WHERE id = ?", s.fetched) }},
	{"a place is somebody else's", "redemption.wait", func(s *shop) { s.place(s.held, s.other, 5, s.clock.Now()) }},
	{"a place is beyond the last", "redemption.wait", func(s *shop) { s.place(s.held, s.member, model.MaxPerPerson+1, s.clock.Now()) }},
	{"a place is numbered 0", "redemption.wait", func(s *shop) { s.place(s.held, s.member, 0, s.clock.Now()) }},
	{"a place is of another season", "redemption.wait", func(s *shop) { s.place(s.held, s.member, 5, s.clock.Now().AddDate(1, 0, 0)) }},
	{"what was given back keeps a place", "redemption.wait", func(s *shop) { s.place(s.cancelled, s.member, 5, s.clock.Now()) }},
	{"what has expired keeps a place", "redemption.wait", func(s *shop) { s.place(s.expired, s.member, 5, s.clock.Now()) }},
	{"more is given out than there was", "reward.stock", func(s *shop) { s.exec("UPDATE rewards SET stock = -1 WHERE id = ?", s.reward) }},
	{"a redemption is deleted", "txn.source", func(s *shop) { s.exec("DELETE FROM redemptions WHERE id = ?", s.held) }},
	{"what came to nothing is deleted", "txn.source", func(s *shop) { s.exec("DELETE FROM redemptions WHERE id = ?", s.cancelled) }},
	{"a redemption is moved to another county", "redemption.hold txn.source", func(s *shop) {
		s.exec("UPDATE redemptions SET tenant_id = ? WHERE id = ?", theForeign, s.held)
	}},
	{"points are held for nothing", "txn.source", func(s *shop) {
		s.book(model.PointHold, model.OfRedemption, 77, 5, s.member, model.AccountRedeem, s.member.UserID)
	}},
	{"points are held for a gift", "txn.source donation.given", func(s *shop) {
		s.book(model.PointHold, model.OfDonation, s.gift, 5, s.member, model.AccountRedeem, s.member.UserID)
	}},
	{"points are held for what nobody knows", "txn.source", func(s *shop) {
		s.book(model.PointHold, model.OfReward, s.reward, 5, s.member, model.AccountRedeem, s.member.UserID)
	}},
	{"a gift is said to be greater", "donation.given", func(s *shop) { s.exec("UPDATE donations SET amount = 700 WHERE id = ?", s.gift) }},
	{"a gift is said to be another's", "donation.given", func(s *shop) {
		s.exec("UPDATE donations SET user_id = ? WHERE id = ?", s.verifier.UserID, s.gift)
	}},
	{"a gift is said to be for another community", "donation.given", func(s *shop) {
		s.exec("UPDATE donations SET org_id = ? WHERE id = ?", theStation, s.plain)
	}},
	{"a gift is taken back", "donation.given", func(s *shop) { s.undo(model.OfDonation, s.gift) }},
	{"a gift is taken out of the ledger", "donation.given", func(s *shop) { unbook(s.T, s.db, s.txn(model.OfDonation, s.plain)) }},
	{"the word of a gift is deleted", "txn.source", func(s *shop) { s.exec("DELETE FROM donations WHERE id = ?", s.gift) }},
	{"a gift is moved to another county", "donation.given txn.source", func(s *shop) {
		s.exec("UPDATE donations SET tenant_id = ? WHERE id = ?", theForeign, s.gift)
	}},
	{"points go to a pool that nobody gave", "txn.source", func(s *shop) {
		s.book(model.PointDonate, model.OfDonation, 77, 5, s.member, model.AccountPool, theStation)
	}},
}

// place says which place a redemption fills.
func (s *shop) place(id int64, who model.Actor, n int, when time.Time) {
	s.Helper()
	s.exec("UPDATE redemptions SET place_key = ? WHERE id = ?", model.PlaceKey(s.reward, who.UserID, n, when), id)
}

// TestVerifyNamesEveryWrongToRewards does each of them to what the use cases
// have made, and nothing else is named.
func TestVerifyNamesEveryWrongToRewards(t *testing.T) {
	s := newShop(t)
	s.sound()
	clean(t, s.db, map[string]int64{
		"reward.stock": 1, "redemption.hold": 5, "redemption.fate": 5, "redemption.wait": 5, "donation.given": 2, "txn.source": 9, "case.booked": 2,
	})
	eachWrong(t, s.db, s, rewardWrongs)
}

// TestEveryChunkOfATableIsLookedAt has more gifts and redemptions than a chunk
// takes, none of which was booked.
func TestEveryChunkOfATableIsLookedAt(t *testing.T) {
	p := proofOf(t)
	const n = 2100
	gifts, taken := make([]model.Donation, n), make([]model.Redemption, n)
	for i := range gifts {
		id := int64(i + 1)
		key := model.PlaceKey(1, id, 1, proofStart)
		gifts[i] = model.Donation{ID: id, TenantID: proofCounty, UserID: firstMember, OrgID: proofCommunity, Amount: 1, CreatedAt: proofStart}
		taken[i] = model.Redemption{
			ID: id, TenantID: proofCounty, RewardID: 1, UserID: id, State: model.RedemptionPickedUp, Cost: 1, PlaceKey: &key, CodeIndex: fmt.Sprint(id),
			ExpiresAt: proofStart, CreatedAt: proofStart, UpdatedAt: proofStart, Version: 1,
		}
	}
	p.must(p.update(func(tx *db.Tx) error {
		if err := tx.CreateInBatches(gifts, 300).Error; err != nil {
			return err
		}
		return tx.CreateInBatches(taken, 300).Error
	}))
	r, err := verify.Run(t.Context(), p.db)
	p.must(err)
	for check, differing := range map[string]int64{"donation.given": n, "redemption.hold": n, "redemption.fate": 0, "redemption.wait": 0, "txn.source": 0} {
		if got := r.Of(check); got.Differing != differing || check != "txn.source" && got.Rows != n {
			t.Errorf("%s finds %d of %d, want %d of %d", check, got.Differing, got.Rows, differing, n)
		}
	}
	first := r.Of("donation.given").Findings[0]
	if first.Expected != "donate [{Account:member Owner:1000 Amount:-1 Lot:0 CapDay:0 CapKind: Pair:} {Account:pool Owner:3 Amount:1 Lot:0 CapDay:0 CapKind: Pair:}]" || first.Found != "nothing" {
		t.Errorf("the first finding is %+v", first)
	}
}
