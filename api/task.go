package api

import (
	"context"
	"time"

	"dandelion/model"
	"dandelion/service/wish"
)

func (s Services) taskRoutes() []route {
	return []route{
		get("/tasks", "待办: open tasks of an organisation", model.HandleWish, s.listTasks),
		post("/tasks/{id}/finish", "办结待办: record the outcome of a call or a decision", model.HandleWish, s.finishTask),
	}
}

type listTasksInput struct {
	OrgID id       `query:"org_id" doc:"Whose tasks; absent: one's own organisation's"`
	Kind  taskKind `query:"kind"`
	PageInput
}

// taskView is something that workers have to do about a wish.
type taskView struct {
	ID        id         `json:"id"`
	Kind      taskKind   `json:"kind"`
	OrgID     id         `json:"org_id"`
	WishID    id         `json:"wish_id"`
	WishTitle string     `json:"wish_title,omitempty"`
	WishState wishState  `json:"wish_state,omitempty"`
	Light     light      `json:"light,omitempty"`
	Open      bool       `json:"open"`
	Outcome   string     `json:"outcome,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	DoneAt    *time.Time `json:"done_at,omitempty"`
}

func showTodo(t wish.Todo) taskView {
	v := showTask(&t.Task)
	v.WishTitle, v.WishState, v.Light = t.Title, wishState(t.State), light(t.Light)
	return v
}

func showTask(t *model.Task) taskView {
	return taskView{
		ID: idOf(t.ID), Kind: taskKind(t.Kind), OrgID: idOf(t.OrgID), WishID: idOf(t.WishID), Open: t.Open, Outcome: t.Outcome,
		CreatedAt: t.CreatedAt, DoneAt: t.DoneAt,
	}
}

func (s Services) listTasks(ctx context.Context, who model.Actor, in *listTasksInput) (*page[taskView], error) {
	before, err := s.before(who, in.PageInput, "tasks", in.OrgID, in.Kind)
	if err != nil {
		return nil, err
	}
	all, err := s.Wishes.Tasks(ctx, who, wish.Filter{OrgID: in.OrgID.n(), Before: before, Limit: in.Limit + 1}, model.TaskKind(in.Kind))
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showTodo, func(t wish.Todo) int64 { return t.ID }, "tasks", in.OrgID, in.Kind), nil
}

type finishTaskInput struct {
	ID   id `path:"id"`
	Body struct {
		Outcome string `json:"outcome" minLength:"2" maxLength:"300"`
	}
}

func (s Services) finishTask(ctx context.Context, who model.Actor, in *finishTaskInput) (*taskView, error) {
	outcome, err := text("body.outcome", in.Body.Outcome, 2, 300)
	if err != nil {
		return nil, err
	}
	t, err := s.Wishes.Finish(ctx, who, in.ID.n(), outcome)
	if err != nil {
		return nil, err
	}
	v := showTask(t)
	return &v, nil
}
