package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/internal/sheet"
	"dandelion/model"
	"dandelion/service/org"
)

// maxSheetBody is how many bytes of JSON hold a spreadsheet as large as is read:
// base64 makes four of three.
const maxSheetBody = sheet.MaxBytes/3*4 + 4<<10

func (s Services) rosterRoutes() []route {
	return []route{
		get("/units/{id}/roster", "在册党员: the roster of a unit", model.ManageRoster, s.listRoster),
		post("/units/{id}/roster", "录入在册党员: bring people onto the roster, all or nobody", model.ManageRoster, s.addToRoster),
		post("/units/{id}/roster/import", "导入在册党员: from an Excel file; all rows, or none if one is wrong", model.ManageRoster, s.importRoster).
			upTo(maxSheetBody),
		download("/units/{id}/roster/template.xlsx", sheet.Type, "名单模板: an empty file to fill in", model.ManageRoster, s.rosterTemplate),
		post("/units/{id}/roster/{entry}/remove", "移出名单: take somebody off the roster", model.ManageRoster, s.removeFromRoster),
	}
}

type rosterState model.RosterState

// Schema describes a rosterState.
func (rosterState) Schema(huma.Registry) *huma.Schema { return oneOf(model.RosterStates()...) }

// rosterView is a line of a roster.
type rosterView struct {
	ID        id          `json:"id"`
	State     rosterState `json:"state"`
	Name      string      `json:"name" doc:"In full for the unit's own liaison, else masked"`
	Phone     string      `json:"phone" doc:"Masked"`
	CreatedAt time.Time   `json:"created_at"`
	RemovedAt *time.Time  `json:"removed_at,omitempty"`
}

func showRoster(l org.RosterLine) rosterView {
	return rosterView{idOf(l.ID), rosterState(l.State), l.OpenName, l.OpenPhone, l.CreatedAt, l.RemovedAt}
}

type listRosterInput struct {
	ID    id          `path:"id"`
	State rosterState `query:"state" default:"active"`
	PageInput
}

func (s Services) listRoster(ctx context.Context, who model.Actor, in *listRosterInput) (*page[rosterView], error) {
	keys := []any{"roster", in.ID, in.State}
	after, err := s.before(who, in.PageInput, keys...)
	if err != nil {
		return nil, err
	}
	all, err := s.Orgs.Roster(ctx, who, org.RosterFilter{UnitID: in.ID.n(), State: model.RosterState(in.State), After: after, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showRoster, func(l org.RosterLine) int64 { return l.ID }, keys...), nil
}

// importedView says what came of bringing people onto a roster.
type importedView struct {
	Rows     int              `json:"rows" doc:"People who were read"`
	Added    int              `json:"added" doc:"Who are new; of a dry run: who would be"`
	Kept     int              `json:"kept" doc:"Who are on the roster already"`
	DryRun   bool             `json:"dry_run" doc:"Nothing was written"`
	Problems []rowProblemView `json:"problems" doc:"Of a dry run: what is wrong with which row"`
}

// rowProblemView is what is wrong with a row.
type rowProblemView struct {
	Row     int    `json:"row" doc:"As the spreadsheet numbers it"`
	Message string `json:"message"`
}

func viewImported(done *org.Imported, dry bool, err error) (*importedView, error) {
	if err != nil {
		return nil, err
	}
	v := &importedView{done.Rows, done.Added, done.Kept, dry, []rowProblemView{}}
	for _, p := range done.Problems {
		v.Problems = append(v.Problems, rowProblemView{p.Row, p.Message})
	}
	return v, nil
}

// rosterPerson is somebody to be brought onto a roster.
type rosterPerson struct {
	Name  string `json:"name" minLength:"2" maxLength:"30"`
	Phone string `json:"phone" minLength:"11" maxLength:"20"`
}

type addToRosterInput struct {
	ID   id `path:"id"`
	Body struct {
		Entries []rosterPerson `json:"entries" minItems:"1" maxItems:"200"`
	}
}

func (s Services) addToRoster(ctx context.Context, who model.Actor, in *addToRosterInput) (*importedView, error) {
	people := make([]org.Person, len(in.Body.Entries))
	for i, e := range in.Body.Entries {
		people[i] = org.Person(e)
	}
	done, err := s.Orgs.AddToRoster(ctx, who, in.ID.n(), people)
	return viewImported(done, false, err)
}

type importRosterInput struct {
	ID   id `path:"id"`
	Body struct {
		File   []byte `json:"file" minLength:"4" doc:"Base64 of an .xlsx of at most 2 MiB, with the columns 姓名 and 手机号, at most 1000 people"`
		DryRun bool   `json:"dry_run,omitempty" doc:"Only say what would come of it"`
	}
}

func (s Services) importRoster(ctx context.Context, who model.Actor, in *importRosterInput) (*importedView, error) {
	done, err := s.Orgs.ImportRoster(ctx, who, in.ID.n(), in.Body.File, in.Body.DryRun)
	return viewImported(done, in.Body.DryRun, err)
}

func (s Services) rosterTemplate(ctx context.Context, who model.Actor, in *byID) (*file, error) {
	data, err := s.Orgs.RosterTemplate(ctx, who, in.ID.n())
	if err != nil {
		return nil, err
	}
	return &file{Name: "在册党员名单模板.xlsx", Data: data}, nil
}

type rosterEntryInput struct {
	ID    id `path:"id"`
	Entry id `path:"entry"`
}

func (s Services) removeFromRoster(ctx context.Context, who model.Actor, in *rosterEntryInput) (*rosterView, error) {
	l, err := s.Orgs.RemoveFromRoster(ctx, who, in.ID.n(), in.Entry.n())
	if err != nil {
		return nil, err
	}
	v := showRoster(*l)
	return &v, nil
}
