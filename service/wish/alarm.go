package wish

import (
	"fmt"

	"dandelion/internal/db"
	"dandelion/internal/policy"
	"dandelion/internal/timer"
	"dandelion/model"
)

// alarmTasks are the tasks that alarms call for.
var alarmTasks = map[model.AlarmAction]model.TaskKind{
	model.AlarmRed:      model.TaskOverdue,
	model.AlarmDecide:   model.TaskDecide,
	model.AlarmCall:     model.TaskCall,
	model.AlarmResume:   model.TaskResume,
	model.AlarmEscalate: model.TaskTakeOver,
	model.AlarmTimeOut:  model.TaskTakeOver,
}

// Alarm does what a wish's alarm is for, now that its time has come. It is what
// the timers of kind [model.WishAlarm] call.
func (s *Service) Alarm(tx *db.Tx, id int64) error {
	before, err := find(tx, id)
	if err != nil {
		return err
	}
	limits, err := policy.In(tx, before.TenantID)
	if err != nil {
		return err
	}
	switch due := before.NextAlarm(limits); {
	case due == nil:
		return nil
	case due.After(tx.Now): // the limits have been changed since it was set
		return timer.Set(tx, model.WishAlarm, id, *due)
	}
	after := *before
	step := model.Step{Who: model.SystemActor(before.TenantID), Now: tx.Now, Policy: limits}
	do, err := after.Ring(step)
	if err != nil {
		return fmt.Errorf("wish: alarm of %d: %w", id, err)
	}
	return s.settle(tx, before, &after, alarmMove(do, &after), step)
}

// alarmMove is what goes with an alarm that has rung.
func alarmMove(do model.AlarmAction, w *model.Wish) move {
	m := move{event: model.WishEvent(do), reason: w.Told(do), opens: alarmTasks[do]}
	switch do {
	case model.AlarmCall:
		m.opensIf = func(w *model.Wish, _ model.Step) bool { return w.AgeGroup == model.Elder }
	case model.AlarmTimeOut:
		m = takenOver(m)
	case model.AlarmLapse:
		m.with = func(tx *db.Tx, _, w *model.Wish, _ model.Step) error {
			return addEvaluation(tx, w, judgement(tx, w))
		}
	}
	return m
}
