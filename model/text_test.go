package model

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestMaskText(t *testing.T) {
	tests := []struct{ text, want string }{
		{"电话13812345678找我", "电话***找我"},
		{"电话138 1234 5678找我", "电话***找我"},
		{"电话138-1234-5678", "电话***"},
		{"电话+8613812345678", "电话+86***"},
		{"电话１３８１２３４５６７８", "电话***"},
		{"座机0991-1234567", "座机***"},
		{"座机010 12345678", "座机***"},
		{"身份证652301195003041234", "身份证***"},
		{"身份证65230119500304123X。", "身份证***。"},
		{"身份证652301 19500304 123x", "身份证***"},
		{"住5号楼2单元301室", "住***"},
		{"住五号楼二单元三层", "住***"},
		{"住12栋1单元502", "住***"},
		{"住3幢 2单元 601室", "住***"},
		{"住B座1203", "住***"},
		{"住8#402", "住***"},
		{"住5-2-301室", "住***"},
		{"在301室", "在***"},
		{"人民路12号", "人民路***"},
		{"建设巷12-3号院", "建设巷***"},
		{"乘2号线到站", "乘2号线到站"},
		{"7月12号上午", "7月12号上午"},
		{"坐102路公交", "坐102路公交"},
		{"老人80岁, 需要2小时", "老人80岁, 需要2小时"},
		{"2026-07-01前", "2026-07-01前"},
		{"米10斤, 油5升", "米10斤, 油5升"},
		{"拨打12345", "拨打12345"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := MaskText(tt.text); got != tt.want {
			t.Errorf("%q is shown as %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestNoNumberGetsThroughTheMask(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		phone := rapid.StringMatching(`1[3-9][0-9]{9}`).Draw(t, "phone")
		around := rapid.StringMatching(`[一-龥, 。a-z]{0,9}`)
		text := around.Draw(t, "before") + phone + around.Draw(t, "after")
		got := MaskText(text)
		if strings.Contains(got, phone[3:]) || MaskText(got) != got {
			t.Fatalf("%q is shown as %q, then %q", text, got, MaskText(got))
		}
	})
}

func TestMaskNameAndPhone(t *testing.T) {
	names := map[string]string{"": "", "王": "王*", "王芳": "王*", "王小明": "王**", "欧阳震华": "欧**", "买买提·艾力": "买**"}
	for name, want := range names {
		if got := MaskName(name); got != want {
			t.Errorf("%s is shown as %s, want %s", name, got, want)
		}
	}
	phones := map[string]string{"": "", "13812345678": "138****5678", "1234567": "*******", "0991123456": "**********"}
	for phone, want := range phones {
		if got := MaskPhone(phone); got != want {
			t.Errorf("%s is shown as %s, want %s", phone, got, want)
		}
	}
}

func TestValidPhone(t *testing.T) {
	for phone, want := range map[string]bool{
		"13812345678": true, "19912345678": true, "12812345678": false, "1381234567": false, "138123456789": false,
		"138 1234 5678": false, "１３８１２３４５６７８": false, "13812345678\n": false, "": false,
	} {
		if ValidPhone(phone) != want {
			t.Errorf("%q: %v", phone, !want)
		}
	}
}

func TestCleanText(t *testing.T) {
	tests := []struct {
		name, text, want string
		ok               bool
	}{
		{"spaces around it go", "\t 修灯　\n", "修灯", true},
		{"lines end in one way", "一\r\n二\n三", "一\n二\n三", true},
		{"two characters are enough", "修灯", "修灯", true},
		{"one is not", "修", "修", false},
		{"six are the most", "一二三四五六", "一二三四五六", true},
		{"seven are too many", "一二三四五六七", "一二三四五六七", false},
		{"nothing is nothing", "   ", "", false},
		{"no broken characters", "修\xff灯", "", false},
		{"no replaced characters", "修\ufffd灯", "", false},
		{"no control characters", "修\x07灯", "", false},
		{"no bare carriage return", "修\r灯", "", false},
		{"no turning of the text", "修\u202e灯", "", false},
		{"a face of several runes", "👨‍👩‍👧灯", "👨‍👩‍👧灯", true},
	}
	for _, tt := range tests {
		if got, ok := CleanText(tt.text, 2, 6); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %q, %v", tt.name, got, ok)
		}
	}
}

func TestCleanTextIsCleanForGood(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once, ok := CleanText(rapid.String().Draw(t, "text"), 0, 50)
		twice, again := CleanText(once, 0, 50)
		if ok && (!again || once != twice || !utf8.ValidString(once)) {
			t.Fatalf("%q becomes %q", once, twice)
		}
	})
}

func TestATextOfNothingVisibleIsNone(t *testing.T) {
	for name, s := range map[string]string{"zero width": "\u200b\u200b\u200b", "joiners": "\u200d\u200d", "spaces": "\u3000\u3000"} {
		if _, ok := CleanText(s, 2, 40); ok {
			t.Errorf("%s passes for a text", name)
		}
	}
	if s, ok := CleanText("👨‍👩‍👧 全家", 2, 40); !ok || s != "👨‍👩‍👧 全家" {
		t.Errorf("a joined emoji is refused: %q", s)
	}
}
