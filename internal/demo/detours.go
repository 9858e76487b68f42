package demo

import "dandelion/model"

// detour is how a story leaves the straight way at a state, and comes back.
type detour struct {
	from  model.WishState
	steps func(t *teller, p *plan) []step
}

// detours are those that a closed wish can have behind it.
var detours = []detour{
	{model.WishOpen, (*teller).declined},
	{model.WishOpen, (*teller).released},
	{model.WishClaimed, (*teller).appointed},
	{model.WishInService, (*teller).extended},
	{model.WishInService, (*teller).rested},
	{model.WishReported, (*teller).sentBack},
	{model.WishAwaiting, (*teller).notSolved},
	{model.WishClosed, (*teller).reopened},
}

func (t *teller) declined(*plan) []step {
	return []step{{t.hours(1, 12), orderHelper}, {t.soon(), decline}}
}

func (t *teller) released(*plan) []step {
	return []step{{t.hours(1, 12), claimAsHelper}, {t.hours(1, 10), release}}
}

func (t *teller) appointed(*plan) []step {
	return []step{{t.soon(), appoint}}
}

func (t *teller) extended(*plan) []step {
	return []step{{t.hours(2, 20), extend}, {t.hours(1, 6), approve}}
}

func (t *teller) rested(*plan) []step {
	return []step{{t.hours(2, 20), suspend}, {t.hours(20, 40), resume}}
}

func (t *teller) sentBack(*plan) []step {
	return []step{{t.hours(1, 20), sendBack}, {t.hours(2, 40), report}}
}

func (t *teller) notSolved(*plan) []step {
	return []step{{t.hours(1, 40), redo}, {t.hours(2, 40), report}, {t.hours(1, 20), verify}}
}

// reopened ends with a second judgement.
func (t *teller) reopened(*plan) []step {
	return []step{{t.hours(20, 60), reopen}, {t.hours(2, 40), report}, {t.hours(1, 20), verify}, {t.hours(1, 40), evaluate}}
}
