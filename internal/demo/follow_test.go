package demo_test

import (
	"fmt"
	"slices"
	"strings"

	"dandelion/internal/db"
	"dandelion/internal/demo"
	"dandelion/model"
	"dandelion/service/board"
)

// follow goes from the wishes that somebody has served to what he can spend.
func (k *desk) follow(code string) {
	k.Helper()
	who := k.as(code)
	pending, err := k.points.History(k.Context(), who, model.AccountPending, 0, 200)
	k.must(err)
	var pends, posted, served int64
	for _, l := range pending {
		pends += l.Amount
		switch record := k.number("SELECT COALESCE(MAX(source_id), 0) FROM point_txns WHERE id = ? AND source_type = 'service_record'", l.TxnID); {
		case l.Kind != model.PointEarn:
		case record != 0: // for hours
			posted += k.number(`SELECT COALESCE(SUM(e.amount), 0) FROM point_entries e JOIN point_txns t ON t.id = e.txn_id
				WHERE t.kind = 'post' AND t.source_type = 'service_record' AND t.source_id = ? AND e.account = 'member'`, record)
		default:
			served++
			posted += k.fromTheWish(who, l.TxnID, l.Amount)
		}
	}
	if served < 2 || posted == 0 {
		k.Errorf("%s has served %d wishes, for %d points", code, served, posted)
	}
	closed := k.number(`SELECT COUNT(*) FROM wishes w WHERE w.state = 'closed' AND (w.claimer_id = ? OR EXISTS (
		SELECT 1 FROM wish_helpers h WHERE h.wish_id = w.id AND h.user_id = ?))`, who.UserID, who.UserID)
	if closed == 0 || served < closed {
		k.Errorf("%s has closed %d wishes, and %d lines for them", code, closed, served)
	}
	lines, err := k.points.History(k.Context(), who, model.AccountMember, 0, 200)
	k.must(err)
	var spendable, byWishes int64
	for _, l := range lines {
		spendable += l.Amount
		if l.Kind == model.PointPost {
			byWishes += l.Amount
		}
		if l.Kind.Title() == "" || l.Memo == "" || l.OccurredAt.After(now) {
			k.Errorf("a line is %+v", l)
		}
	}
	a, err := k.points.Account(k.Context(), who)
	k.must(err)
	if a.Spendable != spendable || a.Pending != pends || byWishes != posted || a.Honour != a.AllTime || a.Level == "" {
		k.Errorf("%s has %+v; his lines say %d, %d pending, %d by wishes, of %d", code, a, spendable, pends, byWishes, posted)
	}
	if honour := k.number("SELECT SUM(honour) FROM deeds WHERE user_id = ?", who.UserID); honour != a.Honour {
		k.Errorf("%s has honour %d, his deeds say %d", code, a.Honour, honour)
	}
}

// fromTheWish says how much of what was earned by one wish has been posted.
func (k *desk) fromTheWish(who model.Actor, txn, amount int64) int64 {
	k.Helper()
	x, err := k.points.Explain(k.Context(), who, txn)
	k.must(err)
	var claim model.Claim
	var wish model.Wish
	view(k.T, k.db, func(tx *db.Tx) error {
		if err := tx.Where("id = ?", x.Txn.SourceID).Take(&claim).Error; err != nil {
			return err
		}
		return tx.Where("id = ?", claim.WishID).Take(&wish).Error
	})
	switch {
	case x.Txn.SourceType != model.OfClaim || !x.Computed || len(x.Why.Shares) != 1 || x.Why.Shares[0].Points != amount:
		k.Errorf("%d points are explained by %+v", amount, x)
	case claim.ClaimerID != who.UserID && !claim.Team.Has(who.UserID):
		k.Errorf("he has points of claim %d, which was not his", claim.ID)
	case !strings.HasSuffix(x.Txn.Memo, wish.Title) || x.Why.Kind != wish.Kind:
		k.Errorf("%q is told of a wish for %q", x.Txn.Memo, wish.Title)
	case x.ReversedBy == 0 && (wish.State != model.WishClosed || wish.ClaimID != claim.ID || x.Why.Stars != wish.Stars || x.Why.Minutes != wish.Minutes):
		k.Errorf("a wish that is %s has earned %+v", wish.State, x.Why.Facts)
	}
	text := strings.Join(x.Why.Text(x.Txn.RuleVersion), "\n")
	if !strings.Contains(text, "按系统默认积分规则") || !strings.Contains(text, fmt.Sprintf("实得 %d 分", amount)) {
		k.Errorf("it reads %s", text)
	}
	return k.number("SELECT COALESCE(SUM(e.amount), 0) FROM point_entries e JOIN point_txns t ON t.id = e.txn_id WHERE t.kind = 'post' AND t.source_type = 'claim' AND t.source_id = ? AND e.account = 'member' AND e.owner_id = ?", claim.ID, who.UserID)
}

// standings are the sums of the deeds, in each period.
func (k *desk) standings() {
	k.Helper()
	var deeds []model.Deed
	var all []model.Standing
	view(k.T, k.db, func(tx *db.Tx) error {
		if err := tx.Find(&deeds).Error; err != nil {
			return err
		}
		return tx.Find(&all).Error
	})
	type key struct {
		period model.Period
		user   int64
	}
	sums := map[key]model.Tally{}
	for _, d := range deeds {
		for _, p := range model.PeriodsAt(d.CreatedAt) {
			at := key{p, d.UserID}
			sums[at] = sums[at].Plus(d.Tally)
		}
	}
	if len(all) != len(sums) || len(all) < 100 {
		k.Errorf("%d standings of %d sums", len(all), len(sums))
	}
	for _, s := range all {
		if want := sums[key{s.Period, s.UserID}]; s.Tally != want {
			k.Errorf("%d in %s has %+v, his deeds say %+v", s.UserID, s.Period, s.Tally, want)
		}
		if s.TenantID != demo.CountyID || s.CommunityID < demo.CommunityID || s.CommunityID >= demo.GridID || s.TownshipID == 0 {
			k.Errorf("%d in %s belongs to %d in %d", s.UserID, s.Period, s.CommunityID, s.TownshipID)
		}
	}
}

// ranked looks at the boards as a resident does.
func (k *desk) ranked() {
	k.Helper()
	var chosen []model.BoardChoice
	view(k.T, k.db, func(tx *db.Tx) error { return tx.Order("user_id").Find(&chosen).Error })
	public := map[int64]bool{}
	for _, c := range chosen {
		public[c.UserID] = c.IsPublic && c.TenantID == demo.CountyID
	}
	if len(public) != 14 || !public[demo.UserID("demo-member")] || !public[demo.UserID("demo-member2")] || public[demo.UserID("demo-member3")] {
		k.Errorf("%d have chosen: %v", len(public), public)
	}
	k.must(k.boards.Keep(k.Context()))
	k.must(k.boards.Record(k.Context()))
	q := board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "season", Scope: demo.CountyID, Limit: 50}
	b, err := k.boards.Get(k.Context(), k.as("demo-resident"), q)
	k.must(err)
	honour := k.counts("SELECT CONCAT('', user_id) AS name, honour AS n FROM standings WHERE period = 'S2026' AND honour > 0")
	if b.Stale || b.Total != int64(len(honour)) || len(b.Lines) < 13 {
		k.Errorf("the board has %d lines of %d, want %d; stale %v", len(b.Lines), b.Total, len(honour), b.Stale)
	}
	for i, l := range b.Lines {
		if !public[l.SubjectID] || l.Value != honour[fmt.Sprint(l.SubjectID)] || l.Name == "" || i > 0 && (l.Rank <= b.Lines[i-1].Rank || l.Value > b.Lines[i-1].Value) {
			k.Errorf("a line is %+v", l)
		}
	}
	q.Scope = demo.CommunityID
	b, err = k.boards.Get(k.Context(), k.as("demo-member"), q)
	k.must(err)
	if !slices.ContainsFunc(b.Lines, func(l board.Line) bool {
		return l.Name == "张志强" && l.Rank == b.Me.Rank && l.Value == b.Me.Value
	}) {
		k.Errorf("the member, who is %+v, is not on %+v", b.Me, b.Lines)
	}
	for _, of := range []model.BoardOf{model.BoardUnits, model.BoardCommunities} {
		b, err := k.boards.Get(k.Context(), k.as("demo-resident"), board.Query{Of: of, Measure: model.ByWishes, Period: "all", Scope: demo.CountyID, Limit: 50})
		k.must(err)
		if len(b.Lines) < 5 || b.Me != nil || b.Stale {
			k.Errorf("%s: %+v", of, b)
		}
	}
	elsewhere, err := k.boards.Get(k.Context(), k.as("demo-other-member"), board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "season", Scope: demo.OtherCounty, Limit: 50})
	k.must(err)
	if elsewhere.Total != 0 || len(elsewhere.Lines) != 0 {
		k.Errorf("the other county has %+v", elsewhere)
	}
}
