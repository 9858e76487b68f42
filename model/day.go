package model

import "time"

// shanghai is where a day begins and ends. It has had no other offset since
// 1991, so no time zone data are needed.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Day is a calendar day in Shanghai, "2026-07-01".
type Day string

// DayOf returns the day that t falls in.
func DayOf(t time.Time) Day { return Day(t.In(shanghai).Format(time.DateOnly)) }

// Start returns when d begins, in UTC; the zero time if d is no day.
func (d Day) Start() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), shanghai)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// Said returns t as people in Shanghai say it: "7月1日 16:05".
func Said(t time.Time) string { return t.In(shanghai).Format("1月2日 15:04") }
