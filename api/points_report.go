package api

import (
	"context"
	"time"

	"dandelion/model"
	"dandelion/service/points"
)

func (s Services) pointReportRoutes() []route {
	return []route{
		get("/points/budgets", "积分预算: what a community has given out of its budget", model.HandlePoints, s.getPointBudget),
		put("/points/budgets/{org_id}", "设定积分预算: of a community for a season", model.EditPoints, s.setPointBudget),
		get("/points/reconciliation", "积分对账: whether the ledger adds up", model.ReconcilePoints, s.reconcilePoints),
	}
}

// pointBudgetView is the budget of a community. It warns; earned points are
// booked in any case.
type pointBudgetView struct {
	Org       orgRef     `json:"org"`
	Season    int64      `json:"season"`
	Amount    int64      `json:"amount"`
	Issued    int64      `json:"issued" doc:"Given out this season, less what was taken back"`
	Remaining int64      `json:"remaining"`
	Percent   int64      `json:"percent"`
	Warning   string     `json:"warning,omitempty" doc:"From 80 % on, in Chinese"`
	UpdatedAt *time.Time `json:"updated_at,omitempty" doc:"Absent: never set"`
}

func viewPointBudget(b *points.Budget, err error) (*pointBudgetView, error) {
	if err != nil {
		return nil, err
	}
	v := &pointBudgetView{
		Org: orgRef{idOf(b.OrgID), b.OrgName}, Season: b.Season, Amount: b.Amount, Issued: b.Issued, Remaining: b.Remaining, Percent: b.Percent, Warning: b.Warning,
	}
	if b.Version > 0 {
		v.UpdatedAt = &b.UpdatedAt
	}
	return v, nil
}

type getPointBudgetInput struct {
	OrgID  id    `query:"org_id" doc:"The community; absent: one's own"`
	Season int64 `query:"season" minimum:"2024" maximum:"2100" doc:"The year; absent: this one"`
}

func (s Services) getPointBudget(ctx context.Context, who model.Actor, in *getPointBudgetInput) (*pointBudgetView, error) {
	return viewPointBudget(s.Points.Budget(ctx, who, in.OrgID.n(), in.Season))
}

type setPointBudgetInput struct {
	OrgID id `path:"org_id"`
	Body  struct {
		Season int64 `json:"season,omitempty" minimum:"2024" maximum:"2100" doc:"This year or the next; absent: this one"`
		Amount int64 `json:"amount" minimum:"0" maximum:"10000000"`
	}
}

func (s Services) setPointBudget(ctx context.Context, who model.Actor, in *setPointBudgetInput) (*pointBudgetView, error) {
	return viewPointBudget(s.Points.SetBudget(ctx, who, in.OrgID.n(), in.Body.Season, in.Body.Amount))
}

// reconciliationView is the ledger of a county added up.
type reconciliationView struct {
	Season      int64             `json:"season"`
	GeneratedAt time.Time         `json:"generated_at"`
	Sound       bool              `json:"sound" doc:"Everything adds up"`
	Says        string            `json:"says" doc:"The same in Chinese"`
	SeasonSum   int64             `json:"season_sum" doc:"Of all lines of the season: 0"`
	Sum         int64             `json:"sum" doc:"Of all lines there are: 0"`
	Kinds       []kindTotalView   `json:"kinds" doc:"Transactions of the season"`
	Accounts    []accountSumsView `json:"accounts"`
}

type kindTotalView struct {
	Kind  string `json:"kind"`
	Title string `json:"title"`
	Txns  int64  `json:"txns"`
	Moved int64  `json:"moved" doc:"Points that went from one account to another"`
	Sum   int64  `json:"sum" doc:"Of its lines: 0"`
}

type accountSumsView struct {
	Account     string `json:"account"`
	Title       string `json:"title"`
	SeasonLines int64  `json:"season_lines"`
	SeasonTotal int64  `json:"season_total"`
	Lines       int64  `json:"lines"`
	Total       int64  `json:"total" doc:"Of all lines"`
	HasBalance  bool   `json:"has_balance" doc:"The accounts of organisations have none"`
	Balance     int64  `json:"balance" doc:"Of all balances"`
	Difference  int64  `json:"difference" doc:"Balances less lines: 0"`
}

type reconcileInput struct {
	Season int64 `query:"season" minimum:"2024" maximum:"2100" doc:"The year; absent: this one"`
}

func (s Services) reconcilePoints(ctx context.Context, who model.Actor, in *reconcileInput) (*reconciliationView, error) {
	r, err := s.Points.Reconcile(ctx, who, in.Season)
	if err != nil {
		return nil, err
	}
	v := &reconciliationView{
		Season: r.Season, GeneratedAt: r.GeneratedAt, Sound: r.Sound(), Says: "账目平衡: 每笔分录借贷相抵, 余额与分录一致。", SeasonSum: r.SeasonSum, Sum: r.Sum,
		Kinds: []kindTotalView{}, Accounts: []accountSumsView{},
	}
	if !v.Sound {
		v.Says = "账目不平: 请联系系统管理员核查, 并保留本表。"
	}
	for _, k := range r.Kinds {
		v.Kinds = append(v.Kinds, kindTotalView{string(k.Kind), k.Kind.Title(), k.Txns, k.Moved, k.Sum})
	}
	for _, a := range r.Accounts {
		v.Accounts = append(v.Accounts, accountSumsView{
			string(a.Account), a.Account.Title(), a.SeasonLines, a.SeasonTotal, a.Lines, a.Total, !a.Account.OfOrg(), a.Balance, a.Differs(),
		})
	}
	return v, nil
}
