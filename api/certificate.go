package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/internal/certificate"
	"dandelion/internal/sheet"
	"dandelion/model"
	"dandelion/service/activity"
)

func (s Services) certificateRoutes() []route {
	return []route{
		create("/service/certificates", "开具证明: certify one's own hours in a period", model.Consented, s.issueCertificate),
		get("/service/certificates", "我的证明: one's own, without their codes", model.Consented, s.listCertificates),
		get("/service/certificates/{id}", "证明: one of one's own, with its code", model.Consented, s.getCertificate),
		download("/service/certificates/{id}/picture.png", "image/png", "证明图片: to show or to print, with a QR code to check it by",
			model.Consented, s.drawCertificate),
		download("/service/records/export.xlsx", sheet.Type, "导出服务记录: what an organisation organised in a period, with names in full",
			model.ReviewService, s.exportRecords),
		get("/certificates/{code}", "核验证明: whether what a certificate says is so, for whoever has it in hand", model.Anyone, s.verifyCertificate),
	}
}

type certificateState model.CertificateState

// Schema describes a certificateState.
func (certificateState) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.CertificateStates()...)
}

// certificateView is a certificate as its owner sees it.
type certificateView struct {
	ID         id               `json:"id"`
	State      certificateState `json:"state" doc:"outdated: records that it counts have been voided since"`
	StateTitle string           `json:"state_title"`
	Name       string           `json:"name,omitempty" doc:"As it stands on it; not in lists"`
	From       string           `json:"from" format:"date"`
	To         string           `json:"to" format:"date"`
	Minutes    int64            `json:"minutes"`
	Services   int64            `json:"services" doc:"How many times one served"`
	Issuer     string           `json:"issuer"`
	IssuedAt   time.Time        `json:"issued_at"`
	Code       string           `json:"code,omitempty" doc:"编号: by which others check it; not in lists"`
}

func showCertificate(c activity.Certified) certificateView {
	return certificateView{
		ID: idOf(c.ID), State: certificateState(c.State), StateTitle: c.State.Title(), Name: c.Name, From: string(c.FromDay), To: string(c.ToDay),
		Minutes: c.Minutes, Services: c.Services, Issuer: c.Issuer, IssuedAt: c.IssuedAt, Code: model.SaidCode(c.Code),
	}
}

func viewCertificate(c *activity.Certified, err error) (*certificateView, error) {
	if err != nil {
		return nil, err
	}
	v := showCertificate(*c)
	return &v, nil
}

type issueCertificateInput struct {
	Body struct {
		From string `json:"from" format:"date" doc:"The first day, in Shanghai"`
		To   string `json:"to" format:"date" doc:"The last day; not later than today, and the whole not longer than 10 years"`
	}
}

func (s Services) issueCertificate(ctx context.Context, who model.Actor, in *issueCertificateInput) (*certificateView, error) {
	return viewCertificate(s.Activities.IssueCertificate(ctx, who, model.Day(in.Body.From), model.Day(in.Body.To)))
}

func (s Services) listCertificates(ctx context.Context, who model.Actor, in *PageInput) (*page[certificateView], error) {
	before, err := s.before(who, *in, "certificates")
	if err != nil {
		return nil, err
	}
	all, err := s.Activities.Certificates(ctx, who, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, *in, all, showCertificate, func(c activity.Certified) int64 { return c.ID }, "certificates"), nil
}

func (s Services) getCertificate(ctx context.Context, who model.Actor, in *byID) (*certificateView, error) {
	return viewCertificate(s.Activities.Certificate(ctx, who, in.ID.n()))
}

// drawCertificate draws a certificate. Its QR code leads to where it is checked
// if the operator has said where this system is found, and else says its code.
func (s Services) drawCertificate(ctx context.Context, who model.Actor, in *byID) (*file, error) {
	c, err := s.Activities.Certificate(ctx, who, in.ID.n())
	if err != nil {
		return nil, err
	}
	link := c.Code
	if s.PublicURL != "" {
		link = s.PublicURL + base + "/certificates/" + c.Code
	}
	data, err := certificate.Draw(certificate.Paper{
		Name: c.Name, From: string(c.FromDay), To: string(c.ToDay), Minutes: c.Minutes, Services: c.Services,
		Issuer: c.Issuer, IssuedOn: string(model.DayOf(c.IssuedAt)), Code: model.SaidCode(c.Code), Link: link,
	})
	return &file{Data: data}, err
}

// verifiedView is what a certificate is checked by. It says no more than is on
// the paper, and of the name less.
type verifiedView struct {
	State      certificateState `json:"state" doc:"outdated: records that it counts have been voided since, so that it does not hold"`
	StateTitle string           `json:"state_title"`
	Name       string           `json:"name" doc:"Masked"`
	From       string           `json:"from" format:"date"`
	To         string           `json:"to" format:"date"`
	Minutes    int64            `json:"minutes"`
	Issuer     string           `json:"issuer" doc:"The county that certifies it"`
	IssuedOn   string           `json:"issued_on" format:"date"`
}

type certificateCode struct {
	Code string `path:"code" doc:"编号, as it is read; small letters, spaces and hyphens do not matter"`
}

func (s Services) verifyCertificate(ctx context.Context, _ model.Actor, in *certificateCode) (*verifiedView, error) {
	c, err := s.Activities.VerifyCertificate(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	return &verifiedView{
		certificateState(c.State), c.State.Title(), c.Name, string(c.FromDay), string(c.ToDay), c.Minutes, c.Issuer, string(model.DayOf(c.IssuedAt)),
	}, nil
}

type exportRecordsInput struct {
	OrgID id     `query:"org_id" required:"true" doc:"Who organised it"`
	From  string `query:"from" required:"true" format:"date" doc:"The first day, in Shanghai"`
	To    string `query:"to" required:"true" format:"date" doc:"The last day; at most 366 days"`
}

func (s Services) exportRecords(ctx context.Context, who model.Actor, in *exportRecordsInput) (*file, error) {
	data, err := s.Activities.ExportRecords(ctx, who, in.OrgID.n(), model.Day(in.From), model.Day(in.To))
	return &file{Name: "志愿服务记录_" + in.From + "_" + in.To + ".xlsx", Data: data}, err
}
