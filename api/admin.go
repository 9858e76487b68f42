package api

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"dandelion/internal/fault"
	"dandelion/model"
	"dandelion/service/org"
)

type findUserInput struct {
	Body struct {
		Phone string `json:"phone" pattern:"^1[3-9][0-9]{9}$" patternDescription:"11 位手机号" doc:"In the body, so that no log can hold it"`
	}
}

// personView is an account as an administrator finds it.
type personView struct {
	ID          id     `json:"id"`
	DisplayName string `json:"display_name,omitempty"`
	Name        string `json:"name,omitempty" doc:"Masked"`
	Phone       string `json:"phone,omitempty" doc:"Masked"`
	Active      bool   `json:"active"`
}

func (s Services) findUser(ctx context.Context, who model.Actor, in *findUserInput) (*personView, error) {
	p, err := s.Identity.FindByPhone(ctx, who, in.Body.Phone)
	if err != nil {
		return nil, err
	}
	return &personView{idOf(p.ID), p.DisplayName, p.Name, p.Phone, p.State == model.UserActive}, nil
}

func (s Services) disableUser(ctx context.Context, who model.Actor, in *because) (*done, error) {
	reason, err := in.reason()
	if err != nil {
		return nil, err
	}
	return &done{"账号已停用。"}, s.Identity.Disable(ctx, who, in.ID.n(), reason)
}

func (s Services) enableUser(ctx context.Context, who model.Actor, in *because) (*done, error) {
	reason, err := in.reason()
	if err != nil {
		return nil, err
	}
	return &done{"账号已启用。"}, s.Identity.Enable(ctx, who, in.ID.n(), reason)
}

type listAuditsInput struct {
	Subject   string `query:"subject" enum:"wish,user,org,grant,policy,reward,redemption,activity,slot,enrolment,attendance,service_record,correction,dispute,risk_flag,registration,roster"`
	SubjectID id     `query:"subject_id"`
	PageInput
}

// auditView is a line of the audit log.
type auditView struct {
	ID        id             `json:"id"`
	ActorID   id             `json:"actor_id,omitempty" doc:"Absent: the operator or the system"`
	Actor     string         `json:"actor,omitempty"`
	Action    string         `json:"action"`
	Subject   string         `json:"subject"`
	SubjectID id             `json:"subject_id,omitempty"`
	Detail    map[string]any `json:"detail" doc:"What the action was about; ids are strings here too"`
	RequestID string         `json:"request_id,omitempty"`
	At        time.Time      `json:"at"`
}

func showAudit(a org.AuditLine) auditView {
	return auditView{
		ID: idOf(a.ID), ActorID: idOf(a.ActorID), Actor: a.DisplayName, Action: a.Action, Subject: string(a.Subject), SubjectID: idOf(a.SubjectID),
		Detail: detailOf(a.Detail), RequestID: a.RequestID, At: a.CreatedAt,
	}
}

// detailOf reads the detail of a line, in which keys are numbers: they become
// what clients know them as, and no digit of them is lost.
func detailOf(text string) map[string]any {
	v, in := map[string]any{}, json.NewDecoder(strings.NewReader(text))
	in.UseNumber()
	if err := in.Decode(&v); err != nil || v == nil {
		return map[string]any{}
	}
	for name, value := range v {
		if n, ok := value.(json.Number); ok && strings.HasSuffix(name, "_id") {
			v[name] = id(n)
		}
	}
	return v
}

func (s Services) listAudits(ctx context.Context, who model.Actor, in *listAuditsInput) (*page[auditView], error) {
	if (in.Subject == "") != (in.SubjectID == "") {
		return nil, errRequest.At("query.subject_id", must+"与 subject 一起填写")
	}
	before, err := s.before(who, in.PageInput, "audits", in.Subject, in.SubjectID)
	if err != nil {
		return nil, err
	}
	all, err := s.Orgs.Audits(ctx, who, org.AuditFilter{Subject: model.Subject(in.Subject), SubjectID: in.SubjectID.n(), Before: before, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showAudit, func(a org.AuditLine) int64 { return a.ID }, "audits", in.Subject, in.SubjectID), nil
}

// limitView is one limit of a county.
type limitView struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Unit    string `json:"unit" enum:"minutes,times"`
	Value   int64  `json:"value"`
	Default int64  `json:"default"`
	Min     int64  `json:"min"`
	Max     int64  `json:"max"`
}

func showLimit(l model.LimitSpec, p model.Policy) limitView {
	return limitView{string(l.Limit), l.Title, string(l.Unit), p.Number(l.Limit), l.Default, l.Min, l.Max}
}

func (s Services) getPolicy(ctx context.Context, who model.Actor, _ *struct{}) (*items[limitView], error) {
	p, err := s.Policies.Of(ctx, who.TenantID)
	if err != nil {
		return nil, err
	}
	v := &items[limitView]{Items: []limitView{}}
	for _, l := range model.Limits() {
		v.Items = append(v.Items, showLimit(l, p))
	}
	return v, nil
}

type setPolicyInput struct {
	Name string `path:"name" maxLength:"32"`
	Body struct {
		Value int64 `json:"value" doc:"Minutes or times, as the limit's unit says"`
	}
}

var errLimit = fault.Define(fault.NotFound, "policy.not_found", "没有这项时限或上限")

func (s Services) setPolicy(ctx context.Context, who model.Actor, in *setPolicyInput) (*limitView, error) {
	for _, l := range model.Limits() {
		if string(l.Limit) != in.Name {
			continue
		}
		if err := s.Policies.Set(ctx, who, l.Limit, in.Body.Value); err != nil {
			return nil, err
		}
		v := showLimit(l, model.Policy{})
		v.Value = in.Body.Value
		return &v, nil
	}
	return nil, errLimit
}
