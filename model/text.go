package model

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanText returns what a person typed, trimmed, with the line ends of one
// kind, and reports whether it can be kept: valid UTF-8, no control
// characters but the line end, and between least and most characters.
func CleanText(s string, least, most int) (string, bool) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if !utf8.ValidString(s) {
		return "", false
	}
	n, visible := utf8.RuneCountInString(s), 0
	for _, r := range s {
		if r != '\n' && (unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r)) {
			return "", false
		}
		if unicode.IsGraphic(r) && !unicode.IsSpace(r) {
			visible++
		}
	}
	return s, n >= least && n <= most && visible >= min(least, 1)
}

var phonePattern = regexp.MustCompile(`^1[3-9][0-9]{9}$`)

// ValidPhone reports whether s is a mainland mobile number of 11 digits.
func ValidPhone(s string) bool { return phonePattern.MatchString(s) }

// MaskPhone returns a phone number that can be shown: 138****5678. What is too
// short to hide anything that way is hidden altogether.
func MaskPhone(s string) string {
	if len(s) < 11 {
		return strings.Repeat("*", len(s))
	}
	return s[:3] + "****" + s[len(s)-4:]
}

// MaskName returns a name that can be shown: the surname and stars.
func MaskName(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return ""
	}
	return string(r[0]) + strings.Repeat("*", max(1, min(len(r)-1, 2)))
}

// private are the parts of a text that say who or where somebody is: identity
// numbers and phone numbers with or without separators, and house numbers. A
// number of a bus, an underground line or a day is none.
var private = []*regexp.Regexp{
	regexp.MustCompile(`[1-9][0-9]{5}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx]`),
	regexp.MustCompile(`1[3-9][0-9](?:[ -]?[0-9]{4}){2}`),
	regexp.MustCompile(`0[0-9]{2,3}[ -]?[0-9]{7,8}`),
	regexp.MustCompile(`(?:[0-9一二三四五六七八九十]+(?:-[0-9]+)?(?:号楼|栋|幢|单元|号院)|[0-9A-Za-z一二三四五六七八九十]+座|[0-9]+#)` +
		`(?:[ -]?[0-9一二三四五六七八九十]+(?:单元|层|楼|室|号))*(?:[ -]?[0-9]{2,4}室?)?`),
	regexp.MustCompile(`\b[0-9]{1,3}-[0-9]{1,2}-[0-9]{3,4}室?`),
	regexp.MustCompile(`[0-9]{2,4}(?:室|号房|号门)`),
}

// house is the number of a house in its street, of which the street may be told.
var house = regexp.MustCompile(`([路街巷弄道村组])[0-9]+(?:-[0-9]+)?号`)

// MaskText returns a text with what says who or where somebody is replaced by
// stars, for readers who do not serve that person.
func MaskText(s string) string {
	s = strings.Map(narrow, s)
	for _, p := range private {
		s = p.ReplaceAllString(s, "***")
	}
	return house.ReplaceAllString(s, "${1}***")
}

// narrow returns the ordinary form of a digit as wide as a Chinese character.
func narrow(r rune) rune {
	if r >= '０' && r <= '９' {
		return r - '０' + '0'
	}
	return r
}
