package api

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"math"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/activity"
)

func (s Services) slotRoutes() []route {
	return []route{
		get("/slots", "场次: what can be joined, soonest first", model.Consented, s.listSlots),
		get("/slots/{id}", "场次: one slot", model.Consented, s.getSlot),
		patch("/slots/{id}", "变更场次: change a slot, with notice to those enrolled", model.ManageActivity, s.changeSlot),
		post("/slots/{id}/cancel", "取消场次: call a slot off", model.ManageActivity, s.cancelSlot),
	}
}

type (
	slotState model.SlotState
	slotMode  model.CheckInMode
)

// Schema describes a slotState.
func (slotState) Schema(huma.Registry) *huma.Schema { return oneOf(model.SlotStates()...) }

// Schema describes a slotMode.
func (slotMode) Schema(huma.Registry) *huma.Schema { return oneOf(model.SlotModes()...) }

// slotView is a slot.
type slotView struct {
	ID             id         `json:"id"`
	ActivityID     id         `json:"activity_id"`
	State          slotState  `json:"state"`
	StateTitle     string     `json:"state_title"`
	StatusText     string     `json:"status_text" doc:"Where it stands for the reader, in plain Chinese"`
	Published      bool       `json:"published"`
	Title          string     `json:"title"`
	Skills         []string   `json:"skills"`
	Org            orgRef     `json:"org" doc:"Who invites"`
	Community      orgRef     `json:"community"`
	Place          string     `json:"place"`
	Lat            *float64   `json:"lat,omitempty" doc:"In degrees, GCJ-02"`
	Lng            *float64   `json:"lng,omitempty" doc:"In degrees, GCJ-02"`
	Radius         int64      `json:"radius" doc:"In metres, around the point"`
	Mode           slotMode   `json:"mode"`
	ModeTitle      string     `json:"mode_title"`
	StartsAt       time.Time  `json:"starts_at"`
	EndsAt         time.Time  `json:"ends_at"`
	PlannedMinutes int64      `json:"planned_minutes"`
	Capacity       int64      `json:"capacity"`
	Enrolled       int64      `json:"enrolled"`
	Waiting        int64      `json:"waiting"`
	Left           int64      `json:"left" doc:"How many places are free"`
	LeaderID       id         `json:"leader_id"`
	Leader         string     `json:"leader,omitempty" doc:"What the leader is called"`
	Leads          bool       `json:"leads" doc:"The reader leads it, or organises it"`
	Mine           *placeMine `json:"mine,omitempty" doc:"The reader's own enrolment"`
	Reason         string     `json:"reason,omitempty" doc:"Of the last change, or why it was cancelled"`
	ChangedAt      *time.Time `json:"changed_at,omitempty" doc:"When those enrolled were last told of a change of time, place or check-in"`
}

// placeMine is the reader's own enrolment in a slot.
type placeMine struct {
	ID         id             `json:"id"`
	State      enrolmentState `json:"state"`
	StateTitle string         `json:"state_title"`
	Role       enrolmentRole  `json:"role"`
}

// showSlot returns how slots are shown to who.
func (s Services) showSlot(who model.Actor) func(v activity.Seen) slotView {
	now := s.Now()
	return func(v activity.Seen) slotView {
		view := slotView{
			ID: idOf(v.ID), ActivityID: idOf(v.ActivityID), State: slotState(v.State), StateTitle: v.State.Title(), StatusText: v.StatusText(v.Mine, now),
			Published: v.Published, Title: v.Title, Skills: wordsOf(v.Skills), Org: orgRef{idOf(v.OrgID), v.OrgName},
			Community: orgRef{idOf(v.CommunityID), v.CommunityName}, Place: v.Place, Lat: degrees(v.Lat), Lng: degrees(v.Lng), Radius: v.Radius,
			Mode: slotMode(v.Mode), ModeTitle: v.Mode.Title(), StartsAt: v.StartsAt, EndsAt: v.EndsAt, PlannedMinutes: v.Planned(), Capacity: v.Capacity,
			Enrolled: v.Enrolled, Waiting: v.Waiting, Left: v.Left(), LeaderID: idOf(v.LeaderID), Leader: v.LeaderName, Leads: who.Leads(&v.Slot),
			Reason: v.Reason, ChangedAt: v.ChangedAt,
		}
		if e := v.Mine; e != nil {
			view.Mine = &placeMine{idOf(e.ID), enrolmentState(e.State), e.State.Title(), enrolmentRole(e.Role)}
		}
		return view
	}
}

// degrees returns millionths of a degree as degrees.
func degrees(millionths *int64) *float64 {
	if millionths == nil {
		return nil
	}
	d := float64(*millionths) / 1e6
	return &d
}

// millionths returns degrees as millionths of a degree.
func millionths(degrees *float64) *int64 {
	if degrees == nil {
		return nil
	}
	n := int64(math.Round(*degrees * 1e6))
	return &n
}

func (s Services) viewSlot(who model.Actor, v *activity.Seen, err error) (*slotView, error) {
	if err != nil {
		return nil, err
	}
	view := s.showSlot(who)(*v)
	return &view, nil
}

type listSlotsInput struct {
	CommunityID id   `query:"community_id" doc:"In which community; absent: in the whole county"`
	ActivityID  id   `query:"activity_id" doc:"All that an activity has, in the order in which they were added"`
	MineToLead  bool `query:"mine_to_lead" doc:"Those that one leads, until they are settled"`
	PageInput
}

func (s Services) listSlots(ctx context.Context, who model.Actor, in *listSlotsInput) (*page[slotView], error) {
	keys := []any{"slots", in.CommunityID, in.ActivityID, in.MineToLead}
	at, after, err := s.beyond(who, in.PageInput, keys)
	if err != nil {
		return nil, err
	}
	all, err := s.Activities.Slots(ctx, who, activity.SlotFilter{
		ActivityID: in.ActivityID.n(), CommunityID: in.CommunityID.n(), MineToLead: in.MineToLead, AfterStart: at, AfterID: after, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	p := pageOf(s, who, in.PageInput, all, s.showSlot(who), func(v activity.Seen) int64 { return v.ID }, keys...)
	if p.Next != "" {
		last := all[in.Limit-1]
		p.Next = s.timeCursor(last.StartsAt, last.ID, who, keys)
	}
	return p, nil
}

// timeCursor is the cursor of a list that is in the order of a time, and of ids
// where that is the same.
func (s Services) timeCursor(at time.Time, id int64, who model.Actor, keys []any) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli())) // #nosec G115 -- not before 1970
	raw = binary.BigEndian.AppendUint64(raw, uint64(id))              // #nosec G115 -- ids are not negative
	return base64.RawURLEncoding.EncodeToString(append(raw, s.sign(raw, who, keys)...))
}

// beyond returns what the page asked for comes after, nothing for the first.
func (s Services) beyond(who model.Actor, in PageInput, keys []any) (at time.Time, id int64, err error) {
	if in.Cursor == "" {
		return time.Time{}, 0, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(in.Cursor)
	if err != nil || len(raw) != 16+macSize || !hmac.Equal(raw[16:], s.sign(raw[:16], who, keys)) {
		return time.Time{}, 0, errCursor.At("query.cursor", must+"为上一页给出的 next")
	}
	ms, n := binary.BigEndian.Uint64(raw[:8]), binary.BigEndian.Uint64(raw[8:16])
	return time.UnixMilli(int64(ms)).UTC(), int64(n), nil // #nosec G115 -- they are our own, signed
}

func (s Services) getSlot(ctx context.Context, who model.Actor, in *byID) (*slotView, error) {
	v, err := s.Activities.Slot(ctx, who, in.ID.n())
	return s.viewSlot(who, v, err)
}

// repeatForm says how often a slot is repeated.
type repeatForm struct {
	EveryDays int `json:"every_days" minimum:"1" maximum:"28"`
	Times     int `json:"times" minimum:"1" maximum:"60" doc:"Altogether, with the first"`
}

type addSlotsInput struct {
	ID   id `path:"id"`
	Body struct {
		StartsAt time.Time   `json:"starts_at"`
		EndsAt   time.Time   `json:"ends_at" doc:"At most 12 hours later"`
		Place    string      `json:"place" minLength:"2" maxLength:"60"`
		Lat      *float64    `json:"lat,omitempty" minimum:"3.8" maximum:"53.6" doc:"In degrees, GCJ-02; with lng"`
		Lng      *float64    `json:"lng,omitempty" minimum:"73.4" maximum:"135.1" doc:"In degrees, GCJ-02; with lat"`
		Radius   int64       `json:"radius,omitempty" minimum:"50" maximum:"5000" doc:"In metres; absent: 300"`
		Capacity int64       `json:"capacity" minimum:"1" maximum:"500"`
		Mode     slotMode    `json:"mode"`
		LeaderID id          `json:"leader_id,omitempty" doc:"Absent: oneself"`
		Repeat   *repeatForm `json:"repeat,omitempty"`
	}
}

func (s Services) addSlots(ctx context.Context, who model.Actor, in *addSlotsInput) (*items[slotView], error) {
	b := in.Body
	var r model.Repeat
	if b.Repeat != nil {
		r = model.Repeat(*b.Repeat)
	}
	all, err := s.Activities.AddSlots(ctx, who, in.ID.n(), model.SlotTerms{
		StartsAt: moment(b.StartsAt), EndsAt: moment(b.EndsAt), Place: b.Place, Lat: millionths(b.Lat), Lng: millionths(b.Lng), Radius: b.Radius,
		Capacity: b.Capacity, Mode: model.CheckInMode(b.Mode), LeaderID: b.LeaderID.n(),
	}, r)
	if err != nil {
		return nil, err
	}
	v := &items[slotView]{Items: make([]slotView, len(all))}
	show := s.showSlot(who)
	for i := range all {
		v.Items[i] = show(all[i])
	}
	return v, nil
}

type changeSlotInput struct {
	ID   id `path:"id"`
	Body struct {
		StartsAt *time.Time `json:"starts_at,omitempty"`
		EndsAt   *time.Time `json:"ends_at,omitempty"`
		Place    *string    `json:"place,omitempty" minLength:"2" maxLength:"60"`
		Lat      *float64   `json:"lat,omitempty" minimum:"3.8" maximum:"53.6"`
		Lng      *float64   `json:"lng,omitempty" minimum:"73.4" maximum:"135.1"`
		Radius   *int64     `json:"radius,omitempty" minimum:"50" maximum:"5000"`
		Capacity *int64     `json:"capacity,omitempty" minimum:"1" maximum:"500" doc:"Not less than are enrolled; those who wait move up"`
		Mode     *slotMode  `json:"mode,omitempty"`
		LeaderID id         `json:"leader_id,omitempty"`
		Reason   string     `json:"reason,omitempty" maxLength:"200" doc:"Told to those enrolled; needed once it is published"`
	}
}

func (s Services) changeSlot(ctx context.Context, who model.Actor, in *changeSlotInput) (*slotView, error) {
	b := in.Body
	e := model.SlotEdit{
		Place: b.Place, Lat: millionths(b.Lat), Lng: millionths(b.Lng), Radius: b.Radius, Capacity: b.Capacity,
		Mode: (*model.CheckInMode)(b.Mode), Reason: b.Reason,
	}
	for _, t := range []struct{ to, from **time.Time }{{&e.StartsAt, &b.StartsAt}, {&e.EndsAt, &b.EndsAt}} {
		if *t.from != nil {
			at := moment(**t.from)
			*t.to = &at
		}
	}
	if leader := b.LeaderID.n(); leader != 0 {
		e.LeaderID = &leader
	}
	v, err := s.Activities.ChangeSlot(ctx, who, in.ID.n(), e)
	return s.viewSlot(who, v, err)
}

func (s Services) cancelSlot(ctx context.Context, who model.Actor, in *noticed) (*slotView, error) {
	v, err := s.Activities.CancelSlot(ctx, who, in.ID.n(), in.Body.Reason)
	return s.viewSlot(who, v, err)
}
