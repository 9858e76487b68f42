package model

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"dandelion/internal/fault"
)

// Faults of the points ledger.
var (
	ErrPointsShort    = fault.Define(fault.Conflict, "points.short", "可用积分不足")
	ErrPointsRepeated = fault.Define(fault.Conflict, "points.repeated", "同一凭证号或同一来源已记过不同的账")
	ErrPointsReversed = fault.Define(fault.Conflict, "points.reversed", "这笔积分已冲正")
	ErrPointsNotFound = fault.Define(fault.NotFound, "points.not_found", "没有这笔积分记录")
)

// Account is what an amount of points is booked on (账户). Together with its
// owner it names an account; organisations own issue and pool, people the rest.
type Account string

// The accounts of the ledger.
const (
	AccountIssue   Account = "issue"   // 发放: an organisation's budget
	AccountPool    Account = "pool"    // 社区公益池: what members donated to a community
	AccountMember  Account = "member"  // 兑换分: what a member can spend
	AccountPending Account = "pending" // 待入账: earned, while it can still be appealed
	AccountRedeem  Account = "redeem"  // 已兑换
	AccountExpired Account = "expired" // 已过期
	AccountPenalty Account = "penalty" // 已扣减
)

// OfOrg reports whether organisations own accounts of kind a. Those have
// entries but no balance row, so that no row is every member's to wait for.
func (a Account) OfOrg() bool { return a == AccountIssue || a == AccountPool }

// PointKind says what a transaction of points is (业务类型).
type PointKind string

// The kinds of transaction.
const (
	PointEarn    PointKind = "earn"    // 获得, pending
	PointPost    PointKind = "post"    // 入账
	PointReverse PointKind = "reverse" // 冲正: the mirror of another, once
	PointAdjust  PointKind = "adjust"  // 调整
	PointPenalty PointKind = "penalty" // 扣减
	PointHold    PointKind = "hold"    // 兑换
	PointExpire  PointKind = "expire"  // 过期
	PointDonate  PointKind = "donate"  // 捐赠
)

// pointFlows says between which accounts each kind moves points, and whether a
// member must have what is taken from him. A correction may leave a debt, which
// later points pay off; what a member does himself may not.
var pointFlows = []struct {
	kind     PointKind
	title    string
	accounts [2]Account // one side and the other
	covered  bool
}{
	{PointEarn, "获得", [2]Account{AccountIssue, AccountPending}, false},
	{PointPost, "入账", [2]Account{AccountPending, AccountMember}, false},
	{PointReverse, "冲正", [2]Account{}, false},
	{PointAdjust, "调整", [2]Account{AccountIssue, AccountMember}, false},
	{PointPenalty, "扣减", [2]Account{AccountMember, AccountPenalty}, false},
	{PointHold, "兑换", [2]Account{AccountMember, AccountRedeem}, true},
	{PointExpire, "过期", [2]Account{AccountMember, AccountExpired}, true},
	{PointDonate, "捐赠", [2]Account{AccountMember, AccountPool}, true},
}

// PointKinds returns the kinds of transaction.
func PointKinds() []PointKind {
	var all []PointKind
	for _, f := range pointFlows {
		all = append(all, f.kind)
	}
	return all
}

// Title returns what people call k.
func (k PointKind) Title() string {
	for _, f := range pointFlows {
		if f.kind == k {
			return f.title
		}
	}
	return ""
}

// Covered reports whether a member must have what k takes from him.
func (k PointKind) Covered() bool {
	for _, f := range pointFlows {
		if f.kind == k {
			return f.covered
		}
	}
	return false
}

// PointTxn is a transaction of the points ledger (积分流水). It is written once
// and never changed; a mistake is put right by its mirror. What it is about can
// be booked once per kind, and so can what a client calls it.
type PointTxn struct {
	ID          int64     `gorm:"primaryKey;autoIncrement:false;index:idx_point_txns_kind,priority:3"`
	TenantID    int64     `gorm:"not null;uniqueIndex:idx_point_txns_source,priority:1;uniqueIndex:idx_point_txns_request,priority:1;index:idx_point_txns_kind,priority:1"`
	Kind        PointKind `gorm:"size:16;not null;uniqueIndex:idx_point_txns_source,priority:4;index:idx_point_txns_kind,priority:2"`
	SourceType  Subject   `gorm:"size:16;not null;uniqueIndex:idx_point_txns_source,priority:2"`
	SourceID    int64     `gorm:"not null;uniqueIndex:idx_point_txns_source,priority:3"`
	RequestID   string    `gorm:"size:64;not null;uniqueIndex:idx_point_txns_request,priority:2"`
	PayloadHash string    `gorm:"size:64;not null"`
	RuleVersion int64     `gorm:"not null"` // 0: no rule, or the built-in one
	ActorID     int64     `gorm:"not null"` // 0: the system
	Memo        string    `gorm:"size:200;not null"`
	Detail      string    `gorm:"type:mediumtext;not null"` // an [Explanation]; "" if there is nothing to explain
	OccurredAt  time.Time `gorm:"not null"`                 // when what it is about happened
	CreatedAt   time.Time `gorm:"not null"`
}

// PointEntry is one line of a transaction: an amount on an account. The lines
// of a transaction add up to 0.
//
// CapDay and what follows it are set on what is earned, so that a cap is the
// sum of one range of one index; the mirror of a line carries the same, so what
// is reversed no longer fills a cap.
type PointEntry struct {
	ID       int64   `gorm:"primaryKey;autoIncrement:false;index:idx_point_entries_account,priority:3;index:idx_point_entries_tenant,priority:3"`
	TenantID int64   `gorm:"not null;index:idx_point_entries_tenant,priority:1"`
	TxnID    int64   `gorm:"not null;index:idx_point_entries_txn,priority:1;index:idx_point_entries_account,priority:4"`
	Account  Account `gorm:"size:8;not null;index:idx_point_entries_account,priority:2;index:idx_point_entries_tenant,priority:2"`
	OwnerID  int64   `gorm:"not null;index:idx_point_entries_account,priority:1;index:idx_point_entries_cap,priority:1"`
	Amount   int64   `gorm:"not null;index:idx_point_entries_account,priority:5;index:idx_point_entries_cap,priority:5;index:idx_point_entries_tenant,priority:4;index:idx_point_entries_txn,priority:2"`
	Lot      int64   `gorm:"not null"`                                        // the season whose points these are, on a credit of a member's account; else 0
	CapDay   int64   `gorm:"not null;index:idx_point_entries_cap,priority:2"` // 20260701 in Shanghai; 0: not capped
	CapKind  CapKind `gorm:"size:8;not null;index:idx_point_entries_cap,priority:3"`
	Pair     string  `gorm:"size:24;not null;index:idx_point_entries_cap,priority:4"` // whose wish it was
}

// PointBalance is what stands on a person's account: the sum of its entries,
// changed in the same transaction.
type PointBalance struct {
	OwnerID   int64     `gorm:"primaryKey;autoIncrement:false"`
	Account   Account   `gorm:"primaryKey;size:8"`
	TenantID  int64     `gorm:"not null"`
	Amount    int64     `gorm:"not null"`
	UpdatedAt time.Time `gorm:"not null"`
	Version   int64     `gorm:"not null"`
}

// Posting is a transaction with all that is written with it.
type Posting struct {
	Txn     PointTxn
	Entries []PointEntry
	Deeds   []Deed
}

// Move adds the two lines of an amount that goes from one account to another,
// and returns the second.
func (p *Posting) Move(amount int64, from Account, payer int64, to Account, payee int64) *PointEntry {
	p.Entries = append(p.Entries, PointEntry{Account: from, OwnerID: payer, Amount: -amount}, PointEntry{Account: to, OwnerID: payee, Amount: amount})
	return &p.Entries[len(p.Entries)-1]
}

// Check says whether p is what a transaction of its kind may be: lines that add
// up to 0, between the accounts of its kind. A reversal mirrors whatever was.
func (p *Posting) Check() error {
	var sum int64
	for _, e := range p.Entries {
		sum += e.Amount
		if e.OwnerID <= 0 {
			return fmt.Errorf("points: %s on nobody's %s", p.Txn.Kind, e.Account)
		}
	}
	if sum != 0 || len(p.Entries) < 2 {
		return fmt.Errorf("points: %d lines of %s add up to %d", len(p.Entries), p.Txn.Kind, sum)
	}
	for _, f := range pointFlows {
		if f.kind != p.Txn.Kind || f.kind == PointReverse {
			continue
		}
		for _, e := range p.Entries {
			if !slices.Contains(f.accounts[:], e.Account) {
				return fmt.Errorf("points: %s touches %s", f.kind, e.Account)
			}
		}
	}
	return nil
}

// Seal fills in what identifies p: the hash of everything that a second
// booking under the same name would have to repeat.
func (p *Posting) Seal() {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%d|%s|%s|%d|%s", p.Txn.TenantID, p.Txn.Kind, p.Txn.SourceType, p.Txn.SourceID, p.Txn.Memo)
	for _, e := range p.Entries {
		_, _ = fmt.Fprintf(h, "|%s:%d:%d", e.Account, e.OwnerID, e.Amount)
	}
	p.Txn.PayloadHash = hex.EncodeToString(h.Sum(nil))
	if p.Txn.RequestID == "" {
		p.Txn.RequestID = fmt.Sprintf("%s:%s:%d", p.Txn.Kind, p.Txn.SourceType, p.Txn.SourceID)
	}
}

// Mirror returns the reversal of p (冲正): every line with the other sign.
func (p *Posting) Mirror(memo string, now time.Time) *Posting {
	m := &Posting{Txn: PointTxn{
		TenantID: p.Txn.TenantID, Kind: PointReverse, SourceType: OfPointTxn, SourceID: p.Txn.ID, RuleVersion: p.Txn.RuleVersion,
		Memo: memo, OccurredAt: now,
	}}
	for _, e := range p.Entries {
		e.ID, e.TxnID, e.Amount = 0, 0, -e.Amount
		m.Entries = append(m.Entries, e)
	}
	for _, d := range p.Deeds {
		m.Deeds = append(m.Deeds, d.mirror())
	}
	return m
}

// Changes returns by how much p changes each balance row, in the one order in
// which rows are written.
func (p *Posting) Changes() []PointBalance {
	var all []PointBalance
	for _, e := range p.Entries {
		if e.Account.OfOrg() {
			continue
		}
		at := slices.IndexFunc(all, func(b PointBalance) bool { return b.OwnerID == e.OwnerID && b.Account == e.Account })
		if at < 0 {
			all = append(all, PointBalance{OwnerID: e.OwnerID, Account: e.Account, TenantID: p.Txn.TenantID})
			at = len(all) - 1
		}
		all[at].Amount += e.Amount
	}
	slices.SortFunc(all, func(a, b PointBalance) int {
		return cmp.Or(cmp.Compare(a.OwnerID, b.OwnerID), cmp.Compare(a.Account, b.Account))
	})
	return all
}

// Expiring returns how much of a balance belongs to seasons up to and including
// one, when newer is what was credited in later seasons. Points are spent first
// in, first out, so what is left is the newest.
func Expiring(balance, newer int64) int64 { return max(0, balance-max(0, newer)) }
