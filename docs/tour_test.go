package docs_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"dandelion/config"
	"dandelion/internal/app"
	"dandelion/internal/dbtest"
)

// TestTheTourIsTrue runs the tours line by line, as a newcomer
// would: with a shell and curl against a running server. A line "# → text"
// says what the command before it must print.
func TestTheTourIsTrue(t *testing.T) {
	for _, name := range []string{"../README.md", "../README.zh-CN.md", "tour-points.md", "tour-checkin.md"} {
		t.Run(strings.TrimPrefix(name, "../"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			walk(t, tour(string(text)), serve(t))
		})
	}
}

// stop is a command of the tour and what it must print.
type stop struct {
	command string
	prints  []string
}

// tour returns the commands of the shell blocks of a README.
func tour(text string) []stop {
	var all []stop
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```sh"
		case !inside || line == "":
		case strings.HasPrefix(line, "# → "):
			last := &all[len(all)-1]
			last.prints = append(last.prints, strings.TrimPrefix(line, "# → "))
		default:
			all = append(all, stop{command: line})
		}
	}
	return all
}

// serve starts a server with the demo county and returns where it is.
func serve(t *testing.T) string {
	t.Helper()
	c := config.Embedded(t.TempDir())
	c.Database, c.Redis = dbtest.URL(t), dbtest.Redis(t)
	a, err := app.New(t.Context(), c, app.Outside{Now: time.Now, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// walk runs the commands in one shell and looks at what each of them printed.
func walk(t *testing.T, all []stop, address string) {
	t.Helper()
	const mark = "----8<----"
	var script strings.Builder
	checks := 0
	for _, s := range all {
		fmt.Fprintf(&script, "%s\necho '%s'\n", strings.ReplaceAll(s.command, "127.0.0.1:8080", address), mark)
		checks += len(s.prints)
	}
	if len(all) < 25 || checks < 15 {
		t.Fatalf("the tour has only %d commands and %d checks", len(all), checks)
	}
	shell := exec.Command("bash")
	shell.Stdin = strings.NewReader(script.String())
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("the tour ends with %v:\n%s", err, out)
	}
	printed := strings.Split(string(out), mark+"\n")
	for i, s := range all {
		for _, want := range s.prints {
			if !strings.Contains(printed[i], want) {
				t.Errorf("%s\nprints\n%s\nwhich has no %s", s.command, printed[i], want)
			}
		}
	}
}
