package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/activity"
)

func (s Services) serviceRoutes() []route {
	return []route{
		get("/service/records", "我的服务记录: my records of service", model.Consented, s.listServiceRecords),
		get("/service/records/{id}", "服务记录: one of my own, or of an organisation one works for; with its corrections", model.Consented, s.getServiceRecord),
		get("/service/summary", "服务汇总: how many hours and services I have", model.Consented, s.getServiceSummary),
	}
}

type (
	recordState model.RecordState
	slotRole    model.EnrolmentRole
)

// Schema describes a recordState.
func (recordState) Schema(huma.Registry) *huma.Schema { return oneOf(model.RecordStates()...) }

// Schema describes a slotRole.
func (slotRole) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.EnrolLeader, model.EnrolMember)
}

// serviceRecordView is time that somebody served.
type serviceRecordView struct {
	ID          id               `json:"id"`
	State       recordState      `json:"state"`
	StateTitle  string           `json:"state_title"`
	UserID      id               `json:"user_id"`
	UserName    string           `json:"user_name,omitempty"`
	Source      string           `json:"source" enum:"attendance,claim,correction,dispute" doc:"What it comes from: a check-in, a wish, a correction, a dispute"`
	SlotID      id               `json:"slot_id,omitempty" doc:"Absent: of a wish"`
	Role        slotRole         `json:"role"`
	Title       string           `json:"title"`
	Place       string           `json:"place,omitempty"`
	Org         orgRef           `json:"org" doc:"Who organised it"`
	Day         string           `json:"day" format:"date" doc:"In Shanghai, on which it began"`
	StartedAt   time.Time        `json:"started_at"`
	EndedAt     time.Time        `json:"ended_at"`
	Minutes     int64            `json:"minutes" doc:"That count"`
	CutMinutes  int64            `json:"cut_minutes" doc:"Served, but above the cap of the day"`
	ReplacedBy  id               `json:"replaced_by,omitempty" doc:"The record that took its place"`
	CreatedAt   time.Time        `json:"created_at"`
	Corrections []correctionView `json:"corrections,omitempty" doc:"Of one record, newest first"`
}

func showServiceRecord(r *activity.RecordShown) serviceRecordView {
	v := serviceRecordView{
		ID: idOf(r.ID), State: recordState(r.State), StateTitle: r.State.Title(), UserID: idOf(r.UserID), UserName: r.UserName, Source: string(r.SourceType),
		SlotID: idOf(r.SlotID), Role: slotRole(r.Role), Title: r.Title, Place: r.Place, Org: orgRef{idOf(r.OrgID), r.OrgName}, Day: string(r.Day),
		StartedAt: r.StartedAt, EndedAt: r.EndedAt, Minutes: r.Minutes, CutMinutes: r.CutMinutes, ReplacedBy: idOf(r.ReplacedBy), CreatedAt: r.CreatedAt,
	}
	for _, c := range r.Corrections {
		v.Corrections = append(v.Corrections, showCorrection(activity.CorrectionShown{
			Correction: c, UserName: r.UserName, OrgName: r.OrgName, Title: r.Title, Day: r.Day,
		}))
	}
	return v
}

func (s Services) listServiceRecords(ctx context.Context, who model.Actor, in *PageInput) (*page[serviceRecordView], error) {
	before, err := s.before(who, *in, "service_records")
	if err != nil {
		return nil, err
	}
	all, err := s.Activities.Records(ctx, who, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, *in, all, showServiceRecord, func(r *activity.RecordShown) int64 { return r.ID }, "service_records"), nil
}

func (s Services) getServiceRecord(ctx context.Context, who model.Actor, in *byID) (*serviceRecordView, error) {
	r, err := s.Activities.Record(ctx, who, in.ID.n())
	if err != nil {
		return nil, err
	}
	v := showServiceRecord(r)
	return &v, nil
}

// serviceSummaryView is what somebody has served.
type serviceSummaryView struct {
	Minutes        int64  `json:"minutes"`
	Services       int64  `json:"services"`
	Season         int64  `json:"season" doc:"The year"`
	SeasonMinutes  int64  `json:"season_minutes"`
	SeasonServices int64  `json:"season_services"`
	Says           string `json:"says" doc:"The same in Chinese"`
}

func (s Services) getServiceSummary(ctx context.Context, who model.Actor, _ *struct{}) (*serviceSummaryView, error) {
	sum, err := s.Activities.Summary(ctx, who)
	if err != nil {
		return nil, err
	}
	return &serviceSummaryView{
		sum.Minutes, sum.Services, sum.Season, sum.SeasonMinutes, sum.SeasonServices,
		"累计服务 " + model.SaidMinutes(sum.Minutes) + ", 今年 " + model.SaidMinutes(sum.SeasonMinutes),
	}, nil
}
