package points_test

import (
	"testing"
	"time"

	"dandelion/internal/dbtest"
	"dandelion/model"
)

// winter is a station after a new year, at which points have expired.
type winter struct {
	*station
	told, expired int64 // a notice that announced it, and the one that it came with
}

func newWinter(t *testing.T) *winter {
	t.Helper()
	s := &winter{station: newStation(t, dbtest.URL(t))}
	s.fund(50, s.member, s.verifier)
	s.redeem(s.verifier, s.reward(20, 5, 2))
	s.until(time.Date(2027, 3, 1, 1, 0, 0, 0, time.UTC))
	s.fund(9, s.member) // newer, and so kept
	for _, day := range []time.Time{
		time.Date(2027, 11, 2, 1, 0, 0, 0, time.UTC), time.Date(2027, 12, 2, 1, 0, 0, 0, time.UTC), time.Date(2028, 1, 1, 1, 0, 0, 0, time.UTC),
	} {
		s.until(day)
		clean(t, s.db, nil)
	}
	if got := s.balance(s.member); got != 9 {
		t.Fatalf("after the new year the member has %d, want the 9 of last year", got)
	}
	notice := "SELECT COALESCE(MAX(id), 0) FROM point_notices WHERE user_id = ? AND days = ?"
	s.told, s.expired = s.number(notice, s.member.UserID, 60), s.number(notice, s.member.UserID, 0)
	return s
}

// until lets time go by and does what falls due.
func (s *winter) until(when time.Time) {
	s.Helper()
	s.clock.Set(when)
	s.fire(0)
	for {
		n, err := s.points.Expire(s.Context())
		s.must(err)
		if n == 0 {
			return
		}
	}
}

func (s *winter) exec(query string, args ...any) {
	s.Helper()
	alter(s.T, s.db, query, args...)
}

var expiryWrongs = []wrong[*winter]{
	{"more is said to have expired", "expiry.booked", func(s *winter) { s.exec("UPDATE point_notices SET amount = amount + 1 WHERE id = ?", s.expired) }},
	{"another's points are said to have expired", "expiry.booked", func(s *winter) {
		s.exec("UPDATE point_notices SET user_id = ? WHERE id = ?", s.other.UserID, s.expired)
	}},
	{"what was announced is said to have happened", "expiry.booked", func(s *winter) {
		s.exec("UPDATE point_notices SET days = -31 WHERE id = ?", s.told)
	}},
	{"what has happened is said to be announced", "expiry.booked", func(s *winter) {
		s.exec("UPDATE point_notices SET days = 1 WHERE id = ?", s.expired)
	}},
	{"points expire as soon as it is announced", "expiry.booked", func(s *winter) {
		s.book(model.PointExpire, model.OfExpiry, s.told, 5, s.member, model.AccountExpired, s.member.UserID)
	}},
	{"expired points are given back", "expiry.booked", func(s *winter) { s.undo(model.OfExpiry, s.expired) }},
	{"an expiry is taken out of the ledger", "expiry.booked", func(s *winter) { unbook(s.T, s.db, s.txn(model.OfExpiry, s.expired)) }},
	{"an expiry is booked as something else too", "expiry.booked txn.source", func(s *winter) {
		s.book(model.PointDonate, model.OfExpiry, s.expired, 5, s.member, model.AccountPool, theStation)
	}},
	{"the notice of an expiry is deleted", "txn.source", func(s *winter) { s.exec("DELETE FROM point_notices WHERE id = ?", s.expired) }},
	{"a notice is moved to another county", "expiry.booked txn.source", func(s *winter) {
		s.exec("UPDATE point_notices SET tenant_id = ? WHERE id = ?", theForeign, s.expired)
	}},
	{"points expire of which nobody was told", "txn.source", func(s *winter) {
		s.book(model.PointExpire, model.OfExpiry, 77, 5, s.member, model.AccountExpired, s.member.UserID)
	}},
}

// TestVerifyNamesEveryWrongToExpiries does each of them to what the sweeps have
// made, and nothing else is named.
func TestVerifyNamesEveryWrongToExpiries(t *testing.T) {
	s := newWinter(t)
	s.sound()
	clean(t, s.db, map[string]int64{"expiry.booked": 6, "txn.source": 6})
	eachWrong(t, s.db, s, expiryWrongs)
}
