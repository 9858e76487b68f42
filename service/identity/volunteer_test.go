package identity_test

import (
	"errors"
	"strings"
	"testing"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
	"dandelion/service/identity"
	"dandelion/service/org"
)

// staff brings in somebody with a role, within a request of that name.
func (w *world) staff(name string, role model.Role, at int64) model.Actor {
	w.Helper()
	who, token := w.resident(name, community)
	w.grant(who.UserID, at, role, nil)
	return w.identify(token)
}

func TestAVolunteerWithoutASmartphoneIsTakenOn(t *testing.T) {
	w := newWorld(t)
	w.ids.Roll = org.New(w.db)
	worker := w.staff("worker", model.RoleWorker, community)
	in := identity.Offline{Name: "李大爷", Phone: "13812345678", CommunityID: community, Skills: []string{"书法"}}
	p, err := w.ids.AddVolunteer(t.Context(), worker, in)
	w.must(err)
	if p.Name != "李**" || p.Phone != "138****5678" || p.DisplayName != "李**" {
		t.Errorf("taken on as %+v", p)
	}
	var u model.User
	w.must(w.db.View(t.Context(), func(tx *db.Tx) error { return tx.Where("id = ?", p.ID).Take(&u).Error }))
	if u.OpenID != "offline:"+fmtID(p.ID) || !model.OfflineID(u.OpenID) || u.TenantID != county || u.HomeID != community || u.Consent != policyVersion {
		t.Errorf("the account is %+v", u)
	}
	if u.Name == "" || strings.Contains(u.Name+u.Phone+u.DisplayName, "大爷") || strings.Contains(u.Phone, "1381234") {
		t.Errorf("the account tells who he is: %+v", u)
	}
	if n := rows[model.Consent](w, "user_id = ? AND version = ? AND taken_by = ? AND withdrawn_at IS NULL", p.ID, policyVersion, worker.UserID); n != 1 {
		t.Errorf("%d consents on paper", n)
	}
	if n := rows[model.Grant](w, "user_id = ? AND role = ? AND org_id = ? AND granted_by = ? AND active_key IS NOT NULL", p.ID, model.RoleVolunteer, community, worker.UserID); n != 1 {
		t.Errorf("%d grants", n)
	}
	if n := rows[model.Member](w, "user_id = ? AND community_id = ? AND skills = '书法'", p.ID, community); n != 1 {
		t.Errorf("%d registrations", n)
	}
	for _, action := range []string{"volunteer.add", "grant.give"} {
		lines := w.audits(action)
		if len(lines) != 1 || lines[0].ActorID != worker.UserID || strings.Contains(lines[0].Detail, "李") || strings.Contains(lines[0].Detail, "138") {
			t.Errorf("%s: %+v", action, lines)
		}
	}
	found, err := w.ids.FindByPhone(t.Context(), w.admin("admin"), in.Phone)
	if err != nil || found.ID != p.ID {
		t.Errorf("by his number: %+v, %v", found, err)
	}
}

func TestANumberIsOneAccountsWhoeverComesFirst(t *testing.T) {
	w := newWorld(t)
	w.ids.Roll = org.New(w.db)
	worker := w.staff("worker", model.RoleWorker, community)
	add := func(phone string) error {
		_, err := w.ids.AddVolunteer(t.Context(), worker, identity.Offline{Name: "李大爷", Phone: phone, CommunityID: community})
		return err
	}
	w.must(add("13812345678"))
	someone, _ := w.resident("someone", community)
	w.refused(w.ids.BindPhone(t.Context(), someone, "phone-13812345678"), model.ErrPhoneTaken) // it is entered already
	w.must(w.ids.BindPhone(t.Context(), someone, "phone-13912345678"))
	w.refused(add("13912345678"), model.ErrPhoneTaken)
	w.must(add("")) // who has none has it in common with nobody
	w.must(add(""))
	if n := rows[model.User](w, "open_id LIKE 'offline:%'"); n != 3 {
		t.Errorf("%d were taken on", n)
	}
	errs := race(6, func(int) error { return add("13712345678") })
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, model.ErrPhoneTaken):
			t.Errorf("at once: %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d were taken on with one number", won)
	}
}

func TestWhoTakesVolunteersOn(t *testing.T) {
	w := newWorld(t)
	w.ids.Roll = org.New(w.db)
	other, err := model.NewOrg(5, model.OrgCommunity, "西街社区", w.orgs[township])
	w.must(err)
	other.CreatedAt, other.UpdatedAt, w.orgs[5] = morning, morning, other
	w.must(w.db.Update(t.Context(), func(tx *db.Tx) error { return db.Add(tx, other) }))
	worker, officer := w.staff("worker", model.RoleWorker, community), w.staff("officer", model.RoleTownship, township)
	volunteer := w.staff("volunteer", model.RoleVolunteer, community)
	for name, c := range map[string]struct {
		who   model.Actor
		in    identity.Offline
		want  error
		field string
	}{
		"by a worker at home":     {worker, identity.Offline{Name: "李大爷", CommunityID: community}, nil, ""},
		"by the township":         {officer, identity.Offline{Name: "李大爷", CommunityID: 5}, nil, ""},
		"by a worker elsewhere":   {worker, identity.Offline{Name: "李大爷", CommunityID: 5}, model.ErrOrgForeign, ""},
		"by a volunteer":          {volunteer, identity.Offline{Name: "李大爷", CommunityID: community}, model.ErrOrgForeign, ""},
		"in another county":       {worker, identity.Offline{Name: "李大爷", CommunityID: abroadHome}, model.ErrOrgNotFound, ""},
		"in a grid":               {worker, identity.Offline{Name: "李大爷", CommunityID: grid}, nil, "body.community_id"},
		"nowhere":                 {worker, identity.Offline{Name: "李大爷", CommunityID: 77}, model.ErrOrgNotFound, ""},
		"without a name":          {worker, identity.Offline{Name: " 李 ", CommunityID: community}, nil, "body.name"},
		"with half a number":      {worker, identity.Offline{Name: "李大爷", Phone: "1381234", CommunityID: community}, nil, "body.phone"},
		"with too long a skill":   {worker, identity.Offline{Name: "李大爷", CommunityID: community, Skills: []string{strings.Repeat("书", 17)}}, nil, "body.skills"},
		"with two skills for one": {worker, identity.Offline{Name: "李大爷", CommunityID: community, Skills: []string{"书,画"}}, nil, "body.skills"},
	} {
		before := rows[model.User](w, "open_id LIKE 'offline:%'")
		_, err := w.ids.AddVolunteer(t.Context(), c.who, c.in)
		switch {
		case c.field != "" && fieldAt(err) != c.field, c.field == "" && !errors.Is(err, c.want):
			t.Errorf("%s: %v, want %v %s", name, err, c.want, c.field)
		case err != nil && rows[model.User](w, "open_id LIKE 'offline:%'") != before:
			t.Errorf("%s is refused, and leaves an account", name)
		}
	}
}

// fieldAt returns the part of a request that err complains of.
func fieldAt(err error) string {
	if f := fault.Of(err); f != nil && len(f.Fields) == 1 {
		return f.Fields[0].Path
	}
	return ""
}
