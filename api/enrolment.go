package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/activity"
)

func (s Services) enrolmentRoutes() []route {
	return []route{
		create("/slots/{id}/enrol", "报名: take a place in a slot, or a turn in its wait-list", model.JoinActivity, s.enrol),
		post("/slots/{id}/leave", "退出: give one's place or turn up", model.Consented, s.leaveSlot),
		get("/slots/{id}/enrolments", "名单: who is in a slot, for its leader", model.Consented, s.listEnrolled),
		create("/slots/{id}/enrolments", "代为报名: put a volunteer on the list, as the leader", model.Consented, s.putOnList),
		post("/enrolments/{id}/remove", "移出: take somebody from the list, as the leader", model.Consented, s.removeEnrolment),
		get("/enrolments", "我的报名: one's own, newest first", model.Consented, s.listEnrolments),
	}
}

type (
	enrolmentState model.EnrolmentState
	enrolmentRole  model.EnrolmentRole
)

// Schema describes an enrolmentState.
func (enrolmentState) Schema(huma.Registry) *huma.Schema { return oneOf(model.EnrolmentStates()...) }

// Schema describes an enrolmentRole.
func (enrolmentRole) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.EnrolLeader, model.EnrolMember)
}

// enrolmentView is one's own enrolment.
type enrolmentView struct {
	ID         id             `json:"id"`
	SlotID     id             `json:"slot_id"`
	ActivityID id             `json:"activity_id"`
	State      enrolmentState `json:"state"`
	StateTitle string         `json:"state_title"`
	StatusText string         `json:"status_text" doc:"What that means, in plain Chinese"`
	Role       enrolmentRole  `json:"role"`
	RoleTitle  string         `json:"role_title"`
	Title      string         `json:"title" doc:"Of the activity"`
	Place      string         `json:"place"`
	Community  string         `json:"community,omitempty"`
	StartsAt   time.Time      `json:"starts_at"`
	EndsAt     time.Time      `json:"ends_at"`
	SlotState  slotState      `json:"slot_state"`
	ByLeader   bool           `json:"by_leader" doc:"The leader has put one on the list"`
	LateLeave  bool           `json:"late_leave" doc:"Left later than is free of a mark"`
	Reason     string         `json:"reason,omitempty" doc:"Why it was ended"`
	CreatedAt  time.Time      `json:"created_at"`
	EndedAt    *time.Time     `json:"ended_at,omitempty"`
}

func showMine(m activity.Mine) enrolmentView {
	return enrolmentView{
		ID: idOf(m.ID), SlotID: idOf(m.SlotID), ActivityID: idOf(m.ActivityID), State: enrolmentState(m.State), StateTitle: m.State.Title(),
		StatusText: m.StatusText(), Role: enrolmentRole(m.Role), RoleTitle: m.Role.Title(), Title: m.Title, Place: m.Place, Community: m.CommunityName,
		StartsAt: m.StartsAt, EndsAt: m.EndsAt, SlotState: slotState(m.SlotState), ByLeader: m.EnrolledBy != m.UserID, LateLeave: m.LateLeave,
		Reason: m.Reason, CreatedAt: m.CreatedAt, EndedAt: m.EndedAt,
	}
}

func viewMine(m *activity.Mine, err error) (*enrolmentView, error) {
	if err != nil {
		return nil, err
	}
	v := showMine(*m)
	return &v, nil
}

func (s Services) enrol(ctx context.Context, who model.Actor, in *byID) (*enrolmentView, error) {
	return viewMine(s.Activities.Enrol(ctx, who, in.ID.n()))
}

func (s Services) leaveSlot(ctx context.Context, who model.Actor, in *byID) (*enrolmentView, error) {
	return viewMine(s.Activities.Leave(ctx, who, in.ID.n()))
}

func (s Services) listEnrolments(ctx context.Context, who model.Actor, in *PageInput) (*page[enrolmentView], error) {
	before, err := s.before(who, *in, "enrolments")
	if err != nil {
		return nil, err
	}
	all, err := s.Activities.Enrolments(ctx, who, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, *in, all, showMine, func(m activity.Mine) int64 { return m.ID }, "enrolments"), nil
}

// listedView is an enrolment as the leader of its slot sees it.
type listedView struct {
	ID         id             `json:"id"`
	UserID     id             `json:"user_id"`
	Name       string         `json:"name" doc:"In full: the leader has to find him"`
	Offline    bool           `json:"offline" doc:"Without an account: the leader checks him in"`
	State      enrolmentState `json:"state"`
	StateTitle string         `json:"state_title"`
	Role       enrolmentRole  `json:"role"`
	ByLeader   bool           `json:"by_leader"`
	LateLeave  bool           `json:"late_leave"`
	Reason     string         `json:"reason,omitempty"`
	CreatedAt  time.Time      `json:"created_at"`
	EndedAt    *time.Time     `json:"ended_at,omitempty"`
}

func showListed(l activity.Listed) listedView {
	return listedView{
		ID: idOf(l.ID), UserID: idOf(l.UserID), Name: l.Name, Offline: l.Offline, State: enrolmentState(l.State), StateTitle: l.State.Title(),
		Role: enrolmentRole(l.Role), ByLeader: l.EnrolledBy != l.UserID, LateLeave: l.LateLeave, Reason: l.Reason, CreatedAt: l.CreatedAt, EndedAt: l.EndedAt,
	}
}

func viewListed(l *activity.Listed, err error) (*listedView, error) {
	if err != nil {
		return nil, err
	}
	v := showListed(*l)
	return &v, nil
}

type listEnrolledInput struct {
	ID    id             `path:"id"`
	State enrolmentState `query:"state" doc:"Only those in one state; absent: all who are on the list"`
	PageInput
}

func (s Services) listEnrolled(ctx context.Context, who model.Actor, in *listEnrolledInput) (*page[listedView], error) {
	after, err := s.before(who, in.PageInput, "enrolled", in.ID, in.State)
	if err != nil {
		return nil, err
	}
	all, err := s.Activities.List(ctx, who, in.ID.n(), model.EnrolmentState(in.State), after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showListed, func(l activity.Listed) int64 { return l.ID }, "enrolled", in.ID, in.State), nil
}

type putOnInput struct {
	ID   id `path:"id"`
	Body struct {
		UserID id `json:"user_id" doc:"Who serves the organisation of the slot, or its community"`
	}
}

func (s Services) putOnList(ctx context.Context, who model.Actor, in *putOnInput) (*listedView, error) {
	return viewListed(s.Activities.PutOn(ctx, who, in.ID.n(), in.Body.UserID.n()))
}

func (s Services) removeEnrolment(ctx context.Context, who model.Actor, in *noticed) (*listedView, error) {
	return viewListed(s.Activities.Remove(ctx, who, in.ID.n(), in.Body.Reason))
}
