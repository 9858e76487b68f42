package wish

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// endRecords closes the dispatch and the claim that a step has ended.
func endRecords(tx *db.Tx, before, after *model.Wish, m move, now time.Time) error {
	if pending(before) && !pending(after) {
		if err := endDispatch(tx, before, m, now); err != nil {
			return err
		}
	}
	if held(before) && (!held(after) || after.ClaimID != before.ClaimID) {
		return endClaim(tx, before, m, now)
	}
	return nil
}

// pending reports whether an order of w waits for an answer.
func pending(w *model.Wish) bool {
	return w.State == model.WishDispatched || w.State == model.WishSuspended && w.SuspendedFrom == model.WishDispatched
}

// held reports whether somebody is at work on w.
func held(w *model.Wish) bool { return w.ClaimID != 0 && !w.State.Final() }

var dispatchEnds = map[model.WishEvent]model.DispatchState{
	model.WishAccept:  model.DispatchAccepted,
	model.WishDecline: model.DispatchDeclined,
	model.WishTimeOut: model.DispatchTimedOut,
}

func endDispatch(tx *db.Tx, w *model.Wish, m move, now time.Time) error {
	as, ok := dispatchEnds[m.event]
	if !ok {
		as = model.DispatchWithdrawn
	}
	d := model.Dispatch{}
	d.End(as, m.reason, now)
	return end(tx, &d, "dispatches", w.DispatchID, map[string]any{
		"state": d.State, "reason": d.Reason, "ended_at": d.EndedAt, "active_key": nil, "version": gorm.Expr("version + 1"),
	})
}

var claimEnds = map[model.WishEvent]model.ClaimState{
	model.WishEvaluate: model.ClaimDone,
	model.WishLapse:    model.ClaimDone,
	model.WishRelease:  model.ClaimReleased,
	model.WishExpire:   model.ClaimExpired,
}

func endClaim(tx *db.Tx, w *model.Wish, m move, now time.Time) error {
	as, ok := claimEnds[m.event]
	if !ok {
		as = model.ClaimRevoked
	}
	c := model.Claim{}
	c.End(as, m.reason, as != model.ClaimDone && w.Late(now), now)
	return end(tx, &c, "claims", w.ClaimID, map[string]any{
		"state": c.State, "reason": c.Reason, "late": c.Late, "ended_at": c.EndedAt,
		"active_key": nil, "slot_key": nil, "version": gorm.Expr("version + 1"),
	})
}

// end writes the last state of a live sub-record. The version of the wish has
// been won already, so it can only be missing by a fault of ours.
func end(tx *db.Tx, of any, table string, id int64, columns map[string]any) error {
	res := tx.Model(of).Where("id = ? AND active_key IS NOT NULL", id).Updates(columns)
	switch {
	case res.Error != nil:
		return fmt.Errorf("wish: end %s %d: %w", table, id, res.Error)
	case res.RowsAffected == 0:
		return fmt.Errorf("wish: %s %d is not live", table, id)
	}
	return nil
}

// open adds a task of w's queue, unless it is open already.
func open(tx *db.Tx, w *model.Wish, kind model.TaskKind) error {
	err := db.Add(tx, model.NewTask(tx.NewID(), w, kind, tx.Now))
	switch {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return nil
	case err != nil:
		return fmt.Errorf("wish: task %s of %d: %w", kind, w.ID, err)
	}
	w.OpenTasks++
	return nil
}

// closeTasks settles one kind of task, or all that the state had called for
// once w has left it.
func closeTasks(tx *db.Tx, before, after *model.Wish, kind model.TaskKind) error {
	left := before.State != after.State
	if before.OpenTasks == 0 || !left && kind == "" {
		return nil
	}
	q := tx.Model(&model.Task{}).Where("wish_id = ? AND is_open = ?", after.ID, true)
	if left {
		after.OpenTasks = 0
	} else {
		q = q.Where("kind = ?", kind)
	}
	err := q.Updates(map[string]any{
		"is_open": false, "active_key": nil, "done_at": tx.Now, "version": gorm.Expr("version + 1"),
	}).Error
	if err != nil {
		return fmt.Errorf("wish: close tasks of %d: %w", after.ID, err)
	}
	return nil
}
