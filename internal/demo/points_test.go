package demo_test

import (
	"testing"

	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/demo"
	"dandelion/internal/verify"
	"dandelion/model"
)

// TestTheDemoCountyHasPoints looks at what the people of the demo county have
// earned, taken and given: it is there to be tried, and it adds up.
func TestTheDemoCountyHasPoints(t *testing.T) {
	d := load(t, dbtest.URL(t))
	t.Run("which add up", func(t *testing.T) {
		r, err := verify.Run(t.Context(), d)
		if err != nil || r.Differing() != 0 || r.Checked() < 1000 {
			t.Errorf("%v\n%s", err, r)
		}
	})
	t.Run("booked in every way", func(t *testing.T) { bookedEveryWay(t, d) })
	t.Run("with something of each kind to look at", func(t *testing.T) { somethingOfEach(t, d) })
	t.Run("that lead from a wish to an account", func(t *testing.T) { fromWishToAccount(t, d) })
	t.Run("and boards on which nobody stands who did not choose to", func(t *testing.T) { choices(t, d) })
}

func bookedEveryWay(t *testing.T, d *db.DB) {
	t.Helper()
	for _, k := range model.PointKinds() {
		n := number(t, d, "SELECT COUNT(*) FROM point_txns WHERE kind = ?", k)
		if (n == 0) != (k == model.PointExpire) { // the county is younger than its oldest points
			t.Errorf("%s was booked %d times", k, n)
		}
	}
	for name, query := range map[string]string{
		"points of another county":                 "SELECT COUNT(*) FROM point_txns WHERE tenant_id <> 1000",
		"points from later":                        "SELECT COUNT(*) FROM point_txns WHERE created_at > '2026-07-01 08:00:00'",
		"posted before they could be appealed":     "SELECT COUNT(*) FROM point_txns p JOIN point_txns e ON e.source_id = p.source_id AND e.source_type = p.source_type AND e.kind = 'earn' WHERE p.kind = 'post' AND p.created_at < e.created_at",
		"pending although their time is over":      "SELECT COUNT(*) FROM timers WHERE kind = 'points.post' AND due_at <= '2026-07-01 07:58:00'",
		"members who spent what they had not":      "SELECT COUNT(*) FROM point_balances WHERE account = 'member' AND amount < -10",
		"more than a day's cap":                    "SELECT COUNT(*) FROM (SELECT owner_id, SUM(amount) AS n FROM point_entries WHERE cap_day > 0 GROUP BY owner_id, cap_day HAVING SUM(amount) > 40) x",
		"closed wishes that have earned nothing":   "SELECT COUNT(*) FROM wishes w WHERE w.state = 'closed' AND NOT EXISTS (SELECT 1 FROM point_txns t WHERE t.source_type = 'claim' AND t.source_id = w.claim_id AND t.kind = 'earn')",
		"events that the boards have not heard of": "SELECT COUNT(*) FROM events WHERE subject = 'points' AND relay_at IS NOT NULL",
	} {
		if n := number(t, d, query); n != 0 {
			t.Errorf("%d %s", n, name)
		}
	}
}

func somethingOfEach(t *testing.T, d *db.DB) {
	t.Helper()
	for query, want := range map[string]int64{
		"SELECT COUNT(*) FROM rewards":                                                                     8,
		"SELECT COUNT(*) FROM rewards WHERE stock = 0":                                                     1,
		"SELECT COUNT(*) FROM redemptions WHERE state = 'held'":                                            2,
		"SELECT COUNT(*) FROM redemptions WHERE state = 'picked_up'":                                       1,
		"SELECT COUNT(*) FROM redemptions WHERE state = 'cancelled'":                                       1,
		"SELECT COUNT(*) FROM redemptions WHERE state = 'held' AND proxy_at IS NOT NULL":                   1,
		"SELECT COUNT(*) FROM timers WHERE kind = 'redemption.expire'":                                     2,
		"SELECT COUNT(*) FROM donations":                                                                   1,
		"SELECT COUNT(*) FROM point_cases WHERE state = 'proposed'":                                        1,
		"SELECT COUNT(*) FROM point_cases WHERE state = 'approved'":                                        2,
		"SELECT COUNT(*) FROM point_cases WHERE state = 'appealed'":                                        1,
		"SELECT amount FROM point_budgets WHERE org_id = 1200":                                             600,
		"SELECT COUNT(*) FROM redemptions WHERE user_id NOT IN (SELECT user_id FROM members)":              0,
		"SELECT COUNT(*) FROM redemptions WHERE (state = 'held') <> (LENGTH(code) >= 20)":                  0, // sealed
		"SELECT COUNT(*) FROM grants WHERE role = 'verifier' AND org_id = 1200 AND active_key IS NOT NULL": 1,
	} {
		if n := number(t, d, query); n != want {
			t.Errorf("%s: %d, want %d", query, n, want)
		}
	}
}

// fromWishToAccount follows the points of each persona who serves, from his
// claims to what he can spend.
func fromWishToAccount(t *testing.T, d *db.DB) {
	t.Helper()
	for _, code := range []string{"demo-member", "demo-member2"} {
		user := demo.UserID(code)
		earned := number(t, d, `SELECT COALESCE(SUM(e.amount), 0) FROM point_entries e JOIN point_txns t ON t.id = e.txn_id
			WHERE e.owner_id = ? AND e.account = 'member' AND t.kind = 'post'`, user)
		other := number(t, d, `SELECT COALESCE(SUM(e.amount), 0) FROM point_entries e JOIN point_txns t ON t.id = e.txn_id
			WHERE e.owner_id = ? AND e.account = 'member' AND t.kind <> 'post'`, user)
		spendable := number(t, d, "SELECT amount FROM point_balances WHERE owner_id = ? AND account = 'member'", user)
		honour := number(t, d, "SELECT honour FROM standings WHERE user_id = ? AND period = 'S2026'", user)
		closed := number(t, d, `SELECT COUNT(DISTINCT t.id) FROM point_txns t JOIN claims c ON c.id = t.source_id
			LEFT JOIN wish_helpers h ON h.claim_id = c.id AND h.user_id = ? WHERE t.kind = 'post' AND (c.claimer_id = ? OR h.user_id = ?)`, user, user, user)
		wishes := number(t, d, "SELECT wishes FROM standings WHERE user_id = ? AND period = 'S2026'", user)
		if earned <= 0 || earned+other != spendable || honour <= 0 || wishes < 1 || wishes > closed {
			t.Errorf("%s earned %d, %d otherwise, can spend %d; honour %d for %d of %d wishes", code, earned, other, spendable, honour, wishes, closed)
		}
	}
	for _, code := range []string{"demo-resident", "demo-worker", "demo-auditor"} {
		if n := number(t, d, "SELECT COUNT(*) FROM point_entries WHERE owner_id = ?", demo.UserID(code)); n != 0 {
			t.Errorf("%s has %d lines", code, n)
		}
	}
}

func choices(t *testing.T, d *db.DB) {
	t.Helper()
	public := number(t, d, "SELECT COUNT(*) FROM board_choices WHERE is_public = true")
	ranked := number(t, d, "SELECT COUNT(*) FROM standings WHERE tenant_id = 1000 AND period = 'A' AND honour > 0")
	if public < 5 || public >= ranked {
		t.Errorf("%d of %d have chosen to be named", public, ranked)
	}
	for _, code := range []string{"demo-member", "demo-member2"} {
		if number(t, d, "SELECT COUNT(*) FROM board_choices WHERE user_id = ? AND is_public = true", demo.UserID(code)) != 1 {
			t.Errorf("%s is not named on boards", code)
		}
	}
	if n := number(t, d, "SELECT COUNT(*) FROM board_choices WHERE user_id = ?", demo.UserID("demo-member3")); n != 0 {
		t.Error("demo-member3 is there to see a board without one's name")
	}
}
