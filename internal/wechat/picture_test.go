package wechat_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/piglig/go-qr"

	"dandelion/internal/fault"
	"dandelion/internal/wechat"
)

const (
	picturePath = "/wxa/getwxacodeunlimit"
	slot        = int64(3559021342195712)
)

// drawnAs returns a picture that some encoder makes.
func drawnAs(t *testing.T, encode func(w io.Writer, m image.Image) error, width int) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, width, 8))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func asJPEG(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }

// flood is a small PNG that says that it is enormous.
func flood(t *testing.T) string {
	t.Helper()
	b := []byte(drawnAs(t, png.Encode, 8))
	binary.BigEndian.PutUint32(b[16:], 60_000)
	binary.BigEndian.PutUint32(b[20:], 60_000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return string(b)
}

func TestTheCodeAtAnEntranceNamesItsSlot(t *testing.T) {
	code, err := client(simulated()).SlotCode(t.Context(), slot)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(code))
	if err != nil {
		t.Fatal(err)
	}
	got, err := go_qr.Decode(m)
	if err != nil || got != fmt.Sprint(slot) {
		t.Errorf("the code says %v, %v", got, err)
	}
}

func TestSlotCode(t *testing.T) {
	jpg := drawnAs(t, asJPEG, 8)
	tests := []struct {
		name string
		via  http.RoundTripper
		want error
	}{
		{"shows what WeChat draws", says(picturePath, 200, jpg), nil},
		{"shows a PNG", says(picturePath, 200, drawnAs(t, png.Encode, 1280)), nil},
		{"blames WeChat for a limit", says(picturePath, 200, `{"errcode":45009,"errmsg":"canary system error"}`), wechat.ErrUnavailable},
		{"blames WeChat for a page it does not know", says(picturePath, 200, `{"errcode":41030,"errmsg":"canary"}`), wechat.ErrUnavailable},
		{"blames WeChat for JSON that is no error", says(picturePath, 200, `{"errcode":0,"canary":1}`), wechat.ErrUnavailable},
		{"blames WeChat for a page of HTML", says(picturePath, 200, "<html>canary"), wechat.ErrUnavailable},
		{"blames WeChat for a 502", says(picturePath, 502, jpg), wechat.ErrUnavailable},
		{"blames WeChat for no token", says(tokenPath, 200, `{"errcode":40125,"errmsg":"canary"}`), wechat.ErrUnavailable},
		{"blames WeChat for half a picture", says(picturePath, 200, jpg[:len(jpg)/2]), wechat.ErrUnavailable},
		{"blames WeChat for a picture in name only", says(picturePath, 200, "\x89PNG\r\n\x1a\ncanary"), wechat.ErrUnavailable},
		{"blames WeChat for too wide a picture", says(picturePath, 200, drawnAs(t, png.Encode, 1281)), wechat.ErrUnavailable},
		{"unpacks no flood of pixels", says(picturePath, 200, flood(t)), wechat.ErrUnavailable},
		{"reads no endless answer", says(picturePath, 200, jpg+strings.Repeat("x", 1<<20)), wechat.ErrUnavailable},
		{"follows no redirect", says(picturePath, 302, ""), wechat.ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, err := client(tt.via).SlotCode(t.Context(), slot)
			if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
				t.Fatalf("SlotCode: %v; want %v", err, tt.want)
			}
			if err != nil {
				tight(t, err)
			} else if _, err := png.Decode(bytes.NewReader(code)); err != nil {
				t.Errorf("it is no PNG: %v", err)
			}
		})
	}
}

// TestAPictureIsNoAnswerToAnythingElse: where JSON is asked for it is nonsense.
func TestAPictureIsNoAnswerToAnythingElse(t *testing.T) {
	if _, err := client(says(loginPath, 200, drawnAs(t, asJPEG, 8))).OpenID(t.Context(), "demo-alice"); !errors.Is(err, wechat.ErrUnavailable) {
		t.Errorf("a login with a picture: %v", err)
	}
}

func TestAnEndedTokenIsChangedForAPictureToo(t *testing.T) {
	sim, tokens := simulated(), &shared{}
	c := wechat.New(wechat.Options{AppID: appID, Secret: secret, Transport: sim, Tokens: tokens})
	for range 2 {
		if _, err := c.SlotCode(t.Context(), slot); err != nil {
			t.Fatal(err)
		}
	}
	asked(t, sim, 1) // the token is kept where the replicas share it
	sim.EndTokens()
	if _, err := c.SlotCode(t.Context(), slot); err != nil || sim.Calls(picturePath) != 4 {
		t.Errorf("after %d calls: %v", sim.Calls(picturePath), err)
	}
	asked(t, sim, 2)
}

func TestATokenThatIsNeverGoodIsChangedOnce(t *testing.T) {
	sim := simulated()
	never := wire(func(r *http.Request) (*http.Response, error) {
		res, err := sim.RoundTrip(r)
		if r.URL.Path == picturePath && err == nil {
			res.Body = io.NopCloser(strings.NewReader(`{"errcode":40001,"errmsg":"canary"}`))
		}
		return res, err
	})
	if _, err := client(never).SlotCode(t.Context(), slot); !errors.Is(err, wechat.ErrUnavailable) || sim.Calls(picturePath) != 2 {
		t.Errorf("after %d calls: %v", sim.Calls(picturePath), err)
	}
}

func TestAPictureWaitsForWeChatNoLongerThanALogin(t *testing.T) {
	for _, mode := range []wechat.Mode{wechat.Down, wechat.Silent, wechat.Broken, wechat.Nonsense, wechat.Busy} {
		synctest.Test(t, func(t *testing.T) {
			sim := simulated()
			c := client(sim)
			if _, err := c.SlotCode(t.Context(), slot); err != nil { // now it has a token
				t.Fatal(err)
			}
			sim.Fail(mode)
			start := time.Now()
			_, err := c.SlotCode(t.Context(), slot)
			if d := time.Since(start); !errors.Is(err, wechat.ErrUnavailable) || fault.Of(err).RetryAfter != 5*time.Second || d > 3*time.Second {
				t.Errorf("%s: after %v: %v", mode, d, err)
			}
			tight(t, err)
		})
	}
}

// TestSimulatedDrawsAsWeChatDoes: what WeChat refuses, and what it is sent.
func TestSimulatedDrawsAsWeChatDoes(t *testing.T) {
	sim := simulated()
	var sent map[string]any
	spy := wire(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == picturePath {
			text, err := io.ReadAll(r.Body)
			if err != nil || json.Unmarshal(text, &sent) != nil {
				t.Errorf("sent %s, %v", text, err)
			}
			r.Body = io.NopCloser(bytes.NewReader(text))
		}
		return sim.RoundTrip(r)
	})
	if _, err := client(spy).SlotCode(context.WithoutCancel(t.Context()), slot); err != nil {
		t.Fatal(err)
	}
	if page, _ := sent["page"].(string); sent["scene"] != fmt.Sprint(slot) || page == "" || strings.ContainsAny(page, "?&=") || page[0] == '/' {
		t.Errorf("sent %v", sent)
	}
	token := ask(t, sim, http.MethodPost, "https://api.weixin.qq.com"+tokenPath, `{"grant_type":"client_credential","appid":"`+appID+`","secret":"`+secret+`"}`)["access_token"]
	for name, tt := range map[string]struct {
		host, token, body string
		code              float64
	}{
		"no token":    {"api.weixin.qq.com", "", `{"scene":"1","page":"a"}`, 40001},
		"no scene":    {"api.weixin.qq.com", fmt.Sprint(token), `{"page":"a"}`, 40129},
		"a long one":  {"api.weixin.qq.com", fmt.Sprint(token), `{"page":"a","scene":"` + strings.Repeat("1", 33) + `"}`, 40129},
		"a bad page":  {"api.weixin.qq.com", fmt.Sprint(token), `{"page":"/a","scene":"1"}`, 41030},
		"not WeChat":  {"example.com", fmt.Sprint(token), `{"page":"a","scene":"1"}`, 48001},
		"no JSON":     {"api.weixin.qq.com", fmt.Sprint(token), `x`, 40129},
		"an old page": {"api.weixin.qq.com", fmt.Sprint(token), `{"scene":"1"}`, 41030},
	} {
		if got := ask(t, sim, http.MethodPost, "https://"+tt.host+picturePath+"?access_token="+tt.token, tt.body); got["errcode"] != tt.code {
			t.Errorf("%s: %v", name, got)
		}
	}
}
