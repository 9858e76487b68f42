package model

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Direction says whether somebody comes or goes.
type Direction string

// The directions of a check-in.
const (
	DirectionIn  Direction = "in"  // 签到
	DirectionOut Direction = "out" // 签退
)

// Directions returns the directions.
func Directions() []Direction { return []Direction{DirectionIn, DirectionOut} }

// Title returns what people call d.
func (d Direction) Title() string {
	return map[Direction]string{DirectionIn: "签到", DirectionOut: "签退"}[d]
}

// A code of a check-in is good in the step of time in which it was made and in
// the next. It has 60 bits: of a million million guesses one is right.
const (
	CodeStep   = 20 * time.Second
	CodeLength = 12
)

// CheckCodes makes and knows the rotating codes of a slot (动态码). Key is its
// secret, KeyNo how often that has been changed.
type CheckCodes struct {
	Slot, KeyNo int64
	Key         []byte
}

// At returns the code of the slot at a time, and until when its step lasts.
func (c CheckCodes) At(d Direction, now time.Time) (code string, until time.Time) {
	step := stepOf(now)
	return c.code(string(d), 0, step), endOf(step)
}

// Good reports whether somebody typed or scanned the code of the slot that is
// good now. It takes the same time whatever is wrong.
func (c CheckCodes) Good(d Direction, typed string, now time.Time) bool {
	return c.good(string(d), 0, cleanCode(typed, CodeLength), now)
}

// Own returns the code by which the one whose enrolment it is shows himself to
// the leader, and until when its step lasts. It says which enrolment it is of.
func (c CheckCodes) Own(enrolment int64, now time.Time) (code string, until time.Time) {
	step := stepOf(now)
	return strings.ToUpper(strconv.FormatInt(enrolment, 36)) + "-" + c.code("own", enrolment, step), endOf(step)
}

// OwnGood reports whether what the leader scanned is the own code of an
// enrolment that is good now.
func (c CheckCodes) OwnGood(enrolment int64, scanned string, now time.Time) bool {
	_, code, _ := strings.Cut(scanned, "-")
	return c.good("own", enrolment, cleanCode(code, CodeLength), now)
}

// EnrolmentIn returns of which enrolment an own code says it is; 0 if of none.
func EnrolmentIn(scanned string) int64 {
	id, _, ok := strings.Cut(strings.TrimSpace(scanned), "-")
	n, err := strconv.ParseInt(id, 36, 64)
	if !ok || err != nil || n < 0 {
		return 0
	}
	return n
}

func (c CheckCodes) good(use string, enrolment int64, typed string, now time.Time) bool {
	if len(c.Key) == 0 {
		return false
	}
	good, step := false, stepOf(now)
	for _, n := range []int64{step, step - 1} {
		good = hmac.Equal([]byte(c.code(use, enrolment, n)), []byte(typed)) || good
	}
	return good
}

// code is the code of one use in one step. The parts have one length each, so no
// two uses are told the same.
func (c CheckCodes) code(use string, enrolment, step int64) string {
	mac := hmac.New(sha256.New, c.Key)
	for _, n := range []int64{c.Slot, c.KeyNo, enrolment, step} {
		var part [8]byte
		binary.BigEndian.PutUint64(part[:], uint64(n)) // #nosec G115 -- the bits, whatever they say
		_, _ = mac.Write(part[:])
	}
	_, _ = mac.Write([]byte(use))
	return spellCode(mac.Sum(nil), CodeLength)
}

// stepOf returns the number of the step that t falls in.
func stepOf(t time.Time) int64 {
	n := t.UnixMilli()
	if n < 0 {
		return -1
	}
	return n / CodeStep.Milliseconds()
}

func endOf(step int64) time.Time { return time.UnixMilli((step + 1) * CodeStep.Milliseconds()).UTC() }

// CodeText is what a QR code of a slot says to the mini-program.
func CodeText(slot int64, d Direction, code string) string {
	return fmt.Sprintf("dandelion:%s:%d:%s", d, slot, code)
}
