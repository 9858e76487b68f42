package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/points"
)

func (s Services) pointRuleRoutes() []route {
	return []route{
		get("/points/rules", "积分规则: every version, and what its numbers mean", model.Consented, s.listPointRules),
		create("/points/rules", "公布积分规则: a new version, from a day that has not begun", model.EditPoints, s.addPointRule),
		post("/points/rules/preview", "试算积分规则: what the last 30 days would have earned; changes nothing", model.EditPoints, s.previewPointRules),
		get("/points/levels", "荣誉等级: the names of honour", model.Consented, s.listHonourLevels),
		put("/points/levels", "修改荣誉等级: replace all", model.EditPoints, s.setHonourLevels),
	}
}

type ruleName model.RuleName

// Schema describes a ruleName.
func (ruleName) Schema(huma.Registry) *huma.Schema {
	var names []model.RuleName
	for _, s := range model.RuleSpecs() {
		names = append(names, s.Name)
	}
	return oneOf(names...)
}

// ruleNumberView is one number of the rules.
type ruleNumberView struct {
	Name    ruleName `json:"name"`
	Title   string   `json:"title"`
	Unit    string   `json:"unit" doc:"分, 次, 分钟 or 十分之一"`
	Value   int64    `json:"value"`
	Default int64    `json:"default"`
	Min     int64    `json:"min"`
	Max     int64    `json:"max"`
}

// pointRuleView is one version of the rules, whole.
type pointRuleView struct {
	Version     int64            `json:"version" doc:"0: the built-in rules"`
	InForce     bool             `json:"in_force"`
	EffectiveAt *time.Time       `json:"effective_at,omitempty" doc:"Absent: always"`
	Note        string           `json:"note,omitempty"`
	Numbers     []ruleNumberView `json:"numbers"`
}

func showPointRule(r *model.PointRule, inForce bool) pointRuleView {
	v := pointRuleView{Version: r.Version, InForce: inForce, Note: r.Note, Numbers: []ruleNumberView{}}
	if r.Version != 0 {
		v.EffectiveAt = &r.EffectiveAt
	}
	for _, s := range model.RuleSpecs() {
		v.Numbers = append(v.Numbers, ruleNumberView{ruleName(s.Name), s.Title, s.Unit, r.Number(s.Name), s.Default, s.Min, s.Max})
	}
	return v
}

func (s Services) listPointRules(ctx context.Context, who model.Actor, _ *struct{}) (*items[pointRuleView], error) {
	r, err := s.Points.Rules(ctx, who)
	if err != nil {
		return nil, err
	}
	v := &items[pointRuleView]{Items: []pointRuleView{}}
	for i := range r.Versions {
		v.Items = append(v.Items, showPointRule(&r.Versions[i], r.Versions[i].Version == r.InForce.Version))
	}
	v.Items = append(v.Items, showPointRule(&model.PointRule{}, r.InForce.Version == 0))
	return v, nil
}

// ruleNumber is a number that differs from its default.
type ruleNumber struct {
	Name  ruleName `json:"name"`
	Value int64    `json:"value"`
}

// numbersOf returns what is said of each number; nothing may be said twice.
func numbersOf(in []ruleNumber) (map[model.RuleName]int64, error) {
	all := map[model.RuleName]int64{}
	for _, n := range in {
		name := model.RuleName(n.Name)
		if _, twice := all[name]; twice {
			return nil, model.ErrPointRule.At("body.numbers", must+"每项只填一次")
		}
		all[name] = n.Value
	}
	return all, nil
}

type addPointRuleInput struct {
	Body struct {
		Numbers []ruleNumber `json:"numbers" maxItems:"50" doc:"What differs from the defaults; all other numbers have them"`
		From    string       `json:"from" format:"date" doc:"The first day on which it is in force, in Shanghai"`
		Note    string       `json:"note,omitempty" maxLength:"200"`
		After   int64        `json:"after" minimum:"0" doc:"The newest version that the editor has seen; 0: none"`
	}
}

func (s Services) addPointRule(ctx context.Context, who model.Actor, in *addPointRuleInput) (*pointRuleView, error) {
	numbers, err := numbersOf(in.Body.Numbers)
	if err != nil {
		return nil, err
	}
	note, err := text("body.note", in.Body.Note, 0, 200)
	if err != nil {
		return nil, err
	}
	r, err := s.Points.AddRule(ctx, who, points.NewRules{Numbers: numbers, From: model.Day(in.Body.From), Note: note, After: in.Body.After})
	if err != nil {
		return nil, err
	}
	v := showPointRule(r, false)
	return &v, nil
}

type previewPointRulesInput struct {
	Body struct {
		Numbers []ruleNumber `json:"numbers" maxItems:"50" doc:"What would differ from the defaults"`
	}
}

// pointPreviewView is what rules would have made of what was booked.
type pointPreviewView struct {
	Days      int          `json:"days"`
	Bookings  int          `json:"bookings" doc:"How many were looked at"`
	Truncated bool         `json:"truncated" doc:"There were more; the newest were looked at"`
	Before    int64        `json:"before" doc:"Points as they were booked"`
	Uncapped  int64        `json:"uncapped" doc:"Points under the new numbers, before caps"`
	After     int64        `json:"after" doc:"Points under the new numbers and caps"`
	Kinds     []kindChange `json:"kinds"`
	Persons   personChange `json:"persons"`
}

type kindChange struct {
	Kind     wishKind `json:"kind"`
	Bookings int      `json:"bookings"`
	Before   int64    `json:"before"`
	Uncapped int64    `json:"uncapped"`
	After    int64    `json:"after"`
}

type personChange struct {
	More int `json:"more"`
	Less int `json:"less"`
	Same int `json:"same"`
}

func (s Services) previewPointRules(ctx context.Context, who model.Actor, in *previewPointRulesInput) (*pointPreviewView, error) {
	numbers, err := numbersOf(in.Body.Numbers)
	if err != nil {
		return nil, err
	}
	p, err := s.Points.Preview(ctx, who, numbers)
	if err != nil {
		return nil, err
	}
	v := &pointPreviewView{
		Days: int(model.PreviewSpan / (24 * time.Hour)), Bookings: p.Feats, Truncated: p.Truncated, Before: p.Before, Uncapped: p.Uncapped, After: p.After,
		Kinds: []kindChange{}, Persons: personChange{p.More, p.Less, p.Equal},
	}
	for _, k := range p.Kinds {
		v.Kinds = append(v.Kinds, kindChange{wishKind(k.Kind), k.Feats, k.Before, k.Uncapped, k.After})
	}
	return v, nil
}

// honourLevel is a name for so much honour.
type honourLevel struct {
	Threshold int64  `json:"threshold" minimum:"0" maximum:"1000000"`
	Name      string `json:"name" minLength:"1" maxLength:"16"`
}

func viewLevels(all []model.HonourLevel, err error) (*items[honourLevel], error) {
	if err != nil {
		return nil, err
	}
	v := &items[honourLevel]{Items: []honourLevel{}}
	for _, l := range all {
		v.Items = append(v.Items, honourLevel{l.Threshold, l.Name})
	}
	return v, nil
}

func (s Services) listHonourLevels(ctx context.Context, who model.Actor, _ *struct{}) (*items[honourLevel], error) {
	return viewLevels(s.Points.Levels(ctx, who))
}

type setHonourLevelsInput struct {
	Body struct {
		Levels []honourLevel `json:"levels" minItems:"1" maxItems:"10" doc:"From the lowest, which begins at 0"`
	}
}

func (s Services) setHonourLevels(ctx context.Context, who model.Actor, in *setHonourLevelsInput) (*items[honourLevel], error) {
	var all []model.HonourLevel
	for _, l := range in.Body.Levels {
		all = append(all, model.HonourLevel{Threshold: l.Threshold, Name: l.Name})
	}
	return viewLevels(s.Points.SetLevels(ctx, who, all))
}
