package app_test

import (
	"strings"
	"testing"
	"time"
)

// TestAWishEarnsItsPoints follows the points of one wish: pending when it is
// closed, the member's own when it can no longer be appealed, gone when it is
// done again; and every step explained to those whom it concerns.
func TestAWishEarnsItsPoints(t *testing.T) {
	w := newWorld(t)
	spendable := number(w.Get(member, "/points/account").JSON["spendable"])
	id := w.in("closed", nil)
	r := w.Get(member, "/points/entries?account=pending&limit=1")
	if r.At("items.0.amount") != "12" || r.At("items.0.title") != "获得" || !strings.Contains(r.At("items.0.memo"), "厨房灯不亮") {
		t.Fatalf("the newest line is %s", r)
	}
	txn := r.At("items.0.transaction_id")
	x := w.Get(member, "/points/transactions/"+txn)
	if !strings.Contains(x.Text, "基础 10 分 × 难度系数（容易） 1.0 × 评价系数（5 星） 1.2, 共 12 分") || x.At("shares.0.points") != "12" || x.At("lines.1.amount") != "" {
		t.Errorf("explained as %s", x)
	}
	for who, status := range map[string]int{auditor: 200, "demo-worker": 200, "demo-county": 200, member2: 404, resident: 404, stranger: 404, "demo-other-auditor": 404} {
		if r := w.Do(who, "GET", "/points/transactions/"+txn, nil); r.Status != status {
			t.Errorf("to %s it is %s", who, r)
		}
	}
	if r := w.Get(auditor, "/points/transactions/"+txn); r.At("lines.1.amount") == "" || r.At("source_type") != "claim" {
		t.Errorf("the auditor sees %s", r)
	}
	w.Pass(7*24*time.Hour + time.Second)
	if r := w.Get(member, "/points/entries?limit=1"); r.At("items.0.amount") != "12" || r.At("items.0.kind") != "post" {
		t.Errorf("the newest line is %s", r)
	}
	w.step(resident, id, "reopen", reason())
	r = w.Get(member, "/points/entries?limit=1")
	if r.At("items.0.amount") != "-12" || r.At("items.0.kind") != "reverse" {
		t.Errorf("the newest line is %s", r)
	}
	if x := w.Get(member, "/points/transactions/"+txn); x.At("reversed_by") == "" || !strings.Contains(x.Text, "已冲正") {
		t.Errorf("explained as %s", x)
	}
	if r := w.Get(member, "/points/account"); number(r.JSON["spendable"]) < spendable || number(r.JSON["pending"]) < 0 {
		t.Errorf("in the end the account is %s, it began with %v", r, spendable)
	}
}

// TestHistoryIsPagedAndOnesOwn takes the lines of a member apart.
func TestHistoryIsPagedAndOnesOwn(t *testing.T) {
	w := laptop(t)
	sum, seen, cursor := 0, map[string]bool{}, ""
	for {
		path := "/points/entries?limit=3"
		if cursor != "" {
			path += "&cursor=" + cursor
		}
		r := w.Get("demo-member2", path)
		items, _ := r.JSON["items"].([]any)
		for _, item := range items {
			line, _ := item.(map[string]any)
			id, _ := line["id"].(string)
			amount, _ := line["amount"].(float64)
			if seen[id] {
				t.Errorf("%s is there twice", id)
			}
			seen[id] = true
			sum += int(amount)
		}
		if cursor = r.At("next"); cursor == "" {
			break
		}
	}
	spendable := int(number(w.Get("demo-member2", "/points/account").JSON["spendable"]))
	if sum != spendable || len(seen) < 2 {
		t.Errorf("%d lines add up to %d, the account says %d", len(seen), sum, spendable)
	}
	if r := w.Do("demo-member", "GET", "/points/entries?account=issue", nil); r.Status != 422 {
		t.Errorf("an account of the county: %s", r)
	}
	if r := w.Get(resident, "/points/entries"); r.At("items.0.id") != "" {
		t.Errorf("the resident has %s", r)
	}
	if r := w.Get(resident, "/points/notices"); r.At("items.0.id") != "" {
		t.Errorf("the resident was told %s", r)
	}
}

func number(v any) float64 {
	n, _ := v.(float64)
	return n
}
