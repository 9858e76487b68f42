package wish

import (
	"context"
	"fmt"
	"slices"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
)

// Faults of tasks.
var (
	errTaskNone = fault.Define(fault.NotFound, "task.not_found", "待办不存在")
	errTaskDone = fault.Define(fault.Conflict, "task.done", "待办已经办结")
	errTaskBy   = fault.Define(fault.Conflict, "task.by_step", "这项待办须通过办理心愿来完成")
)

// Todo is a task with the wish it is about.
type Todo struct {
	model.Task
	Title string
	State model.WishState
	Light model.Light
}

// Tasks returns the open tasks of the organisation of f, oldest last; kind ""
// means all kinds.
func (s *Service) Tasks(ctx context.Context, who model.Actor, f Filter, kind model.TaskKind) (all []Todo, err error) {
	desks, err := f.desks(who, "t.org_id")
	if err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		mine := either(desks)
		q := "SELECT t.*, w.title, w.state, w.light FROM tasks t JOIN wishes w ON w.id = t.wish_id WHERE (" + mine.where + ") AND t.is_open = ? AND t.id < ?"
		args := slices.Concat(mine.args, []any{true, db.Before(f.Before)})
		if kind != "" {
			q, args = q+" AND t.kind = ?", append(args, kind)
		}
		if err := tx.Raw(q+" ORDER BY t.id DESC LIMIT ?", append(args, f.Limit)...).Scan(&all).Error; err != nil {
			return fmt.Errorf("wish: tasks: %w", err)
		}
		return nil
	})
	return all, err
}

// byStep are the tasks that only a step of the wish settles.
var byStep = map[model.TaskKind]bool{model.TaskConfirm: true, model.TaskExtend: true, model.TaskResume: true}

// Finish records the outcome of a task: of a call, of a decision.
func (s *Service) Finish(ctx context.Context, who model.Actor, id int64, outcome string) (*model.Task, error) {
	var after model.Task
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := db.Find[model.Task](tx, id, errTaskNone)
		if err != nil {
			return err
		}
		w, err := find(tx, before.WishID)
		if err != nil {
			return err
		}
		switch {
		case w.RelationTo(who)&model.Worker == 0:
			return errTaskNone
		case !before.Open:
			return errTaskDone
		case byStep[before.Kind]:
			return errTaskBy
		}
		after = *before
		after.Finish(who, outcome, tx.Now)
		if err := db.Save(tx, before, &after); err != nil {
			return err
		}
		return s.events.Put(tx, model.Event{
			TenantID: w.TenantID, Subject: model.OfWish, SubjectID: w.ID, Name: "task." + string(after.Kind), FromState: string(w.State),
			ToState: string(w.State), ActorID: who.UserID, ActorRole: model.Worker.Name(), Reason: outcome, RequestID: who.RequestID,
		})
	})
	if err != nil {
		return nil, err
	}
	return &after, nil
}
