package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg" // which WeChat draws
	"image/png"
	"net/http"
	"net/url"
	"strconv"

	"dandelion/internal/qr"
)

// The code at an entrance leads to one page of the mini-program, which is told
// of the slot by its scene.
const (
	codePath = "/wxa/getwxacodeunlimit"
	slotPage = "pages/slot/slot"
	codeSize = 430 // in pixels: as wide as WeChat draws if it is not told
	maxSize  = 1280
)

// SlotCode returns WeChat's own picture of a slot for the wall at its entrance
// (小程序码), as PNG. The SDK is not asked for it: it sends this without a
// context, so that nothing bounds it, and tells the token in its errors.
func (c *Client) SlotCode(ctx context.Context, slot int64) ([]byte, error) {
	ctx, cancel := c.begin(ctx)
	defer cancel()
	var used used
	drawn, err := c.draw(ctx, slot, &used)
	if refused := refusalIn(drawn); err == nil && isTokenRefused(refused) {
		if err := c.tokens.change(ctx, used.token); err != nil {
			return nil, unavailable("stable_token", err)
		}
		drawn, err = c.draw(ctx, slot, &used)
	}
	if err != nil {
		return nil, unavailable("getwxacodeunlimit", err)
	}
	if code := refusalIn(drawn); code != 0 {
		return nil, unavailable("getwxacodeunlimit", refusal(code))
	}
	drawn, err = redrawn(drawn)
	if err != nil {
		return nil, unavailable("getwxacodeunlimit", err)
	}
	return drawn, nil
}

// draw asks once, and remembers which token it asked with.
func (c *Client) draw(ctx context.Context, slot int64, u *used) ([]byte, error) {
	token, err := c.tokens.GetAccessTokenContext(context.WithValue(ctx, using{}, u))
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]any{
		"scene": strconv.FormatInt(slot, 10), "page": slotPage, "width": codeSize, "check_path": false,
	})
	if err != nil {
		return nil, fmt.Errorf("wechat: scene: %w", err)
	}
	where := url.URL{Scheme: "https", Host: wechatHost, Path: codePath, RawQuery: url.Values{"access_token": {token}}.Encode()}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, where.String(), bytes.NewReader(body))
	if err != nil {
		return nil, errNetwork // which would name the token
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := c.via.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	var all bytes.Buffer
	if _, err := all.ReadFrom(res.Body); err != nil { // the guard has measured it
		return nil, err
	}
	return all.Bytes(), nil
}

// refusalIn returns the number of the error that WeChat answers with instead of
// a picture, 0 if it is none.
func refusalIn(answer []byte) int64 {
	var no struct {
		Code int64 `json:"errcode"`
	}
	if json.Unmarshal(answer, &no) != nil {
		return 0
	}
	return no.Code
}

// redrawn makes of what WeChat drew a PNG of our own, so that whatever the wire
// brought is a picture or nothing. Its size is looked at before it is unpacked.
func redrawn(drawn []byte) ([]byte, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(drawn))
	if err != nil || size.Width > maxSize || size.Height > maxSize {
		return nil, errNonsense
	}
	m, _, err := image.Decode(bytes.NewReader(drawn))
	if err != nil {
		return nil, errNonsense
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		return nil, errNonsense
	}
	return out.Bytes(), nil
}

// isPicture reports whether an answer of u can be one that is no JSON.
func isPicture(u *url.URL, body []byte) bool {
	kind := http.DetectContentType(body)
	return u.Path == codePath && (kind == "image/jpeg" || kind == "image/png")
}

// sceneRoom is how long a scene may be.
const sceneRoom = 32

// draw answers as WeChat does when it is asked for a code: a QR code of the
// scene, or why not.
func (s *Simulated) draw(r *http.Request, body map[string]any) (*http.Response, error) {
	s.mu.Lock()
	good := r.URL.Query().Get("access_token") == s.current()
	s.mu.Unlock()
	scene, _ := body["scene"].(string)
	page, _ := body["page"].(string)
	switch {
	case r.URL.Scheme != "https" || r.URL.Host != wechatHost:
		return s.answer(r, refuse(48001, "api unauthorized"))
	case !good:
		return s.answer(r, refuse(40001, "invalid credential, access_token is invalid or not latest: "+r.URL.RawQuery))
	case scene == "" || len(scene) > sceneRoom:
		return s.answer(r, refuse(40129, "invalid scene "+scene))
	case page == "" || page[0] == '/':
		return s.answer(r, refuse(41030, "invalid page "+page))
	}
	code, err := qr.PNG(scene, 10)
	if err != nil {
		return nil, err
	}
	return reply(r, http.StatusOK, string(code)), nil
}
