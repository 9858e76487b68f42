package api

import (
	"time"

	"dandelion/model"
	"dandelion/service/wish"
)

// wishView is a wish as its reader may see it.
type wishView struct {
	ID         id         `json:"id"`
	State      wishState  `json:"state"`
	StateTitle string     `json:"state_title" doc:"The state in Chinese"`
	StatusText string     `json:"status_text" doc:"Where the wish stands, in plain Chinese"`
	NextStep   string     `json:"next_step" doc:"What comes next for the reader, in plain Chinese"`
	Actions    []string   `json:"actions" doc:"What the reader can do now: the last part of the route"`
	Light      light      `json:"light"`
	DueAt      *time.Time `json:"due_at,omitempty" doc:"When the time of the present state runs out"`

	Kind       wishKind   `json:"kind"`
	Urgency    urgency    `json:"urgency"`
	Difficulty difficulty `json:"difficulty"`
	Channel    channel    `json:"channel"`
	HandOver   handOver   `json:"hand_over" doc:"station: the address is told to nobody"`
	AgeGroup   ageGroup   `json:"age_group"`
	Skill      string     `json:"skill,omitempty"`
	Title      string     `json:"title"`
	Detail     string     `json:"detail"`
	ExpectedBy *time.Time `json:"expected_by,omitempty"`
	Masked     bool       `json:"masked" doc:"Whether parts are hidden from the reader"`

	Community   orgRef    `json:"community"`
	Scope       scope     `json:"scope,omitempty" doc:"How widely it is offered"`
	Beneficiary string    `json:"beneficiary,omitempty" doc:"The masked name"`
	RequesterID id        `json:"requester_id,omitempty"`
	Target      *partyRef `json:"target,omitempty" doc:"To whom it was dispatched"`
	Claimer     *partyRef `json:"claimer,omitempty" doc:"Who took it"`

	AppointmentAt *time.Time `json:"appointment_at,omitempty"`
	StartedAt     *time.Time `json:"started_at,omitempty"`
	GoodsHanded   bool       `json:"goods_handed,omitempty"`
	Receipt       string     `json:"receipt,omitempty"`
	ExtendUntil   *time.Time `json:"extend_until,omitempty" doc:"The extension that is asked for"`
	ExtendReason  string     `json:"extend_reason,omitempty"`
	ResumeOn      *time.Time `json:"resume_on,omitempty"`
	Report        string     `json:"report,omitempty" doc:"晒单: what was done"`
	Minutes       int64      `json:"minutes,omitempty"`
	Unverified    bool       `json:"unverified,omitempty" doc:"No worker verified it in time"`
	ReworkRounds  int64      `json:"rework_rounds,omitempty"`
	FailReason    string     `json:"fail_reason,omitempty" doc:"Why it shall be given up, until a second person agrees"`

	Stars       int64      `json:"stars,omitempty" doc:"1 to 5; absent: unrated"`
	Solved      solved     `json:"solved,omitempty"`
	RejectCode  rejectCode `json:"reject_code,omitempty" doc:"Why it was not taken up"`
	Reason      string     `json:"reason,omitempty" doc:"The last that the resident was told"`
	NextHint    string     `json:"next_hint,omitempty" doc:"What is missing, or what can be done instead"`
	AppealUntil *time.Time `json:"appeal_until,omitempty"`

	CreatedAt   time.Time     `json:"created_at"`
	SubmittedAt *time.Time    `json:"submitted_at,omitempty"`
	ClosedAt    *time.Time    `json:"closed_at,omitempty"`
	UpdatedAt   time.Time     `json:"updated_at"`
	Similar     []similarView `json:"similar,omitempty" doc:"What the same person is waiting for already"`
}

type orgRef struct {
	ID   id     `json:"id"`
	Name string `json:"name,omitempty"`
}

type partyRef struct {
	UserID  id     `json:"user_id,omitempty"`
	Name    string `json:"name,omitempty"`
	OrgID   id     `json:"org_id,omitempty"`
	OrgName string `json:"org_name,omitempty"`
}

type similarView struct {
	ID         id        `json:"id"`
	Title      string    `json:"title"`
	StateTitle string    `json:"state_title"`
	CreatedAt  time.Time `json:"created_at"`
}

func viewWish(v *wish.Seen, err error) (*wishView, error) {
	if err != nil {
		return nil, err
	}
	view := showWish(v)
	return &view, nil
}

func showWish(v *wish.Seen) wishView {
	w := &v.Wish
	view := wishView{
		ID: idOf(w.ID), State: wishState(w.State), StateTitle: w.State.Title(), StatusText: w.StatusText(v.Now),
		NextStep: w.NextStep(v.Relation, v.Now), Actions: actions(v.Possible), Light: light(w.Light), DueAt: w.DueAt,
		Kind: wishKind(w.Kind), Urgency: urgency(w.Urgency), Difficulty: difficulty(w.Difficulty), Channel: channel(w.Channel),
		HandOver: handOver(w.HandOver), AgeGroup: ageGroup(w.AgeGroup), Skill: w.Skill, Title: w.Title, Detail: w.Detail,
		ExpectedBy: w.ExpectedBy, Masked: v.Masked, Community: orgRef{idOf(w.CommunityID), v.Names.Community}, Scope: scope(w.Scope),
		Beneficiary: w.BeneficiaryMask, RequesterID: idOf(w.RequesterID),
		Target:  party(w.TargetUserID, v.Names.Target, w.TargetOrgID, v.Names.TargetOrg),
		Claimer: party(w.ClaimerID, v.Names.Claimer, w.ClaimOrgID, v.Names.ClaimOrg),
		Reason:  w.Reason, NextHint: w.NextHint, CreatedAt: w.CreatedAt, SubmittedAt: w.SubmittedAt, UpdatedAt: w.UpdatedAt,
	}
	showWork(&view, w)
	for i := range v.Similar {
		o := &v.Similar[i]
		view.Similar = append(view.Similar, similarView{idOf(o.ID), o.Title, o.State.Title(), o.CreatedAt})
	}
	return view
}

// showWork fills in what has been done about the wish.
func showWork(view *wishView, w *model.Wish) {
	view.AppointmentAt, view.StartedAt, view.GoodsHanded, view.Receipt = w.AppointmentAt, w.StartedAt, w.GoodsHanded, w.Receipt
	view.ExtendUntil, view.ExtendReason, view.ResumeOn = w.ExtendUntil, w.ExtendReason, w.ResumeOn
	view.Report, view.Minutes, view.Unverified, view.ReworkRounds = w.ReportText, w.Minutes, w.Unverified, w.ReworkRounds
	view.FailReason, view.Stars, view.Solved = w.FailReason, w.Stars, solved(w.Solved)
	view.RejectCode = rejectCode(w.RejectCode)
	view.AppealUntil, view.ClosedAt = w.AppealUntil, w.ClosedAt
}

func party(user int64, name string, org int64, orgName string) *partyRef {
	if user == 0 && org == 0 {
		return nil
	}
	return &partyRef{UserID: idOf(user), Name: name, OrgID: idOf(org), OrgName: orgName}
}

func actions(events []model.WishEvent) []string {
	all := make([]string, len(events))
	for i, e := range events {
		all[i] = pathOf(e)
	}
	return all
}
