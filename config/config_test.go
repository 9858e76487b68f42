package config_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"dandelion/config"
)

func key(seed byte) string {
	raw := make([]byte, 32)
	for i := range raw {
		raw[i] = seed + byte(i)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// respelled returns other text for the same key: base64 of 32 bytes ends in two
// bits that nobody reads.
func respelled(key string) string { return key[:42] + string(key[42]+1) + "=" }

// safe is what a careful operator sets.
func safe() config.Config {
	c := config.Embedded("data")
	c.Production, c.Demo = true, false
	c.Database = "mysql://dandelion:a-long-password@tcp(db:3306)/dandelion"
	c.Redis = []string{"redis:6379"}
	c.WeChatAppID, c.WeChatSecret = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef"
	c.Keys, c.IndexKey, c.CursorKey = "k1:"+key(1), key(2), key(3)
	c.Drain = 5 * time.Second
	c.TrustedProxies, c.MetricsAllow = []string{"10.0.0.0/8"}, []string{"10.1.0.0/16"}
	return c
}

func TestACarefulOperatorMayStart(t *testing.T) {
	if err := safe().Check(); err != nil {
		t.Errorf("safe settings are refused: %v", err)
	}
	found := safe()
	found.PublicURL = "https://example.cn/dandelion"
	if err := found.Check(); err != nil {
		t.Errorf("an address is refused: %v", err)
	}
	rotated := safe()
	rotated.Keys = "k2:" + key(4) + ",k1:" + key(1)
	if err := rotated.Check(); err != nil {
		t.Errorf("a second key is refused: %v", err)
	}
}

func TestUnsafeSettingsRefuseToStart(t *testing.T) {
	same := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	for name, tt := range map[string]struct {
		change func(*config.Config)
		advice string
	}{
		"SQLite":                     {func(c *config.Config) { c.Database = "sqlite:data/x.db" }, "--database"},
		"no database password":       {func(c *config.Config) { c.Database = "mysql://root@tcp(db:3306)/d" }, "password"},
		"empty database password":    {func(c *config.Config) { c.Database = "mysql://root:@tcp(db:3306)/d" }, "password"},
		"short database password":    {func(c *config.Config) { c.Database = "mysql://root:12345@tcp(db:3306)/d" }, "password"},
		"no user at all":             {func(c *config.Config) { c.Database = "mysql://tcp(db:3306)/d" }, "password"},
		"Redis in the process":       {func(c *config.Config) { c.Redis = nil }, "--redis"},
		"simulated WeChat":           {func(c *config.Config) { c.WeChatAppID = "" }, "--wechat-app-id"},
		"no WeChat secret":           {func(c *config.Config) { c.WeChatSecret = "" }, "--wechat-secret"},
		"short WeChat secret":        {func(c *config.Config) { c.WeChatSecret = "secret" }, "--wechat-secret"},
		"no keys":                    {func(c *config.Config) { c.Keys, c.IndexKey = "", "" }, "--keys"},
		"short key":                  {func(c *config.Config) { c.Keys = "k1:c2hvcnQ=" }, "--keys"},
		"key without a name":         {func(c *config.Config) { c.Keys = ":" + key(1) }, "--keys"},
		"key of one byte repeated":   {func(c *config.Config) { c.Keys = "k1:" + same }, "--keys"},
		"key twice":                  {func(c *config.Config) { c.Keys = "k1:" + key(1) + ",k1:" + key(5) }, "--keys"},
		"key that is no base64":      {func(c *config.Config) { c.Keys = "k1:!!" }, "--keys"},
		"no index key":               {func(c *config.Config) { c.IndexKey = "" }, "--index-key"},
		"short index key":            {func(c *config.Config) { c.IndexKey = "c2hvcnQ=" }, "--index-key"},
		"no cursor key":              {func(c *config.Config) { c.CursorKey = "" }, "--cursor-key"},
		"the same key twice":         {func(c *config.Config) { c.CursorKey = c.IndexKey }, "different"},
		"a field key as index key":   {func(c *config.Config) { c.IndexKey = key(1) }, "different"},
		"a key under two names":      {func(c *config.Config) { c.Keys = "k1:" + key(1) + ",k2:" + key(1) }, "different"},
		"a key in another spelling":  {func(c *config.Config) { c.CursorKey = respelled(c.IndexKey) }, "different"},
		"the whole internet as IPv6": {func(c *config.Config) { c.TrustedProxies = []string{"::ffff:0:0/96"} }, "--trusted-proxies"},
		"all IPv4 proxies":           {func(c *config.Config) { c.TrustedProxies = []string{"0.0.0.0/0"} }, "--trusted-proxies"},
		"all IPv6 proxies":           {func(c *config.Config) { c.TrustedProxies = []string{"10.0.0.0/8", "::/0"} }, "--trusted-proxies"},
		"a star for proxies":         {func(c *config.Config) { c.TrustedProxies = []string{"*"} }, "--trusted-proxies"},
		"metrics for everybody":      {func(c *config.Config) { c.MetricsAllow = []string{"0.0.0.0/0"} }, "--metrics-allow"},
		"sessions for ever":          {func(c *config.Config) { c.SessionDays = 3650 }, "--session-days"},
		"sessions for no time":       {func(c *config.Config) { c.SessionDays = 0 }, "--session-days"},
		"debug logs":                 {func(c *config.Config) { c.LogLevel = "debug" }, "--log-level"},
		"no pause between polls":     {func(c *config.Config) { c.Poll = 0 }, "--poll"},
		"no time for the balancer":   {func(c *config.Config) { c.Drain = 0 }, "--drain"},
		"a stop without an end":      {func(c *config.Config) { c.Drain = time.Hour }, "--drain"},
		"no grace":                   {func(c *config.Config) { c.Grace = 0 }, "--grace"},
		"no connections":             {func(c *config.Config) { c.Pool = 0 }, "--pool"},
		"an address without https":   {func(c *config.Config) { c.PublicURL = "http://example.cn" }, "--public-url"},
		"an address that is none":    {func(c *config.Config) { c.PublicURL = "example.cn" }, "--public-url"},
		"an address without end":     {func(c *config.Config) { c.PublicURL = "https://" + strings.Repeat("long.", 20) + "cn" }, "--public-url"},
		"an address with a query":    {func(c *config.Config) { c.PublicURL = "https://example.cn/?a=" }, "--public-url"},
		"an address with a password": {func(c *config.Config) { c.PublicURL = "https://a:b@example.cn" }, "--public-url"},
		"a proxy that is no network": {func(c *config.Config) { c.TrustedProxies = []string{"proxy.local"} }, "--trusted-proxies"},
	} {
		c := safe()
		tt.change(&c)
		err := c.Check()
		if err == nil || !strings.Contains(err.Error(), tt.advice) {
			t.Errorf("%s: Check = %v, want advice about %s", name, err, tt.advice)
			continue
		}
		for _, secret := range []string{key(1), key(2), "a-long-password", c.WeChatSecret} {
			if secret != "" && len(secret) > 6 && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the advice tells a secret: %v", name, err)
			}
		}
	}
}

func TestEverythingWrongIsSaidAtOnce(t *testing.T) {
	c := config.Embedded("data")
	c.Production = true
	err := c.Check()
	if err == nil || strings.Count(err.Error(), "config: ") < 5 {
		t.Errorf("the settings of a laptop in production: %v", err)
	}
}

func TestALaptopNeedsNothing(t *testing.T) {
	c := config.Embedded("somewhere")
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	if !c.Simulated() || !c.EmbeddedSQL() || !c.Demo || len(c.Redis) != 0 {
		t.Errorf("embedded settings reach outside: %+v", c)
	}
	if !strings.HasPrefix(c.Database, "sqlite:somewhere") || !strings.HasPrefix(c.BlobDir, "somewhere") {
		t.Errorf("files outside of the folder: %s, %s", c.Database, c.BlobDir)
	}
	if c.Poll != time.Second || c.Pool != 32 {
		t.Errorf("poll %v, pool %d", c.Poll, c.Pool)
	}
}

func TestDemoDataNeverReachProduction(t *testing.T) {
	c := safe()
	c.Demo = true
	if c.Resolved().Demo {
		t.Error("demo data would be loaded in production")
	}
	c = config.Embedded("data")
	c.WeChatAppID = "wx0123456789abcdef"
	if c.Resolved().Demo {
		t.Error("demo people could log in through the real WeChat")
	}
}

func TestHalfASetOfKeysIsRefusedOnALaptopToo(t *testing.T) {
	c := config.Embedded("data")
	c.Keys = "k1:" + key(1)
	if err := c.Check(); err == nil {
		t.Error("keys without an index key are accepted")
	}
	c = config.Embedded("data")
	c.Database, c.WeChatAppID = "mysql://u:p@tcp(db)/d", "wx0123456789abcdef"
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "--production") {
		t.Errorf("MySQL and the real WeChat without --production: %v", err)
	}
}

// TestASimulatedWeChatServesThisMachineOnly since whoever reaches it can log in
// as the administrator.
func TestASimulatedWeChatServesThisMachineOnly(t *testing.T) {
	for listen, alone := range map[string]bool{
		"127.0.0.1:8080": true, "127.9.9.9:1": true, "[::1]:8080": true, "localhost:8080": true, "[::ffff:127.0.0.1]:80": true,
		"0.0.0.0:8080": false, ":8080": false, "[::]:8080": false, "192.168.1.5:8080": false, "county.example:80": false, "nonsense": false,
	} {
		c := config.Embedded("data")
		c.Listen = listen
		err := c.Check()
		if (err == nil) != alone || err != nil && !strings.Contains(err.Error(), "--simulated-wechat-for-all") {
			t.Errorf("%s: Check = %v", listen, err)
		}
		c.WeChatForAll = true
		if err := c.Check(); err != nil {
			t.Errorf("%s, for all: Check = %v", listen, err)
		}
		real := safe()
		real.Listen = listen
		if err := real.Check(); err != nil {
			t.Errorf("%s with the real WeChat: Check = %v", listen, err)
		}
	}
	c := safe()
	c.WeChatAppID, c.WeChatForAll = "", true
	if err := c.Check(); err == nil {
		t.Error("a simulated WeChat is accepted in production when it is asked for")
	}
}
