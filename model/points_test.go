package model

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// moved is a posting of one movement.
func moved(kind PointKind, amount int64, from Account, payer int64, to Account, payee int64) *Posting {
	p := &Posting{Txn: PointTxn{TenantID: 1, Kind: kind, SourceType: OfClaim, SourceID: 9, Memo: "心愿办结"}}
	p.Move(amount, from, payer, to, payee)
	return p
}

func TestEveryKindMovesBetweenItsAccountsAndNoOthers(t *testing.T) {
	accounts := []Account{AccountIssue, AccountPool, AccountMember, AccountPending, AccountRedeem, AccountExpired, AccountPenalty}
	allowed := map[PointKind][2]Account{
		PointEarn: {AccountIssue, AccountPending}, PointPost: {AccountPending, AccountMember}, PointAdjust: {AccountIssue, AccountMember},
		PointPenalty: {AccountMember, AccountPenalty}, PointHold: {AccountMember, AccountRedeem}, PointExpire: {AccountMember, AccountExpired},
		PointDonate: {AccountMember, AccountPool},
	}
	if len(PointKinds()) != len(allowed)+1 {
		t.Fatalf("the kinds are %v", PointKinds())
	}
	for _, kind := range PointKinds() {
		if kind.Title() == "" {
			t.Errorf("%s has no name for people", kind)
		}
		for _, from := range accounts {
			for _, to := range accounts {
				pair := allowed[kind]
				want := kind == PointReverse || slices.Contains(pair[:], from) && slices.Contains(pair[:], to)
				if err := moved(kind, 5, from, 3, to, 4).Check(); (err == nil) != want {
					t.Errorf("%s from %s to %s: %v", kind, from, to, err)
				}
			}
		}
	}
	if PointKind("gift").Title() != "" || PointKind("gift").Covered() {
		t.Error("a kind that is none has a name, or must be covered")
	}
}

func TestOnlyWhatMembersDoMustBeCovered(t *testing.T) {
	for _, k := range PointKinds() {
		if want := k == PointHold || k == PointExpire || k == PointDonate; k.Covered() != want {
			t.Errorf("%s must be covered: %v", k, k.Covered())
		}
	}
	for _, a := range []Account{AccountIssue, AccountPool} {
		if !a.OfOrg() {
			t.Errorf("%s is a person's", a)
		}
	}
	for _, a := range []Account{AccountMember, AccountPending, AccountRedeem, AccountExpired, AccountPenalty} {
		if a.OfOrg() {
			t.Errorf("%s is an organisation's", a)
		}
	}
}

func TestAPostingThatDoesNotAddUpIsRefused(t *testing.T) {
	for name, break1 := range map[string]func(p *Posting){
		"lines that do not add up": func(p *Posting) { p.Entries[0].Amount++ },
		"one line":                 func(p *Posting) { p.Entries = p.Entries[:1] },
		"one line of nothing":      func(p *Posting) { p.Entries = []PointEntry{{Account: AccountMember, OwnerID: 3}} },
		"no line":                  func(p *Posting) { p.Entries = nil },
		"an account of nobody":     func(p *Posting) { p.Entries[1].OwnerID = 0 },
		"an account of less":       func(p *Posting) { p.Entries[1].OwnerID = -4 },
		"a third line": func(p *Posting) {
			p.Entries = append(p.Entries, PointEntry{Account: AccountMember, OwnerID: 3, Amount: 1})
		},
		"an account of another": func(p *Posting) { p.Entries[1].Account = AccountExpired },
	} {
		p := moved(PointHold, 5, AccountMember, 3, AccountRedeem, 3)
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		break1(p)
		if err := p.Check(); err == nil || !strings.HasPrefix(err.Error(), "points: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := moved(PointEarn, 0, AccountIssue, 3, AccountPending, 4).Check(); err != nil {
		t.Errorf("nothing at all can be earned, and explained: %v", err)
	}
}

func TestASealKnowsEverythingThatMatters(t *testing.T) {
	sealed := func(change func(p *Posting)) *Posting {
		p := moved(PointHold, 5, AccountMember, 3, AccountRedeem, 3)
		if change != nil {
			change(p)
		}
		p.Seal()
		return p
	}
	first := sealed(nil)
	if first.Txn.PayloadHash != sealed(nil).Txn.PayloadHash || len(first.Txn.PayloadHash) != 64 {
		t.Error("the same has two hashes")
	}
	if first.Txn.RequestID != "hold:claim:9" {
		t.Errorf("it goes by the name of %q", first.Txn.RequestID)
	}
	if got := sealed(func(p *Posting) { p.Txn.RequestID = "凭证1" }).Txn; got.RequestID != "凭证1" || got.PayloadHash != first.Txn.PayloadHash {
		t.Errorf("a client's number is %q, or part of the content", got.RequestID)
	}
	for name, change := range map[string]func(p *Posting){
		"tenant": func(p *Posting) { p.Txn.TenantID++ }, "kind": func(p *Posting) { p.Txn.Kind = PointDonate },
		"source type": func(p *Posting) { p.Txn.SourceType = OfWish }, "source": func(p *Posting) { p.Txn.SourceID++ },
		"memo": func(p *Posting) { p.Txn.Memo = "别的" }, "amounts": func(p *Posting) { p.Entries[0].Amount, p.Entries[1].Amount = -6, 6 },
		"owner": func(p *Posting) { p.Entries[1].OwnerID++ }, "account": func(p *Posting) { p.Entries[1].Account = AccountExpired },
		"one more line": func(p *Posting) { p.Move(0, AccountMember, 3, AccountRedeem, 3) },
	} {
		if sealed(change).Txn.PayloadHash == first.Txn.PayloadHash {
			t.Errorf("another %s has the same hash", name)
		}
	}
}

func TestAMirrorTakesBackEveryLineAndDeed(t *testing.T) {
	p := moved(PointPost, 12, AccountPending, 4, AccountMember, 4)
	p.Txn.ID, p.Txn.RuleVersion = 77, 3
	p.Entries[1].Lot, p.Entries[0].CapDay, p.Entries[0].CapKind, p.Entries[0].Pair = 2026, 20260701, CapWish, "u5"
	p.Entries[0].ID, p.Entries[1].ID, p.Entries[0].TxnID = 1, 2, 77
	p.Deeds = []Deed{{ID: 5, TxnID: 77, TenantID: 1, UserID: 4, CommunityID: 3, Tally: Tally{Honour: 12, Wishes: 1, Stars: 5, Rated: 1}}}
	m := p.Mirror("重新办理", noon)
	if m.Txn.Kind != PointReverse || m.Txn.SourceType != OfPointTxn || m.Txn.SourceID != 77 || m.Txn.RuleVersion != 3 || m.Txn.ID != 0 || !m.Txn.OccurredAt.Equal(noon) || m.Txn.Memo != "重新办理" {
		t.Errorf("the mirror is %+v", m.Txn)
	}
	for i, e := range m.Entries {
		want := p.Entries[i]
		want.ID, want.TxnID, want.Amount = 0, 0, -want.Amount
		if e != want {
			t.Errorf("line %d is %+v, want %+v", i, e, want)
		}
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	if len(m.Deeds) != 1 || m.Deeds[0].Tally != p.Deeds[0].Tally.Minus() || m.Deeds[0].CommunityID != 3 || m.Deeds[0].ID != 0 {
		t.Errorf("the deeds of the mirror are %+v", m.Deeds)
	}
	if p.Entries[1].Amount != 12 || p.Deeds[0].Honour != 12 {
		t.Error("the original has been changed")
	}
	both := append(p.Changes(), m.Changes()...)
	sum := map[Account]int64{}
	for _, c := range both {
		sum[c.Account] += c.Amount
	}
	if sum[AccountMember] != 0 || sum[AccountPending] != 0 {
		t.Errorf("after both there is %v", sum)
	}
}

func TestChangesAreSummedAndInOneOrder(t *testing.T) {
	p := &Posting{Txn: PointTxn{TenantID: 7, Kind: PointEarn}}
	p.Move(3, AccountIssue, 1, AccountPending, 9)
	p.Move(4, AccountIssue, 1, AccountPending, 8)
	p.Move(5, AccountIssue, 1, AccountPending, 9)
	p.Move(6, AccountPending, 9, AccountMember, 9)
	var got []PointBalance
	for _, c := range p.Changes() {
		if c.TenantID != 7 || c.Version != 0 || c.UpdatedAt != (time.Time{}) {
			t.Errorf("a change is %+v", c)
		}
		got = append(got, PointBalance{OwnerID: c.OwnerID, Account: c.Account, Amount: c.Amount})
	}
	want := []PointBalance{
		{OwnerID: 8, Account: AccountPending, Amount: 4}, {OwnerID: 9, Account: AccountMember, Amount: 6}, {OwnerID: 9, Account: AccountPending, Amount: 2},
	}
	if !slices.Equal(got, want) {
		t.Errorf("the changes are %+v, want %+v: no row of an organisation, each once, in order", got, want)
	}
}

func TestWhatIsOldestIsSpentFirst(t *testing.T) {
	for _, c := range []struct{ balance, newer, want int64 }{
		{100, 30, 70},  // 30 of the 100 are newer
		{20, 30, 0},    // what is left is newer
		{0, 0, 0},      //
		{50, 0, 50},    // all of it is old
		{-5, 0, 0},     // a debt does not expire
		{-5, 10, 0},    //
		{40, -10, 40},  // later credits were taken back
		{100, 100, 0},  //
		{101, 100, 1},  //
		{1, 0, 1},      //
		{10, 1000, 0},  //
		{7, -7, 7},     //
		{-50, -100, 0}, //
	} {
		if got := Expiring(c.balance, c.newer); got != c.want {
			t.Errorf("of %d, when %d came later, %d expire, want %d", c.balance, c.newer, got, c.want)
		}
	}
}
