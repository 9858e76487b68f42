package verify

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// Checked returns how many rows were looked at.
func (r *Report) Checked() (n int64) {
	for _, c := range r.Results {
		n += c.Rows
	}
	return n
}

// Differing returns how many findings there are.
func (r *Report) Differing() (n int64) {
	for _, c := range r.Results {
		n += c.Differing
	}
	return n
}

// Of returns the result of the check named name; the zero Result if it was not made.
func (r *Report) Of(name string) Result {
	for _, c := range r.Results {
		if c.Name == name {
			return c
		}
	}
	return Result{}
}

// String returns r as people read it.
func (r *Report) String() string {
	var b strings.Builder
	for _, c := range r.Results {
		word := "ok"
		if c.Differing > 0 {
			word = fmt.Sprintf("不符 %d DIFFERS", c.Differing)
		}
		_, _ = fmt.Fprintf(&b, "%-15s %9d  %s  %s\n", c.Name, c.Rows, word, c.Title)
		for _, f := range c.Findings {
			_, _ = fmt.Fprintf(&b, "    %s: %s; 应为 expected %s, 实为 found %s\n", f.Of, f.What, f.Expected, f.Found)
		}
		if left := c.Differing - int64(len(c.Findings)); left > 0 {
			_, _ = fmt.Fprintf(&b, "    … 另有 %d 处 more\n", left)
		}
	}
	took := r.FinishedAt.Sub(r.StartedAt).Round(time.Millisecond)
	_, _ = fmt.Fprintf(&b, "共核对 checked %d, 不符 differing %d, 用时 took %v\n", r.Checked(), r.Differing(), took)
	return b.String()
}

// Print writes r for people, and returns an error if anything differs.
func (r *Report) Print(to io.Writer) error {
	if _, err := io.WriteString(to, r.String()); err != nil {
		return fmt.Errorf("verify: print: %w", err)
	}
	if n := r.Differing(); n > 0 {
		return fmt.Errorf("verify: 积分账有 %d 处不符: %d differences in the ledger", n, n)
	}
	return nil
}

// Read unpacks a report that was stored.
func Read(text string) (*Report, error) {
	r := &Report{}
	if err := json.Unmarshal([]byte(text), r); err != nil {
		return nil, fmt.Errorf("verify: read a report: %w", err)
	}
	return r, nil
}

// text packs r for storage.
func (r *Report) text() (string, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("verify: store a report: %w", err)
	}
	return string(b), nil
}
