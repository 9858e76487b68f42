package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dandelion/config"
	"dandelion/internal/apitest"
	"dandelion/model"
)

// lines returns the items of a board.
func lines(r apitest.Response) (all []map[string]any) {
	items, _ := r.JSON["items"].([]any)
	for _, i := range items {
		line, _ := i.(map[string]any)
		all = append(all, line)
	}
	return all
}

func TestBoardsAreThereAtOnce(t *testing.T) {
	w := newWorld(t)
	w.Settle()
	for _, period := range []string{"season", "all"} {
		r := w.Get(member, "/boards?limit=50&org_id=1000&period="+period)
		if r.At("stale") != "false" || r.At("scope.name") != "梅城县" || r.At("period") == "" || len(lines(r)) < 10 {
			t.Errorf("the board of the %s is %s", period, r)
		}
		last := 0.0
		for _, l := range lines(r) {
			rank, _ := l["rank"].(float64)
			value, _ := l["value"].(float64)
			if rank <= last || value <= 0 || l["name"] == "" || l["id"] != nil || l["unit"] != "分" {
				t.Errorf("a line is %v, after rank %v", l, last)
			}
			last = rank
		}
	}
	for _, of := range []string{"units", "communities"} {
		r := w.Get(member, "/boards?period=all&measure=wishes&org_id=1000&of="+of)
		if len(lines(r)) == 0 || lines(r)[0]["id"] == nil || lines(r)[0]["unit"] != "件/百人" || r.At("as_of") == "" {
			t.Errorf("the board of %s is %s", of, r)
		}
	}
	mine := w.Get(member, "/boards/mine")
	if len(lines(mine)) != 20 || mine.At("public") != "true" {
		t.Errorf("my places are %s", mine)
	}
}

// TestNobodyIsRankedByNameWhoDidNotChooseIt looks at every board as everybody:
// only those who opted in are named, and to himself everybody is told his own.
func TestNobodyIsRankedByNameWhoDidNotChooseIt(t *testing.T) {
	w := newWorld(t)
	w.in("closed", nil)
	w.Pass(8 * 24 * time.Hour) // until it can no longer be appealed
	all := "/boards?limit=50&org_id=1200&period=week&measure=honour"
	before := w.Get(member, all)
	if before.At("me.rank") == "" || !strings.Contains(before.Text, "张志强") {
		t.Fatalf("the claimer's board is %s", before)
	}
	w.Must(member, http.MethodPut, "/me/board", form{"public": false})
	for _, who := range []string{member, member2, resident, worker, auditor, admin} {
		for _, measure := range []string{"honour", "wishes", "hours", "satisfaction"} {
			for _, org := range []string{"1200", "1100", "1000"} {
				r := w.Get(who, fmt.Sprintf("/boards?limit=50&org_id=%s&period=week&measure=%s", org, measure))
				if strings.Contains(r.Text, "张志强") || strings.Contains(r.Text, memberID) {
					t.Errorf("%s sees him by %s in %s: %s", who, measure, org, r)
				}
			}
		}
	}
	after := w.Get(member, all)
	if after.At("me.rank") != before.At("me.rank") || after.At("total") != before.At("total") {
		t.Errorf("he is told %s, and was told %s", after, before)
	}
	if r := w.Get(member2, all); r.At("me.rank") == before.At("me.rank") {
		t.Errorf("another is told his place: %s", r)
	}
	w.Must(member, http.MethodPut, "/me/board", form{"public": true})
	if r := w.Get(member2, all); !strings.Contains(r.Text, "张志强") {
		t.Errorf("he has chosen to be shown: %s", r)
	}
}

func TestBoardsRefuseWhatMakesNoSense(t *testing.T) {
	w := laptop(t)
	for path, code := range map[string]string{
		"/boards?org_id=9200":                       "org.not_found",
		"/boards?org_id=2000":                       "board.scope",
		"/boards?measure=solved":                    "board.measure",
		"/boards?period=W2031-01":                   "board.period",
		"/boards?period=day":                        "board.period",
		"/boards?of=communities&org_id=1200":        "board.scope",
		"/boards?of=communities&measure=solved":     "",
		"/boards?of=teams&period=M2026-06":          "",
		"/boards?measure=satisfaction&period=S2025": "",
	} {
		r := w.Do(resident, http.MethodGet, path, nil)
		if r.Code() != code || code == "" && r.Status != http.StatusOK {
			t.Errorf("%s is answered with %s", path, r)
		}
	}
	w.Must(admin, http.MethodPut, "/policy/"+string(model.BoardPeople), form{"value": 0})
	for _, path := range []string{"/boards", "/boards/mine"} {
		if r := w.Do(resident, http.MethodGet, path, nil); r.Status != http.StatusConflict || r.Code() != "board.off" {
			t.Errorf("%s, switched off, is answered with %s", path, r)
		}
	}
	w.Get(resident, "/boards?of=units")
}

// TestWithoutRedisThereAreBoards and no answer of 500.
func TestWithoutRedisThereAreBoards(t *testing.T) {
	w := world{apitest.New(t, apitest.Options{Change: func(c *config.Config) { c.Redis = []string{"127.0.0.1:1"} }})}
	w.Settle()
	r := w.Get(member, "/boards?limit=50&period=all&org_id=1000")
	if r.At("stale") != "true" || r.At("as_of") == "" || len(lines(r)) < 10 || r.At("me.rank") != "" {
		t.Errorf("without Redis the board is %s", r)
	}
	if r := w.Get(member, "/boards/mine"); r.At("stale") != "true" {
		t.Errorf("without Redis my places are %s", r)
	}
	w.Must(member, http.MethodPut, "/me/board", form{"public": false})
	w.Settle()
	w.Get(member, "/boards?of=units&period=all")
}
