package demo

import (
	"context"
	"time"

	"dandelion/model"
	"dandelion/service/wish"
)

// act is what somebody does with the wish of a plan.
type act func(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error)

// step is one event of a story, and how long after the one before it comes.
type step struct {
	after time.Duration
	do    act
}

// hours is a time between two numbers of hours.
func (t *teller) hours(least, most int) time.Duration {
	return time.Duration(least)*time.Hour + time.Duration(t.IntN((most-least)*60))*time.Minute
}

// soon is a time within which even an urgent order is answered.
func (t *teller) soon() time.Duration { return time.Duration(15+t.IntN(75)) * time.Minute }

// looked is when a worker has looked at a new wish: at an urgent one within
// two hours.
func (t *teller) looked(p *plan) time.Duration {
	after := t.hours(1, 8)
	if p.urgent() {
		after /= 8
	}
	return after
}

// steps returns how a wish comes to be in the state that its plan ends in.
func (t *teller) steps(p *plan) []step {
	switch p.state {
	case model.WishDraft, model.WishSubmitted:
		return nil
	case model.WishReturned:
		return []step{{t.looked(p), giveBack}}
	case model.WishRejected:
		return []step{{t.looked(p), reject}}
	case model.WishTransferred:
		return []step{{t.looked(p), transfer}}
	case model.WishCancelled:
		return []step{{t.looked(p), cancel}}
	case model.WishOpen:
		way := t.way(p, model.WishOpen)
		if p.turn%8 == 3 { // somebody was asked, and could not
			way = append(way, t.declined(p)...)
		}
		return way
	case model.WishDispatched:
		return []step{{t.looked(p), dispatch}}
	case model.WishUnfulfilled:
		return append(t.way(p, model.WishOpen), step{t.hours(10, 40), fail}, step{t.hours(1, 6), confirmFail})
	case model.WishSuspended:
		return append(t.way(p, model.WishInService), step{t.hours(2, 20), suspend})
	case model.WishRework:
		return append(t.way(p, model.WishReported), step{t.hours(1, 20), sendBack})
	}
	return t.way(p, p.state)
}

// stages are the straight way of a wish that somebody takes.
var stages = []struct {
	reaches model.WishState
	steps   func(t *teller, p *plan) []step
}{
	{model.WishOpen, func(t *teller, p *plan) []step { return []step{{t.looked(p), publish}} }},
	{model.WishClaimed, (*teller).taken},
	{model.WishInService, func(t *teller, _ *plan) []step { return []step{{t.hours(2, 18), start}} }},
	{model.WishReported, func(t *teller, _ *plan) []step { return []step{{t.hours(2, 60), report}} }},
	{model.WishAwaiting, func(t *teller, _ *plan) []step { return []step{{t.hours(1, 30), verify}} }},
	{model.WishClosed, (*teller).judged},
}

// way is the straight way as far as state, with the plan's detour if it has one.
func (t *teller) way(p *plan, state model.WishState) []step {
	var way []step
	for _, s := range stages {
		way = append(way, s.steps(t, p)...)
		if p.detour.from == s.reaches {
			way = append(way, p.detour.steps(t, p)...)
		}
		if s.reaches == state {
			break
		}
	}
	return way
}

// taken is how somebody takes the wish: a unit that is asked sends a team, a
// member is asked or claims by himself. The people to log in as are always
// asked, so that their own places for claims stay free.
func (t *teller) taken(p *plan) []step {
	after := t.hours(2, 30)
	switch {
	case p.cast.team != nil:
		return []step{{after, orderUnit}, {t.soon(), acceptForUnit}}
	case p.turn%3 == 0 || p.cast.claimer.UserID < firstMember:
		return []step{{after, orderClaimer}, {t.soon(), accept}}
	}
	return []step{{after, claim}}
}

// judged is what the resident says of it; of some wishes nothing, and then
// they lapse.
func (t *teller) judged(p *plan) []step {
	if p.unrated {
		return []step{{8 * day, wait}}
	}
	return []step{{t.hours(1, 60), evaluate}}
}
