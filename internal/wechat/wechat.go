// Package wechat is the one place that knows the WeChat SDK. The SDK pastes
// its input into URLs, has no time limit, believes what it is sent and tells
// secrets in its errors; nothing that leaves this package does.
package wechat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/miniprogram"
	"github.com/silenceper/wechat/v2/miniprogram/auth"
	"github.com/silenceper/wechat/v2/miniprogram/config"

	"dandelion/internal/clock"
	"dandelion/internal/fault"
)

// What may be told of a failure.
var (
	ErrCode        = fault.Define(fault.Invalid, "wechat.code", "微信登录凭证无效或已过期")
	ErrPhoneCode   = fault.Define(fault.Invalid, "wechat.phone_code", "手机号凭证无效或已过期")
	ErrPhoneRegion = fault.Define(fault.Invalid, "wechat.phone_region", "目前只支持中国大陆手机号")
	ErrUnavailable = fault.Define(fault.Unavailable, "wechat.unavailable", "微信服务暂不可用, 请稍后再试").After(5 * time.Second)
)

// What is sent to WeChat and what comes back is looked at before it is used.
// The SDK does not escape codes and tokens: without this a caller could add
// parameters of his own to a request.
var (
	codes   = regexp.MustCompile(`^[0-9A-Za-z_-]{1,128}$`)
	openIDs = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)
	phones  = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
)

// defaultTimeout is how long one answer to a user may wait for WeChat.
const defaultTimeout = 3 * time.Second

// Options say whom a Client speaks for, and how.
type Options struct {
	AppID, Secret string
	Transport     http.RoundTripper // the way to WeChat, or a [Simulated] one; nil: http.DefaultTransport
	Tokens        TokenCache        // what the replicas share; nil: each process has its own
	Timeout       time.Duration     // of one call, with all its requests; 0: 3 s
	Now           clock.Clock       // nil: the system's
}

// Client speaks to WeChat for one mini-program (小程序). It is safe for use by
// several goroutines.
type Client struct {
	appID   string
	auth    *auth.Auth
	tokens  *tokens
	via     http.RoundTripper
	timeout time.Duration
}

// New returns a Client. Nothing is sent until it is used.
func New(o Options) *Client {
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Now == nil {
		o.Now = clock.System
	}
	install()
	program := miniprogram.NewMiniProgram(&config.Config{
		AppID: o.AppID, AppSecret: o.Secret, UseStableAK: true,
		Cache: cache.NewMemory(), // required by the SDK, and not used: see tokens
	})
	t := newTokens(o)
	program.SetAccessTokenContextHandle(t)
	return &Client{appID: o.AppID, auth: program.GetAuth(), tokens: t, via: newGuard(o.Transport), timeout: o.Timeout}
}

// begin bounds one call, and shows the SDK's HTTP client this Client's way.
func (c *Client) begin(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	return context.WithValue(ctx, way{}, c.via), cancel
}

// OpenID returns who it was that got code from wx.login.
func (c *Client) OpenID(ctx context.Context, code string) (string, error) {
	if !codes.MatchString(code) {
		return "", ErrCode
	}
	ctx, cancel := c.begin(ctx)
	defer cancel()
	who, err := c.auth.Code2SessionContext(ctx, code)
	switch who.ErrCode {
	case 0:
	case 40029, 40163, 41008, 40226: // invalid, used, missing, of somebody WeChat does not let in
		return "", ErrCode
	default:
		return "", unavailable("code2session", refusal(who.ErrCode))
	}
	if err != nil {
		return "", unavailable("code2session", err)
	}
	if !openIDs.MatchString(who.OpenID) {
		return "", unavailable("code2session", errNonsense)
	}
	return who.OpenID, nil
}

// Phone returns the mainland number of the user who got code from the phone
// button. A token that WeChat does not know any more is changed once.
func (c *Client) Phone(ctx context.Context, code string) (string, error) {
	if !codes.MatchString(code) {
		return "", ErrPhoneCode
	}
	ctx, cancel := c.begin(ctx)
	defer cancel()
	var used used
	got, err := c.phone(ctx, code, &used)
	if isTokenRefused(got.ErrCode) {
		if err := c.tokens.change(ctx, used.token); err != nil {
			return "", unavailable("stable_token", err)
		}
		got, err = c.phone(ctx, code, &used)
	}
	switch got.ErrCode {
	case 0:
	case 40029, 40013, 41008: // invalid or used, of another mini-program, missing
		return "", ErrPhoneCode
	default:
		return "", unavailable("getuserphonenumber", refusal(got.ErrCode))
	}
	if err != nil {
		return "", unavailable("getuserphonenumber", err)
	}
	return c.mainland(got.PhoneInfo)
}

// phone asks once. It remembers which token it asked with.
func (c *Client) phone(ctx context.Context, code string, u *used) (auth.GetPhoneNumberResponse, error) {
	got, err := c.auth.GetPhoneNumberContext(context.WithValue(ctx, using{}, u), code)
	if got == nil {
		return auth.GetPhoneNumberResponse{}, err
	}
	return *got, err
}

// mainland looks at a number that WeChat gave.
func (c *Client) mainland(p auth.PhoneInfo) (string, error) {
	switch {
	case p.WaterMark.AppID != "" && p.WaterMark.AppID != c.appID:
		return "", ErrPhoneCode
	case p.PurePhoneNumber == "":
		return "", unavailable("getuserphonenumber", errNonsense)
	case p.CountryCode != "86" || !phones.MatchString(p.PurePhoneNumber):
		return "", ErrPhoneRegion
	}
	return p.PurePhoneNumber, nil
}

// isTokenRefused reports whether WeChat wants another access token: this one
// is wrong, ended, or not one at all.
func isTokenRefused(errcode int64) bool {
	return errcode == 40001 || errcode == 42001 || errcode == 40014
}

// Why WeChat was of no use. These are all that the log ever sees of it.
var (
	errStatus   = errors.New("the answer was not 200")
	errSize     = errors.New("the answer was too long")
	errNonsense = errors.New("the answer made no sense")
	errNetwork  = errors.New("no usable answer")
	errResting  = errors.New("not asked, since the last answers failed")
)

// refusal is an error that WeChat named by a number.
type refusal int64

func (r refusal) Error() string { return fmt.Sprintf("errcode %d", int64(r)) }

// unavailable keeps of an error what is ours. What the SDK and the network say
// has the URL in it, and the URL has the secret.
func unavailable(doing string, err error) error {
	kept := errNetwork
	var r refusal
	if errors.As(err, &r) {
		kept = r
	}
	for _, known := range []error{errStatus, errSize, errNonsense, errResting, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			kept = known
		}
	}
	return ErrUnavailable.Because(fmt.Errorf("wechat: %s: %w", doing, kept))
}
