package points_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// owners returns whose lines somebody is told, in order.
func owners(lines []model.PointEntry) (all []int64) {
	for _, e := range lines {
		all = append(all, e.OwnerID)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func shareholders(shares []model.Share) (all []int64) {
	for _, s := range shares {
		all = append(all, s.UserID)
	}
	slices.Sort(all)
	return all
}

// TestEachOfATeamIsToldHisOwnShare, and who oversees the points everybody's.
func TestEachOfATeamIsToldHisOwnShare(t *testing.T) {
	w := newTown(t)
	w.close(w.wish(nil, alice, bob))
	txn := w.newest(alice, model.AccountPending)
	if other := w.newest(bob, model.AccountPending); other != txn {
		t.Fatalf("a wish is booked as %d and %d", txn, other)
	}
	for name, c := range map[string]struct {
		who   model.Actor
		lines []int64 // whose; nil: there is no such transaction
		share []int64
	}{
		"one of the team":         {actor(alice), []int64{alice}, []int64{alice}},
		"another of the team":     {actor(bob), []int64{bob}, []int64{bob}},
		"whose wish it was":       {actor(resident), nil, nil},
		"a worker":                {actor(901, holding(model.RoleWorker, community, "/1/2/3/")), []int64{community, alice, bob}, []int64{alice, bob}},
		"an auditor there":        {actor(902, holding(model.RoleAuditor, community, "/1/2/3/")), []int64{community, alice, bob}, []int64{alice, bob}},
		"a worker next door":      {actor(903, holding(model.RoleWorker, 4, "/1/2/4/")), nil, nil},
		"the township's":          {actor(904, holding(model.RoleTownship, township, "/1/2/")), []int64{community, alice, bob}, []int64{alice, bob}},
		"another township's":      {actor(905, holding(model.RoleTownship, 5, "/1/5/")), nil, nil},
		"the county's":            {officer(), []int64{community, alice, bob}, []int64{alice, bob}},
		"the county's auditor":    {actor(906, holding(model.RoleAuditor, county, "/1/")), []int64{community, alice, bob}, []int64{alice, bob}},
		"the county's admin":      {actor(907, holding(model.RoleAdmin, county, "/1/")), nil, nil},
		"a verifier":              {actor(908, holding(model.RoleVerifier, community, "/1/2/3/")), nil, nil},
		"a volunteer":             {actor(909, holding(model.RoleVolunteer, community, "/1/2/3/")), nil, nil},
		"who has the number of 3": {actor(community), nil, nil},
	} {
		x, err := w.points.Explain(t.Context(), c.who, txn)
		if c.lines == nil {
			if !errors.Is(err, model.ErrPointsNotFound) {
				t.Errorf("%s is told %+v, %v", name, x, err)
			}
			continue
		}
		w.must(err)
		if !slices.Equal(owners(x.Lines), c.lines) || !slices.Equal(shareholders(x.Why.Shares), c.share) || !x.Computed || x.Why.Total != 14 {
			t.Errorf("%s is told of %v, shares of %v", name, owners(x.Lines), shareholders(x.Why.Shares))
		}
	}
	text := strings.Join(w.explain(actor(bob), txn).Why.Text(0), "\n")
	if strings.Count(text, "实得") != 1 || !strings.Contains(text, "由 2 人分享") || strings.Contains(text, fmt.Sprint(alice)) {
		t.Errorf("one of the team reads %s", text)
	}
}

// TestTheOfficerOfAnotherCountyIsToldNothing, whatever he holds.
func TestTheOfficerOfAnotherCountyIsToldNothing(t *testing.T) {
	w := newTown(t)
	w.close(w.wish(nil, alice))
	txn := w.newest(alice, model.AccountPending)
	for _, who := range []model.Actor{
		{UserID: 950, TenantID: 77, Held: []model.Held{holding(model.RoleCounty, 77, "/77/")}},
		{UserID: 950, TenantID: 77, Held: []model.Held{holding(model.RoleAuditor, county, "/1/")}}, // a grant that has outlived a move
		{UserID: alice, TenantID: 77}, // as does her account
		{},
	} {
		if x, err := w.points.Explain(t.Context(), who, txn); !errors.Is(err, model.ErrPointsNotFound) {
			t.Errorf("%+v is told %+v, %v", who, x, err)
		}
	}
	if _, err := w.points.Explain(t.Context(), officer(), 12345); !errors.Is(err, model.ErrPointsNotFound) {
		t.Errorf("what is not there: %v", err)
	}
}

// TestWhatWasTakenBackSaysSo, and so does what took it back.
func TestWhatWasTakenBackSaysSo(t *testing.T) {
	w := newTown(t)
	wish := w.wish(nil, alice, bob)
	w.close(wish)
	earned := w.newest(alice, model.AccountPending)
	if x := w.explain(actor(alice), earned); x.ReversedBy != 0 || x.Txn.Memo != "心愿办结: 换灯泡" {
		t.Errorf("while it stands: %+v", x)
	}
	w.pass(7 * 24 * time.Hour)
	posted := w.newest(alice, model.AccountMember)
	if x := w.explain(actor(alice), posted); x.Txn.Kind != model.PointPost || x.Computed || !slices.Equal(owners(x.Lines), []int64{alice}) || len(x.Lines) != 2 {
		t.Errorf("booked: %+v", x)
	}
	w.update(func(tx *db.Tx) error { return w.points.WishReopened(tx, wish, actor(resident)) })
	for _, txn := range []int64{earned, posted} {
		x := w.explain(actor(bob), txn)
		if x.ReversedBy == 0 {
			t.Fatalf("%d is not taken back: %+v", txn, x)
		}
		back := w.explain(actor(bob), x.ReversedBy)
		if back.Txn.Kind != model.PointReverse || back.Txn.SourceID != txn || back.ReversedBy != 0 || back.Txn.Memo != "重新办理: 换灯泡" {
			t.Errorf("taken back by %+v", back.Txn)
		}
		for i, e := range back.Lines {
			if e.OwnerID != bob || e.Amount != -x.Lines[i].Amount || e.Account != x.Lines[i].Account {
				t.Errorf("line %d is %+v, of %+v", i, e, x.Lines[i])
			}
		}
	}
	w.has(alice, 0, 0, 0)
	w.has(bob, 0, 0, 0)
}

// TestACutIsExplained: why somebody got less than was due, or nothing.
func TestACutIsExplained(t *testing.T) {
	w := newTown(t)
	hard := func(x *model.Wish) { x.Difficulty = model.Hard } // 18
	w.close(w.wish(hard, alice))
	w.close(w.wish(hard, alice))
	w.close(w.wish(hard, alice)) // a third time of the pair
	why := w.explain(actor(alice), w.newest(alice, model.AccountPending)).Why
	if s := why.Shares[0]; s.Due != 18 || s.Points != 0 || len(s.Cuts) != 1 || s.Cuts[0] != (model.Cut{Cap: model.RulePairMonth, Title: "同一对象每月计分次数", Limit: 2, Used: 2, Cut: 18}) {
		t.Errorf("the third time: %+v", s)
	}
	w.close(w.wish(func(x *model.Wish) { hard(x); x.BeneficiaryID = 700 }, alice)) // more than 40 a day
	why = w.explain(actor(alice), w.newest(alice, model.AccountPending)).Why
	if s := why.Shares[0]; s.Due != 18 || s.Points != 4 || len(s.Cuts) != 1 || s.Cuts[0].Cap != model.RuleWishDay || s.Cuts[0].Used != 36 || s.Cuts[0].Cut != 14 {
		t.Errorf("beyond the day: %+v", s)
	}
	if text := strings.Join(why.Text(0), "\n"); !strings.Contains(text, "心愿每日上限 40, 此前已有 36, 扣去 14 分") || !strings.Contains(text, "应得 18 分, 实得 4 分") {
		t.Errorf("it reads %s", text)
	}
	w.has(alice, 0, 40, 0)
}

// TestWhatSomebodySpendsIsHisOwnAffair, and that of the county.
func TestWhatSomebodySpendsIsHisOwnAffair(t *testing.T) {
	w := newTown(t)
	w.earn(nil, alice)
	w.must(w.spend(alice, 4, 1))
	txn := w.newest(alice, model.AccountMember)
	if x := w.explain(actor(alice), txn); x.Computed || len(x.Lines) != 2 || x.Txn.Kind != model.PointHold || x.ReversedBy != 0 {
		t.Errorf("she is told %+v", x)
	}
	for _, who := range []model.Actor{actor(bob), actor(901, holding(model.RoleWorker, community, "/1/2/3/")), actor(904, holding(model.RoleTownship, township, "/1/2/"))} {
		if x, err := w.points.Explain(t.Context(), who, txn); !errors.Is(err, model.ErrPointsNotFound) {
			t.Errorf("%d is told %+v, %v", who.UserID, x, err)
		}
	}
	if x := w.explain(officer(), txn); len(x.Lines) != 2 {
		t.Errorf("the county is told %+v", x)
	}
	w.update(func(tx *db.Tx) error {
		return w.points.Undo(tx, county, model.OfRedemption, 1, "取消兑换", actor(alice))
	})
	if x := w.explain(actor(alice), txn); x.ReversedBy != w.newest(alice, model.AccountMember) {
		t.Errorf("given back by %d", x.ReversedBy)
	}
}
