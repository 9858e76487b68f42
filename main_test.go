package main

import (
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"dandelion/config"
	"dandelion/internal/app"
	"dandelion/internal/clock"
	"dandelion/model"
)

func TestAFaultIsToldInChinese(t *testing.T) {
	err := told(errors.Join(model.ErrOrgClosed.Because(errors.New("the cause"))))
	for _, part := range []string{model.ErrOrgClosed.Message, model.ErrOrgClosed.Code, "the cause"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	if !errors.Is(err, model.ErrOrgClosed) {
		t.Errorf("%v is not the fault any more", err)
	}
	if plain := errors.New("plain"); told(plain) != plain || told(nil) != nil {
		t.Error("what is no fault is changed")
	}
}

// commandEnv makes this test the command itself.
const commandEnv = "DANDELION_TEST_COMMAND"

// TestTheCommandSaysWhatIsWrong runs the command as the operator does.
func TestTheCommandSaysWhatIsWrong(t *testing.T) {
	if os.Getenv(commandEnv) != "" {
		os.Args = append(os.Args[:1], strings.Fields(os.Getenv(commandEnv))...)
		main()
		return
	}
	dir := t.TempDir()
	a, err := app.New(t.Context(), config.Embedded(dir), app.Outside{Now: clock.System, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]string{
		"retry timer 77":    "没有这个待处理的定时任务",
		"--listen=:0 stuck": "--simulated-wechat-for-all",
		"retry nothing 77":  "timer",
		"admin \u202e":      "姓名须为",
	} {
		run := exec.CommandContext(t.Context(), os.Args[0], "-test.run=TestTheCommandSaysWhatIsWrong") // #nosec G204 -- ourselves
		run.Env = append(os.Environ(), commandEnv+"="+command, "DANDELION_DATA_DIR="+dir)
		out, err := run.CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v, it says %s", command, err, out)
		}
	}
}
