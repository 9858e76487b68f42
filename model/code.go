package model

import "strings"

// codeLetters is the alphabet of codes that people type: it leaves out what is
// mistaken for something else when it is read aloud or from paper; 32 letters,
// so that 5 bits are a letter.
const codeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// spellCode makes a code of n letters of as many bytes of randomness.
func spellCode(random []byte, n int) string {
	var b strings.Builder
	for _, r := range random[:min(len(random), n)] {
		b.WriteByte(codeLetters[int(r)%len(codeLetters)])
	}
	return b.String()
}

// cleanCode returns a code of n letters as it was made, from how a person typed
// it; "" if it can be none.
func cleanCode(typed string, n int) string {
	s := strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(typed))
	if len(s) != n || strings.Trim(s, codeLetters) != "" {
		return ""
	}
	return s
}
