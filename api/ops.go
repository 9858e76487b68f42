package api

import (
	"context"
	"time"

	"dandelion/model"
)

func (s Services) opsRoutes() []route {
	return []route{
		get("/system/stuck", "未能自动完成的任务: timers and events that were given up", model.Operate, s.stuck),
		post("/system/timers/{id}/retry", "重新执行定时任务: let a timer fire again", model.Operate, s.retryTimer),
		post("/system/events/{id}/retry", "重新通知事件: let an event be told again", model.Operate, s.retryEvent),
	}
}

// stuckView is work that the system could not do by itself.
type stuckView struct {
	Timers []stuckItem `json:"timers"`
	Events []stuckItem `json:"events"`
}

type stuckItem struct {
	ID        id        `json:"id"`
	Kind      string    `json:"kind"`
	SubjectID id        `json:"subject_id"`
	Attempts  int64     `json:"attempts"`
	Failure   string    `json:"failure" doc:"The code or kind of the last error"`
	At        time.Time `json:"at" doc:"When it was due, or happened"`
}

// maxStuck bounds the list.
const maxStuck = 50

func (s Services) stuck(ctx context.Context, _ model.Actor, _ *struct{}) (*stuckView, error) {
	timers, err := s.Timers.Stuck(ctx, maxStuck)
	if err != nil {
		return nil, err
	}
	events, err := s.Outbox.Stuck(ctx, maxStuck)
	if err != nil {
		return nil, err
	}
	v := &stuckView{Timers: []stuckItem{}, Events: []stuckItem{}}
	for _, t := range timers {
		v.Timers = append(v.Timers, stuckItem{idOf(t.ID), string(t.Kind), idOf(t.SubjectID), t.Attempts, t.Failure, t.DueAt})
	}
	for _, e := range events {
		v.Events = append(v.Events, stuckItem{idOf(e.ID), e.Name, idOf(e.SubjectID), e.Attempts, e.Failure, e.CreatedAt})
	}
	return v, nil
}

func (s Services) retryTimer(ctx context.Context, _ model.Actor, in *wishInput) (*done, error) {
	return &done{"已安排重新执行。"}, s.Timers.Retry(ctx, in.ID.n())
}

func (s Services) retryEvent(ctx context.Context, _ model.Actor, in *wishInput) (*done, error) {
	return &done{"已安排重新通知。"}, s.Outbox.Retry(ctx, in.ID.n())
}
