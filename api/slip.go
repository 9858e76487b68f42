package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/internal/sheet"
	"dandelion/model"
	"dandelion/service/org"
)

func (s Services) slipRoutes() []route {
	return []route{
		get("/units/{id}/service", "本单位党员的服务: counts of those who agreed to be named", model.ReadRoster, s.listUnitService),
		get("/units/{id}/slips/{quarter}", "季度单: computed, nothing to fill in", model.ReadRoster, s.getSlip),
		download("/units/{id}/slips/{quarter}/file.xlsx", sheet.Type, "季度单: as an Excel file", model.ReadRoster, s.getSlipFile),
		get("/registrations/{id}/slip/{quarter}", "我的季度单明细: one's own line, as it would be named", model.Consented, s.getOwnSlip),
	}
}

// quarter is the name of three months.
type quarter model.SlipQuarter

// Schema describes a quarter.
func (quarter) Schema(huma.Registry) *huma.Schema {
	return known(&huma.Schema{Type: huma.TypeString, Pattern: `^20[0-9]{2}Q[1-4]$`, Examples: []any{"2026Q3"}})
}

// serviceDay is a calendar day in Shanghai.
type serviceDay model.Day

// Schema describes a serviceDay.
func (serviceDay) Schema(huma.Registry) *huma.Schema {
	return known(&huma.Schema{Type: huma.TypeString, Pattern: `^20[0-9]{2}-[01][0-9]-[0-3][0-9]$`, Examples: []any{"2026-07-01"}})
}

// personServiceView is what one member served.
type personServiceView struct {
	UserID   id     `json:"user_id"`
	Name     string `json:"name" doc:"In full for the unit's own liaison, else masked"`
	Minutes  int64  `json:"minutes"`
	Services int64  `json:"services" doc:"How often"`
	Wishes   int64  `json:"wishes" doc:"Closed wishes that he served, when they can no longer be appealed"`
}

type unitServiceInput struct {
	ID   id         `path:"id"`
	From serviceDay `query:"from" doc:"The first day; absent: of the quarter"`
	To   serviceDay `query:"to" doc:"The last day; absent: today. At most a year"`
	PageInput
}

func (s Services) listUnitService(ctx context.Context, who model.Actor, in *unitServiceInput) (*page[personServiceView], error) {
	keys := []any{"unit_service", in.ID, in.From, in.To}
	after, err := s.before(who, in.PageInput, keys...)
	if err != nil {
		return nil, err
	}
	all, err := s.Orgs.UnitService(ctx, who, org.ServiceFilter{
		UnitID: in.ID.n(), From: model.Day(in.From), To: model.Day(in.To), After: after, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, func(p org.PersonService) personServiceView {
		return personServiceView{idOf(p.UserID), p.Name, p.Minutes, p.Services, p.Wishes}
	}, func(p org.PersonService) int64 { return p.UserID }, keys...), nil
}

// slipLineView is a person's line of a slip.
type slipLineView struct {
	UserID    id     `json:"user_id"`
	Name      string `json:"name" doc:"In full for the unit's own liaison and for himself, else masked"`
	Community orgRef `json:"community"`
	Post      string `json:"post"`
	Minutes   int64  `json:"minutes"`
	Services  int64  `json:"services"`
	Wishes    int64  `json:"wishes" doc:"Closed wishes that he served, also together with others"`
}

func showSlipLine(l org.NamedLine) slipLineView {
	return slipLineView{
		idOf(l.UserID), l.Name, orgRef{idOf(l.CommunityID), l.CommunityName}, l.Post, l.Minutes, l.Services, l.Wishes,
	}
}

// slipView is a unit's slip of a quarter.
type slipView struct {
	Unit         orgRef             `json:"unit"`
	Quarter      quarter            `json:"quarter"`
	Title        string             `json:"title"`
	Members      int64              `json:"members" doc:"报到人数: who were registered at some time of the quarter"`
	Active       int64              `json:"active" doc:"Of these, who served"`
	Minutes      int64              `json:"minutes"`
	Services     int64              `json:"services"`
	Wishes       int64              `json:"wishes" doc:"Closed wishes, each once, with the unit of who claimed it"`
	Rated        int64              `json:"rated" doc:"How many of these were judged with stars"`
	Solved       int64              `json:"solved" doc:"Of the judged ones, wholly solved"`
	Satisfaction *int64             `json:"satisfaction,omitempty" doc:"The average stars in per cent of five; absent: nobody has judged"`
	Unnamed      int64              `json:"unnamed" doc:"Members who have not agreed to be named: they are in the figures above and in no line"`
	Note         string             `json:"note"`
	Lines        page[slipLineView] `json:"lines"`
}

type slipInput struct {
	ID      id      `path:"id"`
	Quarter quarter `path:"quarter"`
	PageInput
}

func (s Services) getSlip(ctx context.Context, who model.Actor, in *slipInput) (*slipView, error) {
	keys := []any{"slip", in.ID, in.Quarter}
	after, err := s.before(who, in.PageInput, keys...)
	if err != nil {
		return nil, err
	}
	p, err := s.Orgs.Slip(ctx, who, in.ID.n(), model.SlipQuarter(in.Quarter), after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	v := &slipView{
		Unit: orgRef{idOf(p.Unit.ID), p.Unit.Name}, Quarter: in.Quarter, Title: p.Quarter.Title(), Members: p.Members, Active: p.Active,
		Minutes: p.Minutes, Services: p.Services, Wishes: p.Wishes, Rated: p.Rated, Solved: p.Solved, Unnamed: p.Unnamed, Note: p.Note(),
		Lines: *pageOf(s, who, in.PageInput, p.Lines, showSlipLine, func(l org.NamedLine) int64 { return l.UserID }, keys...),
	}
	if percent, ok := p.Satisfaction(); ok {
		v.Satisfaction = &percent
	}
	return v, nil
}

type slipFileInput struct {
	ID      id      `path:"id"`
	Quarter quarter `path:"quarter"`
}

func (s Services) getSlipFile(ctx context.Context, who model.Actor, in *slipFileInput) (*file, error) {
	name, data, err := s.Orgs.SlipFile(ctx, who, in.ID.n(), model.SlipQuarter(in.Quarter))
	if err != nil {
		return nil, err
	}
	return &file{Name: name, Data: data}, nil
}

// ownSlipView is one's own line of a slip.
type ownSlipView struct {
	Quarter quarter      `json:"quarter"`
	Title   string       `json:"title"`
	Named   bool         `json:"named" doc:"Whether it is on the slip: he has agreed to be named"`
	Line    slipLineView `json:"line"`
}

func (s Services) getOwnSlip(ctx context.Context, who model.Actor, in *slipFileInput) (*ownSlipView, error) {
	l, err := s.Orgs.OwnSlip(ctx, who, in.ID.n(), model.SlipQuarter(in.Quarter))
	if err != nil {
		return nil, err
	}
	return &ownSlipView{in.Quarter, model.SlipQuarter(in.Quarter).Title(), l.Named, showSlipLine(*l)}, nil
}
