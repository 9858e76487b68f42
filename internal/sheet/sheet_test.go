package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// rows gives rows one by one.
func rows(all ...[]any) func() ([]any, error) {
	return func() (row []any, err error) {
		if len(all) > 0 {
			row, all = all[0], all[1:]
		}
		return row, nil
	}
}

func TestWhatIsWrittenCanBeRead(t *testing.T) {
	data, err := Write("记录", []string{"姓名", "分钟"}, rows([]any{"王秀英", int64(95)}, []any{"", nil}, []any{" 李四 ", 0}, []any{"", ""}))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || !reflect.DeepEqual(got[1], []string{"王秀英", "95"}) || got[3][0] != "李四" {
		t.Errorf("read %q", got)
	}
}

func TestNoCellStartsAFormula(t *testing.T) {
	evil := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\",\"y\")"}
	var all [][]any
	for _, e := range evil {
		all = append(all, []any{e})
	}
	data, err := Write("记录", []string{"=A1"}, rows(all...))
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for n := range len(evil) + 1 {
		cell := fmt.Sprintf("A%d", n+1)
		formula, _ := f.GetCellFormula("记录", cell)
		value, _ := f.GetCellValue("记录", cell)
		if formula != "" || !strings.HasPrefix(value, "'") {
			t.Errorf("%s is %q, formula %q", cell, value, formula)
		}
	}
}

func TestAFailureOfTheSourceIsPassedOn(t *testing.T) {
	broken := errors.New("broken")
	if _, err := Write("记录", []string{"姓名"}, func() ([]any, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if _, err := Write(strings.Repeat("长", 40), []string{"姓名"}, rows()); err == nil {
		t.Error("a page may be called anything")
	}
}

// bomb is a spreadsheet of which one part unpacks to so many bytes.
func bomb(t *testing.T, size int) []byte {
	t.Helper()
	good, err := Write("记录", []string{"姓名"}, rows())
	if err != nil {
		t.Fatal(err)
	}
	in, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		if f.Name != "xl/worksheets/sheet1.xml" {
			if err := out.Copy(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	w, err := out.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	chunk := bytes.Repeat([]byte(" "), 1<<20)
	for range size >> 20 {
		if _, err := w.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEvilFilesAreRefusedAtOnce(t *testing.T) {
	var tall [][]any
	for range MaxRows {
		tall = append(tall, []any{"x"})
	}
	high, err := Write("记录", []string{"姓名"}, rows(tall...))
	if err != nil {
		t.Fatal(err)
	}
	wide, err := Write("记录", slices.Repeat([]string{"姓名"}, MaxColumns+1), rows())
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "no spreadsheet": []byte("hello"), "cut off": high[:len(high)/2], "too long": bytes.Repeat([]byte("x"), MaxBytes+1),
		"a bomb": bomb(t, 512<<20), "too many rows": high, "too many columns": wide,
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		if _, err := Read(bytes.NewReader(data)); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
		runtime.ReadMemStats(&after)
		if took, mib := time.Since(start), (after.TotalAlloc-before.TotalAlloc)>>20; took > time.Second || mib > 64 {
			t.Errorf("%s: refused after %v and %d MiB", name, took, mib)
		}
	}
}
