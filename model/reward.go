package model

import (
	"regexp"
	"time"

	"dandelion/internal/fault"
)

// Faults of rewards.
var (
	ErrRewardNotFound = fault.Define(fault.NotFound, "reward.not_found", "兑换物品不存在")
	ErrRewardClosed   = fault.Define(fault.Conflict, "reward.closed", "这件物品已停止兑换")
	ErrRewardSoldOut  = fault.Define(fault.Conflict, "reward.sold_out", "这件物品已兑完, 请看看别的或等待补货")
	ErrRewardLimit    = fault.Define(fault.Conflict, "reward.limit", "您本年度兑换这件物品已达上限")
	ErrRewardTerms    = fault.Define(fault.Invalid, "reward.terms", "物品的名称、说明、所需积分、库存或每人上限不正确")
	ErrRewardCash     = fault.Define(fault.Invalid, "reward.cash", "兑换物品不能是现金、红包、购物卡等有现金价值的东西, 也不能抽奖")
	ErrRewardOrg      = fault.Define(fault.Invalid, "reward.org", "领取地点须是在用的社区")
	ErrRewardStock    = fault.Define(fault.Conflict, "reward.stock", "库存没有这么多")
)

// RewardState says whether a reward can be taken.
type RewardState string

// The states of a reward.
const (
	RewardActive RewardState = "active" // 可兑换
	RewardClosed RewardState = "closed" // 已停止
)

// RewardStates returns the states of a reward.
func RewardStates() []RewardState { return []RewardState{RewardActive, RewardClosed} }

// Title returns what people call s.
func (s RewardState) Title() string {
	return map[RewardState]string{RewardActive: "可兑换", RewardClosed: "已停止"}[s]
}

// Bounds of what a reward may cost, and of how many there may be. MaxPerPerson
// is also how many place keys are looked for in one statement.
const (
	MaxRewardCost  = 10_000
	MaxRewardStock = 100_000
	MaxPerPerson   = 10
)

// Reward is something that members take for points (兑换物品), at the station of
// a community. It has a cost in points and no price: a reward has no cash value.
type Reward struct {
	ID        int64       `gorm:"primaryKey;autoIncrement:false;index:idx_rewards_tenant,priority:3;index:idx_rewards_org,priority:3"`
	TenantID  int64       `gorm:"not null;index:idx_rewards_tenant,priority:1"`
	State     RewardState `gorm:"size:8;not null;index:idx_rewards_tenant,priority:2;index:idx_rewards_org,priority:2"`
	OrgID     int64       `gorm:"not null;index:idx_rewards_org,priority:1"` // where it is handed over
	OrgPath   Path        `gorm:"size:255;not null"`
	Name      string      `gorm:"size:30;not null"`
	Detail    string      `gorm:"size:300;not null"`
	Cost      int64       `gorm:"not null"`
	Stock     int64       `gorm:"not null"` // never below 0
	PerPerson int64       `gorm:"not null"` // how many one person may take in a season
	CreatedBy int64       `gorm:"not null"`
	CreatedAt time.Time   `gorm:"not null"`
	UpdatedAt time.Time   `gorm:"not null"`
	Version   int64       `gorm:"not null"`
}

// RewardTerms are what a county says of a new reward.
type RewardTerms struct {
	Name, Detail           string
	Cost, Stock, PerPerson int64
}

// RewardChange is what a county changes of a reward; nil leaves it as it is.
// Restock adds to the stock, or takes from it what is broken: whoever takes a
// reward at the same time is not undone by it.
type RewardChange struct {
	Name, Detail    *string
	Cost, PerPerson *int64
	Restock         *int64
	Open            *bool
}

// cash are words of what has a cash value, or is a game of chance (domain §3.5).
var cash = regexp.MustCompile(`现金|红包|购物卡|充值|话费|礼品卡|代金券|提现|彩票|抽奖|盲盒`)

// NewReward returns a reward that is handed over at the station of o.
func NewReward(id int64, o *Org, t RewardTerms, by Actor, now time.Time) (*Reward, error) {
	switch {
	case o.TenantID != by.TenantID:
		return nil, ErrOrgNotFound
	case !by.Holds(o.Path, RoleCounty, RoleAdmin):
		return nil, ErrForbidden
	case o.Kind != OrgCommunity || o.State != OrgActive:
		return nil, ErrRewardOrg
	}
	r := &Reward{
		ID: id, TenantID: o.TenantID, State: RewardActive, OrgID: o.ID, OrgPath: o.Path, Name: t.Name, Detail: t.Detail, Cost: t.Cost, Stock: t.Stock,
		PerPerson: t.PerPerson, CreatedBy: by.UserID, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	return r, nil
}

// check says whether r is what a reward may be, and puts its texts in order.
func (r *Reward) check() error {
	name, ok := CleanText(r.Name, 2, 30)
	detail, fine := CleanText(r.Detail, 0, 300)
	switch {
	case !ok || !fine || r.Cost < 1 || r.Cost > MaxRewardCost || r.PerPerson < 1 || r.PerPerson > MaxPerPerson:
		return ErrRewardTerms
	case r.Stock < 0:
		return ErrRewardStock
	case r.Stock > MaxRewardStock:
		return ErrRewardTerms
	case cash.MatchString(name + " " + detail):
		return ErrRewardCash
	}
	r.Name, r.Detail = name, detail
	return nil
}

// Change edits, closes, opens and restocks r. Those who have taken it already
// keep what they have.
func (r *Reward) Change(by Actor, c RewardChange) error {
	switch {
	case r.TenantID != by.TenantID:
		return ErrRewardNotFound
	case !by.Holds(r.OrgPath, RoleCounty, RoleAdmin):
		return ErrForbidden
	}
	after := *r
	set(&after.Name, c.Name)
	set(&after.Detail, c.Detail)
	set(&after.Cost, c.Cost)
	set(&after.PerPerson, c.PerPerson)
	if c.Restock != nil {
		after.Stock += *c.Restock
	}
	if c.Open != nil {
		after.State = RewardClosed
		if *c.Open {
			after.State = RewardActive
		}
	}
	if err := after.check(); err != nil {
		return err
	}
	*r = after
	return nil
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// Redeemable says why who cannot take r now, or nil. Place is which of his
// places for it he would fill, 0 if none is free. Whether he has the points the
// ledger says.
func (r *Reward) Redeemable(who Actor, place int) error {
	switch {
	case r.TenantID != who.TenantID:
		return ErrRewardNotFound
	case r.State != RewardActive:
		return ErrRewardClosed
	case place == 0:
		return ErrRewardLimit
	case r.Stock < 1:
		return ErrRewardSoldOut
	}
	return nil
}
