package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/points"
)

func (s Services) pointRoutes() []route {
	return []route{
		get("/points/account", "我的积分: honour, level, spendable, pending, expiring", model.Consented, s.getPoints),
		get("/points/entries", "积分明细: the lines of one's own accounts", model.Consented, s.listPointEntries),
		get("/points/notices", "积分到期提醒: what will expire, or has", model.Consented, s.listPointNotices),
		get("/points/transactions/{id}", "积分说明: how a transaction came about", model.Consented, s.explainPoints),
	}
}

// Words of the model, described by the values there are.
type (
	pointAccount model.Account
	pointKind    model.PointKind
)

// Schema describes a pointAccount.
func (pointAccount) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.AccountMember, model.AccountPending)
}

// Schema describes a pointKind.
func (pointKind) Schema(huma.Registry) *huma.Schema { return oneOf(model.PointKinds()...) }

type pointsView struct {
	Season    int64      `json:"season" doc:"The calendar year"`
	Honour    int64      `json:"honour" doc:"荣誉分 of the season; never spent"`
	AllTime   int64      `json:"honour_all_time"`
	Level     string     `json:"level" doc:"荣誉等级, in Chinese"`
	NextLevel int64      `json:"next_level,omitempty" doc:"Honour that is missing to the next level"`
	Spendable int64      `json:"spendable" doc:"兑换分; below 0 after a correction of what has been spent"`
	Pending   int64      `json:"pending" doc:"待入账: earned, and can still be appealed"`
	Expiring  int64      `json:"expiring,omitempty" doc:"Of the spendable, what expires at expires_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

func (s Services) getPoints(ctx context.Context, who model.Actor, _ *struct{}) (*pointsView, error) {
	a, err := s.Points.Account(ctx, who)
	if err != nil {
		return nil, err
	}
	v := &pointsView{
		Season: a.Season, Honour: a.Honour, AllTime: a.AllTime, Level: a.Level, NextLevel: a.NextLevel, Spendable: a.Spendable, Pending: a.Pending,
	}
	if a.Expiring > 0 {
		v.Expiring, v.ExpiresAt = a.Expiring, &a.ExpiresAt
	}
	return v, nil
}

type listPointEntriesInput struct {
	Account pointAccount `query:"account" default:"member" doc:"member: 兑换分; pending: 待入账"`
	PageInput
}

type pointEntryView struct {
	ID          id        `json:"id"`
	Transaction id        `json:"transaction_id"`
	Amount      int64     `json:"amount"`
	Kind        pointKind `json:"kind"`
	Title       string    `json:"title" doc:"The kind in Chinese"`
	Memo        string    `json:"memo"`
	OccurredAt  time.Time `json:"occurred_at" doc:"When what it is about happened"`
	CreatedAt   time.Time `json:"created_at" doc:"When it was booked"`
}

func (s Services) listPointEntries(ctx context.Context, who model.Actor, in *listPointEntriesInput) (*page[pointEntryView], error) {
	before, err := s.before(who, in.PageInput, "points", in.Account)
	if err != nil {
		return nil, err
	}
	lines, err := s.Points.History(ctx, who, model.Account(in.Account), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, lines, showPointLine, func(l points.Line) int64 { return l.ID }, "points", in.Account), nil
}

func showPointLine(l points.Line) pointEntryView {
	return pointEntryView{
		ID: idOf(l.ID), Transaction: idOf(l.TxnID), Amount: l.Amount, Kind: pointKind(l.Kind), Title: l.Kind.Title(), Memo: l.Memo,
		OccurredAt: l.OccurredAt, CreatedAt: l.CreatedAt,
	}
}

type pointNoticeView struct {
	ID        id        `json:"id"`
	Text      string    `json:"text" doc:"In plain Chinese"`
	Amount    int64     `json:"amount"`
	ExpiresAt time.Time `json:"expires_at"`
	CreatedAt time.Time `json:"created_at"`
}

func (s Services) listPointNotices(ctx context.Context, who model.Actor, in *PageInput) (*page[pointNoticeView], error) {
	before, err := s.before(who, *in, "point_notices")
	if err != nil {
		return nil, err
	}
	all, err := s.Points.Notices(ctx, who, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, *in, all, showNotice, func(n model.PointNotice) int64 { return n.ID }, "point_notices"), nil
}

func showNotice(n model.PointNotice) pointNoticeView {
	return pointNoticeView{ID: idOf(n.ID), Text: n.Text(), Amount: n.Amount, ExpiresAt: n.ExpiresAt, CreatedAt: n.CreatedAt}
}

type explainInput struct {
	ID id `path:"id"`
}

type explainView struct {
	ID          id              `json:"id"`
	Kind        pointKind       `json:"kind"`
	Title       string          `json:"title" doc:"The kind in Chinese"`
	Memo        string          `json:"memo"`
	Text        []string        `json:"text" doc:"How it came about, sentence by sentence, in plain Chinese"`
	RuleVersion int64           `json:"rule_version" doc:"0: the built-in rules, or none"`
	SourceType  string          `json:"source_type"`
	SourceID    id              `json:"source_id"`
	Lines       []pointLineView `json:"lines" doc:"Only one's own, unless one oversees the points"`
	Shares      []shareView     `json:"shares,omitempty"`
	ReversedBy  id              `json:"reversed_by,omitempty" doc:"The transaction that took it back"`
	OccurredAt  time.Time       `json:"occurred_at"`
	CreatedAt   time.Time       `json:"created_at"`
}

type pointLineView struct {
	Account string `json:"account"`
	Owner   id     `json:"owner_id"`
	Amount  int64  `json:"amount"`
}

type shareView struct {
	UserID id        `json:"user_id"`
	Due    int64     `json:"due" doc:"Before cuts"`
	Points int64     `json:"points" doc:"What was booked"`
	Why    string    `json:"why,omitempty"`
	Cuts   []cutView `json:"cuts,omitempty"`
}

type cutView struct {
	Title string `json:"title"`
	Limit int64  `json:"limit"`
	Used  int64  `json:"used"`
	Cut   int64  `json:"cut"`
}

func (s Services) explainPoints(ctx context.Context, who model.Actor, in *explainInput) (*explainView, error) {
	x, err := s.Points.Explain(ctx, who, in.ID.n())
	if err != nil {
		return nil, err
	}
	v := &explainView{
		ID: idOf(x.Txn.ID), Kind: pointKind(x.Txn.Kind), Title: x.Txn.Kind.Title(), Memo: x.Txn.Memo, RuleVersion: x.Txn.RuleVersion,
		SourceType: string(x.Txn.SourceType), SourceID: idOf(x.Txn.SourceID), ReversedBy: idOf(x.ReversedBy),
		OccurredAt: x.Txn.OccurredAt, CreatedAt: x.Txn.CreatedAt, Text: []string{x.Txn.Kind.Title() + ": " + x.Txn.Memo},
	}
	for _, l := range x.Lines {
		v.Lines = append(v.Lines, pointLineView{string(l.Account), idOf(l.OwnerID), l.Amount})
	}
	if x.Computed {
		v.Text = append(v.Text, x.Why.Text(x.Txn.RuleVersion)...)
	}
	for _, share := range x.Why.Shares {
		w := shareView{UserID: idOf(share.UserID), Due: share.Due, Points: share.Points, Why: share.Why}
		for _, c := range share.Cuts {
			w.Cuts = append(w.Cuts, cutView{c.Title, c.Limit, c.Used, c.Cut})
		}
		v.Shares = append(v.Shares, w)
	}
	if x.ReversedBy != 0 {
		v.Text = append(v.Text, "这笔积分已冲正")
	}
	return v, nil
}
