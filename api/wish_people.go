package api

import (
	"context"
	"time"

	"dandelion/model"
	"dandelion/service/wish"
)

type historyInput struct {
	ID id `path:"id"`
	PageInput
}

// lineView is one line of a wish's history.
type lineView struct {
	ID         id        `json:"id"`
	Event      string    `json:"event"`
	Title      string    `json:"title" doc:"The event in Chinese"`
	From       string    `json:"from,omitempty"`
	To         string    `json:"to,omitempty"`
	StateTitle string    `json:"state_title,omitempty" doc:"The state it led to, in Chinese"`
	ActorID    id        `json:"actor_id,omitempty" doc:"Absent: the system"`
	Actor      string    `json:"actor,omitempty"`
	Role       string    `json:"role,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	Note       string    `json:"note,omitempty"`
	At         time.Time `json:"at"`
}

func showLine(l wish.Line) lineView {
	return lineView{
		ID: idOf(l.ID), Event: l.Name, Title: model.WishEvent(l.Name).Title(), From: l.FromState, To: l.ToState,
		StateTitle: model.WishState(l.ToState).Title(), ActorID: idOf(l.ActorID), Actor: l.DisplayName, Role: l.ActorRole,
		Reason: l.Reason, Note: l.Note, At: l.CreatedAt,
	}
}

func (s Services) wishHistory(ctx context.Context, who model.Actor, in *historyInput) (*page[lineView], error) {
	before, err := s.before(who, in.PageInput, "history", in.ID)
	if err != nil {
		return nil, err
	}
	all, err := s.Wishes.History(ctx, who, in.ID.n(), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showLine, func(l wish.Line) int64 { return l.ID }, "history", in.ID), nil
}

type revealInput struct {
	ID   id `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"100" doc:"Why one needs to know; the beneficiary can read it"`
	}
}

type revealedView struct {
	Name      string `json:"name"`
	Phone     string `json:"phone,omitempty"`
	Address   string `json:"address,omitempty"`
	AtStation bool   `json:"at_station" doc:"Meet at the station; the address is told to nobody"`
	Notice    string `json:"notice"`
}

func (s Services) revealWish(ctx context.Context, who model.Actor, in *revealInput) (*revealedView, error) {
	reason, err := text("body.reason", in.Body.Reason, 2, 100)
	if err != nil {
		return nil, err
	}
	r, err := s.Wishes.Reveal(ctx, who, in.ID.n(), reason)
	if err != nil {
		return nil, err
	}
	return &revealedView{r.Name, r.Phone, r.Address, r.AtStation, "本次查看已登记, 受助人可以看到; 请勿转告他人。"}, nil
}

// lookView is one look at the beneficiary's data.
type lookView struct {
	ID     id        `json:"id"`
	UserID id        `json:"user_id"`
	Name   string    `json:"name,omitempty"`
	Role   string    `json:"role"`
	Reason string    `json:"reason"`
	Fields string    `json:"fields" doc:"Which parts were shown"`
	At     time.Time `json:"at"`
}

func (s Services) wishReveals(ctx context.Context, who model.Actor, in *historyInput) (*page[lookView], error) {
	before, err := s.before(who, in.PageInput, "reveals", in.ID)
	if err != nil {
		return nil, err
	}
	all, err := s.Wishes.Reveals(ctx, who, in.ID.n(), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, func(l wish.Look) lookView {
		return lookView{idOf(l.ID), idOf(l.UserID), l.DisplayName, l.Role, l.Reason, l.Fields, l.CreatedAt}
	}, func(l wish.Look) int64 { return l.ID }, "reveals", in.ID), nil
}

// suggestionsView is a ranked list of whom a wish could be dispatched to.
type suggestionsView struct {
	Items []candidateView `json:"items"`
}

type candidateView struct {
	OrgID   id           `json:"org_id,omitempty"`
	UserID  id           `json:"user_id,omitempty"`
	Kind    string       `json:"kind" enum:"unit,team,social,member"`
	Name    string       `json:"name"`
	Score   int64        `json:"score" doc:"The sum of the points below"`
	Factors []factorView `json:"factors"`
}

type factorView struct {
	Name   string `json:"name" enum:"skill,grid,community,load,rating"`
	Value  string `json:"value" doc:"What was found, in Chinese"`
	Points int64  `json:"points"`
}

func (s Services) suggestWish(ctx context.Context, who model.Actor, in *wishInput) (*suggestionsView, error) {
	all, err := s.Wishes.Suggest(ctx, who, in.ID.n())
	if err != nil {
		return nil, err
	}
	v := &suggestionsView{Items: make([]candidateView, 0, len(all))}
	for _, c := range all {
		one := candidateView{OrgID: idOf(c.OrgID), UserID: idOf(c.UserID), Kind: c.Kind, Name: c.Name, Score: c.Score, Factors: []factorView{}}
		for _, f := range c.Factors {
			one.Factors = append(one.Factors, factorView(f))
		}
		v.Items = append(v.Items, one)
	}
	return v, nil
}
