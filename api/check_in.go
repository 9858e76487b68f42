package api

import (
	"context"
	"math"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/activity"
)

func (s Services) checkInRoutes() []route {
	const png = "image/png"
	return []route{
		get("/slots/{id}/code", "动态码: the code of a slot that is good now, for its leader's screen", model.Consented, s.getSlotCode),
		download("/slots/{id}/code.png", png, "动态码图: the same as a QR code", model.Consented, s.drawSlotCode),
		post("/slots/{id}/key", "更换密钥: make every code of a slot shown before worth nothing", model.Consented, s.rotateKey),
		get("/slots/{id}/my-code", "个人码: the code that one shows to the leader", model.Consented, s.getMyCode),
		download("/slots/{id}/my-code.png", png, "个人码图: the same as a QR code", model.Consented, s.drawMyCode),
		create("/slots/{id}/check-in", "签到: show that one is there", model.Consented, s.checkIn),
		post("/slots/{id}/check-out", "签退: go, and have one's time counted", model.Consented, s.checkOut),
		post("/slots/{id}/scan", "扫个人码: check somebody in or out by his own code, as the leader", model.Consented, s.scanCode),
		post("/enrolments/{id}/attest", "代为签到: check somebody in or out by one's word, as the leader", model.Consented, s.attest),
		get("/slots/{id}/attendances", "到场名单: who came to a slot, for its leader", model.Consented, s.listPresent),
		get("/attendances", "我的签到: one's own, newest first", model.Consented, s.listAttendances),
		get("/attendances/{id}", "签到记录: one of one's own, or of a slot that one leads", model.Consented, s.getAttendance),
		post("/attendances/{id}/confirm", "确认时长: count what somebody served who did not check out", model.Consented, s.confirmAttendance),
		post("/attendances/{id}/refuse", "不予确认: count nothing of it", model.Consented, s.refuseAttendance),
	}
}

type (
	direction       model.Direction
	attendanceState model.AttendanceState
	checkInMode     model.CheckInMode
)

// Schema describes a direction.
func (direction) Schema(huma.Registry) *huma.Schema { return oneOf(model.Directions()...) }

// Schema describes an attendanceState.
func (attendanceState) Schema(huma.Registry) *huma.Schema { return oneOf(model.AttendanceStates()...) }

// Schema describes a checkInMode.
func (checkInMode) Schema(huma.Registry) *huma.Schema {
	return oneOf(append(model.SlotModes(), model.ModeVisit)...)
}

// codeView is a code to be shown on a screen.
type codeView struct {
	Code  string    `json:"code"`
	Text  string    `json:"text" doc:"What its QR code says"`
	Until time.Time `json:"until" doc:"Ask for the next one then"`
	Step  int64     `json:"step_seconds" doc:"How long a code is shown; it is good one step longer"`
}

func viewCode(c *activity.Shown, err error) (*codeView, error) {
	if err != nil {
		return nil, err
	}
	return &codeView{c.Code, c.Text, c.Until, int64(model.CodeStep / time.Second)}, nil
}

func drawn(c *activity.Shown, err error) (*file, error) {
	if err != nil {
		return nil, err
	}
	data, err := c.Picture()
	if err != nil {
		return nil, err
	}
	return &file{Data: data}, nil
}

type slotCodeInput struct {
	ID        id        `path:"id"`
	Direction direction `query:"direction" default:"in" doc:"Whether it is for those who come or for those who go"`
}

func (s Services) getSlotCode(ctx context.Context, who model.Actor, in *slotCodeInput) (*codeView, error) {
	return viewCode(s.Activities.Code(ctx, who, in.ID.n(), model.Direction(in.Direction)))
}

func (s Services) drawSlotCode(ctx context.Context, who model.Actor, in *slotCodeInput) (*file, error) {
	return drawn(s.Activities.Code(ctx, who, in.ID.n(), model.Direction(in.Direction)))
}

func (s Services) getMyCode(ctx context.Context, who model.Actor, in *byID) (*codeView, error) {
	return viewCode(s.Activities.OwnCode(ctx, who, in.ID.n()))
}

func (s Services) drawMyCode(ctx context.Context, who model.Actor, in *byID) (*file, error) {
	return drawn(s.Activities.OwnCode(ctx, who, in.ID.n()))
}

func (s Services) rotateKey(ctx context.Context, who model.Actor, in *byID) (*done, error) {
	if _, err := s.Activities.RotateKey(ctx, who, in.ID.n()); err != nil {
		return nil, err
	}
	return &done{"已更换密钥, 此前的签到码全部失效"}, nil
}

// fixBody is where a phone says that it is. It is asked for once at check-in and
// once at check-out, and only where the slot wants it.
type fixBody struct {
	Lat      float64 `json:"lat" minimum:"-90" maximum:"90" doc:"In degrees, GCJ-02"`
	Lng      float64 `json:"lng" minimum:"-180" maximum:"180" doc:"In degrees, GCJ-02"`
	Accuracy float64 `json:"accuracy" minimum:"0" maximum:"100000" doc:"In metres"`
}

func (f *fixBody) fix() *model.Fix {
	if f == nil {
		return nil
	}
	return &model.Fix{Lat: int64(math.Round(f.Lat * 1e6)), Lng: int64(math.Round(f.Lng * 1e6)), Accuracy: int64(math.Ceil(f.Accuracy))}
}

type presenceInput struct {
	ID   id `path:"id"`
	Body struct {
		Code   string   `json:"code,omitempty" maxLength:"32" doc:"动态码, where the slot asks for one"`
		Fix    *fixBody `json:"fix,omitempty" doc:"Where the slot asks for one; kept for 30 days at most"`
		Device string   `json:"device,omitempty" maxLength:"64" doc:"What the phone calls itself; only a hash of it is kept"`
	}
}

func (in *presenceInput) presence() activity.Presence {
	return activity.Presence{Code: in.Body.Code, Fix: in.Body.Fix.fix(), Device: in.Body.Device}
}

// attendanceView is that somebody was there.
type attendanceView struct {
	ID          id              `json:"id"`
	EnrolmentID id              `json:"enrolment_id,omitempty"`
	SlotID      id              `json:"slot_id,omitempty"`
	UserID      id              `json:"user_id"`
	Name        string          `json:"name,omitempty" doc:"For the leader"`
	Title       string          `json:"title,omitempty"`
	Place       string          `json:"place,omitempty"`
	State       attendanceState `json:"state"`
	StateTitle  string          `json:"state_title"`
	StatusText  string          `json:"status_text" doc:"What that means, in plain Chinese"`
	InAt        time.Time       `json:"in_at"`
	InMode      checkInMode     `json:"in_mode"`
	Late        bool            `json:"late"`
	OutAt       *time.Time      `json:"out_at,omitempty"`
	OutMode     checkInMode     `json:"out_mode,omitempty"`
	Minutes     int64           `json:"minutes" doc:"What counts, or is proposed to"`
	Reason      string          `json:"reason,omitempty"`
	Kept        *keptView       `json:"kept,omitempty" doc:"What is kept of where one's phone was; for oneself alone"`
}

// keptView is what is kept of where a phone was.
type keptView struct {
	InLat       *float64   `json:"in_lat,omitempty"`
	InLng       *float64   `json:"in_lng,omitempty"`
	InDistance  *int64     `json:"in_distance,omitempty" doc:"In metres"`
	OutLat      *float64   `json:"out_lat,omitempty"`
	OutLng      *float64   `json:"out_lng,omitempty"`
	OutDistance *int64     `json:"out_distance,omitempty" doc:"In metres"`
	Until       *time.Time `json:"until,omitempty" doc:"When the coordinates are dropped"`
}

// showAttended returns how attendances are shown to who.
func showAttended(who model.Actor) func(a activity.Attended) attendanceView {
	return func(a activity.Attended) attendanceView {
		v := attendanceView{
			ID: idOf(a.ID), SlotID: idOf(a.SlotID), UserID: idOf(a.UserID), Name: a.Name, Title: a.Title, Place: a.Place,
			State: attendanceState(a.State), StateTitle: a.State.Title(), StatusText: a.StatusText(), InAt: a.InAt, InMode: checkInMode(a.InMode),
			Late: a.Late, OutAt: a.OutAt, OutMode: checkInMode(a.OutMode), Minutes: a.Minutes, Reason: a.Reason,
		}
		if a.SourceType == model.OfEnrolment {
			v.EnrolmentID = idOf(a.SourceID)
		}
		if a.UserID == who.UserID && (a.InDistance != nil || a.OutDistance != nil || a.FixUntil != nil) {
			v.Kept = &keptView{
				degrees(a.InLat), degrees(a.InLng), a.InDistance, degrees(a.OutLat), degrees(a.OutLng), a.OutDistance, a.FixUntil,
			}
		}
		return v
	}
}

func viewAttended(who model.Actor, a *activity.Attended, err error) (*attendanceView, error) {
	if err != nil {
		return nil, err
	}
	v := showAttended(who)(*a)
	return &v, nil
}

func (s Services) checkIn(ctx context.Context, who model.Actor, in *presenceInput) (*attendanceView, error) {
	a, err := s.Activities.CheckIn(ctx, who, in.ID.n(), in.presence())
	return viewAttended(who, a, err)
}

func (s Services) checkOut(ctx context.Context, who model.Actor, in *presenceInput) (*attendanceView, error) {
	a, err := s.Activities.CheckOut(ctx, who, in.ID.n(), in.presence())
	return viewAttended(who, a, err)
}

type scanInput struct {
	ID   id `path:"id"`
	Body struct {
		Code      string    `json:"code" minLength:"10" maxLength:"40" doc:"个人码, as it was scanned"`
		Direction direction `json:"direction"`
	}
}

func (s Services) scanCode(ctx context.Context, who model.Actor, in *scanInput) (*attendanceView, error) {
	a, err := s.Activities.Scan(ctx, who, in.ID.n(), in.Body.Code, model.Direction(in.Body.Direction))
	return viewAttended(who, a, err)
}

type attestInput struct {
	ID   id `path:"id"`
	Body struct {
		Direction direction `json:"direction"`
		Reason    string    `json:"reason,omitempty" maxLength:"200" doc:"Why he does not do it himself"`
	}
}

func (s Services) attest(ctx context.Context, who model.Actor, in *attestInput) (*attendanceView, error) {
	reason, err := text("body.reason", in.Body.Reason, 0, 200)
	if err != nil {
		return nil, err
	}
	a, err := s.Activities.Attest(ctx, who, in.ID.n(), model.Direction(in.Body.Direction), reason)
	return viewAttended(who, a, err)
}

type listPresentInput struct {
	ID id `path:"id"`
	PageInput
}

func (s Services) listPresent(ctx context.Context, who model.Actor, in *listPresentInput) (*page[attendanceView], error) {
	after, err := s.before(who, in.PageInput, "present", in.ID)
	if err != nil {
		return nil, err
	}
	all, err := s.Activities.SlotAttendances(ctx, who, in.ID.n(), after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showAttended(who), func(a activity.Attended) int64 { return a.ID }, "present", in.ID), nil
}

func (s Services) listAttendances(ctx context.Context, who model.Actor, in *PageInput) (*page[attendanceView], error) {
	before, err := s.before(who, *in, "attendances")
	if err != nil {
		return nil, err
	}
	all, err := s.Activities.Attendances(ctx, who, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, *in, all, showAttended(who), func(a activity.Attended) int64 { return a.ID }, "attendances"), nil
}

func (s Services) getAttendance(ctx context.Context, who model.Actor, in *byID) (*attendanceView, error) {
	a, err := s.Activities.Attendance(ctx, who, in.ID.n())
	return viewAttended(who, a, err)
}

type confirmInput struct {
	ID   id `path:"id"`
	Body struct {
		Minutes *int64 `json:"minutes,omitempty" minimum:"0" maximum:"720" doc:"Fewer than proposed; absent: as proposed"`
	}
}

func (s Services) confirmAttendance(ctx context.Context, who model.Actor, in *confirmInput) (*attendanceView, error) {
	a, err := s.Activities.Confirm(ctx, who, in.ID.n(), in.Body.Minutes)
	return viewAttended(who, a, err)
}

func (s Services) refuseAttendance(ctx context.Context, who model.Actor, in *noticed) (*attendanceView, error) {
	a, err := s.Activities.Refuse(ctx, who, in.ID.n(), in.Body.Reason)
	return viewAttended(who, a, err)
}
