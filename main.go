// Command dandelion serves the API of the five red communities (五红社区).
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"dandelion/config"
	"dandelion/internal/app"
	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/internal/verify"
)

type cli struct {
	config.Config
	Serve   serve   `cmd:"" default:"1" help:"启动服务 (默认): serve the API."`
	Migrate migrate `cmd:"" help:"升级数据库结构: bring the database schema up to date."`
	Demo    demo    `cmd:"" name:"demo" help:"载入演示数据: load the demo county and stop."`
	Admin   admin   `cmd:"" help:"生成一次性管理员码: make the first administrator of a county."`
	Rebuild rebuild `cmd:"" help:"重建排行榜: build the boards in Redis again from the ledger."`
	Stuck   stuck   `cmd:"" help:"列出未能自动完成的任务: list what was given up."`
	Retry   retry   `cmd:"" help:"重新执行未能完成的任务: let what was given up be tried again."`
	Verify  check   `cmd:"" name:"verify" help:"核对积分账: prove that the points add up; fails if anything differs."`
	OpenAPI openapi `cmd:"" name:"openapi" help:"输出接口文档: print the OpenAPI document."`
	Grants  grants  `cmd:"" help:"输出数据库授权语句: print what the account of a server may do in MySQL."`
	Version version `cmd:"" help:"输出版本: print the version."`
}

func main() {
	var c cli
	k := kong.Parse(&c, kong.Name("dandelion"), kong.Description("蒲公英: 五红社区微心愿, 点单、派单、接单、晒单、评单"))
	var level slog.Level
	k.FatalIfErrorf(level.UnmarshalText([]byte(c.LogLevel)))
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level})))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	k.BindTo(ctx, (*context.Context)(nil))
	err := k.Run(c.Config)
	stop()
	k.FatalIfErrorf(told(err))
}

// told returns err as the operator reads it: of a fault what it says to people,
// before its code and its cause.
func told(err error) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	return fmt.Errorf("%s (%w)", f.Message, err)
}

// outside is what the world gives to the system.
func outside() app.Outside { return app.Outside{Now: clock.System, Log: slog.Default()} }

type serve struct{}

// Run serves until ctx is done, and then until the last request is answered.
func (serve) Run(ctx context.Context, c config.Config) (err error) {
	a, err := app.New(ctx, c, outside())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return err
	}
	slog.Info("serving", "listen", l.Addr().String(), "simulated_wechat", c.Simulated(), "docs", "/docs/")
	return a.Serve(ctx, l)
}

type migrate struct{}

// Run migrates the database.
func (migrate) Run(ctx context.Context, c config.Config) error { return app.Migrate(ctx, c, outside()) }

type demo struct{}

// Run loads the demo data.
func (demo) Run(ctx context.Context, c config.Config) error {
	c.Demo = true
	a, err := app.New(ctx, c, outside())
	if err != nil {
		return err
	}
	return a.Close()
}

type admin struct {
	County string `arg:"" help:"县名: name of the county, made if it is missing."`
}

// Run prints a code that makes whoever enters it first the administrator.
func (m admin) Run(ctx context.Context, c config.Config) error {
	return with(ctx, c, func(a *app.App) error {
		code, err := a.Identity.MakeAdminCode(ctx, m.County)
		if err == nil {
			fmt.Printf("一次性管理员码 (24 小时内有效, 只显示这一次):\n%s\n登录小程序后提交到 POST /api/v1/auth/admin-code\n", code)
		}
		return err
	})
}

type rebuild struct{}

// Run builds the boards of every county again.
func (rebuild) Run(ctx context.Context, c config.Config) error {
	return with(ctx, c, func(a *app.App) error {
		start := time.Now()
		all, err := a.Boards.RebuildAll(ctx)
		for _, r := range all {
			fmt.Printf("county=%d people=%d\n", r.Tenant, r.People)
		}
		fmt.Printf("counties=%d took=%s\n", len(all), time.Since(start).Round(time.Millisecond))
		return err
	})
}

type stuck struct{}

// Run lists what the system could not do by itself.
func (stuck) Run(ctx context.Context, c config.Config) error {
	return with(ctx, c, func(a *app.App) error {
		all, err := a.Stuck(ctx)
		for _, s := range all {
			fmt.Printf("%s %d %s subject=%d attempts=%d failure=%s at=%s\n", s.What, s.ID, s.Kind, s.SubjectID, s.Attempts, s.Failure, s.At.Format(time.RFC3339))
		}
		return err
	})
}

type retry struct {
	What string `arg:"" enum:"timer,event" help:"timer or event."`
	ID   int64  `arg:"" help:"Its number, from stuck."`
}

// Run lets one of them be tried again.
func (r retry) Run(ctx context.Context, c config.Config) error {
	return with(ctx, c, func(a *app.App) error { return a.Retry(ctx, r.What, r.ID) })
}

type check struct {
	Checks []string `arg:"" optional:"" help:"Names of checks; none: all."`
}

// Run prints what differs in the ledger, and fails if anything does.
func (v check) Run(ctx context.Context, c config.Config) error {
	return with(ctx, c, func(a *app.App) error {
		r, err := verify.Run(ctx, a.DB, v.Checks...)
		if err != nil {
			return err
		}
		return r.Print(os.Stdout)
	})
}

// with runs do on a system that serves nobody, and without demo data.
func with(ctx context.Context, c config.Config, do func(a *app.App) error) error {
	c.Demo = false
	a, err := app.New(ctx, c, outside())
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

type openapi struct{}

// Run prints the document, which needs no database that anybody keeps.
func (openapi) Run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "dandelion")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return with(ctx, config.Embedded(dir), func(a *app.App) error {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(a.API.Document)
	})
}

type grants struct {
	Schema  string `arg:"" help:"数据库名: name of the database."`
	Account string `arg:"" help:"账号, 如 'dandelion'@'%': the account."`
}

// Run prints the statements that give an account the rights of a server.
func (g grants) Run() error {
	text, err := db.Grants(g.Schema, g.Account)
	fmt.Print(text)
	return err
}

type version struct{}

// Run prints the version of the program.
func (version) Run() error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("no build information")
	}
	fmt.Println("dandelion", info.Main.Version, info.GoVersion)
	return nil
}
