package identity_test

import (
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/internal/wechat"
	"dandelion/model"
	"dandelion/service/identity"
)

func ptr[T any](v T) *T { return &v }

func TestNothingPersonalIsStoredWithoutConsent(t *testing.T) {
	w := newWorld(t)
	who := w.identify(w.login("demo-alice").Token)
	ctx := t.Context()
	w.refused(w.ids.Update(ctx, who, identity.Change{RealName: ptr("王秀英")}), model.ErrConsent)
	w.refused(w.ids.BindPhone(ctx, who, "phone-13800001234"), model.ErrConsent)
	w.refused(w.ids.RedeemAdminCode(ctx, who, "any"), model.ErrConsent)
	if n := w.wechat.Calls("/wxa/business/getuserphonenumber"); n != 0 {
		t.Errorf("WeChat was asked %d times for the number of somebody who has not consented", n)
	}
	_, err := w.ids.GiveConsent(ctx, who, "0.9")
	if f := fault.Of(err); f == nil || f.Code != "consent.version" || f.Kind != fault.Invalid || f.Params["current"] != policyVersion {
		t.Errorf("consent to another version: %v", err)
	}
	if rows[model.Consent](w, "1 = 1") != 0 {
		t.Error("a refused consent was recorded")
	}
}

func TestConsentCanBeWithdrawn(t *testing.T) {
	w := newWorld(t)
	who, token := w.resident("alice", community)
	w.clock.Pass(time.Hour)
	w.must(w.ids.WithdrawConsent(t.Context(), who))
	after := w.identify(token)
	w.refused(w.ids.Update(t.Context(), after, identity.Change{DisplayName: ptr("小王")}), model.ErrConsent)
	p, err := w.ids.Me(t.Context(), after)
	w.must(err)
	if len(p.Consents) != 1 || p.Consents[0].WithdrawnAt == nil || !p.Consents[0].WithdrawnAt.Equal(morning.Add(time.Hour)) || p.Consents[0].RequestID != "test" {
		t.Errorf("consents %+v", p.Consents)
	}
}

// TestConsentIsGivenOnce lets somebody agree again and again, also at once, and
// anew after he has withdrawn.
func TestConsentIsGivenOnce(t *testing.T) {
	w := newWorld(t)
	who := w.identify(w.login("demo-alice").Token)
	ctx := t.Context()
	given := make([]*model.Consent, 8)
	for _, err := range race(len(given), func(i int) (err error) {
		given[i], err = w.ids.GiveConsent(ctx, who, policyVersion)
		return err
	}) {
		w.must(err)
	}
	for _, g := range given {
		if g == nil || g.ID != given[0].ID || !g.GivenAt.Equal(morning) {
			t.Fatalf("consents %+v and %+v", g, given[0])
		}
	}
	if n := rows[model.Consent](w, "user_id = ?", who.UserID); n != 1 {
		t.Errorf("%d rows of one consent", n)
	}
	w.must(w.ids.WithdrawConsent(ctx, who))
	anew, err := w.ids.GiveConsent(ctx, who, policyVersion)
	w.must(err)
	if n := rows[model.Consent](w, "user_id = ?", who.UserID); n != 2 || anew.ID == given[0].ID {
		t.Errorf("%d rows of two consents", n)
	}
}

func TestNamesAndPhonesAreSealedAndShownMasked(t *testing.T) {
	w := newWorld(t)
	who, _ := w.resident("alice", grid)
	ctx := t.Context()
	w.must(w.ids.Update(ctx, who, identity.Change{DisplayName: ptr("王奶奶"), RealName: ptr("王秀英")}))
	w.must(w.ids.BindPhone(ctx, who, "phone-13800001234"))
	p, err := w.ids.Me(ctx, who)
	w.must(err)
	if p.Name != model.MaskName("王秀英") || p.Phone != model.MaskPhone("13800001234") || p.User.DisplayName != "王奶奶" || p.Community != "第一网格" {
		t.Errorf("profile %+v", p)
	}
	if p.Name == "王秀英" || p.Phone == "13800001234" {
		t.Error("the mask hides nothing")
	}
	for _, stored := range []string{p.User.Name, p.User.Phone, *p.User.PhoneIndex} {
		if stored == "" || strings.Contains(stored, "王秀英") || strings.Contains(stored, "13800001234") {
			t.Errorf("stored in the clear: %q", stored)
		}
	}
	phone, err := w.ids.Sealer.Open("users.phone:"+fmtID(who.UserID), p.User.Phone)
	w.must(err)
	name, err := w.ids.Sealer.Open("users.name:"+fmtID(who.UserID), p.User.Name)
	w.must(err)
	if phone != "13800001234" || name != "王秀英" {
		t.Errorf("opened %q, %q", name, phone)
	}
}

func TestANumberBelongsToOneAccount(t *testing.T) {
	w := newWorld(t)
	alice, _ := w.resident("alice", community)
	bob, _ := w.resident("bob", community)
	ctx := t.Context()
	w.must(w.ids.BindPhone(ctx, alice, "phone-13800001234"))
	w.must(w.ids.BindPhone(ctx, alice, "phone-13800001234")) // again is no harm
	w.refused(w.ids.BindPhone(ctx, bob, "phone-13800001234"), model.ErrPhoneTaken)
	w.refused(w.ids.BindPhone(ctx, bob, "nonsense"), wechat.ErrPhoneCode)
	w.must(w.ids.BindPhone(ctx, alice, "phone-13900001234"))
	w.must(w.ids.BindPhone(ctx, bob, "phone-13800001234")) // free again
}

func TestOnlyANameThatCanBeReadIsTaken(t *testing.T) {
	w := newWorld(t)
	who, _ := w.resident("alice", community)
	for _, bad := range []string{"", "  ", strings.Repeat("王", 21), "王\u202e英"} {
		for field, c := range map[string]identity.Change{"body.display_name": {DisplayName: &bad}, "body.real_name": {RealName: &bad}} {
			f := fault.Of(w.ids.Update(t.Context(), who, c))
			if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Path != field {
				t.Errorf("%s %q: %v", field, bad, f)
			}
		}
	}
}

func TestAHomeMakesOneOfItsCounty(t *testing.T) {
	w := newWorld(t)
	who, token := w.resident("alice", 0)
	move := func(to int64) error { return w.ids.Update(t.Context(), who, identity.Change{PlaceID: &to}) }
	at := func(home, tenant int64) {
		t.Helper()
		if a := w.identify(token); a.HomeID != home || a.TenantID != tenant || a.HomePath != w.orgs[home].Path {
			t.Errorf("lives in %d of %d, path %s", a.HomeID, a.TenantID, a.HomePath)
		}
	}
	w.refused(move(99), model.ErrOrgNotFound)
	if f := fault.Of(move(township)); f == nil || f.Code != "account.community" {
		t.Errorf("a township as home: %v", f)
	}
	w.must(move(grid))
	at(grid, county)
	w.must(move(abroadHome)) // nothing holds him yet
	at(abroadHome, abroad)
	w.must(move(community))

	later := morning.Add(time.Hour)
	w.grant(who.UserID, community, model.RoleMember, &later)
	w.must(move(grid)) // within the county he may
	if f := fault.Of(move(abroadHome)); f == nil || f.Code != "account.tenant" {
		t.Errorf("a member moves to another county: %v", f)
	}
	at(grid, county)
	w.clock.Pass(time.Hour)
	w.must(move(abroadHome)) // the grant has run out
	at(abroadHome, abroad)
}

func TestNobodyMovesIntoWhatIsClosed(t *testing.T) {
	w := newWorld(t)
	who, _ := w.resident("alice", 0)
	closed := *w.orgs[grid]
	w.must(closed.Close())
	w.must(w.db.Update(t.Context(), func(tx *db.Tx) error { return db.Save(tx, w.orgs[grid], &closed) }))
	w.refused(w.ids.Update(t.Context(), who, identity.Change{PlaceID: ptr(grid)}), model.ErrOrgClosed)
}

func TestTheProfileNamesTheGrantsInForce(t *testing.T) {
	w := newWorld(t)
	who, _ := w.resident("alice", community)
	hour := morning.Add(time.Hour)
	w.grant(who.UserID, community, model.RoleMember, nil)
	w.grant(who.UserID, grid, model.RoleGrid, &hour)
	held := func() (orgs []string) {
		p, err := w.ids.Me(t.Context(), who)
		w.must(err)
		for _, g := range p.Grants {
			orgs = append(orgs, g.OrgName)
		}
		return orgs
	}
	if got := held(); len(got) != 2 || got[0] != "红星社区" || got[1] != "第一网格" {
		t.Errorf("grants in %v", got)
	}
	w.clock.Pass(time.Hour)
	if got := held(); len(got) != 1 || got[0] != "红星社区" {
		t.Errorf("an hour later grants in %v", got)
	}
}

func TestARequestAboutOnesDataIsMadeOnce(t *testing.T) {
	w := newWorld(t)
	who, _ := w.resident("alice", community)
	bob, _ := w.resident("bob", community)
	ctx := t.Context()
	r, err := w.ids.AskPrivacy(ctx, who, model.PrivacyExport)
	w.must(err)
	if !r.DueAt.Equal(morning.Add(15 * 24 * time.Hour)) {
		t.Errorf("due at %v", r.DueAt)
	}
	_, err = w.ids.AskPrivacy(ctx, who, model.PrivacyExport)
	w.refused(err, model.ErrPrivacyOpen)
	_, err = w.ids.AskPrivacy(ctx, who, model.PrivacyDeletion)
	w.must(err)
	_, err = w.ids.AskPrivacy(ctx, bob, model.PrivacyExport)
	w.must(err)
	all, err := w.ids.PrivacyRequests(ctx, who)
	w.must(err)
	if len(all) != 2 || all[0].Kind != model.PrivacyDeletion || all[1].ID != r.ID {
		t.Errorf("requests %+v", all)
	}
}
