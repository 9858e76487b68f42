package fault_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"dandelion/internal/fault"
)

var errTaken = fault.Define(fault.Conflict, "test.taken", "已被占用")

func TestAFaultStaysItselfWhateverItCarries(t *testing.T) {
	cause := errors.New("row 7")
	for name, err := range map[string]error{
		"plain":       errTaken,
		"with cause":  errTaken.Because(cause),
		"reworded":    errTaken.Saying("已被 %d 人占用", 3),
		"with params": errTaken.With("state", "open"),
		"with field":  errTaken.At("body.title", "太长"),
		"with delay":  errTaken.After(time.Second),
		"wrapped":     fmt.Errorf("save: %w", errTaken.Because(cause)),
	} {
		if !errors.Is(err, errTaken) || fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s is no longer %v", name, errTaken)
		}
	}
	if errTaken.Params != nil || errTaken.Fields != nil || errTaken.RetryAfter != 0 || errTaken.Unwrap() != nil {
		t.Errorf("a copy changed the original: %+v", errTaken)
	}
	if !errors.Is(errTaken.Because(cause), cause) {
		t.Error("the cause is lost")
	}
}

func TestCopiesDoNotShare(t *testing.T) {
	first := errTaken.With("a", 1).At("x", "y")
	second := first.With("b", 2).At("z", "w")
	if len(first.Params) != 1 || len(first.Fields) != 1 || len(second.Params) != 2 || len(second.Fields) != 2 {
		t.Errorf("%+v and %+v share", first, second)
	}
}

func TestAnOrdinaryErrorIsInternal(t *testing.T) {
	if k := fault.KindOf(errors.New("x")); k != fault.Internal {
		t.Errorf("kind %s", k)
	}
	if fault.Of(nil) != nil {
		t.Error("nil has a fault")
	}
}

func TestACodeIsDefinedOnce(t *testing.T) {
	fault.Define(fault.Invalid, "test.twice", "一")
	again := fault.Define(fault.Invalid, "test.twice", "二")
	if again.Code == "test.twice" {
		t.Error("a second definition took the code")
	}
	all := fault.All()
	for i := 1; i < len(all); i++ {
		if all[i-1].Code >= all[i].Code {
			t.Errorf("%s is listed before %s", all[i-1].Code, all[i].Code)
		}
	}
}
