package points_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"dandelion/model"
	"dandelion/service/points"
)

// shelf is the pure model of a station: what each person has, and what each
// redemption is. It knows the rules as the domain says them, and no database.
type shelf struct {
	cost, each, stock int64
	has               map[int64]int64
	taken             map[int64]*taken
	pool              int64
}

type taken struct {
	who     int64
	state   model.RedemptionState
	proxy   bool
	expires time.Time
	seen    *points.Redeemed
}

// live counts what fills a person's places.
func (s *shelf) live(who int64) (n int64) {
	for _, d := range s.taken {
		if d.who == who && (d.state == model.RedemptionHeld || d.state == model.RedemptionPickedUp) {
			n++
		}
	}
	return n
}

// redeem says what must come of it.
func (s *shelf) redeem(who int64) error {
	switch {
	case s.live(who) >= s.each:
		return model.ErrRewardLimit
	case s.stock == 0:
		return model.ErrRewardSoldOut
	case s.has[who] < s.cost:
		return model.ErrPointsShort
	}
	s.stock--
	s.has[who] -= s.cost
	return nil
}

func (s *shelf) back(d *taken, as model.RedemptionState) {
	d.state = as
	s.stock++
	s.has[d.who] += s.cost
}

// lapse lets what is due at now expire.
func (s *shelf) lapse(now time.Time) {
	for _, d := range s.taken {
		if d.state == model.RedemptionHeld && !now.Before(d.expires) {
			s.back(d, model.RedemptionExpired)
		}
	}
}

// any returns one of the redemptions, nil if there is none.
func (s *shelf) any(r *rand.Rand, ids []int64) *taken {
	if len(ids) == 0 {
		return nil
	}
	return s.taken[ids[r.IntN(len(ids))]]
}

// TestARandomWalkEndsWhereTheModelDoes takes random steps of every kind and
// compares each answer, and at the end every figure, with the model's.
func TestARandomWalkEndsWhereTheModelDoes(t *testing.T) {
	onBoth(t, func(w *station) {
		const steps, people = 400, 5
		seed := uint64(20260701)
		r := rand.New(rand.NewPCG(seed, 3)) // #nosec G404 -- a walk, no secret
		all := w.crowd(people, 60)
		s := &shelf{cost: 9, each: 3, stock: 8, has: map[int64]int64{}, taken: map[int64]*taken{}}
		for _, who := range all {
			s.has[who.UserID] = 60
		}
		reward := w.reward(s.cost, s.stock, s.each)
		var ids []int64
		for n := range steps {
			who := all[r.IntN(people)]
			var got, want error
			name := ""
			switch kind := r.IntN(8); kind {
			case 0, 1, 2:
				var d *points.Redeemed
				name, want = "redeem", s.redeem(who.UserID)
				if d, got = w.points.Redeem(t.Context(), who, reward, ""); got == nil {
					ids = append(ids, d.ID)
					s.taken[d.ID] = &taken{who.UserID, model.RedemptionHeld, false, w.clock.Now().Add(7 * 24 * time.Hour), d}
				}
			case 3:
				name = "donate"
				amount := int64(1 + r.IntN(4))
				if s.has[who.UserID] < amount {
					want = model.ErrPointsShort
				} else {
					s.has[who.UserID] -= amount
					s.pool += amount
				}
				_, got = w.points.Donate(t.Context(), who, amount, "", "")
			case 4:
				name = "wait"
				w.fire(time.Duration(r.IntN(30)) * time.Hour)
				s.lapse(w.clock.Now())
			default:
				if d := s.any(r, ids); d != nil {
					name, got, want = w.step(s, d, who, kind, r.IntN(2) == 0)
				}
			}
			if !errors.Is(got, want) || (got == nil) != (want == nil) {
				t.Fatalf("seed %d, step %d: %s by %d: %v, want %v", seed, n, name, who.UserID, got, want)
			}
		}
		w.compare(s, reward, all)
	})
}

// step takes a step of a redemption, in the system and in the model.
func (w *station) step(s *shelf, d *taken, who model.Actor, kind int, proxy bool) (name string, got, want error) {
	w.Helper()
	held, id := d.state == model.RedemptionHeld, d.seen.ID
	switch kind {
	case 5:
		switch {
		case d.who != who.UserID:
			want = model.ErrRedemptionNotFound
		case !held:
			want = model.ErrRedemptionState
		default:
			s.back(d, model.RedemptionCancelled)
		}
		_, got = w.points.CancelRedemption(w.Context(), who, id)
		return "cancel", got, want
	case 6:
		switch {
		case d.who != who.UserID:
			want = model.ErrRedemptionNotFound
		case !held:
			want = model.ErrRedemptionState
		default:
			d.proxy = true
		}
		_, got = w.points.NameProxy(w.Context(), who, id, "李四")
		return "name a proxy", got, want
	}
	by := model.TakenByOwner
	if proxy {
		by = model.TakenByProxy
	}
	switch {
	case !held:
		want = model.ErrPickUpCode
	case proxy && !d.proxy:
		want = model.ErrRedemptionProxy
	default:
		d.state = model.RedemptionPickedUp
	}
	_, got = w.points.PickUp(w.Context(), w.verifier, d.seen.Code, by)
	return "pick up", got, want
}

// compare holds every figure of the system against the model's.
func (w *station) compare(s *shelf, reward int64, all []model.Actor) {
	w.Helper()
	if n := w.stock(reward); n != s.stock {
		w.Errorf("%d pieces are left, want %d", n, s.stock)
	}
	for _, who := range all {
		if n := w.balance(who); n != s.has[who.UserID] {
			w.Errorf("%d has %d points, want %d", who.UserID, n, s.has[who.UserID])
		}
	}
	if p, err := w.points.PoolOf(w.Context(), w.member, theStation); err != nil || p.Amount != s.pool {
		w.Errorf("the pool holds %+v, %v, want %d", p, err, s.pool)
	}
	ends := map[model.RedemptionState]int{}
	for id, d := range s.taken {
		ends[d.state]++
		if n := w.number("SELECT COUNT(*) FROM redemptions WHERE id = ? AND state = ?", id, d.state); n != 1 {
			w.Errorf("%d is not %s", id, d.state)
		}
	}
	if len(ends) < 4 {
		w.Errorf("the walk came only to %v", ends)
	}
	w.sound()
}
