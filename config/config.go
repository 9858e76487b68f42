// Package config is what an operator may set. Every field has a default that
// works on a laptop with nothing else installed; what would be unsafe in
// production is refused there, with a sentence that says what to change.
package config

import (
	"encoding/base64"
	"path/filepath"
	"strings"
	"time"
)

// Config is everything the program is told, by flag or by environment.
type Config struct {
	Production bool `env:"DANDELION_PRODUCTION" help:"生产环境: refuse settings that are unsafe outside of a laptop."`
	Demo       bool `default:"true" negatable:"" env:"DANDELION_DEMO" help:"演示数据: load the demo county into an empty database."`

	Listen    string `default:"127.0.0.1:8080" env:"DANDELION_LISTEN" help:"监听地址: address to serve on."`
	PublicURL string `name:"public-url" env:"DANDELION_PUBLIC_URL" help:"对外网址, such as https://example.cn: where people find this system; it stands in the QR codes of certificates; none: they hold a code only."`
	DataDir   string `default:"data" env:"DANDELION_DATA_DIR" help:"数据目录: where the embedded defaults keep their files."`

	Database string `env:"DANDELION_DATABASE" help:"数据库: sqlite:FILE, or mysql://USER:PASSWORD@tcp(HOST:PORT)/NAME; none: an SQLite file in the data directory."`
	Pool     int    `default:"32" env:"DANDELION_POOL" help:"数据库连接数上限: most connections to the database."`

	Redis         []string `env:"DANDELION_REDIS" help:"Redis 地址 HOST:PORT, several for a cluster; none: one inside the process."`
	RedisPassword string   `env:"DANDELION_REDIS_PASSWORD" help:"Redis 密码."`
	RedisTLS      bool     `name:"redis-tls" env:"DANDELION_REDIS_TLS" help:"用 TLS 连接 Redis."`

	WeChatAppID  string `name:"wechat-app-id" env:"DANDELION_WECHAT_APP_ID" help:"小程序 AppID; none: a simulated WeChat with demo people."`
	WeChatForAll bool   `name:"simulated-wechat-for-all" env:"DANDELION_SIMULATED_WECHAT_FOR_ALL" help:"允许非本机地址使用模拟微信: whoever reaches the address can be anybody, also an administrator."`
	WeChatSecret string `name:"wechat-secret" env:"DANDELION_WECHAT_SECRET" help:"小程序 AppSecret."`

	Keys      string `env:"DANDELION_KEYS" help:"字段加密密钥 ID:BASE64[,ID:BASE64…], 32 bytes each, the first in use; none: made in the data directory."`
	IndexKey  string `env:"DANDELION_INDEX_KEY" help:"手机号盲索引密钥, base64 of 32 bytes; it can never change."`
	CursorKey string `env:"DANDELION_CURSOR_KEY" help:"翻页标记签名密钥, base64 of 32 bytes, the same in all replicas."`
	BlobDir   string `env:"DANDELION_BLOB_DIR" help:"文件目录: where uploaded files are kept; none: in the data directory."`

	TrustedProxies []string `env:"DANDELION_TRUSTED_PROXIES" help:"可信代理网段: whose X-Forwarded-For is believed; none: nobody's."`
	MetricsAllow   []string `default:"127.0.0.0/8,::1/128" env:"DANDELION_METRICS_ALLOW" help:"可读取 /metrics 的网段."`

	PrivacyVersion string        `default:"1.0" env:"DANDELION_PRIVACY_VERSION" help:"现行隐私政策版本: consent is asked for this version."`
	SessionDays    int           `default:"30" env:"DANDELION_SESSION_DAYS" help:"登录有效天数."`
	Poll           time.Duration `default:"1s" env:"DANDELION_POLL" help:"后台任务间隔: how often to look for work that has fallen due."`
	Drain          time.Duration `default:"0s" env:"DANDELION_DRAIN" help:"停机前继续服务: how long to answer requests after /readyz says no, so that a load balancer can see it."`
	Grace          time.Duration `default:"10s" env:"DANDELION_GRACE" help:"停机等待: how long to wait for requests that are being answered."`
	LogLevel       string        `default:"info" enum:"debug,info,warn,error" env:"DANDELION_LOG_LEVEL" help:"日志级别."`
}

// Embedded returns the settings of a laptop that keeps everything in dir: an
// SQLite file, a Redis inside the process, a simulated WeChat, files on disk.
func Embedded(dir string) Config {
	return Config{
		Demo: true, Listen: "127.0.0.1:8080", DataDir: dir, Pool: 32, MetricsAllow: []string{"127.0.0.0/8", "::1/128"},
		PrivacyVersion: "1.0", SessionDays: 30, Poll: time.Second, Grace: 10 * time.Second, LogLevel: "info",
	}.Resolved()
}

// Resolved returns c with the defaults that depend on other settings.
func (c Config) Resolved() Config {
	if c.Database == "" {
		c.Database = "sqlite:" + filepath.Join(c.DataDir, "dandelion.db")
	}
	if c.BlobDir == "" {
		c.BlobDir = filepath.Join(c.DataDir, "blobs")
	}
	c.Demo = c.Demo && c.Simulated() && !c.Production
	return c
}

// Simulated reports whether a simulation stands in for WeChat.
func (c Config) Simulated() bool { return c.WeChatAppID == "" }

// EmbeddedSQL reports whether the database is a file of this process.
func (c Config) EmbeddedSQL() bool { return strings.HasPrefix(c.Database, "sqlite:") }

// Key decodes a key of 32 bytes, and reports whether it is one.
func Key(text string) ([]byte, bool) {
	key, err := base64.StdEncoding.DecodeString(text)
	return key, err == nil && len(key) == 32 && !repeated(key)
}

// repeated reports whether a key is one byte over and over.
func repeated(key []byte) bool { return strings.Count(string(key), string(key[:1])) == len(key) }
