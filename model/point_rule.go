package model

import (
	"encoding/json"
	"fmt"
	"time"

	"dandelion/internal/fault"
)

// Faults of the rules of points.
var (
	ErrPointRule     = fault.Define(fault.Invalid, "points.rule", "积分规则的名称或数值不正确")
	ErrPointRuleRace = fault.Define(fault.Conflict, "points.rule_changed", "规则刚刚有了新的版本, 请看过之后再公布")
	ErrPointRuleDate = fault.Define(fault.Conflict, "points.rule_date", "规则须从将来某日零点起生效, 并晚于已公布的规则")
)

// RuleName names a number of the points rules.
type RuleName string

// The numbers of the rules (domain rules of 红色蒲公英积分). A factor is in tenths.
const (
	RuleService       RuleName = "wish.service"
	RuleGoods         RuleName = "wish.goods"
	RuleCompanionship RuleName = "wish.companionship_hour"
	RuleEasy          RuleName = "wish.easy"
	RuleMedium        RuleName = "wish.medium"
	RuleHard          RuleName = "wish.hard"
	RuleStars5        RuleName = "wish.stars5"
	RuleStars4        RuleName = "wish.stars4"
	RuleStars3        RuleName = "wish.stars3"
	RuleStarsLow      RuleName = "wish.stars_low"
	RuleUnrated       RuleName = "wish.unrated"
	RuleWishDay       RuleName = "wish.day_cap"
	RulePairMonth     RuleName = "wish.pair_month_cap"
	RuleHour          RuleName = "service.hour"
	RuleLeader        RuleName = "service.leader"
	RuleHoursDay      RuleName = "service.day_cap"
	RuleGridReport    RuleName = "grid.registered"
	RuleGridSolved    RuleName = "grid.solved"
	RuleGridDay       RuleName = "grid.day_cap"
	RuleTopic         RuleName = "council.admitted"
	RuleMeeting       RuleName = "council.attended"
	RuleMilestone     RuleName = "council.milestone"
	RuleCouncilDay    RuleName = "council.day_cap"
	RuleOffer         RuleName = "offer.used"
	RuleMentor        RuleName = "mentor.month"
	RuleNoShow        RuleName = "penalty.no_show"
	RuleLateRelease   RuleName = "penalty.late_release"
	RuleFalsified     RuleName = "penalty.falsification"
)

// RuleSpec describes a number of the rules: its name for people, its unit,
// default and bounds.
type RuleSpec struct {
	Name     RuleName
	Title    string
	Unit     string
	Default  int64
	Min, Max int64
}

// ruleSpecs lists every number with its default, which domain.md §7 gives.
var ruleSpecs = []RuleSpec{
	{RuleService, "服务类心愿办结", "分", 10, 0, 100},
	{RuleGoods, "物品类心愿办结", "分", 8, 0, 100},
	{RuleCompanionship, "陪伴类心愿每小时", "分", 6, 0, 100},
	{RuleEasy, "难度系数（容易）", "十分之一", 10, 0, 50},
	{RuleMedium, "难度系数（一般）", "十分之一", 12, 0, 50},
	{RuleHard, "难度系数（较难）", "十分之一", 15, 0, 50},
	{RuleStars5, "评价系数（5 星）", "十分之一", 12, 0, 50},
	{RuleStars4, "评价系数（4 星）", "十分之一", 10, 0, 50},
	{RuleStars3, "评价系数（3 星）", "十分之一", 8, 0, 50},
	{RuleStarsLow, "评价系数（2 星及以下）", "十分之一", 0, 0, 50},
	{RuleUnrated, "评价系数（未评价）", "十分之一", 8, 0, 10},
	{RuleWishDay, "心愿每日上限", "分", 40, 0, 1000},
	{RulePairMonth, "同一对象每月计分次数", "次", 2, 0, 100},
	{RuleHour, "志愿服务每小时", "分", 2, 0, 100},
	{RuleLeader, "领队系数", "十分之一", 12, 10, 50},
	{RuleHoursDay, "志愿服务每日计分时长上限", "分钟", 480, 0, 1440},
	{RuleGridReport, "网格上报立案", "分", 2, 0, 100},
	{RuleGridSolved, "网格上报解决", "分", 1, 0, 100},
	{RuleGridDay, "网格每日上限", "分", 10, 0, 1000},
	{RuleTopic, "议题被采纳", "分", 3, 0, 100},
	{RuleMeeting, "参加议事会", "分", 1, 0, 100},
	{RuleMilestone, "牵头完成节点", "分", 5, 0, 100},
	{RuleCouncilDay, "议事每日上限", "分", 6, 0, 1000},
	{RuleOffer, "供给被使用", "分", 3, 0, 100},
	{RuleMentor, "帮带月志通过", "分", 5, 0, 100},
	{RuleNoShow, "无故缺席扣减", "分", 2, 0, 100},
	{RuleLateRelease, "逾期退单扣减", "分", 1, 0, 100},
	{RuleFalsified, "弄虚作假扣减", "分", 20, 0, 1000},
}

// RuleSpecs returns every number of the rules with its description.
func RuleSpecs() []RuleSpec { return ruleSpecs }

// PointRule is one version of a tenant's rules, in force from its date on until
// the next version's (积分规则). Body says what differs from the defaults.
type PointRule struct {
	TenantID    int64     `gorm:"primaryKey;autoIncrement:false"`
	Version     int64     `gorm:"primaryKey;autoIncrement:false"` // from 1
	EffectiveAt time.Time `gorm:"not null"`
	Body        string    `gorm:"size:2000;not null"` // JSON: name → number
	Note        string    `gorm:"size:200;not null"`
	CreatedBy   int64     `gorm:"not null"`
	CreatedAt   time.Time `gorm:"not null"`

	numbers map[RuleName]int64
}

// NewPointRule returns the version of a tenant's rules that differs from the
// defaults in numbers. It comes into force at the beginning of a day that has
// not begun, so that no transaction has to ask which rule was first.
func NewPointRule(before *PointRule, numbers map[RuleName]int64, from Day, note string, who Actor, now time.Time) (*PointRule, error) {
	r := &PointRule{TenantID: who.TenantID, Version: before.Version + 1, EffectiveAt: from.Start(), Note: note, CreatedBy: who.UserID, CreatedAt: now}
	if !r.EffectiveAt.After(now) || !r.EffectiveAt.After(before.EffectiveAt) {
		return nil, ErrPointRuleDate
	}
	if err := checkNumbers(numbers); err != nil {
		return nil, err
	}
	body, err := json.Marshal(numbers)
	if err != nil {
		return nil, fmt.Errorf("points: rule: %w", err)
	}
	r.Body, r.numbers = string(body), numbers
	return r, nil
}

func sensible(name RuleName, n int64) bool {
	for _, s := range ruleSpecs {
		if s.Name == name {
			return n >= s.Min && n <= s.Max
		}
	}
	return false
}

// Read unpacks what r was stored as.
func (r *PointRule) Read() error {
	if err := json.Unmarshal([]byte(r.Body), &r.numbers); err != nil {
		return fmt.Errorf("points: rule %d of %d: %w", r.Version, r.TenantID, err)
	}
	return nil
}

// Number returns one number of r. The zero PointRule is all defaults.
func (r *PointRule) Number(name RuleName) int64 {
	if n, ok := r.numbers[name]; ok {
		return n
	}
	for _, s := range ruleSpecs {
		if s.Name == name {
			return s.Default
		}
	}
	return 0
}

// RuleAt returns the version in force at t; the built-in rules, version 0, if
// none is. All are in the order of their versions.
func RuleAt(all []PointRule, t time.Time) *PointRule {
	for i := len(all) - 1; i >= 0; i-- {
		if !all[i].EffectiveAt.After(t) {
			return &all[i]
		}
	}
	return &PointRule{}
}

// HonourLevel is a name for so much honour (荣誉等级), which a tenant can edit.
type HonourLevel struct {
	TenantID  int64  `gorm:"primaryKey;autoIncrement:false"`
	Threshold int64  `gorm:"primaryKey;autoIncrement:false"`
	Name      string `gorm:"size:16;not null"`
}

// DefaultLevels are the levels of a tenant that has set none.
func DefaultLevels() []HonourLevel {
	return []HonourLevel{
		{Threshold: 0, Name: "蒲公英种子"},
		{Threshold: 50, Name: "蒲公英新芽"},
		{Threshold: 150, Name: "蒲公英花苞"},
		{Threshold: 400, Name: "蒲公英绽放"},
		{Threshold: 1000, Name: "蒲公英飞扬"},
	}
}

// LevelOf returns the name that so much honour has among levels, which are in
// the order of their thresholds, and what is missing to the next; 0: nothing.
// Who owes honour still has the first.
func LevelOf(levels []HonourLevel, honour int64) (name string, missing int64) {
	for _, l := range levels {
		if l.Threshold > max(0, honour) {
			return name, l.Threshold - honour
		}
		name = l.Name
	}
	return name, 0
}
