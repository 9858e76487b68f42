package app_test

import (
	"bytes"
	"image/png"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/piglig/go-qr"

	"dandelion/internal/db"
	"dandelion/internal/demo"
	"dandelion/internal/wechat"
	"dandelion/model"
)

// edgeSlot puts a slot of the demo community's unit into the database, led by
// the volunteer.
func (w world) edgeSlot() string {
	w.Helper()
	var id int64
	w.edgeAdd(func(tx *db.Tx) error {
		org, err := db.Find[model.Org](tx, demo.CommunityID, model.ErrOrgNotFound)
		if err != nil {
			return err
		}
		id = tx.NewID()
		return db.Add(tx, &model.Slot{
			ID: id, TenantID: demo.CountyID, ActivityID: 1, OrgID: org.ID, OrgPath: org.Path, CommunityID: org.ID, State: model.SlotOpen,
			Published: true, Mode: model.ModeCode, Title: "河道清洁", Radius: 300, Capacity: 20, LeaderID: demo.UserID("demo-volunteer"),
			StartsAt: tx.Now, EndsAt: tx.Now.Add(time.Hour), CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
		})
	})
	return strconv.FormatInt(id, 10)
}

// edgeFlag puts an open risk flag of a slot into the database.
func (w world) edgeFlag() string {
	w.Helper()
	slot, err := strconv.ParseInt(w.edgeSlot(), 10, 64)
	if err != nil {
		w.Fatal(err)
	}
	var id int64
	w.edgeAdd(func(tx *db.Tx) error {
		s, err := db.Find[model.Slot](tx, slot, model.ErrSlotNotFound)
		if err != nil {
			return err
		}
		f, err := model.NewRiskFlag(tx.NewID(), s, model.Risk{Kind: model.RiskAttested, UserID: s.LeaderID, Detail: "10 人中有 4 人由领队代签"}, tx.Now)
		if err != nil {
			return err
		}
		id = f.ID
		return db.Add(tx, f)
	})
	return strconv.FormatInt(id, 10)
}

func (w world) edgeAdd(f func(tx *db.Tx) error) {
	w.Helper()
	if err := w.App.DB.Update(w.Context(), f); err != nil {
		w.Fatal(err)
	}
}

// edgeErrands are those of visits and risk flags.
func edgeErrands(w world) map[string]func() errand {
	return map[string]func() errand{
		"POST /wishes/{id}/visit": func() errand {
			id := w.in("claimed", nil)
			e := errand{member, "/wishes/" + id + "/visit", form{"direction": "in"}}
			w.edgeLeave()
			return e
		},
		"POST /risk-flags/{id}/review": func() errand {
			return errand{worker, "/risk-flags/" + w.edgeFlag() + "/review", form{"decision": "dismissed", "note": "老人没有手机"}}
		},
	}
}

// edgeLeave lets the member leave where he is, so that he can visit again.
func (w world) edgeLeave() {
	w.Helper()
	w.edgeAdd(func(tx *db.Tx) error {
		return tx.Exec("UPDATE attendances SET open_key = NULL WHERE open_key = ?", demo.UserID(member)).Error
	})
}

func TestTheEntranceOfASlotHasAPictureForItsLeaders(t *testing.T) {
	w := laptop(t)
	id := w.edgeSlot()
	for _, who := range []string{"demo-volunteer", worker, officer} {
		r := w.Get(who, "/slots/"+id+"/entrance.png")
		m, err := png.Decode(bytes.NewReader([]byte(r.Text)))
		if err != nil || r.Header.Get("Content-Type") != "image/png" {
			t.Fatalf("as %s: %v", who, err)
		}
		if text, err := go_qr.Decode(m); err != nil || text != id {
			t.Errorf("as %s the code says %q, %v", who, text, err)
		}
	}
	for _, who := range []string{member, resident, stranger} {
		if r := w.Do(who, http.MethodGet, "/slots/"+id+"/entrance.png", nil); r.Code() != "slot.not_found" {
			t.Errorf("as %s: %s", who, r)
		}
	}
	w.WeChat.Fail(wechat.Down)
	if r := w.Do(worker, http.MethodGet, "/slots/"+id+"/entrance.png", nil); r.Status != http.StatusServiceUnavailable || r.Header.Get("Retry-After") != "5" {
		t.Errorf("when WeChat is down: %s", r)
	}
}

func TestAVisitShowsInTheHistoryOfItsWish(t *testing.T) {
	w := laptop(t)
	id := w.in("claimed", nil)
	const get, post = http.MethodGet, http.MethodPost
	fix := form{"lat": 31.23, "lng": 121.47, "accuracy": 20}
	w.play(&id, []line{
		{member2, post, "/wishes/ID/visit", form{"direction": "in"}, 404, []string{"wish.not_found"}, nil},
		{outsider, post, "/wishes/ID/visit", form{"direction": "in"}, 404, []string{"wish.not_found"}, nil},
		{worker, post, "/wishes/ID/visit", form{"direction": "in"}, 403, []string{"permission.denied"}, nil},
		{member, post, "/wishes/ID/visit", form{"direction": "up"}, 422, nil, nil},
		{member, post, "/wishes/ID/visit", form{"direction": "in", "fix": form{"lat": 91, "lng": 0, "accuracy": 1}}, 422, nil, nil},
		{member, post, "/wishes/ID/visit", form{"direction": "out"}, 409, []string{"attendance.not_checked_in"}, nil},
		{member, post, "/wishes/ID/visit", form{"direction": "in", "fix": fix}, 200, []string{`"present":true`}, []string{"31.23", "121.47"}},
		{member, post, "/wishes/ID/visit", form{"direction": "in"}, 409, []string{"attendance.checked_in"}, nil},
	})
	w.Pass(30 * time.Minute)
	w.play(&id, []line{
		{member, post, "/wishes/ID/visit", form{"direction": "out", "fix": fix}, 200, []string{`"present":false`, `"minutes":30`}, nil},
		{resident, get, "/wishes/ID/history", nil, 200, []string{"上门签到", "上门签退", `"role":"claimer"`}, []string{"31230000", "31.23"}},
		{neighbour, get, "/wishes/ID/history", nil, 404, nil, []string{"上门"}},
	})
	late := w.in("reported", nil)
	w.play(&late, []line{{member, post, "/wishes/ID/visit", form{"direction": "in"}, 409, []string{"wish.state", `"state":"reported"`, "不能上门签到"}, nil}})
}

func TestARiskFlagIsReviewedOnce(t *testing.T) {
	w := laptop(t)
	id := w.edgeFlag()
	const get, post = http.MethodGet, http.MethodPost
	say := form{"decision": "upheld", "note": "领队承认代签"}
	w.play(&id, []line{
		{worker, get, "/risk-flags", nil, 200, []string{"ID", "代签过多", "河道清洁", "待核查"}, []string{"孙浩"}},
		{officer, get, "/risk-flags?community_id=1200", nil, 200, []string{"ID"}, nil},
		{worker, get, "/risk-flags?community_id=1300", nil, 403, nil, nil},
		{stranger, get, "/risk-flags", nil, 200, nil, []string{"河道清洁"}},
		{stranger, post, "/risk-flags/ID/review", say, 404, []string{"risk_flag.not_found"}, nil},
		{worker, post, "/risk-flags/ID/review", form{"decision": "open", "note": "不对"}, 422, nil, nil},
		{worker, post, "/risk-flags/ID/review", form{"decision": "upheld", "note": "　 "}, 422, []string{"request.text"}, nil},
		{worker, post, "/risk-flags/ID/review", say, 200, []string{`"state":"upheld"`, "属实", "领队承认代签"}, nil},
		{worker2, post, "/risk-flags/ID/review", say, 409, []string{"risk_flag.state"}, nil},
		{worker, get, "/risk-flags", nil, 200, nil, []string{"河道清洁"}},
		{worker, get, "/risk-flags?state=upheld", nil, 200, []string{"ID"}, nil},
		{auditor, get, "/audits?subject=risk_flag&subject_id=ID", nil, 200, []string{"risk_flag.review"}, []string{"领队承认代签"}},
	})
}
