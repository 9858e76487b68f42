package model

import "time"

// PreviewSpan is how far back a preview of rules looks.
const PreviewSpan = 30 * 24 * time.Hour

// TrialRule returns rules that differ from the defaults in numbers, to be tried
// and not to be kept.
func TrialRule(numbers map[RuleName]int64) (*PointRule, error) {
	if err := checkNumbers(numbers); err != nil {
		return nil, err
	}
	return &PointRule{numbers: numbers}, nil
}

func checkNumbers(numbers map[RuleName]int64) error {
	for name, n := range numbers {
		if !sensible(name, n) {
			return ErrPointRule.At("body.numbers", "须为所列名称和范围内的整数")
		}
	}
	return nil
}

// PastFeat is something that points were booked for, and how.
type PastFeat struct {
	Feat
	Shares []Share
}

// RulePreview is what rules would have made of what was booked (试算).
type RulePreview struct {
	Feats             int
	Before            int64 // as it was booked
	Uncapped          int64 // under the new rules, before caps
	After             int64 // under the new rules and their caps
	Kinds             []KindPreview
	More, Less, Equal int // persons
}

// KindPreview is the part of a preview that one kind of wish has.
type KindPreview struct {
	Kind            WishKind
	Feats           int
	Before          int64
	Uncapped, After int64
}

// CapUse is how full the caps were before the first feat of a preview, and
// becomes fuller with each.
type CapUse struct {
	days  map[capDay]int64
	pairs map[capPair]int64
}

type capDay struct{ user, day int64 }

type capPair struct {
	user, month int64
	pair        string
}

// NewCapUse returns caps that nothing has been counted towards.
func NewCapUse() *CapUse {
	return &CapUse{days: map[capDay]int64{}, pairs: map[capPair]int64{}}
}

// Add counts points and times that a person got on a day for the wishes of a
// pair.
func (c *CapUse) Add(user, day int64, pair string, points, times int64) {
	c.days[capDay{user, day}] += points
	c.pairs[capPair{user, day / 100, pair}] += times
}

// of returns how full the caps of a feat's team are.
func (c *CapUse) of(f Feat) map[int64]Used {
	day := DayNumber(f.At)
	used := map[int64]Used{}
	for _, u := range f.Team {
		used[u] = Used{Day: c.days[capDay{u, day}], Pair: c.pairs[capPair{u, day / 100, f.Pair}]}
	}
	return used
}

// Preview books past once more under r, in the order in which it was booked,
// on paper.
func (r *PointRule) Preview(past []PastFeat, caps *CapUse) RulePreview {
	v := RulePreview{Feats: len(past)}
	change := map[int64]int64{}
	kinds := map[WishKind]*KindPreview{}
	for _, f := range past {
		k := kinds[f.Kind]
		if k == nil {
			k = &KindPreview{Kind: f.Kind}
			kinds[f.Kind] = k
		}
		k.Feats++
		for _, s := range f.Shares {
			k.Before += s.Points
			change[s.UserID] -= s.Points
		}
		for _, s := range r.Weigh(f.Feat, caps.of(f.Feat)).Shares {
			if s.Why == "" {
				k.Uncapped += s.Due
			}
			k.After += s.Points
			change[s.UserID] += s.Points
			if s.Points > 0 {
				caps.Add(s.UserID, DayNumber(f.At), f.Pair, s.Points, 1)
			}
		}
	}
	for _, kind := range []WishKind{WishService, WishGoods, WishCompanionship} {
		if k := kinds[kind]; k != nil {
			v.Kinds = append(v.Kinds, *k)
			v.Before, v.Uncapped, v.After = v.Before+k.Before, v.Uncapped+k.Uncapped, v.After+k.After
		}
	}
	for _, n := range change {
		switch {
		case n > 0:
			v.More++
		case n < 0:
			v.Less++
		default:
			v.Equal++
		}
	}
	return v
}
