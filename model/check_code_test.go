package model

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func codesOf(slot int64) CheckCodes {
	return CheckCodes{Slot: slot, KeyNo: 1, Key: []byte(strings.Repeat("k", 32))}
}

func TestACodeIsGoodInItsStepAndTheNext(t *testing.T) {
	c, begin := codesOf(7), time.Date(2026, 7, 4, 1, 0, 0, 0, time.UTC)
	code, until := c.At(DirectionIn, begin)
	if len(code) != CodeLength || !until.Equal(begin.Add(CodeStep)) {
		t.Fatalf("the code is %q until %s", code, until)
	}
	for _, tt := range []struct {
		after time.Duration
		good  bool
	}{
		{-10 * time.Minute, false},
		{-time.Millisecond, false},
		{0, true},
		{CodeStep, true},
		{2*CodeStep - time.Millisecond, true},
		{2 * CodeStep, false},
		{time.Hour, false},
	} {
		if got := c.Good(DirectionIn, code, begin.Add(tt.after)); got != tt.good {
			t.Errorf("%v later it is good: %v", tt.after, got)
		}
	}
	if !c.Good(DirectionIn, " "+strings.ToLower(code[:4])+"-"+code[4:], begin) {
		t.Error("a code that was typed with a hyphen is not good")
	}
}

func TestACodeIsOfOneSlotDirectionKeyAndUse(t *testing.T) {
	now := time.Date(2026, 7, 4, 1, 0, 7, 0, time.UTC)
	c := codesOf(7)
	code, _ := c.At(DirectionIn, now)
	own, _ := c.Own(99, now)
	rotated, other := c, codesOf(8)
	rotated.KeyNo = 2
	for name, good := range map[string]bool{
		"the other direction":       c.Good(DirectionOut, code, now),
		"another slot":              other.Good(DirectionIn, code, now),
		"another key number":        rotated.Good(DirectionIn, code, now),
		"no key":                    CheckCodes{Slot: 7, KeyNo: 1}.Good(DirectionIn, code, now),
		"no code":                   c.Good(DirectionIn, "", now),
		"an own code for the slot":  c.Good(DirectionIn, own, now),
		"the slot's as an own code": c.OwnGood(99, "2R-"+code, now),
		"another's own code":        c.OwnGood(98, own, now),
		"an own code that is old":   c.OwnGood(99, own, now.Add(2*CodeStep)),
	} {
		if good {
			t.Errorf("%s is good", name)
		}
	}
	if !c.OwnGood(99, own, now) || EnrolmentIn(own) != 99 {
		t.Errorf("own code %q is of %d", own, EnrolmentIn(own))
	}
	for _, bad := range []string{"", "-", "abc", "ZZZZZZZZZZZZZZZZZ-AAAA", "-5-AAAA", "2R"} {
		if n := EnrolmentIn(bad); n != 0 {
			t.Errorf("%q is of %d", bad, n)
		}
	}
}

// TestNoForgedOrStaleCodeIsGood tries 100,000 codes that are made up, altered,
// of other slots, keys, directions and times.
func TestNoForgedOrStaleCodeIsGood(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2026)) // #nosec G404 -- a test
	c, now := codesOf(7), time.Date(2026, 7, 4, 1, 0, 7, 0, time.UTC)
	current, _ := c.At(DirectionIn, now)
	last, _ := c.At(DirectionIn, now.Add(-CodeStep))
	forge := []func() string{
		func() string {
			b := make([]byte, CodeLength)
			for i := range b {
				b[i] = codeLetters[r.IntN(len(codeLetters))]
			}
			return string(b)
		},
		func() string {
			b := []byte(current)
			i, l := r.IntN(len(b)), codeLetters[r.IntN(len(codeLetters))]
			if b[i] == l {
				l = codeLetters[(strings.IndexByte(codeLetters, l)+1)%len(codeLetters)]
			}
			b[i] = l
			return string(b)
		},
		func() string {
			code, _ := c.At(DirectionIn, now.Add(-time.Duration(2+r.IntN(5000))*CodeStep))
			return code
		},
		func() string {
			code, _ := c.At(DirectionIn, now.Add(time.Duration(1+r.IntN(5000))*CodeStep))
			return code
		},
		func() string {
			code, _ := codesOf(8+r.Int64N(1<<40)).At(DirectionIn, now)
			return code
		},
		func() string {
			code, _ := c.At(DirectionOut, now.Add(time.Duration(r.IntN(100)-50)*CodeStep))
			return code
		},
		func() string {
			d := c
			d.KeyNo += 1 + r.Int64N(1000)
			code, _ := d.At(DirectionIn, now)
			return code
		},
		func() string { return current[:r.IntN(CodeLength)] },
		func() string { return current + string(codeLetters[r.IntN(len(codeLetters))]) },
		func() string { code, _ := c.Own(r.Int64(), now); return code },
	}
	tried := 0
	for tried < 100_000 {
		code := forge[tried%len(forge)]()
		if tried++; c.Good(DirectionIn, code, now) {
			t.Fatalf("%q, the %dth, is good", code, tried)
		}
	}
	if !c.Good(DirectionIn, current, now) || !c.Good(DirectionIn, last, now) {
		t.Error("the true codes are not good")
	}
}

// TestACheckThatIgnoresTheStepIsCaught runs the same judgement on a code that
// does not rotate: stale codes are good, so the test above sees more than noise.
func TestACheckThatIgnoresTheStepIsCaught(t *testing.T) {
	c, now := codesOf(7), time.Date(2026, 7, 4, 1, 0, 7, 0, time.UTC)
	naive := func(code string, _ time.Time) bool { return code == c.code(string(DirectionIn), 0, 0) }
	first := c.code(string(DirectionIn), 0, 0)
	if !naive(first, now.Add(time.Hour)) {
		t.Error("the naive check rotates")
	}
	if c.Good(DirectionIn, first, now) {
		t.Error("a code of 1970 is good")
	}
}

func TestACodeDoesNotDependOnTheZoneOfTheProcess(t *testing.T) {
	c, now := codesOf(7), time.Date(2026, 7, 3, 16, 0, 0, 0, time.UTC) // midnight in Shanghai
	want, _ := c.At(DirectionIn, now)
	for _, zone := range []*time.Location{time.UTC, shanghai, time.FixedZone("", -9*60*60)} {
		if got, _ := c.At(DirectionIn, now.In(zone)); got != want {
			t.Errorf("in %s the code is %s, not %s", zone, got, want)
		}
	}
	if code, _ := c.At(DirectionIn, time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)); !c.Good(DirectionIn, code, time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Error("a clock before 1970 has no codes")
	}
}
