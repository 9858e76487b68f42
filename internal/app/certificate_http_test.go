package app_test

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/piglig/go-qr"

	"dandelion/config"
	"dandelion/internal/apitest"
	"dandelion/internal/db"
	"dandelion/internal/sheet"
	"dandelion/model"
)

// canaryPlace is where the member served; certificates are silent about it.
const canaryPlace = "金丝雀广场"

// served gives the member so many minutes of service for the community, on a day
// of June. It returns the record's id.
func (w world) served(minutes int64) int64 {
	w.Helper()
	var id int64
	err := w.App.DB.Update(w.Context(), func(tx *db.Tx) error {
		id = tx.NewID()
		user, err := strconv.ParseInt(memberID, 10, 64)
		if err != nil {
			return err
		}
		day := model.Day("2025-06-15")
		return db.Add(tx, &model.ServiceRecord{
			ID: id, TenantID: 1000, UserID: user, SourceType: model.OfAttendance, SourceID: id, State: model.RecordValid, Role: model.EnrolMember,
			Title: "清洁家园", Place: canaryPlace, OrgID: 1200, OrgPath: "/1000/1100/1200/", CommunityID: 1200, StartedAt: day.Start().Add(9 * time.Hour),
			EndedAt: day.Start().Add(11 * time.Hour), Day: day, Minutes: minutes, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
		})
	})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// june is the period of the tests.
func june() form { return form{"from": "2025-06-01", "to": "2025-06-30"} }

// named gives the member's name, without which nothing is certified.
func (w world) named() {
	w.Helper()
	w.Must(member, http.MethodPatch, "/me", form{"real_name": "张志强"})
}

// certified certifies what the member has served.
func (w world) certified() apitest.Response {
	w.Helper()
	w.named()
	w.served(90)
	return w.Must(member, http.MethodPost, "/service/certificates", june())
}

// certificateErrands are those of the routes of certificates, for the test that
// each request does its work once.
func certificateErrands(w world) map[string]func() errand {
	return map[string]func() errand{
		"POST /service/certificates": func() errand {
			w.named()
			w.served(30)
			return errand{member, "/service/certificates", june()}
		},
	}
}

// TestACertificateIsIssuedDrawnAndChecked is 证明 as people live it: the member
// asks for it, prints it, somebody checks it, and a record is taken back.
func TestACertificateIsIssuedDrawnAndChecked(t *testing.T) {
	w := laptop(t)
	const get, post = http.MethodGet, http.MethodPost
	if r := w.Do(member, post, "/service/certificates", june()); r.Status != 409 || r.Code() != "certificate.no_name" {
		t.Errorf("without a name: %s", r)
	}
	w.named()
	if r := w.Do(member, post, "/service/certificates", june()); r.Status != 409 || r.Code() != "certificate.no_hours" {
		t.Errorf("without hours: %s", r)
	}
	record := w.served(95)
	c := w.Must(member, post, "/service/certificates", june())
	id, code := c.ID(), c.At("code")
	bare := strings.ReplaceAll(code, "-", "")
	if len(bare) != 16 || c.At("name") != "张志强" || c.At("minutes") != "95" || c.At("issuer") == "" {
		t.Fatalf("issued: %s", c)
	}
	private := []string{"张志强", canaryPlace, "清洁家园", memberID, "demo-member", "openid", "phone", "1380", id, bare}
	w.play(&id, []line{
		{member, get, "/service/certificates", nil, 200, []string{"ID", `"state":"valid"`}, []string{code, "张志强", canaryPlace}},
		{member, get, "/service/certificates/ID", nil, 200, []string{code, "张志强", `"minutes":95`, `"services":1`}, []string{canaryPlace}},
		{member2, get, "/service/certificates/ID", nil, 404, []string{"certificate.not_found"}, private[:8]},
		{worker, get, "/service/certificates/ID", nil, 404, nil, private[:8]},
		{outsider, get, "/service/certificates/ID/picture.png", nil, 404, nil, private[:8]},
		{worker, get, "/service/certificates/ID/picture.png", nil, 404, nil, private[:8]},
		{"", get, "/service/certificates/ID", nil, 401, nil, private[:8]},
		{"", get, "/certificates/" + code, nil, 200, []string{`"state":"valid"`, "有效", "张**", `"minutes":95`, `"from":"2025-06-01"`, `"issued_on":"2026-07-01"`}, private},
		{stranger, get, "/certificates/" + strings.ToLower(bare), nil, 200, []string{"张**"}, private},
		{neighbour, post, "/service/certificates", june(), 409, []string{"certificate.no_"}, nil},
		{member, post, "/service/certificates", form{"from": "2025-06-30", "to": "2025-06-01"}, 422, []string{"certificate.period"}, nil},
		{member, post, "/service/certificates", form{"from": "2025-06-01", "to": "2026-07-02"}, 422, []string{"certificate.period"}, nil},
		{member, post, "/service/certificates", form{"from": "June", "to": "2025-06-30"}, 422, []string{"body.from"}, nil},
		{member, post, "/service/certificates", form{"from": "2025-06-01", "to": "2025-06-30", "minutes": 9999}, 422, nil, nil},
	})
	err := w.App.DB.Update(t.Context(), func(tx *db.Tx) error {
		return tx.Model(&model.ServiceRecord{}).Where("id = ?", record).Update("state", model.RecordVoid).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	w.play(&id, []line{
		{"", get, "/certificates/" + code, nil, 200, []string{`"state":"outdated"`, "已过时", `"minutes":95`}, private},
		{member, get, "/service/certificates/ID", nil, 200, []string{`"state":"outdated"`}, nil},
	})
}

// TestAWrongCodeTeachesNothing asks with codes that are on no certificate: the
// answer is always the same but for the number of the request.
func TestAWrongCodeTeachesNothing(t *testing.T) {
	w := laptop(t)
	code := w.certified().At("code")
	seen := map[string]bool{}
	for _, wrong := range []string{"1", "2222-2222-2222-2222", code[:len(code)-1], code + "2", code[:len(code)-1] + "0", "%20", "77", strings.Repeat("A", 500)} {
		r := w.Do("", http.MethodGet, "/certificates/"+wrong, nil)
		delete(r.JSON, "request_id")
		seen[fmt.Sprint(r.Status, r.JSON)] = true
		if r.Status != 404 || r.Code() != "certificate.not_found" {
			t.Errorf("%s: %s", wrong, r)
		}
	}
	if len(seen) != 1 {
		t.Errorf("there are %d answers: %v", len(seen), seen)
	}
}

// TestThePictureOfACertificateLeadsToItsCheck reads the code that is drawn, on a
// system that knows its address and on one that does not.
func TestThePictureOfACertificateLeadsToItsCheck(t *testing.T) {
	for address, want := range map[string]string{"": "", "https://example.cn/": "https://example.cn/api/v1/certificates/"} {
		w := world{apitest.New(t, apitest.Options{Embedded: true, Change: func(c *config.Config) { c.PublicURL = address }})}
		c := w.certified()
		r := w.Do(member, http.MethodGet, "/service/certificates/"+c.ID()+"/picture.png", nil)
		if r.Status != 200 || r.Header.Get("Content-Type") != "image/png" || r.Header.Get("Cache-Control") != "private, no-store" || len(r.Text) > 300<<10 {
			t.Fatalf("%d %v, %d bytes", r.Status, r.Header, len(r.Text))
		}
		m, err := png.Decode(bytes.NewReader([]byte(r.Text)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := go_qr.Decode(m)
		if bare := strings.ReplaceAll(c.At("code"), "-", ""); err != nil || got != want+bare {
			t.Errorf("the picture says %q, %v, want %s", got, err, want+bare)
		}
		path := "/certificates/" + strings.TrimPrefix(got, want)
		if v := w.Do("", http.MethodGet, path, nil); v.Status != 200 || v.At("name") != "张**" {
			t.Errorf("which leads to %s", v)
		}
	}
}

// TestTheExportOfRecordsIsForWhoHoldsTheOrganisation asks as everybody.
func TestTheExportOfRecordsIsForWhoHoldsTheOrganisation(t *testing.T) {
	w := laptop(t)
	record := w.served(95)
	path := func(org, from, to string) string {
		return apitest.Query("/service/records/export.xlsx", "org_id", org, "from", from, "to", to)
	}
	good := path("1200", "2025-06-01", "2025-06-30")
	for _, c := range []struct {
		name, as, path string
		status         int
		code           string
	}{
		{"a worker", worker, good, 200, ""},
		{"the county", officer, good, 200, ""},
		{"a member", member, good, 403, "permission.denied"},
		{"another county", stranger, good, 404, "org.not_found"},
		{"another's organisation", worker, path("1000", "2025-06-01", "2025-06-30"), 404, "org.not_found"},
		{"too long", worker, path("1200", "2024-01-01", "2025-06-30"), 422, "service_record.export_period"},
		{"no period", worker, "/service/records/export.xlsx?org_id=1200", 422, "request.invalid"},
		{"no organisation", worker, "/service/records/export.xlsx?from=2025-06-01&to=2025-06-30", 422, "request.invalid"},
	} {
		r := w.Do(c.as, http.MethodGet, c.path, nil)
		if r.Status != c.status || r.Code() != c.code {
			t.Errorf("%s: %d %s, want %d %s", c.name, r.Status, r.Code(), c.status, c.code)
		}
		if c.status != 200 {
			continue
		}
		rows, err := sheet.Read(strings.NewReader(r.Text))
		if err != nil || len(rows) != 2 || rows[1][0] != fmt.Sprint(record) || rows[1][1] != "张志强" || rows[1][6] != "95" || r.Header.Get("Content-Type") != sheet.Type {
			t.Errorf("%s: %q, %v", c.name, rows, err)
		}
		if name := r.Header.Get("Content-Disposition"); !strings.HasPrefix(name, "attachment") || !strings.HasSuffix(name, "2025-06-30.xlsx") {
			t.Errorf("%s: saved as %s", c.name, name)
		}
	}
	var detail []string
	err := w.App.DB.View(t.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT detail FROM audits WHERE action = 'service_record.export'").Scan(&detail).Error
	})
	if err != nil || len(detail) != 2 || !strings.Contains(detail[0], `"records":1`) || strings.Contains(fmt.Sprint(detail), "张") {
		t.Errorf("the audit log says %q, %v", detail, err)
	}
}
