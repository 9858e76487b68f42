package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/board"
)

func (s Services) boardRoutes() []route {
	return []route{
		get("/boards", "排行榜: the first of a board, and my own place on it", model.Consented, s.getBoard),
		get("/boards/mine", "我的排名: my places in my community by every measure", model.Consented, s.myPlaces),
		put("/me/board", "上榜意愿: whether my name may stand on boards for others to see", model.Consented, s.chooseBoard),
	}
}

type (
	measure model.Measure
	boardOf model.BoardOf
)

// Schema describes a measure.
func (measure) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.BoardCommunities.Measures()...)
}

// Schema describes a boardOf.
func (boardOf) Schema(huma.Registry) *huma.Schema { return oneOf(model.BoardOfs()...) }

type boardInput struct {
	Of      boardOf `query:"of" default:"members"`
	Measure measure `query:"measure" default:"honour"`
	Period  string  `query:"period" default:"month" maxLength:"10" doc:"week, month, quarter, season or all; or one that is over, such as W2026-26, M2026-06, Q2026-2, S2025"`
	OrgID   id      `query:"org_id" doc:"A community, township or county; absent: one's own community, for communities the county"`
	Limit   int     `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

// boardView is a board. Rank counts everybody, and only those are listed who
// may be shown.
type boardView struct {
	Period  string      `json:"period" doc:"The name of the period"`
	Of      boardOf     `json:"of"`
	Measure measure     `json:"measure"`
	Scope   orgRef      `json:"scope"`
	Items   []boardLine `json:"items"`
	Me      *myLine     `json:"me,omitempty" doc:"One's own place, which nobody else is told; absent for organisations"`
	Total   int64       `json:"total" doc:"How many are ranked, with those who are not shown; 0 while that is not known"`
	Stale   bool        `json:"stale" doc:"As of some time ago; ranks may have changed"`
	AsOf    *time.Time  `json:"as_of,omitempty"`
	Frozen  bool        `json:"frozen" doc:"The period is over and this is for good"`
}

type boardLine struct {
	Rank  int64   `json:"rank"`
	ID    id      `json:"id,omitempty" doc:"Of an organisation"`
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

type myLine struct {
	Rank  int64   `json:"rank,omitempty" doc:"Absent: not ranked, or not known now"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Of    int64   `json:"of,omitempty" doc:"Among how many"`
}

func (s Services) getBoard(ctx context.Context, who model.Actor, in *boardInput) (*boardView, error) {
	b, err := s.Boards.Get(ctx, who, board.Query{
		Of: model.BoardOf(in.Of), Measure: model.Measure(in.Measure), Period: in.Period, Scope: in.OrgID.n(), Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	k := b.Key
	v := &boardView{
		Period: string(k.Period), Of: boardOf(k.Of), Measure: measure(k.Measure), Scope: orgRef{idOf(k.Scope), b.ScopeName},
		Items: make([]boardLine, 0, len(b.Lines)), Total: b.Total, Stale: b.Stale, Frozen: b.Frozen,
	}
	if !b.AsOf.IsZero() {
		v.AsOf = &b.AsOf
	}
	for _, l := range b.Lines {
		line := boardLine{Rank: l.Rank, Name: l.Name}
		if k.Of != model.BoardMembers {
			line.ID = idOf(l.SubjectID)
		}
		line.Value, line.Unit = k.Of.Shown(k.Measure, l.Value)
		v.Items = append(v.Items, line)
	}
	if b.Me != nil {
		v.Me = &myLine{Rank: b.Me.Rank, Of: b.Total}
		v.Me.Value, v.Me.Unit = k.Of.Shown(k.Measure, b.Me.Value)
	}
	return v, nil
}

// placesView is where somebody stands.
type placesView struct {
	Public bool        `json:"public" doc:"Whether others may see one's name on boards"`
	Stale  bool        `json:"stale" doc:"Ranks are not known now"`
	Items  []standView `json:"items"`
}

// standView is one's place on one board.
type standView struct {
	Kind    string  `json:"kind" doc:"week, month, quarter, season or all"`
	Period  string  `json:"period"`
	Measure measure `json:"measure"`
	ScopeID id      `json:"scope_id,omitempty" doc:"The community that one stands in"`
	Rank    int64   `json:"rank,omitempty" doc:"Absent: not ranked, or not known now"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	Of      int64   `json:"of,omitempty" doc:"Among how many"`
}

func (s Services) myPlaces(ctx context.Context, who model.Actor, _ *struct{}) (*placesView, error) {
	all, stale, err := s.Boards.Mine(ctx, who)
	if err != nil {
		return nil, err
	}
	v := &placesView{Stale: stale, Items: make([]standView, 0, len(all))}
	for _, p := range all {
		k := p.Key
		line := standView{
			Kind: string(p.Kind), Period: string(k.Period), Measure: measure(k.Measure), ScopeID: idOf(k.Scope), Rank: p.Rank, Of: p.Total,
		}
		line.Value, line.Unit = k.Of.Shown(k.Measure, p.Value)
		v.Items = append(v.Items, line)
	}
	v.Public, err = s.Boards.Public(ctx, who)
	return v, err
}

type chooseBoardInput struct {
	Body struct {
		Public bool `json:"public" doc:"Off by default; taking it back works at once"`
	}
}

type choiceView struct {
	Public bool `json:"public"`
}

func (s Services) chooseBoard(ctx context.Context, who model.Actor, in *chooseBoardInput) (*choiceView, error) {
	return &choiceView{in.Body.Public}, s.Boards.Choose(ctx, who, in.Body.Public)
}
