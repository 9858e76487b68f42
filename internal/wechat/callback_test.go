package wechat_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/fault"
	"dandelion/internal/wechat"
)

const (
	token   = "canary-token"
	aesKey  = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	message = `{"ToUserName":"gh_1","MsgType":"event","Event":"canary"}`
)

var noon = time.Date(2026, 7, 1, 4, 0, 0, 0, time.UTC)

// nonces remembers in memory.
type nonces struct {
	mu   sync.Mutex
	seen map[string]bool
	err  error
}

func (n *nonces) Once(_ context.Context, nonce string, ttl time.Duration) (bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen == nil {
		n.seen = map[string]bool{}
	}
	first := !n.seen[nonce] && ttl >= 10*time.Minute
	n.seen[nonce] = true
	return first, n.err
}

// push is a message as WeChat makes one, or somebody who knows as much.
type push struct {
	token, appID, key string
	at                time.Time
	nonce             string
	pad               func(plain []byte) []byte
	form              string
}

func genuine() push {
	return push{token, appID, aesKey, noon, "1320562132", pkcs7, `{"ToUserName":"gh_1","Encrypt":%q}`}
}

func pkcs7(plain []byte) []byte {
	n := 32 - len(plain)%32
	return append(plain, bytes.Repeat([]byte{byte(n)}, n)...)
}

// seal encrypts text as WeChat does.
func (p push) seal(t testing.TB, text string) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(p.key + "=")
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	plain := make([]byte, 16, 64+len(text))
	if _, err := rand.Read(plain); err != nil {
		t.Fatal(err)
	}
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(text)))
	plain = p.pad(append(append(plain, text...), p.appID...))
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

func (p push) sign(parts ...string) string {
	parts = append(parts, p.token, p.nonce, strconv.FormatInt(p.at.Unix(), 10))
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// query is the address that sealed is pushed to.
func (p push) query(sealed string) url.Values {
	return url.Values{
		"timestamp": {strconv.FormatInt(p.at.Unix(), 10)}, "nonce": {p.nonce}, "encrypt_type": {"aes"},
		"signature": {p.sign()}, "msg_signature": {p.sign(sealed)}, "openid": {"o1"},
	}
}

// send makes the whole request of a message.
func (p push) send(t testing.TB, text string) (url.Values, []byte) {
	sealed := p.seal(t, text)
	return p.query(sealed), fmt.Appendf(nil, p.form, sealed)
}

func callback(t testing.TB, seen wechat.Nonces) *wechat.Callback {
	t.Helper()
	c, err := wechat.NewCallback(appID, token, aesKey, clock.At(noon).Now, seen)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAGenuineMessageIsOpened(t *testing.T) {
	xml := "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt></xml>\n"
	for _, form := range []string{genuine().form, xml} {
		for _, text := range []string{message, "", "x", strings.Repeat("长", 10_000), string(make([]byte, 32))} {
			for _, skew := range []time.Duration{0, -5 * time.Minute, 5 * time.Minute} {
				p := genuine()
				p.form, p.at = form, noon.Add(skew)
				query, body := p.send(t, text)
				if got, err := callback(t, &nonces{}).Open(t.Context(), query, body); err != nil || string(got) != text {
					t.Errorf("%.20s…, %v: %.40q, %v", form, skew, got, err)
				}
			}
		}
	}
}

// with sends a message that p changed.
func with(change func(p *push)) func(testing.TB) (url.Values, []byte) {
	return func(t testing.TB) (url.Values, []byte) {
		p := genuine()
		change(&p)
		return p.send(t, message)
	}
}

// resigned sends, well signed, a box that change made of a good one: only
// somebody who knows the token can.
func resigned(change func(box []byte) []byte) func(testing.TB) (url.Values, []byte) {
	return func(t testing.TB) (url.Values, []byte) {
		p := genuine()
		box, err := base64.StdEncoding.DecodeString(p.seal(t, message))
		if err != nil {
			t.Fatal(err)
		}
		sealed := base64.StdEncoding.EncodeToString(change(box))
		return p.query(sealed), fmt.Appendf(nil, p.form, sealed)
	}
}

// afterwards changes a good request on its way.
func afterwards(change func(query url.Values, body []byte) []byte) func(testing.TB) (url.Values, []byte) {
	return func(t testing.TB) (url.Values, []byte) {
		query, body := genuine().send(t, message)
		return query, change(query, body)
	}
}

func badPad(b ...byte) func(*push) {
	return func(p *push) {
		p.pad = func(plain []byte) []byte {
			plain = pkcs7(plain)
			copy(plain[len(plain)-len(b):], b)
			return plain
		}
	}
}

func forgeries() map[string]func(testing.TB) (url.Values, []byte) {
	flip := func(at int) func([]byte) []byte {
		return func(box []byte) []byte { box[(at+len(box))%len(box)] ^= 1; return box }
	}
	set := func(key string, values ...string) func(testing.TB) (url.Values, []byte) {
		return afterwards(func(q url.Values, b []byte) []byte { q[key] = values; return b })
	}
	body := func(text string) func(testing.TB) (url.Values, []byte) {
		return afterwards(func(url.Values, []byte) []byte { return []byte(text) })
	}
	return map[string]func(testing.TB) (url.Values, []byte){
		"a wrong signature":           set("msg_signature", strings.Repeat("0", 40)),
		"no signature":                set("msg_signature"),
		"the signature of the query":  set("msg_signature", genuine().sign()),
		"two signatures":              set("msg_signature", "a", "b"),
		"a token that is wrong":       with(func(p *push) { p.token = "guess" }),
		"a key that is wrong":         with(func(p *push) { p.key = strings.Repeat("A", 43) }),
		"another appid":               with(func(p *push) { p.appID = "wxother" }),
		"an appid with more behind":   with(func(p *push) { p.appID += "x" }),
		"a stale time":                with(func(p *push) { p.at = noon.Add(-5*time.Minute - time.Second) }),
		"a time to come":              with(func(p *push) { p.at = noon.Add(5*time.Minute + time.Second) }),
		"a time that is changed":      set("timestamp", strconv.FormatInt(noon.Unix()+1, 10)),
		"no time":                     set("timestamp", ""),
		"a time out of all bounds":    set("timestamp", "9223372036854775807"),
		"a nonce that is changed":     set("nonce", "1"),
		"an odd nonce":                with(func(p *push) { p.nonce = "a:b *" }),
		"a plaintext message":         body(message),
		"a plaintext XML message":     body("<xml><MsgType>event</MsgType></xml>"),
		"nothing encrypted":           body(`{"Encrypt":""}`),
		"an empty body":               body(""),
		"half a document":             afterwards(func(_ url.Values, b []byte) []byte { return b[:len(b)-1] }),
		"two documents":               afterwards(func(_ url.Values, b []byte) []byte { return append(b, b...) }),
		"a changed box":               afterwards(func(_ url.Values, b []byte) []byte { b[40] ^= 1; return b }),
		"too long a message":          with(func(p *push) { p.form += strings.Repeat(" ", 64<<10) }),
		"a box that is cut":           resigned(func(box []byte) []byte { return box[:len(box)-32] }),
		"a box cut within a block":    resigned(func(box []byte) []byte { return box[:len(box)-5] }),
		"a box of one block":          resigned(func(box []byte) []byte { return box[:16] }),
		"a box of nothing":            resigned(func([]byte) []byte { return nil }),
		"a box with a changed length": resigned(flip(0 + 16)),
		"a box with a changed end":    resigned(flip(-1)),
		"padding of nothing":          with(badPad(0)),
		"padding beyond a block": with(func(p *push) {
			p.pad = func(plain []byte) []byte {
				n := 64 - len(plain)%32
				return append(plain, bytes.Repeat([]byte{byte(n)}, n)...)
			}
		}),
		"padding of 255":       with(badPad(255)),
		"padding that differs": with(badPad(9, 2)),
	}
}

func TestAForgedMessageIsRefused(t *testing.T) {
	for name, forge := range forgeries() {
		t.Run(name, func(t *testing.T) {
			query, body := forge(t)
			got, err := callback(t, &nonces{}).Open(t.Context(), query, body)
			if !errors.Is(err, wechat.ErrCallback) || fault.KindOf(err) != fault.Forbidden || got != nil {
				t.Fatalf("opened: %q, %v", got, err)
			}
			if text := fmt.Sprintf("%+v", err); strings.Contains(text, "canary") || strings.Contains(text, aesKey) {
				t.Errorf("the error tells: %s", text)
			}
		})
	}
}

func TestAMessageIsOpenedOnce(t *testing.T) {
	seen := &nonces{}
	c := callback(t, seen)
	query, body := genuine().send(t, message)
	if _, err := c.Open(t.Context(), query, body); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Open(t.Context(), query, body); !errors.Is(err, wechat.ErrCallback) {
		t.Errorf("the same again: %v", err)
	}
	query, body = genuine().send(t, "another with the same nonce")
	if _, err := c.Open(t.Context(), query, body); !errors.Is(err, wechat.ErrCallback) {
		t.Errorf("the same nonce: %v", err)
	}
}

// TestAForgeryUsesUpNoNonce: else it would keep out the genuine message.
func TestAForgeryUsesUpNoNonce(t *testing.T) {
	seen := &nonces{}
	query, body := genuine().send(t, message)
	forged := url.Values{"msg_signature": {"0"}, "nonce": query["nonce"], "timestamp": query["timestamp"]}
	if _, err := callback(t, seen).Open(t.Context(), forged, body); !errors.Is(err, wechat.ErrCallback) || len(seen.seen) != 0 {
		t.Errorf("%v, %v", err, seen.seen)
	}
	if _, err := callback(t, seen).Open(t.Context(), query, body); err != nil {
		t.Errorf("the genuine one: %v", err)
	}
}

func TestWithoutAMemoryNothingIsOpened(t *testing.T) {
	query, body := genuine().send(t, message)
	lost := &nonces{err: errors.New("lost")}
	if got, err := callback(t, lost).Open(t.Context(), query, body); !errors.Is(err, wechat.ErrUnavailable) || got != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestEchoAnswersOnlyWeChat(t *testing.T) {
	p := genuine()
	query := p.query("")
	query.Set("echostr", "5918392")
	if got, err := callback(t, &nonces{}).Echo(query); err != nil || got != "5918392" {
		t.Errorf("Echo = %q, %v", got, err)
	}
	for key, value := range map[string]string{"signature": "0", "echostr": "<script>", "timestamp": "0", "nonce": "2"} {
		query := p.query("")
		query.Set("echostr", "5918392")
		query.Set(key, value)
		if got, err := callback(t, &nonces{}).Echo(query); !errors.Is(err, wechat.ErrCallback) || got != "" {
			t.Errorf("with another %s: %q, %v", key, got, err)
		}
	}
}

func TestACallbackIsSetUpWhole(t *testing.T) {
	for name, o := range map[string][3]string{
		"no appid": {"", token, aesKey}, "no token": {appID, "", aesKey}, "no key": {appID, token, ""},
		"a short key": {appID, token, aesKey[1:]}, "a long key": {appID, token, aesKey + "a"}, "an odd key": {appID, token, aesKey[1:] + "!"},
	} {
		_, err := wechat.NewCallback(o[0], o[1], o[2], clock.System, &nonces{})
		if err == nil || strings.Contains(err.Error(), aesKey[1:]) || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzCallback: nothing that a stranger sends makes it panic or open.
func FuzzCallback(f *testing.F) {
	query, body := genuine().send(f, message)
	f.Add(body, query.Get("msg_signature"), query.Get("timestamp"), query.Get("nonce"))
	f.Add([]byte("<xml><Encrypt>AA==</Encrypt></xml>"), "", "0", "1")
	f.Fuzz(func(t *testing.T, sent []byte, signature, timestamp, nonce string) {
		got, err := callback(t, &nonces{}).Open(t.Context(), url.Values{"msg_signature": {signature}, "timestamp": {timestamp}, "nonce": {nonce}}, sent)
		if err == nil && string(got) != message {
			t.Errorf("opened %q", got)
		}
	})
}

// FuzzSealed: nor what somebody seals who knows the token and not the key.
func FuzzSealed(f *testing.F) {
	f.Add([]byte("0123456789abcdef0123456789abcdef"))
	f.Fuzz(func(t *testing.T, box []byte) {
		p := genuine()
		sealed := base64.StdEncoding.EncodeToString(box)
		got, err := callback(t, &nonces{}).Open(t.Context(), p.query(sealed), fmt.Appendf(nil, p.form, sealed))
		if err == nil {
			t.Errorf("opened %q", got)
		}
	})
}
