package model

import (
	"fmt"
	"slices"
	"time"
)

// What is odd.
const (
	riskSpeed  = 200  // km/h: faster than any road
	riskJitter = 1000 // metres: less than that is how phones err, and no travel
	riskReach  = 12 * time.Hour
	riskCrowd  = 5           // who check in by themselves
	riskMoment = time.Second // within less than this
)

// RiskReach is how far back a person's previous fix is looked for.
const RiskReach = riskReach

// Fixed is one fix of a person: where, in millionths of a degree, and when.
type Fixed struct {
	Lat, Lng int64
	At       time.Time
}

// Distance measures how far it is from one fix to another, in metres.
type Distance func(from, to Fixed) float64

// Risk is what is odd about a slot, or about one attendance of it.
type Risk struct {
	Kind         RiskKind
	AttendanceID int64 // 0: the slot as a whole
	UserID       int64
	Detail       string
}

// Checked is what risks are judged by: a slot that is over, its attendances, and
// of each person the last fix before this slot, if there is one.
type Checked struct {
	Slot      *Slot
	All       []Attendance
	Previous  map[int64]Fixed // by user
	Attesting int64           // per cent of leader's words that are normal
	Distance  Distance
}

// Risks returns what is odd about c, for people to look at. It accuses nobody.
func (c Checked) Risks() []Risk {
	return slices.Concat(c.devices(), c.speeds(), c.fixes(), c.bursts(), c.attested())
}

// firstFix returns the fix at check-in, if he who was there took it.
func (a *Attendance) firstFix() (Fixed, bool) {
	if a.InBy != a.UserID || a.InLat == nil || a.InLng == nil {
		return Fixed{}, false
	}
	return Fixed{*a.InLat, *a.InLng, a.InAt}, true
}

// lastFix returns the fix at check-out, if he who was there took it.
func (a *Attendance) lastFix() (Fixed, bool) {
	if a.OutBy != a.UserID || a.OutLat == nil || a.OutLng == nil || a.OutAt == nil {
		return Fixed{}, false
	}
	return Fixed{*a.OutLat, *a.OutLng, *a.OutAt}, true
}

// LastFix returns the last fix that a person took himself at a, if any.
func (a *Attendance) LastFix() (Fixed, bool) {
	if f, ok := a.lastFix(); ok {
		return f, true
	}
	return a.firstFix()
}

// own returns the fixes that a person took himself at a, in order.
func (a *Attendance) own() (all []Fixed) {
	if f, ok := a.firstFix(); ok {
		all = append(all, f)
	}
	if f, ok := a.lastFix(); ok {
		all = append(all, f)
	}
	return all
}

// ownDevices returns the devices that a person checked in and out with himself.
func (a *Attendance) ownDevices() (all []string) {
	if a.InBy == a.UserID && a.InDevice != "" {
		all = append(all, a.InDevice)
	}
	if a.OutBy == a.UserID && a.OutDevice != "" {
		all = append(all, a.OutDevice)
	}
	return all
}

// sharers counts for each attendance with how many people it shares something,
// the person himself included.
func sharers[K comparable](all []Attendance, of func(a *Attendance) []K) []int {
	people := map[K]map[int64]bool{}
	for i := range all {
		for _, k := range of(&all[i]) {
			if people[k] == nil {
				people[k] = map[int64]bool{}
			}
			people[k][all[i].UserID] = true
		}
	}
	n := make([]int, len(all))
	for i := range all {
		for _, k := range of(&all[i]) {
			n[i] = max(n[i], len(people[k]))
		}
	}
	return n
}

// devices finds one device that checked several people in.
func (c Checked) devices() (odd []Risk) {
	for i, n := range sharers(c.All, (*Attendance).ownDevices) {
		if n >= 2 {
			odd = append(odd, c.about(i, RiskDevice, fmt.Sprintf("同一设备先后为 %d 人签到或签退", n)))
		}
	}
	return odd
}

// fixes finds people whose fixes are the same to a tenth of a metre, which two
// phones never are.
func (c Checked) fixes() (odd []Risk) {
	type point struct{ lat, lng int64 }
	points := func(a *Attendance) (all []point) {
		for _, f := range a.own() {
			all = append(all, point{f.Lat, f.Lng})
		}
		return all
	}
	for i, n := range sharers(c.All, points) {
		if n >= 2 {
			odd = append(odd, c.about(i, RiskFix, fmt.Sprintf("%d 人的定位坐标完全相同", n)))
		}
	}
	return odd
}

// speeds finds people who were somewhere else too recently.
func (c Checked) speeds() (odd []Risk) {
	for i := range c.All {
		fixes := c.All[i].own()
		if p, ok := c.Previous[c.All[i].UserID]; ok {
			fixes = append([]Fixed{p}, fixes...)
		}
		if told := c.tooFast(fixes); told != "" {
			odd = append(odd, c.about(i, RiskSpeed, told))
		}
	}
	return odd
}

// tooFast says which way between fixes nobody can have gone, "" if there is
// none.
func (c Checked) tooFast(fixes []Fixed) string {
	for i := 1; i < len(fixes); i++ {
		from, to := fixes[i-1], fixes[i]
		took := to.At.Sub(from.At)
		if took < 0 || took > riskReach {
			continue
		}
		metres := c.Distance(from, to)
		if metres >= riskJitter && metres*3.6 > riskSpeed*took.Seconds() {
			return fmt.Sprintf("与上一次定位相距约 %d 公里, 仅隔 %d 分钟", int64(metres/1000), int64(took/time.Minute))
		}
	}
	return ""
}

// bursts finds many who check in by themselves in the same moment.
func (c Checked) bursts() []Risk {
	var at []time.Time
	for i := range c.All {
		if a := &c.All[i]; a.InBy == a.UserID {
			at = append(at, a.InAt)
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	most, first := 0, 0
	for last := range at {
		for at[last].Sub(at[first]) >= riskMoment {
			first++
		}
		most = max(most, last-first+1)
	}
	if most < riskCrowd {
		return nil
	}
	return []Risk{{Kind: RiskBurst, Detail: fmt.Sprintf("一秒之内有 %d 人自助签到", most)}}
}

// attested finds a leader who vouches for more than is usual, where people
// could have checked in by themselves.
func (c Checked) attested() []Risk {
	if c.Slot.Mode == ModeLeader || c.Slot.Mode == ModeKiosk {
		return nil
	}
	words, all := int64(0), int64(len(c.All))
	for i := range c.All {
		if c.All[i].InMode == ModeLeader {
			words++
		}
	}
	if words*100 <= c.Attesting*all {
		return nil
	}
	return []Risk{{Kind: RiskAttested, UserID: c.Slot.LeaderID, Detail: fmt.Sprintf("%d 人中有 %d 人由领队代签", all, words)}}
}

// about makes a risk of the attendance with index i.
func (c Checked) about(i int, k RiskKind, detail string) Risk {
	return Risk{Kind: k, AttendanceID: c.All[i].ID, UserID: c.All[i].UserID, Detail: detail}
}
