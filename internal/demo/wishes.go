package demo

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/outbox"
	"dandelion/internal/policy"
	"dandelion/model"
	"dandelion/service/activity"
	"dandelion/service/points"
	"dandelion/service/wish"
)

// A plan is the story of one wish: its text and people, the steps that lead to
// its state, and for how long it has been there.
type plan struct {
	n, turn int // among all, and among those that end in the same state
	state   model.WishState
	text    text
	cast    cast
	detour  detour
	unrated bool // the resident will not judge it
	steps   []step
	start   time.Time
}

// urgent wishes are one in nine.
func (p *plan) urgent() bool { return p.n%9 == 4 }

// byStaff reports whether a worker places the wish for somebody without a
// phone. Nobody is then there to cancel or to judge it.
func (p *plan) byStaff() bool {
	return p.n%10 == 7 && p.state != model.WishCancelled && (p.state != model.WishClosed || p.unrated)
}

// cast are the people of a story. Team are those whom the unit sends, the
// claimer first; without one the claimer takes the wish by himself.
type cast struct {
	requester, worker, second, claimer, helper, liaison model.Actor
	place, unit                                         int64
	team                                                []int64
}

// teller plans the stories with a generator of its own, so that the same
// moment gives the same ones.
type teller struct {
	*rand.Rand
	world *world
	until time.Time
}

// counts says how many wishes end in which state.
var counts = []struct {
	state model.WishState
	n     int
	age   [2]time.Duration // for how long it has been so, at least and at most
}{
	{model.WishDraft, 6, [2]time.Duration{time.Hour, 5 * day}},
	{model.WishSubmitted, 22, [2]time.Duration{time.Hour, 30 * time.Hour}},
	{model.WishReturned, 8, [2]time.Duration{time.Hour, 6 * day}},
	{model.WishOpen, 40, [2]time.Duration{2 * time.Hour, 9 * day}},
	{model.WishDispatched, 16, [2]time.Duration{time.Hour, 22 * time.Hour}},
	{model.WishClaimed, 16, [2]time.Duration{time.Hour, 40 * time.Hour}},
	{model.WishInService, 24, [2]time.Duration{time.Hour, 8 * day}},
	{model.WishReported, 12, [2]time.Duration{time.Hour, 44 * time.Hour}},
	{model.WishAwaiting, 18, [2]time.Duration{time.Hour, 6 * day}},
	{model.WishRework, 8, [2]time.Duration{time.Hour, 4 * day}},
	{model.WishSuspended, 6, [2]time.Duration{time.Hour, 6 * day}},
	{model.WishClosed, 95, [2]time.Duration{time.Hour, 40 * day}},
	{model.WishUnfulfilled, 6, [2]time.Duration{day, 30 * day}},
	{model.WishRejected, 8, [2]time.Duration{day, 30 * day}},
	{model.WishCancelled, 10, [2]time.Duration{day, 30 * day}},
	{model.WishTransferred, 8, [2]time.Duration{day, 30 * day}},
}

const day = 24 * time.Hour

// wishes tells the stories one after another, in the order in which they
// began, through the service itself: every row is what the system would write.
func (l *loader) wishes(ctx context.Context) error {
	box := outbox.New(l.db, slog.New(slog.DiscardHandler))
	limits := policy.New(l.db, l.clock.Now)
	l.points = points.New(l.db, box, limits, l.keys)
	l.service = wish.New(l.db, limits, box, l.keys, l.points)
	l.activity = activity.New(l.db, box, limits, l.keys)
	l.activity.Points = l.points
	box.Tell(l.service.Hear)
	box.Tell(l.activity.HearWish)
	t := &teller{rand.New(rand.NewPCG(2026, 8)), l.world, l.until} // #nosec G404 -- stories, not secrets
	for _, p := range t.plans() {
		if err := l.tell(ctx, p); err != nil {
			return fmt.Errorf("demo: wish %d (%s): %w", p.n, p.state, err)
		}
	}
	if err := l.activities(ctx); err != nil {
		return err
	}
	if err := l.fire(ctx, model.PointsPost, l.until, l.points.Mature); err != nil {
		return err
	}
	if err := l.cases(ctx); err != nil {
		return err
	}
	if err := l.rewards(ctx); err != nil {
		return err
	}
	l.clock.Set(l.until)
	for {
		if n, err := box.Relay(ctx); err != nil || n == 0 {
			return err
		}
	}
}

func (t *teller) plans() []*plan {
	var all []*plan
	for _, c := range counts {
		for turn := range c.n {
			p := &plan{n: len(all), turn: turn, state: c.state}
			p.text = texts[p.n%len(texts)]
			if c.state == model.WishClosed {
				p.unrated = t.IntN(8) == 0
				if !p.unrated && turn%3 == 1 {
					p.detour = detours[turn/3%len(detours)]
				}
			}
			p.cast = t.cast(p)
			p.steps = t.steps(p)
			age := c.age[0] + time.Duration(t.Int64N(int64(c.age[1]-c.age[0])))
			p.start = t.until.Add(-age)
			for _, s := range p.steps {
				p.start = p.start.Add(-s.after)
			}
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b *plan) int { return cmp.Or(a.start.Compare(b.start), cmp.Compare(a.n, b.n)) })
	return all
}

// cast chooses the people: of two wishes in three those of the community that
// one logs in to. There every third wish is served by somebody to log in as,
// and every fifth by a team of the unit.
func (t *teller) cast(p *plan) cast {
	home := t.world.homes[0]
	if p.n%3 == 2 {
		home = t.world.homes[1+t.IntN(len(t.world.homes)-1)]
	}
	c := t.world.peopleOf(home.ID)
	chosen := cast{
		requester: c.residents[t.IntN(len(c.residents))], worker: c.workers[0], second: c.workers[1],
		claimer: c.members[t.IntN(len(c.members))], place: c.grids[t.IntN(len(c.grids))], unit: c.unit,
	}
	switch {
	case c.liaison.UserID != 0 && p.turn%5 == 2:
		at := t.IntN(len(c.ofUnit))
		mate := c.ofUnit[(at+1)%len(c.ofUnit)]
		chosen.claimer, chosen.liaison, chosen.team = c.ofUnit[at], c.liaison, []int64{c.ofUnit[at].UserID, mate.UserID}
	case len(c.known) > 0 && p.turn%3 == 0:
		chosen.claimer = c.known[p.turn/3%len(c.known)]
	}
	for chosen.helper = chosen.claimer; chosen.helper.UserID == chosen.claimer.UserID || chosen.helper.UserID < firstMember; {
		chosen.helper = c.members[t.IntN(len(c.members))]
	}
	if p.byStaff() {
		if chosen.requester = chosen.second; c.grid.UserID != 0 && c.grid.Held[0].OrgID == chosen.place {
			chosen.requester = c.grid
		}
	}
	return chosen
}

// tell lets one story happen, and the alarms that fall into it ring.
func (l *loader) tell(ctx context.Context, p *plan) error {
	l.clock.Set(p.start)
	v, err := l.service.Place(ctx, p.cast.requester, p.order())
	if err != nil {
		return err
	}
	at, w := p.start, &v.Wish
	for _, s := range p.steps {
		at = at.Add(s.after)
		if w, err = l.ringUntil(ctx, w, at); err != nil {
			return err
		}
		l.clock.Set(at)
		v, err := s.do(ctx, l, p, w.ID)
		if err != nil {
			return err
		}
		if v != nil {
			w = &v.Wish
		}
	}
	_, err = l.ringUntil(ctx, w, l.until)
	return err
}

// ringUntil rings the alarms of a wish that are due before end, each in its
// time, and returns what has become of it.
func (l *loader) ringUntil(ctx context.Context, w *model.Wish, end time.Time) (*model.Wish, error) {
	for {
		next := w.NextAlarm(model.Policy{})
		if next == nil || next.After(end) {
			return w, nil
		}
		l.clock.Set(*next)
		err := l.db.Update(ctx, func(tx *db.Tx) error {
			if err := l.service.Alarm(tx, w.ID); err != nil {
				return err
			}
			rung, err := db.Find[model.Wish](tx, w.ID, model.ErrWishNotFound)
			if err == nil {
				w = rung
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
}

// order is the wish as it is placed.
func (p *plan) order() wish.Order {
	o := wish.Order{
		WishOrder: model.WishOrder{
			Kind: p.text.kind, Urgency: model.Normal, AgeGroup: p.text.age, Skill: p.text.skill, Title: p.text.title, Detail: p.text.detail,
			Channel: model.ChannelSelf, Sensitive: p.text.sensitive,
		},
		PlaceID: p.cast.place, Name: personName(p.n*3 + 1), Phone: fmt.Sprintf("1390000%04d", p.n), Address: fmt.Sprintf("%d号楼%d0%d室", p.n%9+1, p.n%6+1, p.n%4+1),
		Submit: p.state != model.WishDraft,
	}
	if p.urgent() {
		o.Urgency = model.Urgent
	}
	switch {
	case p.byStaff():
		o.Channel, o.ConsentBy = model.ChannelStaff, "oral"
	case p.n%5 == 3 || p.text.age == model.Minor:
		o.Channel, o.ConsentBy = model.ChannelProxy, "oral"
	}
	if p.text.age == model.Minor {
		o.ConsentBy = "guardian"
	}
	return o
}
