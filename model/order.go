package model

import "time"

// InTime reports whether a wish that is ordered now can be wanted by t: from
// now on, and within a year.
func InTime(t, now time.Time) bool { return !t.Before(now) && !t.After(now.AddDate(1, 0, 0)) }
