package activity

import (
	"time"

	"dandelion/model"
)

// Range returns the range of an index that f asks for, as a query.
func (f SlotFilter) Range(who model.Actor, now time.Time) (string, []any) {
	where, args := f.where(who, now)
	return "SELECT id FROM slots WHERE " + where + " LIMIT 21", args
}
