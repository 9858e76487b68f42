package points_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
)

func TestTwentyPiecesGoToTwentyOfTwoHundred(t *testing.T) {
	onBoth(t, func(w *station) {
		const people, pieces, cost, had = 200, 20, 7, 10
		all, reward := w.crowd(people, had), w.reward(cost, pieces, 1)
		began := time.Now()
		got := outcomes(people, func(i int) error {
			_, err := w.points.Redeem(t.Context(), all[i], reward, "")
			return err
		})
		t.Logf("%d people, %d pieces: %v in %v", people, pieces, got, time.Since(began).Round(time.Millisecond))
		if got["ok"] != pieces || got[model.ErrRewardSoldOut.Code] != people-pieces {
			t.Errorf("%d people redeeming %d pieces at once: %v", people, pieces, got)
		}
		if n := w.stock(reward); n != 0 {
			t.Errorf("%d pieces are left", n)
		}
		if n := w.number("SELECT COUNT(*) FROM point_balances WHERE account = 'member' AND amount = ?", had-cost); n != pieces {
			t.Errorf("%d have paid", n)
		}
		if n := w.number("SELECT COUNT(*) FROM redemptions"); n != pieces {
			t.Errorf("%d redemptions are written", n)
		}
		w.sound()
	})
}

// TestTheRaceCatchesANaiveStock shows that the race above has teeth: a stock that
// is read, and then written back as one less, is handed out more often than it is
// there.
func TestTheRaceCatchesANaiveStock(t *testing.T) {
	w := newStation(t, dbtest.MySQL(t)) // SQLite has one writer, and hides it
	const people, pieces = 8, 3
	reward := w.reward(1, pieces, 1)
	var won atomic.Int64
	var read sync.WaitGroup // so many read before the first of them writes, as on a busy day
	read.Add(people)
	outcomes(people, func(int) error {
		var once sync.Once
		return w.update(func(tx *db.Tx) error {
			r, err := db.Find[model.Reward](tx, reward, model.ErrRewardNotFound)
			once.Do(read.Done)
			read.Wait()
			if err != nil || r.Stock < 1 {
				return err
			}
			err = tx.Model(&model.Reward{}).Where("id = ?", reward).Update("stock", r.Stock-1).Error
			if err == nil {
				tx.AfterCommit(func() { won.Add(1) })
			}
			return err
		})
	})
	if won.Load() <= pieces {
		t.Errorf("%d naive redeemers got one of %d: the race would not notice a broken stock", won.Load(), pieces)
	}
}

func TestNobodyRacesPastHisPlacesOrHisPoints(t *testing.T) {
	for _, c := range []struct {
		name       string
		has, each  int64
		want, left int64
		refusal    string
	}{
		{"his places", 1000, 3, 3, 970, model.ErrRewardLimit.Code},
		{"his last points", 25, 9, 2, 5, model.ErrPointsShort.Code},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, func(w *station) {
				const tries = 30
				w.fund(c.has, w.member)
				reward := w.reward(10, 100, c.each)
				got := outcomes(tries, func(int) error {
					_, err := w.points.Redeem(t.Context(), w.member, reward, "")
					return err
				})
				if got["ok"] != int(c.want) || got[c.refusal] != tries-int(c.want) {
					t.Errorf("one person redeeming %d times at once: %v, want %d", tries, got, c.want)
				}
				if b, s := w.balance(w.member), w.stock(reward); b != c.left || s != 100-c.want {
					t.Errorf("he has %d left, and there are %d", b, s)
				}
				w.sound()
			})
		})
	}
}

func TestOneRequestIsOneRedemption(t *testing.T) {
	onBoth(t, func(w *station) {
		w.fund(100, w.member)
		reward, another := w.reward(10, 50, 5), w.reward(10, 50, 5)
		ids := make([]int64, 10)
		got := outcomes(len(ids), func(i int) error {
			d, err := w.points.Redeem(t.Context(), w.member, reward, "order-0001")
			if err == nil {
				ids[i] = d.ID
			}
			return err
		})
		for _, id := range ids {
			if id != ids[0] {
				t.Errorf("one request has redeemed %d and %d", ids[0], id)
			}
		}
		if got["ok"] != len(ids) || w.balance(w.member) != 90 || w.stock(reward) != 49 {
			t.Errorf("one request ten times at once: %v, %d points and %d pieces are left", got, w.balance(w.member), w.stock(reward))
		}
		_, err := w.points.Redeem(t.Context(), w.member, another, "order-0001")
		wants(t, err, model.ErrPointsRepeated)
		_, err = w.points.Donate(t.Context(), w.member, 5, "", "order-0001")
		wants(t, err, model.ErrPointsRepeated)
		somebody := w.crowd(1, 100)[0]
		if _, err = w.points.Redeem(t.Context(), somebody, reward, "order-0001"); err != nil {
			t.Errorf("somebody else's request of the same name: %v", err)
		}
		w.sound()
	})
}

func TestCancelAndTimerAtOnceGiveBackOnce(t *testing.T) {
	onBoth(t, func(w *station) {
		all, reward := w.crowd(20, 10), w.reward(10, 20, 1)
		ids := make([]int64, len(all))
		for i, who := range all {
			ids[i] = w.redeem(who, reward).ID
		}
		w.clock.Pass(8 * 24 * time.Hour)
		got := outcomes(3*len(all), func(i int) error {
			if i%3 == 0 {
				_, err := w.timers.Fire(t.Context())
				return err
			}
			_, err := w.points.CancelRedemption(t.Context(), all[i/3], ids[i/3])
			return err
		})
		for len(got) > 0 {
			n, err := w.timers.Fire(t.Context())
			w.must(err)
			if n == 0 {
				break
			}
		}
		if over := w.number("SELECT COUNT(*) FROM redemptions WHERE state IN ('cancelled', 'expired')"); int(over) != len(all) || w.stock(reward) != 20 {
			t.Errorf("%d are over and %d pieces are back: %v", over, w.stock(reward), got)
		}
		for _, who := range all {
			if b := w.balance(who); b != 10 {
				t.Errorf("%d has %d points back", who.UserID, b)
			}
		}
		w.sound()
	})
}

func TestACodeUsedTwiceAtOnceIsUsedOnce(t *testing.T) {
	onBoth(t, func(w *station) {
		w.fund(100, w.member)
		d := w.redeem(w.member, w.reward(10, 5, 5))
		const tries = 10
		got := outcomes(tries, func(i int) error {
			_, err := w.points.PickUp(t.Context(), []model.Actor{w.verifier, w.verifier2}[i%2], d.Code, model.TakenByOwner)
			return err
		})
		if got["ok"] != 1 || w.number("SELECT COUNT(*) FROM audits WHERE action = 'redemption.pick_up'") != 1 {
			t.Errorf("one code entered %d times at once: %v", tries, got)
		}
		if n := w.number("SELECT COUNT(*) FROM audits WHERE action = 'redemption.pick_up.refused'"); n != tries/2 { // those of the other verifier
			t.Errorf("the audit log tells of %d refusals: %v", n, got)
		}
		w.sound()
	})
}

func TestNobodyDonatesMoreThanHeHas(t *testing.T) {
	onBoth(t, func(w *station) {
		w.fund(35, w.member)
		got := outcomes(20, func(i int) error {
			_, err := w.points.Donate(t.Context(), w.member, 10, "", fmt.Sprintf("gift-%04d", i/2))
			return err
		})
		p, err := w.points.PoolOf(t.Context(), w.member, theStation)
		w.must(err)
		if p.Amount != 30 || w.balance(w.member) != 5 || w.number("SELECT COUNT(*) FROM donations") != 3 || got[model.ErrPointsShort.Code] < 14 {
			t.Errorf("%d in the pool, %d left: %v", p.Amount, w.balance(w.member), got)
		}
		w.sound()
	})
}
