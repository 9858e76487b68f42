package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/activity"
	"dandelion/service/identity"
)

func (s Services) activityRoutes() []route {
	return []route{
		get("/activities", "活动: those of an organisation that one organises", model.ManageActivity, s.listActivities),
		create("/activities", "新建活动: draft an activity", model.ManageActivity, s.createActivity),
		get("/activities/{id}", "活动: one activity", model.Consented, s.getActivity),
		patch("/activities/{id}", "修改活动: title, detail, skills, and of a draft the community", model.ManageActivity, s.changeActivity),
		post("/activities/{id}/publish", "发布活动: invite everybody to an activity and its slots", model.ManageActivity, s.publishActivity),
		post("/activities/{id}/cancel", "取消活动: call an activity off, with its slots that have not begun", model.ManageActivity, s.cancelActivity),
		create("/activities/{id}/slots", "增加场次: add a slot or a series", model.ManageActivity, s.addSlots),
		get("/volunteers", "可登记的志愿者: whom one can put on a list", model.Consented, s.listVolunteers),
		create("/volunteers", "登记志愿者: take on somebody without a smartphone, with his consent on paper. A number that he gives "+
			"can be bound by no account afterwards; that stays refused with account.phone_taken", model.ManageActivity, s.addVolunteer),
	}
}

type activityState model.ActivityState

// Schema describes an activityState.
func (activityState) Schema(huma.Registry) *huma.Schema { return oneOf(model.ActivityStates()...) }

// activityView is an activity.
type activityView struct {
	ID          id            `json:"id"`
	State       activityState `json:"state"`
	StateTitle  string        `json:"state_title"`
	Org         orgRef        `json:"org" doc:"Who invites"`
	Community   orgRef        `json:"community" doc:"Where it is held"`
	Title       string        `json:"title"`
	Detail      string        `json:"detail"`
	Skills      []string      `json:"skills"`
	Reason      string        `json:"reason,omitempty" doc:"Why it was cancelled"`
	CreatedAt   time.Time     `json:"created_at"`
	PublishedAt *time.Time    `json:"published_at,omitempty"`
	EndedAt     *time.Time    `json:"ended_at,omitempty"`
}

func showActivity(a activity.Invitation) activityView {
	return activityView{
		ID: idOf(a.ID), State: activityState(a.State), StateTitle: a.State.Title(), Org: orgRef{idOf(a.OrgID), a.OrgName},
		Community: orgRef{idOf(a.CommunityID), a.CommunityName}, Title: a.Title, Detail: a.Detail, Skills: wordsOf(a.Skills), Reason: a.Reason,
		CreatedAt: a.CreatedAt, PublishedAt: a.PublishedAt, EndedAt: a.EndedAt,
	}
}

// wordsOf returns the words of skills as a list that is there even if it is
// empty.
func wordsOf(s model.Skills) []string {
	if all := s.List(); all != nil {
		return all
	}
	return []string{}
}

func viewActivity(a *activity.Invitation, err error) (*activityView, error) {
	if err != nil {
		return nil, err
	}
	v := showActivity(*a)
	return &v, nil
}

type listActivitiesInput struct {
	OrgID id `query:"org_id" required:"true" doc:"Of which organisation"`
	PageInput
}

func (s Services) listActivities(ctx context.Context, who model.Actor, in *listActivitiesInput) (*page[activityView], error) {
	before, err := s.before(who, in.PageInput, "activities", in.OrgID)
	if err != nil {
		return nil, err
	}
	all, err := s.Activities.Activities(ctx, who, in.OrgID.n(), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showActivity, func(a activity.Invitation) int64 { return a.ID }, "activities", in.OrgID), nil
}

func (s Services) getActivity(ctx context.Context, who model.Actor, in *byID) (*activityView, error) {
	return viewActivity(s.Activities.Activity(ctx, who, in.ID.n()))
}

type createActivityInput struct {
	Body struct {
		OrgID       id       `json:"org_id" doc:"Who invites: a community, unit, team or social organisation that one organises"`
		CommunityID id       `json:"community_id,omitempty" doc:"Where it is held; absent: in the community of the organisation"`
		Title       string   `json:"title" minLength:"2" maxLength:"30"`
		Detail      string   `json:"detail,omitempty" maxLength:"500"`
		Skills      []string `json:"skills,omitempty" maxItems:"12"`
	}
}

func (s Services) createActivity(ctx context.Context, who model.Actor, in *createActivityInput) (*activityView, error) {
	b := in.Body
	return viewActivity(s.Activities.CreateActivity(ctx, who, b.OrgID.n(), b.CommunityID.n(), model.ActivityTerms{
		Title: b.Title, Detail: b.Detail, Skills: b.Skills,
	}))
}

type changeActivityInput struct {
	ID   id `path:"id"`
	Body struct {
		CommunityID id        `json:"community_id,omitempty" doc:"Of a draft"`
		Title       *string   `json:"title,omitempty" minLength:"2" maxLength:"30"`
		Detail      *string   `json:"detail,omitempty" maxLength:"500"`
		Skills      *[]string `json:"skills,omitempty" maxItems:"12"`
	}
}

func (s Services) changeActivity(ctx context.Context, who model.Actor, in *changeActivityInput) (*activityView, error) {
	b := in.Body
	return viewActivity(s.Activities.ChangeActivity(ctx, who, in.ID.n(), b.CommunityID.n(), model.ActivityEdit{
		Title: b.Title, Detail: b.Detail, Skills: b.Skills,
	}))
}

func (s Services) publishActivity(ctx context.Context, who model.Actor, in *byID) (*activityView, error) {
	return viewActivity(s.Activities.PublishActivity(ctx, who, in.ID.n()))
}

// noticed is the body of what those enrolled are told the reason of.
type noticed struct {
	ID   id `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200" doc:"Told to those enrolled"`
	}
}

func (s Services) cancelActivity(ctx context.Context, who model.Actor, in *noticed) (*activityView, error) {
	return viewActivity(s.Activities.CancelActivity(ctx, who, in.ID.n(), in.Body.Reason))
}

// volunteerView is somebody who can be put on a list.
type volunteerView struct {
	UserID  id     `json:"user_id"`
	Name    string `json:"name,omitempty" doc:"Masked for leaders who do not organise what the organisation does"`
	Phone   string `json:"phone,omitempty" doc:"Masked"`
	Offline bool   `json:"offline" doc:"Without an account: a leader checks him in"`
}

type listVolunteersInput struct {
	OrgID  id `query:"org_id" doc:"Of which organisation that one organises; or"`
	SlotID id `query:"slot_id" doc:"of the organisation of which slot that one leads"`
	PageInput
}

func (s Services) listVolunteers(ctx context.Context, who model.Actor, in *listVolunteersInput) (*page[volunteerView], error) {
	if (in.OrgID == "") == (in.SlotID == "") {
		return nil, errRequest.At("query.org_id", must+"与 slot_id 填写其中一项")
	}
	after, err := s.before(who, in.PageInput, "volunteers", in.OrgID, in.SlotID)
	if err != nil {
		return nil, err
	}
	of, at := s.Activities.Volunteers, in.OrgID
	if in.SlotID != "" {
		of, at = s.Activities.VolunteersFor, in.SlotID
	}
	all, err := of(ctx, who, at.n(), after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, func(v activity.Volunteer) volunteerView {
		return volunteerView{idOf(v.UserID), v.Name, v.Phone, v.Offline}
	}, func(v activity.Volunteer) int64 { return v.UserID }, "volunteers", in.OrgID, in.SlotID), nil
}

type addVolunteerInput struct {
	Body struct {
		Name        string   `json:"name" minLength:"2" maxLength:"20"`
		Phone       string   `json:"phone,omitempty" pattern:"^1[3-9][0-9]{9}$" doc:"Absent: he has none"`
		CommunityID id       `json:"community_id" doc:"Where he lives and volunteers"`
		Skills      []string `json:"skills,omitempty" maxItems:"12"`
		Consent     bool     `json:"consent" enum:"true" doc:"本人已在纸质告知书上签字同意: he has consented on paper, which the community keeps"`
	}
}

func (s Services) addVolunteer(ctx context.Context, who model.Actor, in *addVolunteerInput) (*volunteerView, error) {
	b := in.Body
	p, err := s.Identity.AddVolunteer(ctx, who, identity.Offline{Name: b.Name, Phone: b.Phone, CommunityID: b.CommunityID.n(), Skills: b.Skills})
	if err != nil {
		return nil, err
	}
	return &volunteerView{idOf(p.ID), p.Name, p.Phone, true}, nil
}
