package model

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// inShanghai is a moment as people there would say it.
func inShanghai(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, shanghai).UTC()
}

func TestPointsExpireAtTheEndOfTheNextYear(t *testing.T) {
	for season, want := range map[int64]time.Time{
		2026: inShanghai(2028, 1, 1, 0, 0),
		2027: inShanghai(2029, 1, 1, 0, 0),
	} {
		if got := ExpiryOf(season); !got.Equal(want) {
			t.Errorf("points of %d expire at %s, want %s", season, got, want)
		}
		if s := SeasonOf(ExpiryOf(season).Add(-time.Millisecond)); s != season+1 {
			t.Errorf("the last moment of points of %d is in %d", season, s)
		}
	}
}

// TestPassesAreDueWhenTheirDayHasCome says for moments around the days of
// notice which passes over all members are due. The oldest season comes first;
// a notice that was overtaken is not sent any more, but what is too old always
// expires, and is looked for once more a month later.
func TestPassesAreDueWhenTheirDayHasCome(t *testing.T) {
	old := func(season int64) string { return fmt.Sprintf("%d:0 %d:-31", season, season) } // long over
	for _, tt := range []struct {
		at   time.Time
		want string // season:days of the last two seasons
	}{
		{inShanghai(2027, 1, 1, 0, 0), ""},
		{inShanghai(2027, 11, 1, 23, 59), ""},
		{inShanghai(2027, 11, 2, 0, 0), "2026:60"},
		{inShanghai(2027, 12, 1, 23, 59), "2026:60"},
		{inShanghai(2027, 12, 2, 0, 0), "2026:30"},
		{inShanghai(2027, 12, 24, 23, 59), "2026:30"},
		{inShanghai(2027, 12, 25, 0, 0), "2026:7"},
		{inShanghai(2027, 12, 31, 23, 59), "2026:7"},
		{inShanghai(2028, 1, 1, 0, 0), "2026:0"},
		{inShanghai(2028, 1, 31, 23, 59), "2026:0"},
		{inShanghai(2028, 2, 1, 0, 0), old(2026)},
		{inShanghai(2028, 11, 2, 0, 0), old(2026) + " 2027:60"},
		{inShanghai(2029, 1, 1, 0, 0), old(2026) + " 2027:0"},
	} {
		var got []string
		for _, p := range SweepsAt(tt.at) {
			if p.Season >= 2026 {
				got = append(got, fmt.Sprintf("%d:%d", p.Season, p.Days))
			}
			if p.DoneAt != nil || p.LastOwner != 0 || p.Version != 0 {
				t.Errorf("at %s a pass has begun: %+v", tt.at, p)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("at %s due are %q, want %q", tt.at.In(shanghai), s, tt.want)
		}
	}
}

func TestPassesOfSeasonsAreInTheirOrder(t *testing.T) {
	var last int64
	for _, p := range SweepsAt(inShanghai(2030, 6, 1, 12, 0)) {
		if p.Season < last {
			t.Errorf("the pass of %d comes after that of %d", p.Season, last)
		}
		last = p.Season
	}
	if last != 2028 {
		t.Errorf("in 2030 the last season to look at is %d, want 2028", last)
	}
}

func TestWhatIsLeftIsTheNewest(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		balance, newer, want int64
	}{
		{"all of it is old", 30, 0, 30},
		{"all of it is new", 30, 30, 0},
		{"some of it is old", 30, 20, 10},
		{"the old has been spent, and some of the new", 15, 20, 0},
		{"nothing is left", 0, 0, 0},
		{"a debt is not too old to be paid", -5, 0, 0},
		{"what was credited since has been reversed", 12, -3, 12},
	} {
		if got := Expiring(tt.balance, tt.newer); got != tt.want {
			t.Errorf("%s: %d of %d, want %d", tt.name, got, tt.balance, tt.want)
		}
	}
}

func TestANoticeSaysWhatAndWhen(t *testing.T) {
	for days, want := range map[int64]string{
		60:  "您有 9 分兑换分将于 2027年12月31日到期, 请及时使用",
		7:   "您有 9 分兑换分将于 2027年12月31日到期, 请及时使用",
		0:   "您有 9 分兑换分已于 2027年12月31日到期",
		-31: "您有 9 分兑换分已于 2027年12月31日到期",
	} {
		n := &PointNotice{Season: 2026, Days: days, Amount: 9}
		if got := n.Text(); got != want {
			t.Errorf("%d days before: %s", days, got)
		}
	}
}

func TestAnExpiryIsBookedOnTheNoticeItIsOf(t *testing.T) {
	n := &PointNotice{ID: 7, TenantID: 1, UserID: 5, Season: 2026, Amount: 9, ExpiresAt: ExpiryOf(2026)}
	p := n.Posting()
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	if p.Txn.SourceType != OfExpiry || p.Txn.SourceID != 7 || !p.Txn.OccurredAt.Equal(ExpiryOf(2026)) || len(p.Deeds) != 0 {
		t.Errorf("%+v", p)
	}
	changes := p.Changes()
	if len(changes) != 2 || changes[0].Account != AccountExpired || changes[0].Amount != 9 || changes[1].Account != AccountMember || changes[1].Amount != -9 {
		t.Errorf("%+v", changes)
	}
	if !PointExpire.Covered() {
		t.Error("more could expire than there is")
	}
}
