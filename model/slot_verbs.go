package model

import (
	"strings"
	"time"
)

// Titles of the states and modes, as people call them.
var (
	slotTitles = map[SlotState]string{SlotOpen: "可参加", SlotEnded: "已结束", SlotClosed: "已办结", SlotCancelled: "已取消"}
	modeTitles = map[CheckInMode]string{
		ModeCode: "扫动态码", ModeFence: "定位", ModeCodeAndFence: "扫码并定位", ModeLeader: "领队点名", ModeKiosk: "领队扫码", ModeVisit: "上门服务",
	}
)

// SlotStates returns the states of a slot in the order of its life.
func SlotStates() []SlotState { return []SlotState{SlotOpen, SlotEnded, SlotClosed, SlotCancelled} }

// Title returns what people call s.
func (s SlotState) Title() string { return slotTitles[s] }

// SlotModes returns the modes of check-in that a slot can have.
func SlotModes() []CheckInMode {
	return []CheckInMode{ModeCode, ModeFence, ModeCodeAndFence, ModeLeader, ModeKiosk}
}

// Title returns what people call m.
func (m CheckInMode) Title() string { return modeTitles[m] }

// Fenced reports whether m needs to know where one is.
func (m CheckInMode) Fenced() bool { return m == ModeFence || m == ModeCodeAndFence }

// SlotTerms are what an organiser says of a new slot. Radius 0 is the usual one,
// LeaderID 0 the organiser himself.
type SlotTerms struct {
	StartsAt, EndsAt time.Time
	Place            string
	Lat, Lng         *int64 // in GCJ-02, in millionths of a degree
	Radius, Capacity int64
	Mode             CheckInMode
	LeaderID         int64
}

// SlotEdit is what is changed of a slot; nil leaves it as it is. Those enrolled
// are told the Reason.
type SlotEdit struct {
	StartsAt, EndsAt           *time.Time
	Place                      *string
	Lat, Lng, Radius, Capacity *int64
	Mode                       *CheckInMode
	LeaderID                   *int64
	Reason                     string
}

// China, roughly: where a point of a slot can be, in millionths of a degree.
const (
	minLat, maxLat = 3_800_000, 53_600_000
	minLng, maxLng = 73_400_000, 135_100_000
)

// maxAhead is how far ahead a slot can be.
const maxAhead = 366 * 24 * time.Hour

// Series returns t once for each time of r.
func (t SlotTerms) Series(r Repeat) ([]SlotTerms, error) {
	starts, err := r.times(t.StartsAt)
	if err != nil {
		return nil, err
	}
	all := make([]SlotTerms, len(starts))
	for i, at := range starts {
		all[i] = t
		all[i].StartsAt, all[i].EndsAt = at, at.Add(t.EndsAt.Sub(t.StartsAt))
	}
	return all, nil
}

// NewSlot returns a slot of a (增加场次), published if a is. The secret of its
// codes the caller adds.
func NewSlot(id int64, a *Activity, t SlotTerms, st Step) (*Slot, error) {
	if _, err := a.organised(ActivityChange, st.Who); err != nil {
		return nil, err
	}
	to, ok := moves(slotFlow, SlotAdd, SlotState(""), PartyOrganiser)
	if !ok {
		return nil, ErrSlotState
	}
	s := &Slot{
		ID: id, TenantID: a.TenantID, ActivityID: a.ID, OrgID: a.OrgID, OrgPath: a.OrgPath, CommunityID: a.CommunityID, State: to,
		Published: a.State == ActivityPublished, Mode: t.Mode, Title: a.Title, Skills: a.Skills, Place: t.Place, Lat: t.Lat, Lng: t.Lng,
		Radius: t.Radius, Capacity: t.Capacity, LeaderID: t.LeaderID, StartsAt: t.StartsAt, EndsAt: t.EndsAt, KeyNo: 1,
		CreatedAt: st.Now, UpdatedAt: st.Now, Version: 1,
	}
	if s.Radius == 0 {
		s.Radius = SlotRadius
	}
	if s.LeaderID == 0 {
		s.LeaderID = st.Who.UserID
	}
	if err := s.check(st.Now, true); err != nil {
		return nil, err
	}
	return s, nil
}

// check says what of s cannot be so. Whether it is in time is asked of times
// that are new.
func (s *Slot) check(now time.Time, newTimes bool) error {
	err := ErrSlotTerms
	say := func(bad bool, path, message string) {
		if bad {
			err = err.At(path, message)
		}
	}
	place, ok := CleanText(s.Place, 2, 60)
	say(!ok, "body.place", "须为 2–60 个可见的字")
	long := s.EndsAt.Sub(s.StartsAt)
	say(long <= 0 || long > MaxSlotHours*time.Hour, "body.ends_at", "须晚于开始时间, 至多 12 小时")
	say(newTimes && (!s.StartsAt.After(now) || s.StartsAt.Sub(now) > maxAhead), "body.starts_at", "须晚于现在, 在 366 天以内")
	say(s.Radius < 50 || s.Radius > 5000, "body.radius", "须为 50–5000 米")
	say(s.Capacity < 1 || s.Capacity > MaxSlotCapacity, "body.capacity", "须为 1–500 人")
	say(s.Capacity < s.Enrolled, "body.capacity", "不能少于已报名的人数")
	say(modeTitles[s.Mode] == "" || s.Mode == ModeVisit, "body.mode", "须为可用的签到方式")
	say((s.Lat == nil) != (s.Lng == nil) || s.Lat != nil && !inChina(*s.Lat, *s.Lng), "body.lat", "经纬度须同时填写, 在中国境内 (GCJ-02)")
	say(s.Mode.Fenced() && s.Lat == nil, "body.lat", "定位签到须有地点的经纬度")
	if len(err.Fields) > 0 {
		return err
	}
	s.Place = place
	return nil
}

func inChina(lat, lng int64) bool {
	return lat >= minLat && lat <= maxLat && lng >= minLng && lng <= maxLng
}

// organised returns where e leads from s's state when who, who organises it,
// causes it; or why it does not.
func (s *Slot) organised(e CheckEvent, who Actor) (SlotState, error) {
	switch {
	case s.TenantID != who.TenantID || !s.Published && !who.Leads(s):
		return "", ErrSlotNotFound
	case !who.Organises(s.OrgPath):
		return "", ErrOrgForeign
	}
	to, ok := moves(slotFlow, e, s.State, PartyOrganiser)
	if !ok {
		return "", ErrSlotState
	}
	return to, nil
}

// Announce makes s one of those that everybody sees.
func (s *Slot) Announce(st Step) error {
	if _, err := s.organised(SlotChange, st.Who); err != nil {
		return err
	}
	s.Published = true
	return nil
}

// Follow takes over what is said of the activity that s is one of.
func (s *Slot) Follow(a *Activity) {
	s.Title, s.Skills, s.CommunityID = a.Title, a.Skills, a.CommunityID
}

// Change changes s, with notice to those enrolled (变更). Attended says that
// somebody has checked in; from then on, and once it has begun, its times stay.
func (s *Slot) Change(e SlotEdit, attended bool, st Step) error {
	to, err := s.organised(SlotChange, st.Who)
	if err != nil {
		return err
	}
	reason, ok := CleanText(e.Reason, 2, 200)
	if s.Published && !ok {
		return ErrSlotTerms.At("body.reason", "请写明变更的原因")
	}
	if s.Published && !st.Now.Before(s.EndsAt) {
		return ErrSlotState
	}
	after := *s
	after.edit(e)
	moved := after.Moved(s)
	if moved && (attended || s.begun(st.Now)) {
		return ErrSlotBegun
	}
	if err := after.check(st.Now, moved); err != nil {
		return err
	}
	if s.Published && after.elsewhere(s) {
		after.ChangedAt = &st.Now
	}
	after.State, after.Reason = to, reason
	*s = after
	return nil
}

func (s *Slot) edit(e SlotEdit) {
	set(&s.StartsAt, e.StartsAt)
	set(&s.EndsAt, e.EndsAt)
	set(&s.Place, e.Place)
	set(&s.Radius, e.Radius)
	set(&s.Capacity, e.Capacity)
	set(&s.Mode, e.Mode)
	set(&s.LeaderID, e.LeaderID)
	if e.Lat != nil {
		s.Lat = e.Lat
	}
	if e.Lng != nil {
		s.Lng = e.Lng
	}
}

// begun reports whether those whom s is for are there, or should be.
func (s *Slot) begun(now time.Time) bool { return s.Published && !now.Before(s.StartsAt) }

// Moved reports whether s is at another time than before.
func (s *Slot) Moved(before *Slot) bool {
	return !s.StartsAt.Equal(before.StartsAt) || !s.EndsAt.Equal(before.EndsAt)
}

// elsewhere reports whether s asks something else of those enrolled than before:
// to be there at another time, at another place, or to check in otherwise.
func (s *Slot) elsewhere(before *Slot) bool {
	point := func(p *int64) int64 {
		if p == nil {
			return 0
		}
		return *p
	}
	return s.Moved(before) || s.Place != before.Place || s.Mode != before.Mode ||
		point(s.Lat) != point(before.Lat) || point(s.Lng) != point(before.Lng)
}

// Differences says in plain Chinese what those enrolled in s have to know of how
// it has changed.
func (s *Slot) Differences(before *Slot) string {
	var all []string
	if s.Moved(before) {
		all = append(all, "时间由"+before.hours()+"改为"+s.hours())
	}
	if s.Place != before.Place {
		all = append(all, "地点由“"+before.Place+"”改为“"+s.Place+"”")
	}
	if s.Mode != before.Mode {
		all = append(all, "签到方式改为"+s.Mode.Title())
	}
	if s.LeaderID != before.LeaderID {
		all = append(all, "更换了领队")
	}
	return strings.Join(all, "; ")
}

// hours returns from when to when s lasts: "7月1日 09:00–11:00".
func (s *Slot) hours() string {
	return Said(s.StartsAt) + "–" + s.EndsAt.In(shanghai).Format("15:04")
}

// Cancel calls s off (取消场次). Attended says that somebody has checked in: then
// it takes place, and ends by itself.
func (s *Slot) Cancel(reason string, attended bool, st Step) error {
	to, err := s.organised(SlotCancel, st.Who)
	if err != nil {
		return err
	}
	text, ok := CleanText(reason, 2, 200)
	switch {
	case !ok:
		return ErrSlotTerms.At("body.reason", "请写明取消的原因")
	case s.Published && (attended || !st.Now.Before(s.EndsAt)):
		return ErrSlotBegun
	}
	s.State, s.Reason, s.Enrolled, s.Waiting = to, text, 0, 0
	return nil
}

// Left returns how many places of s are free.
func (s *Slot) Left() int64 { return max(0, s.Capacity-s.Enrolled) }
