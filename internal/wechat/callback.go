package wechat

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1" // #nosec G505 -- WeChat signs with it
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/fault"
)

// ErrCallback says that a message is not WeChat's. Only the log is told why:
// whoever forges one must not learn how far he came.
var ErrCallback = fault.Define(fault.Forbidden, "wechat.callback", "微信消息校验未通过")

// What a message may be.
const (
	maxCallback = 64 << 10        // bytes of its body
	maxSkew     = 5 * time.Minute // between its clock and ours
	padTo       = 32              // WeChat pads to this, not to the block of AES
)

// nonces is what a nonce looks like. It becomes part of a key.
var nonces = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// Nonces remembers for a while which nonces there were.
type Nonces interface {
	// Once reports whether nonce is seen for the first time within ttl.
	Once(ctx context.Context, nonce string, ttl time.Duration) (bool, error)
}

// Callback opens the messages that WeChat pushes (消息推送), in its safe mode,
// as JSON or XML. The SDK would take a message that is not encrypted at all.
type Callback struct {
	token, appID string
	key          []byte
	block        cipher.Block
	now          clock.Clock
	seen         Nonces
}

// NewCallback returns a Callback for the token and the 43 letters of the
// EncodingAESKey that are set in WeChat's console.
func NewCallback(appID, token, aesKey string, now clock.Clock, seen Nonces) (*Callback, error) {
	if appID == "" || token == "" {
		return nil, errors.New("wechat: a callback needs an appid and a token")
	}
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil || len(aesKey) != 43 || len(key) != 32 {
		return nil, errors.New("wechat: an EncodingAESKey is 43 letters and digits")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("wechat: callback cipher: %w", err)
	}
	return &Callback{token: token, appID: appID, key: key, block: block, now: now, seen: seen}, nil
}

// Open returns the message in body, or [ErrCallback].
func (c *Callback) Open(ctx context.Context, query url.Values, body []byte) ([]byte, error) {
	if len(body) > maxCallback {
		return nil, forged("too long")
	}
	if err := c.fresh(query); err != nil {
		return nil, err
	}
	sealed, err := envelope(body)
	if err != nil {
		return nil, err
	}
	nonce := query.Get("nonce")
	if !c.signed(query.Get("msg_signature"), query.Get("timestamp"), nonce, sealed) {
		return nil, forged("wrong signature")
	}
	first, err := c.seen.Once(ctx, nonce, 2*maxSkew)
	if err != nil {
		return nil, ErrUnavailable.Because(fmt.Errorf("wechat: remember a nonce: %w", err))
	}
	if !first {
		return nil, forged("seen before")
	}
	return c.decrypt(sealed)
}

// Echo returns what to answer when WeChat asks whether this is the right
// address, or [ErrCallback].
func (c *Callback) Echo(query url.Values) (string, error) {
	if err := c.fresh(query); err != nil {
		return "", err
	}
	echo := query.Get("echostr")
	if !nonces.MatchString(echo) {
		return "", forged("odd echo")
	}
	if !c.signed(query.Get("signature"), query.Get("timestamp"), query.Get("nonce")) {
		return "", forged("wrong signature")
	}
	return echo, nil
}

// fresh looks at when a message was signed, and that nothing is said twice.
func (c *Callback) fresh(query url.Values) error {
	for _, values := range query {
		if len(values) != 1 {
			return forged("something said twice")
		}
	}
	seconds, err := strconv.ParseInt(query.Get("timestamp"), 10, 64)
	if err != nil || len(query.Get("timestamp")) > 12 {
		return forged("no time")
	}
	if skew := c.now().Sub(time.Unix(seconds, 0)).Abs(); skew > maxSkew {
		return forged("too old or too new")
	}
	if !nonces.MatchString(query.Get("nonce")) {
		return forged("odd nonce")
	}
	return nil
}

// signed reports, in the same time for each, whether signature is that of
// parts and the token.
func (c *Callback) signed(signature string, parts ...string) bool {
	parts = append(parts, c.token)
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, ""))) // #nosec G401 -- as above
	return hmac.Equal([]byte(hex.EncodeToString(sum[:])), []byte(signature))
}

// decrypt opens what was signed: 16 random bytes, a length, the message, the
// appid, the padding.
func (c *Callback) decrypt(sealed string) ([]byte, error) {
	box, err := base64.StdEncoding.Strict().DecodeString(sealed)
	if err != nil || len(box) == 0 || len(box)%padTo != 0 {
		return nil, forged("no box")
	}
	plain := make([]byte, len(box))
	cipher.NewCBCDecrypter(c.block, c.key[:aes.BlockSize]).CryptBlocks(plain, box)
	pad := int(plain[len(plain)-1])
	if pad == 0 || pad > padTo || !bytes.HasSuffix(plain, bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, forged("bad padding")
	}
	const head = 16 + 4
	plain = plain[:len(plain)-pad]
	if len(plain) < head {
		return nil, forged("too short")
	}
	size, rest := uint64(binary.BigEndian.Uint32(plain[16:head])), plain[head:]
	if size > uint64(len(rest)) {
		return nil, forged("wrong length")
	}
	if !hmac.Equal(rest[size:], []byte(c.appID)) {
		return nil, forged("another appid")
	}
	return rest[:size], nil
}

// envelope returns the sealed part of a JSON or an XML message.
func envelope(body []byte) (string, error) {
	var e struct {
		Encrypt string `json:"Encrypt" xml:"Encrypt"`
	}
	body = bytes.TrimSpace(body)
	var err error
	if bytes.HasPrefix(body, []byte("{")) {
		err = json.Unmarshal(body, &e)
	} else {
		d := xml.NewDecoder(bytes.NewReader(body))
		if err = d.Decode(&e); err == nil {
			if _, end := d.Token(); !errors.Is(end, io.EOF) {
				err = errors.New("more than one document")
			}
		}
	}
	if err != nil || e.Encrypt == "" {
		return "", forged("nothing encrypted")
	}
	return e.Encrypt, nil
}

// forged is [ErrCallback] with a reason for the log.
func forged(why string) error { return ErrCallback.Because(errors.New("wechat: callback: " + why)) }
