package points_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the machine of a test may have no zones

	"dandelion/internal/db"
	"dandelion/model"
)

// TestDaysAreThoseOfShanghaiWhereverTheProcessRuns: caps, months and seasons
// turn at midnight in Shanghai, to the millisecond, whatever zone the machine
// has, and also when its clock is set back.
func TestDaysAreThoseOfShanghaiWhereverTheProcessRuns(t *testing.T) {
	local := time.Local
	defer func() { time.Local = local }()
	for _, zone := range []string{"UTC", "America/New_York", "Asia/Kathmandu"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		time.Local = loc
		t.Run(zone, func(t *testing.T) {
			if got := time.Date(2026, 7, 1, 0, 0, 0, 0, time.Local).Location().String(); got != zone && got != "Local" {
				t.Fatalf("the process runs in %s", got)
			}
			for name, body := range map[string]func(*proof){
				"the cap of a day": dayCap, "the cap of a pair": pairCap, "seasons and weeks at new year": newYear,
			} {
				t.Run(name, func(t *testing.T) {
					p := proofOf(t)
					body(p)
					p.verified()
				})
			}
		})
	}
}

// at sets the clock to a moment in Shanghai, given in the process's own zone.
func (p *proof) at(shanghai string) {
	p.Helper()
	t, err := time.Parse("2006-01-02 15:04:05.000 -0700", shanghai+" +0800")
	p.must(err)
	p.clock.Set(t.Local())
}

// earned closes a wish and returns what it earned.
func (p *proof) earned(user int64, change func(w *model.Wish)) int64 {
	p.Helper()
	before := p.balance(user, model.AccountPending)
	_, err := p.closed(change, user)
	p.must(err)
	return p.balance(user, model.AccountPending) - before
}

// expect compares what wishes earn one after the other.
func (p *proof) expect(when string, user int64, change func(w *model.Wish), want ...int64) {
	p.Helper()
	p.at(when)
	for i, n := range want {
		if got := p.earned(user, change); got != n {
			p.Errorf("%s: wish %d earns %d, want %d", when, i+1, got, n)
		}
	}
}

func dayCap(p *proof) {
	hard := func(w *model.Wish) { w.Difficulty = model.Hard } // 15 points
	p.expect("2026-07-31 00:00:00.000", firstMember, hard, 15)
	p.expect("2026-07-31 23:59:59.999", firstMember, hard, 15, 10, 0)
	p.expect("2026-08-01 00:00:00.000", firstMember, hard, 15)
	p.clock.Pass(-10 * time.Minute) // the clock is set back over midnight
	if got := p.earned(firstMember, hard); got != 0 {
		p.Errorf("ten minutes before midnight, again, a wish earns %d of a day that is full", got)
	}
	p.expect("2026-08-01 23:59:59.999", firstMember, hard, 15, 10, 0)
	p.expect("2026-08-02 00:00:00.000", firstMember, hard, 15)
	days := map[int64]int64{}
	var rows []struct{ CapDay, Points int64 }
	p.must(p.db.View(p.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT cap_day, SUM(amount) AS points FROM point_entries WHERE owner_id = ? AND cap_day > 0 GROUP BY cap_day", firstMember).Scan(&rows).Error
	}))
	for _, r := range rows {
		days[r.CapDay] = r.Points
	}
	if len(days) != 3 || days[20260731] != 40 || days[20260801] != 40 || days[20260802] != 15 {
		p.Errorf("the days have %v", days)
	}
}

func pairCap(p *proof) {
	same := func(w *model.Wish) { w.BeneficiaryID, w.Kind = 77, model.WishGoods } // 8 points
	other := func(w *model.Wish) { w.BeneficiaryID, w.Kind = 78, model.WishGoods }
	p.expect("2026-07-01 00:00:00.000", firstMember, same, 8)
	p.expect("2026-07-31 23:59:59.999", firstMember, same, 8, 0)
	p.expect("2026-07-31 23:59:59.999", firstMember, other, 8)
	p.expect("2026-08-01 00:00:00.000", firstMember, same, 8)
	p.clock.Pass(-10 * time.Minute)
	if got := p.earned(firstMember, same); got != 0 {
		p.Errorf("ten minutes before the month's end, again, a third wish of a pair earns %d", got)
	}
	p.expect("2026-08-31 23:59:59.999", firstMember, same, 8, 0)
	p.expect("2026-12-31 23:59:59.999", firstMember, same, 8, 8, 0)
	p.expect("2027-01-01 00:00:00.000", firstMember, same, 8, 8, 0)
}

// newYear posts something in the last millisecond of a year and in the first of
// the next: other seasons, quarters and months, and the same week.
func newYear(p *proof) {
	for i, when := range []string{"2026-12-31 23:59:59.999", "2027-01-01 00:00:00.000", "2027-01-03 23:59:59.999", "2027-01-04 00:00:00.000"} {
		p.at(when)
		_, err := p.move(model.PointAdjust, 1<<i, model.AccountIssue, proofCommunity, model.AccountMember, firstMember)
		p.must(err)
	}
	var rows []model.Standing
	p.must(p.db.View(p.Context(), func(tx *db.Tx) error { return tx.Where("user_id = ?", firstMember).Find(&rows).Error }))
	got := map[model.Period]int64{}
	for _, s := range rows {
		got[s.Period] = s.Honour
	}
	for period, want := range map[model.Period]int64{
		"W2026-53": 7, "W2027-01": 8, "M2026-12": 1, "M2027-01": 14, "Q2026-4": 1, "Q2027-1": 14, "S2026": 1, "S2027": 14, "A": 15,
	} {
		if got[period] != want {
			p.Errorf("in %s stands %d, want %d", period, got[period], want)
		}
		delete(got, period)
	}
	if len(got) > 0 {
		p.Errorf("there are other standings: %v", got)
	}
	lots := []int64{}
	p.at("2026-12-31 23:59:59.998")
	_, err := p.closed(nil, firstMember)
	p.must(err)
	for _, when := range []string{"2027-12-31 23:59:59.999", "2028-01-01 00:00:00.000"} {
		p.at(when)
		w, err := p.closed(nil, firstMember)
		p.must(err)
		p.must(p.update(func(tx *db.Tx) error {
			var id, lot int64
			if err := tx.Raw("SELECT id FROM point_txns WHERE source_id = ? AND kind = ?", w.ClaimID, model.PointEarn).Scan(&id).Error; err != nil {
				return err
			}
			if err := p.ledger.Mature(tx, id); err != nil {
				return err
			}
			err := tx.Raw("SELECT e.lot FROM point_entries e JOIN point_txns t ON t.id = e.txn_id WHERE t.source_id = ? AND t.kind = ? AND e.account = ?",
				w.ClaimID, model.PointPost, model.AccountMember).Scan(&lot).Error
			lots = append(lots, lot)
			return err
		}))
	}
	if len(lots) != 2 || lots[0] != 2027 || lots[1] != 2028 {
		p.Errorf("posted at new year, points are of the seasons %v", lots)
	}
}
