// Package crypt seals personal data before it is stored, so that a copy of the
// database tells nobody's name, phone or address, and finds a phone number
// again without telling it.
package crypt

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// KeySize is the length of every key, in bytes.
const KeySize = 32

// scheme begins what is sealed: AES-256-GCM, a random nonce first.
const scheme = "v1"

var (
	errKey    = errors.New("crypt: a key needs a name of 1 to 16 letters or digits, and 32 bytes")
	errSpec   = errors.New("crypt: keys are given as ID:BASE64[,ID:BASE64…]")
	errSealed = errors.New("crypt: this cannot be opened: it was changed, moved, or sealed with a key that is gone")
)

var keyName = regexp.MustCompile(`^[A-Za-z0-9]{1,16}$`)

// Keys is a ring of named keys. What is sealed says with which, so that a new
// key can be taken into use while old rows are still read.
type Keys struct {
	current string
	ring    map[string]cipher.AEAD
	index   []byte
}

// New returns a ring that seals with the key named current, opens with all, and
// makes blind indexes with index, which can never change.
func New(current string, keys map[string][]byte, index []byte) (*Keys, error) {
	k := &Keys{current: current, ring: map[string]cipher.AEAD{}, index: index}
	if len(index) != KeySize {
		return nil, errKey
	}
	for name, key := range keys {
		if !keyName.MatchString(name) || len(key) != KeySize {
			return nil, errKey
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("crypt: %w", err)
		}
		if k.ring[name], err = cipher.NewGCM(block); err != nil {
			return nil, fmt.Errorf("crypt: %w", err)
		}
	}
	if k.ring[current] == nil {
		return nil, errKey
	}
	return k, nil
}

// ParseKeys reads keys as an operator gives them, "ID:BASE64,ID:BASE64"; the
// first is the one to seal with.
func ParseKeys(spec string) (current string, keys map[string][]byte, err error) {
	keys = map[string][]byte{}
	for part := range strings.SplitSeq(spec, ",") {
		name, text, ok := strings.Cut(part, ":")
		key, err := base64.StdEncoding.DecodeString(text)
		if !ok || err != nil || len(key) != KeySize || keys[name] != nil {
			return "", nil, errSpec
		}
		if keys[name] = key; current == "" {
			current = name
		}
	}
	return current, keys, nil
}

// Derive returns a key for one purpose from a secret seed.
func Derive(seed []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, seed, nil, "dandelion "+purpose, KeySize)
	if err != nil { // only for lengths that HKDF cannot give
		sum := sha256.Sum256(append([]byte(purpose), seed...))
		return sum[:]
	}
	return key
}

// Seal returns plain so that only the ring can open it, and only at the place
// that aad names: table, column and row. Nothing is sealed as nothing.
func (k *Keys) Seal(aad, plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	box := k.ring[k.current]
	nonce := make([]byte, box.NonceSize(), box.NonceSize()+len(plain)+box.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("crypt: seal: %w", err)
	}
	sealed := box.Seal(nonce, nonce, []byte(plain), []byte(aad))
	return scheme + ":" + k.current + ":" + base64.RawStdEncoding.EncodeToString(sealed), nil
}

// Open returns what was sealed at the place that aad names.
func (k *Keys) Open(aad, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	name, text, ok := parts(sealed)
	box := k.ring[name]
	if !ok || box == nil {
		return "", errSealed
	}
	raw, err := base64.RawStdEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < box.NonceSize() {
		return "", errSealed
	}
	plain, err := box.Open(nil, raw[:box.NonceSize()], raw[box.NonceSize():], []byte(aad))
	if err != nil {
		return "", errSealed
	}
	return string(plain), nil
}

func parts(sealed string) (name, text string, ok bool) {
	s, rest, _ := strings.Cut(sealed, ":")
	name, text, ok = strings.Cut(rest, ":")
	return name, text, ok && s == scheme
}

// Stale reports whether sealed was sealed with a key that is no longer the one
// in use, and should be sealed again.
func (k *Keys) Stale(sealed string) bool {
	name, _, ok := parts(sealed)
	return sealed != "" && (!ok || name != k.current)
}

// Reseal returns what was sealed, sealed with the key in use.
func (k *Keys) Reseal(aad, sealed string) (string, error) {
	plain, err := k.Open(aad, sealed)
	if err != nil {
		return "", err
	}
	return k.Seal(aad, plain)
}

// Index returns what finds value among others of its kind without telling it: 64
// hexadecimal digits, the same for the same value.
func (k *Keys) Index(kind, value string) string {
	h := hmac.New(sha256.New, k.index)
	_, _ = fmt.Fprintf(h, "%d:%s:%s", len(kind), kind, value)
	return hex.EncodeToString(h.Sum(nil))
}
