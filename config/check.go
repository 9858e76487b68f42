package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// maxDrain keeps a stop shorter than what orchestrators allow for it.
const maxDrain = time.Minute

// rule is something that is unsafe in production, and what to do about it.
type rule struct {
	broken func(Config) bool
	advice string
}

var rules = []rule{
	{Config.EmbeddedSQL, "生产环境须使用 MySQL: set --database to mysql://USER:PASSWORD@tcp(HOST:PORT)/NAME"},
	{noPassword, "数据库账号须有密码: give the user of --database a password of at least 12 characters"},
	{func(c Config) bool { return len(c.Redis) == 0 }, "生产环境须使用独立的 Redis: set --redis to HOST:PORT"},
	{Config.Simulated, "生产环境不能使用模拟微信: set --wechat-app-id and --wechat-secret"},
	{func(c Config) bool { return !c.Simulated() && len(c.WeChatSecret) < 16 }, "微信密钥缺失或过短: set --wechat-secret to the AppSecret of the mini-program"},
	{badKeys, "字段加密密钥缺失、过短、重复或有误: set --keys to ID:BASE64 of 32 random bytes (openssl rand -base64 32)"},
	{func(c Config) bool { return bad(c.IndexKey) }, "盲索引密钥缺失或过短: set --index-key to base64 of 32 random bytes"},
	{func(c Config) bool { return bad(c.CursorKey) }, "翻页签名密钥缺失或过短: set --cursor-key to base64 of 32 random bytes"},
	{sameKeys, "各密钥不能相同: use different random bytes for --keys, --index-key and --cursor-key"},
	{func(c Config) bool { return everybody(c.TrustedProxies) }, "不能信任所有代理: set --trusted-proxies to the networks of your own proxies"},
	{func(c Config) bool { return strings.HasPrefix(c.PublicURL, "http:") }, "对外网址须用 HTTPS: set --public-url to an address that begins with https://"},
	{func(c Config) bool { return everybody(c.MetricsAllow) }, "运行指标不能对所有人开放: set --metrics-allow to the networks of your monitoring"},
	{func(c Config) bool { return c.SessionDays < 1 || c.SessionDays > 90 }, "登录有效期须为 1–90 天: set --session-days between 1 and 90"},
	{func(c Config) bool { return c.Drain <= 0 }, "停机前须给负载均衡留出时间: set --drain to two intervals of its health check, such as 5s"},
	{func(c Config) bool { return c.LogLevel == "debug" }, "生产环境不能使用 debug 日志: set --log-level to info"},
}

// always are the rules that hold on a laptop too.
var always = []rule{
	{func(c Config) bool { return badNetworks(c.TrustedProxies) }, "可信代理网段有误: --trusted-proxies takes networks such as 10.0.0.0/8"},
	{func(c Config) bool { return badURL(c.PublicURL) }, "对外网址有误: --public-url takes an address such as https://example.cn, without a query"},
	{func(c Config) bool { return badNetworks(c.MetricsAllow) }, "指标网段有误: --metrics-allow takes networks such as 10.0.0.0/8"},
	{func(c Config) bool { return c.Poll <= 0 || c.Grace <= 0 || c.Pool < 1 }, "间隔、等待和连接数须大于 0: set --poll, --grace and --pool above 0"},
	{func(c Config) bool { return c.Drain < 0 || c.Drain > maxDrain }, "停机前继续服务的时间须为 0–60 秒: set --drain between 0 and 60s"},
	{
		func(c Config) bool { return c.Simulated() && !c.WeChatForAll && !loopback(c.Listen) },
		"模拟微信让任何人以任何身份登录, 只能监听本机地址: set --listen to 127.0.0.1:PORT, or --wechat-app-id, or for a demonstration --simulated-wechat-for-all",
	},
	{func(c Config) bool { return c.Keys != "" && badKeys(c) }, "字段加密密钥有误: --keys takes ID:BASE64 of 32 bytes each"},
	{func(c Config) bool { return (c.Keys == "") != (c.IndexKey == "") }, "字段加密密钥与盲索引密钥须一起设置: set both --keys and --index-key, or neither"},
	{
		func(c Config) bool { return !c.Production && !c.EmbeddedSQL() && !c.Simulated() },
		"使用 MySQL 和真实微信须声明生产环境: set --production",
	},
}

// Check returns everything that keeps the program from starting with c, one
// sentence each, or nil.
func (c Config) Check() error {
	all := always
	if c.Production {
		all = append(append([]rule{}, always...), rules...)
	}
	var errs []error
	for _, r := range all {
		if r.broken(c) {
			errs = append(errs, fmt.Errorf("config: %s", r.advice))
		}
	}
	return errors.Join(errs...)
}

// loopback reports whether an address can be reached from this machine only.
func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}

func noPassword(c Config) bool {
	user, _, ok := strings.Cut(strings.TrimPrefix(c.Database, "mysql://"), "@")
	_, password, has := strings.Cut(user, ":")
	return !c.EmbeddedSQL() && (!ok || !has || len(password) < 12)
}

func bad(key string) bool {
	_, ok := Key(key)
	return !ok
}

// badKeys reports whether the ring of keys has a part that is no key, or an id
// twice.
func badKeys(c Config) bool {
	seen := map[string]bool{}
	for part := range strings.SplitSeq(c.Keys, ",") {
		name, key, ok := strings.Cut(part, ":")
		if !ok || name == "" || seen[name] || bad(key) {
			return true
		}
		seen[name] = true
	}
	return false
}

// sameKeys reports whether two of all keys are the same bytes, however they are
// written; those that are missing are complained of elsewhere.
func sameKeys(c Config) bool {
	all := []string{c.IndexKey, c.CursorKey}
	for part := range strings.SplitSeq(c.Keys, ",") {
		_, key, _ := strings.Cut(part, ":")
		all = append(all, key)
	}
	seen := map[string]bool{}
	for _, text := range all {
		key, ok := Key(text)
		if ok && seen[string(key)] {
			return true
		}
		seen[string(key)] = ok
	}
	return false
}

// everybody reports whether a list of networks lets in the whole internet.
func everybody(all []string) bool {
	for _, text := range all {
		p, err := netip.ParsePrefix(text)
		if text == "*" || err == nil && p.Bits() == 0 {
			return true
		}
	}
	return false
}

// maxURL keeps an address short enough for a QR code on paper.
const maxURL = 100

// badURL reports whether an address is none that a path can be added to.
func badURL(text string) bool {
	u, err := url.Parse(text)
	return text != "" && (err != nil || len(text) > maxURL || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.ContainsAny(text, "?#"))
}

// badNetworks reports whether one of them is none. IPv4 written as IPv6 is
// refused: of ::ffff:0:0/96 it is not plain that it is everybody.
func badNetworks(all []string) bool {
	for _, text := range all {
		if p, err := netip.ParsePrefix(text); err != nil || p.Addr().Is4In6() {
			return true
		}
	}
	return false
}
