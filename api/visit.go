package api

import (
	"context"
	"time"

	"dandelion/model"
)

func (s Services) visitRoutes() []route {
	return []route{
		post("/wishes/{id}/visit", "上门签到签退: come to or leave a wish that one has claimed, if one wants that on record", model.ServeWish, s.visitWish),
	}
}

type visitInput struct {
	ID   id `path:"id"`
	Body struct {
		Direction string   `json:"direction" enum:"in,out"`
		Fix       *fixBody `json:"fix,omitempty" doc:"可选: one worse than 300 metres is not kept; kept for as long as the county says, 30 days at most"`
	}
}

// visitView is a visit, as he who makes it sees it.
type visitView struct {
	ID       id         `json:"id"`
	Present  bool       `json:"present"`
	InAt     time.Time  `json:"in_at"`
	OutAt    *time.Time `json:"out_at,omitempty"`
	Minutes  int64      `json:"minutes" doc:"How long it lasted; what counts is what the wish says"`
	NextStep string     `json:"next_step" doc:"What comes next, in plain Chinese"`
}

func (s Services) visitWish(ctx context.Context, who model.Actor, in *visitInput) (*visitView, error) {
	visit, next := s.Activities.VisitIn, "已上门签到, 离开时请签退。"
	if in.Body.Direction == "out" {
		visit, next = s.Activities.VisitOut, "已上门签退; 办好后请点“晒单”。"
	}
	a, err := visit(ctx, who, in.ID.n(), in.Body.Fix.fix())
	if err != nil {
		return nil, err
	}
	return &visitView{idOf(a.ID), a.OutAt == nil, a.InAt, a.OutAt, a.Minutes, next}, nil
}
