package crypt_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"dandelion/internal/crypt"
)

func key(b byte) []byte { return append(bytes.Repeat([]byte{b}, 31), 1) }

func ring(t *testing.T, current string, names ...string) *crypt.Keys {
	t.Helper()
	keys := map[string][]byte{}
	for _, n := range names {
		keys[n] = key(n[0])
	}
	k, err := crypt.New(current, keys, key('i'))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const (
	place = "users.phone:7"
	phone = "13800001234"
)

func TestOnlyTheRightPlaceAndKeyOpen(t *testing.T) {
	k := ring(t, "a", "a")
	sealed, err := k.Seal(place, phone)
	if err != nil || strings.Contains(sealed, phone) {
		t.Fatalf("Seal = %q, %v", sealed, err)
	}
	if got, err := k.Open(place, sealed); got != phone || err != nil {
		t.Fatalf("Open = %q, %v", got, err)
	}
	other, _ := crypt.New("a", map[string][]byte{"a": key('x')}, key('i'))
	for name, open := range map[string]func() (string, error){
		"another row":     func() (string, error) { return k.Open("users.phone:8", sealed) },
		"another column":  func() (string, error) { return k.Open("users.name:7", sealed) },
		"another key":     func() (string, error) { return other.Open(place, sealed) },
		"an unknown name": func() (string, error) { return ring(t, "b", "b").Open(place, sealed) },
		"no scheme":       func() (string, error) { return k.Open(place, "plain text") },
		"another scheme":  func() (string, error) { return k.Open(place, "v2"+sealed[2:]) },
		"too short":       func() (string, error) { return k.Open(place, "v1:a:AAAA") },
	} {
		if got, err := open(); err == nil || got != "" || strings.Contains(err.Error(), phone) {
			t.Errorf("%s: Open = %q, %v", name, got, err)
		}
	}
}

func TestEveryChangedByteIsNoticed(t *testing.T) {
	k := ring(t, "a", "a")
	sealed, _ := k.Seal(place, phone)
	head := "v1:a:"
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimPrefix(sealed, head))
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		raw[i] ^= 1
		if got, err := k.Open(place, head+base64.RawStdEncoding.EncodeToString(raw)); err == nil {
			t.Errorf("byte %d changed, and it opens as %q", i, got)
		}
		raw[i] ^= 1
	}
}

func TestNothingIsSealedAsNothingAndNoTwoAlike(t *testing.T) {
	k := ring(t, "a", "a")
	if s, err := k.Seal(place, ""); s != "" || err != nil {
		t.Errorf("Seal nothing = %q, %v", s, err)
	}
	if s, err := k.Open(place, ""); s != "" || err != nil {
		t.Errorf("Open nothing = %q, %v", s, err)
	}
	a, _ := k.Seal(place, phone)
	b, _ := k.Seal(place, phone)
	if a == b {
		t.Error("the same text is sealed alike, so equal rows can be told")
	}
}

func TestKeysCanBeRotated(t *testing.T) {
	old, _ := ring(t, "a", "a").Seal(place, phone)
	k := ring(t, "b", "a", "b")
	if got, err := k.Open(place, old); got != phone || err != nil {
		t.Fatalf("an old row opens as %q, %v", got, err)
	}
	if !k.Stale(old) || k.Stale("") {
		t.Error("Stale does not tell old rows")
	}
	fresh, err := k.Reseal(place, old)
	if err != nil || k.Stale(fresh) {
		t.Fatalf("Reseal = %q, %v", fresh, err)
	}
	if got, err := ring(t, "b", "b").Open(place, fresh); got != phone || err != nil {
		t.Errorf("without the old key the row opens as %q, %v", got, err)
	}
}

func TestABlindIndexFindsAndTellsNothing(t *testing.T) {
	k := ring(t, "a", "a")
	i := k.Index("phone", phone)
	if len(i) != 64 || i != ring(t, "b", "b").Index("phone", phone) {
		t.Errorf("index %q does not outlive a rotation", i)
	}
	if i == k.Index("id", phone) || i == k.Index("phone", "13800001235") {
		t.Error("different values have the same index")
	}
	other, _ := crypt.New("a", map[string][]byte{"a": key('a')}, key('j'))
	if i == other.Index("phone", phone) {
		t.Error("the index needs no key")
	}
}

func TestBadKeysAreRefused(t *testing.T) {
	good := base64.StdEncoding.EncodeToString(key('a'))
	for name, spec := range map[string]string{
		"empty": "", "no name": good, "short": "a:AAAA", "not base64": "a:!!", "twice": "a:" + good + ",a:" + good,
	} {
		if _, _, err := crypt.ParseKeys(spec); err == nil {
			t.Errorf("%s: ParseKeys accepts it", name)
		}
	}
	current, keys, err := crypt.ParseKeys("a:" + good + ",b:" + base64.StdEncoding.EncodeToString(key('b')))
	if err != nil || current != "a" || len(keys) != 2 {
		t.Errorf("ParseKeys = %q, %d keys, %v", current, len(keys), err)
	}
	for name, make := range map[string]func() (*crypt.Keys, error){
		"current missing": func() (*crypt.Keys, error) { return crypt.New("b", map[string][]byte{"a": key('a')}, key('i')) },
		"short key":       func() (*crypt.Keys, error) { return crypt.New("a", map[string][]byte{"a": {1}}, key('i')) },
		"short index":     func() (*crypt.Keys, error) { return crypt.New("a", map[string][]byte{"a": key('a')}, nil) },
		"bad name":        func() (*crypt.Keys, error) { return crypt.New("a:b", map[string][]byte{"a:b": key('a')}, key('i')) },
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s: New accepts it", name)
		}
	}
	if bytes.Equal(crypt.Derive([]byte("seed"), "a"), crypt.Derive([]byte("seed"), "b")) || len(crypt.Derive(nil, "a")) != crypt.KeySize {
		t.Error("Derive does not tell purposes apart")
	}
}
