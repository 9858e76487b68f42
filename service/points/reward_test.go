package points_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
	}
}

func TestACountyKeepsItsRewards(t *testing.T) {
	onBoth(t, func(w *station) {
		ctx := t.Context()
		id := w.reward(10, 5, 1)
		add, closed := int64(3), false
		o, err := w.points.ChangeReward(ctx, w.officer, id, model.RewardChange{Restock: &add, Open: &closed})
		w.must(err)
		if o.Stock != 8 || o.State != model.RewardClosed || o.OrgName != "红星社区" {
			t.Errorf("restocked and closed: %+v", o)
		}
		all, err := w.points.Rewards(ctx, w.member, theStation, 0, 10)
		if err != nil || len(all) != 0 {
			t.Errorf("a closed reward is offered: %v, %v", all, err)
		}
		_, err = w.points.Redeem(ctx, w.member, id, "")
		wants(t, err, model.ErrRewardClosed)
		_, err = w.points.Reward(ctx, w.foreign, id)
		wants(t, err, model.ErrRewardNotFound)
		_, err = w.points.ChangeReward(ctx, w.foreign, id, model.RewardChange{Restock: &add})
		wants(t, err, model.ErrRewardNotFound)
		_, err = w.points.ChangeReward(ctx, w.verifier, id, model.RewardChange{Restock: &add})
		wants(t, err, model.ErrForbidden)
		_, err = w.points.CreateReward(ctx, w.foreign, theStation, model.RewardTerms{Name: "雨伞", Cost: 1, Stock: 1, PerPerson: 1})
		wants(t, err, model.ErrOrgNotFound)
		if n := w.number("SELECT COUNT(*) FROM audits WHERE subject = 'reward' AND subject_id = ?", id); n != 2 {
			t.Errorf("the audit log tells %d things of the reward", n)
		}
		newest, err := w.points.Rewards(ctx, w.member, 0, 0, 1)
		w.must(err)
		first, second := w.reward(1, 1, 1), w.reward(1, 1, 1)
		page, err := w.points.Rewards(ctx, w.member, 0, second, 10)
		if err != nil || len(newest) != 0 || len(page) != 1 || page[0].ID != first {
			t.Errorf("before the newest there is %v, %v", page, err)
		}
	})
}

func TestAnEditBetweenDoesNotLosePieces(t *testing.T) {
	onBoth(t, func(w *station) {
		all, reward := w.crowd(20, 10), w.reward(1, 100, 1)
		one := int64(1)
		got := outcomes(2*len(all), func(i int) error {
			var err error
			if i%2 == 0 {
				_, err = w.points.Redeem(t.Context(), all[i/2], reward, "")
			} else if i < 10 {
				_, err = w.points.ChangeReward(t.Context(), w.officer, reward, model.RewardChange{Restock: &one})
			}
			return err
		})
		if n := w.stock(reward); got["ok"] != 40 || n != 100-20+5 {
			t.Errorf("%d pieces are left: %v", n, got)
		}
	})
}

func TestWhatNobodyPicksUpGoesBackAfterAWeek(t *testing.T) {
	onBoth(t, func(w *station) {
		w.fund(10, w.member)
		reward := w.reward(10, 1, 1)
		d := w.redeem(w.member, reward)
		if !d.ExpiresAt.Equal(opening.Add(7*24*time.Hour)) || w.balance(w.member) != 0 || w.stock(reward) != 0 {
			t.Errorf("redeemed: %+v", d.Redemption)
		}
		w.fire(7*24*time.Hour - time.Millisecond)
		if v, err := w.points.Redemption(t.Context(), w.member, d.ID); err != nil || v.State != model.RedemptionHeld {
			t.Errorf("a moment too early it is %v, %v", v, err)
		}
		w.clock.Pass(time.Millisecond)
		_, err := w.points.PickUp(t.Context(), w.verifier, d.Code, model.TakenByOwner)
		wants(t, err, model.ErrPickUpCode) // although no timer has fired yet
		w.fire(0)
		v, err := w.points.Redemption(t.Context(), w.member, d.ID)
		if err != nil || v.State != model.RedemptionExpired || v.Code != "" || w.balance(w.member) != 10 || w.stock(reward) != 1 {
			t.Errorf("after a week it is %+v, %v", v, err)
		}
		w.must(w.update(func(tx *db.Tx) error { return w.points.ExpireRedemption(tx, d.ID) })) // a timer that fires twice
		w.redeem(w.member, reward)                                                             // the place is free again
		w.sound()
	})
}

// fire lets time go by, and does what falls due.
func (w *station) fire(d time.Duration) {
	w.Helper()
	w.clock.Pass(d)
	_, err := w.timers.Fire(w.Context())
	w.must(err)
}

func TestACodeTellsNothingToWhoGuesses(t *testing.T) {
	onBoth(t, func(w *station) {
		ctx := t.Context()
		w.fund(100, w.member, w.verifier)
		reward := w.reward(10, 9, 9)
		good, used, cancelled, own := w.redeem(w.member, reward), w.redeem(w.member, reward), w.redeem(w.member, reward), w.redeem(w.verifier, reward)
		got, err := w.points.PickUp(ctx, w.verifier, strings.ToLower(used.Code[:4]+"-"+used.Code[4:]), model.TakenByOwner)
		if err != nil || got.OwnerName != "张**" || got.State != model.RedemptionPickedUp || got.TakenBy != model.TakenByOwner || got.VerifierID != w.verifier.UserID {
			t.Errorf("a code as people type it: %+v, %v", got, err)
		}
		_, err = w.points.CancelRedemption(ctx, w.member, cancelled.ID)
		w.must(err)
		for name, c := range map[string]struct {
			who  model.Actor
			code string
			want error
		}{
			"a code that there is not": {w.verifier, "ABCDEFGHJK", model.ErrPickUpCode},
			"no code at all":           {w.verifier, "0000000000", model.ErrPickUpCode},
			"a used one":               {w.verifier, used.Code, model.ErrPickUpCode},
			"a cancelled one":          {w.verifier, cancelled.Code, model.ErrPickUpCode},
			"another theStation's":     {w.other, good.Code, model.ErrPickUpCode},
			"one's own":                {w.verifier, own.Code, model.ErrRedemptionSelf},
		} {
			_, err := w.points.PickUp(ctx, c.who, c.code, model.TakenByOwner)
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
			if _, err = w.points.CheckCode(ctx, c.who, c.code); !errors.Is(err, c.want) {
				t.Errorf("%s, only looked at: %v", name, err)
			}
		}
		_, err = w.points.Redemption(ctx, w.verifier, good.ID)
		wants(t, err, model.ErrRedemptionNotFound)
		_, err = w.points.CancelRedemption(ctx, w.member, used.ID)
		wants(t, err, model.ErrRedemptionState)
		mine, err := w.points.Redemptions(ctx, w.member, 0, 10)
		if err != nil || len(mine) != 3 || mine[0].Code != "" || mine[0].Redemption.Code != "" || mine[2].ID != good.ID {
			t.Errorf("my redemptions: %v, %v", mine, err)
		}
		w.sound()
	})
}

func TestAProxyNeedsConsentThatHolds(t *testing.T) {
	onBoth(t, func(w *station) {
		ctx := t.Context()
		w.fund(100, w.member)
		d := w.redeem(w.member, w.reward(10, 9, 9))
		pick := func(by model.TakenBy) error {
			_, err := w.points.PickUp(ctx, w.verifier, d.Code, by)
			return err
		}
		wants(t, pick(model.TakenByProxy), model.ErrRedemptionProxy)
		_, err := w.points.DropProxy(ctx, w.member, d.ID)
		wants(t, err, model.ErrRedemptionProxy)
		_, err = w.points.NameProxy(ctx, w.verifier, d.ID, "李四")
		wants(t, err, model.ErrRedemptionNotFound)
		v, err := w.points.NameProxy(ctx, w.member, d.ID, "李四光")
		if err != nil || v.ProxyName != "李四光" || v.ProxyAt == nil || !v.ProxyAt.Equal(opening) || strings.Contains(v.Proxy, "李") {
			t.Errorf("a proxy is named: %+v, %v", v, err)
		}
		if c, err := w.points.CheckCode(ctx, w.verifier, d.Code); err != nil || c.ProxyName != "李四光" {
			t.Errorf("the verifier reads %+v, %v", c, err)
		}
		queue, err := w.points.Queue(ctx, w.verifier, 0, 0, 10)
		if err != nil || len(queue) != 1 || queue[0].OwnerName != "张**" || queue[0].ProxyName != "李**" {
			t.Errorf("the queue is %+v, %v", queue, err)
		}
		_, err = w.points.Queue(ctx, w.other, theStation, 0, 10)
		wants(t, err, model.ErrForbidden)
		_, err = w.points.Queue(ctx, w.foreign, theStation, 0, 10)
		wants(t, err, model.ErrOrgNotFound)
		_, err = w.points.DropProxy(ctx, w.member, d.ID)
		w.must(err)
		wants(t, pick(model.TakenByProxy), model.ErrRedemptionProxy) // the consent is withdrawn
		_, err = w.points.NameProxy(ctx, w.member, d.ID, "王五")
		w.must(err)
		w.must(pick(model.TakenByProxy))
		v, err = w.points.Redemption(ctx, w.member, d.ID)
		if err != nil || v.TakenBy != model.TakenByProxy || v.ProxyName != "王五" {
			t.Errorf("after it is taken: %+v, %v", v, err)
		}
		w.sound()
	})
}

func TestPointsGoToAPoolAndNobodyElse(t *testing.T) {
	onBoth(t, func(w *station) {
		ctx := t.Context()
		w.fund(50, w.member)
		first, err := w.points.Donate(ctx, w.member, 20, " 添书 ", "gift-0001")
		w.must(err)
		again, err := w.points.Donate(ctx, w.member, 20, "添书", "gift-0001")
		if err != nil || again.ID != first.ID || first.OrgID != theStation || first.Note != "添书" {
			t.Errorf("the same gift again: %+v, %v", again, err)
		}
		_, err = w.points.Donate(ctx, w.member, 21, "添书", "gift-0001")
		wants(t, err, model.ErrPointsRepeated)
		_, err = w.points.Donate(ctx, w.member, 31, "", "")
		wants(t, err, model.ErrPointsShort)
		_, err = w.points.Donate(ctx, w.member, 0, "", "")
		wants(t, err, model.ErrDonation)
		_, err = w.points.Donate(ctx, w.foreign, 1, "", "")
		wants(t, err, model.ErrNoHome)
		if p, err := w.points.PoolOf(ctx, w.member, theStation); err != nil || p.Amount != 20 || p.OrgName != "红星社区" {
			t.Errorf("the pool: %+v, %v", p, err)
		}
		_, err = w.points.PoolOf(ctx, w.foreign, theStation)
		wants(t, err, model.ErrOrgNotFound)
		_, err = w.points.PoolOf(ctx, w.member, theTown)
		wants(t, err, model.ErrOrgNotFound)
		if n := w.number("SELECT COUNT(*) FROM deeds WHERE txn_id NOT IN (SELECT id FROM point_txns WHERE kind = 'adjust')"); n != 0 {
			t.Errorf("%d deeds: neither rewards nor gifts change honour", n)
		}
		w.sound()
	})
}
