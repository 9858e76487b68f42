package api

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"dandelion/internal/fault"
	"dandelion/model"
)

// must begins every message of ours, and so tells those that are fit for an
// answer from those that may repeat what was sent.
const must = "须"

// teachHuma makes huma's own errors problems, and its messages Chinese. Both
// are variables of huma's packages, so it is done once, before any route is
// registered.
var teachHuma = sync.OnceFunc(func() {
	huma.DefaultArrayNullable, huma.ValidateStrictCasing = false, true
	huma.ErrorFormatter = func(format string, args ...any) string {
		if !strings.Contains(format, "%") {
			return format // there is no place for the error of a parser, which repeats what it was given
		}
		return fmt.Sprintf(format, args...)
	}
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return humaProblem(context.Background(), status, errs)
	}
	huma.NewErrorWithContext = func(c huma.Context, status int, _ string, errs ...error) huma.StatusError {
		return humaProblem(c.Context(), status, errs)
	}
	for message, chinese := range chineseMessages() {
		*message = chinese
	}
})

// chineseMessages is everything that huma has to say of a value.
func chineseMessages() map[*string]string {
	return map[*string]string{
		&validation.MsgUnexpectedProperty:                 must + "去掉, 没有这一项",
		&validation.MsgExpectedRFC3339DateTime:            must + "为时间, 如 2026-07-01T08:00:00Z",
		&validation.MsgExpectedRFC1123DateTime:            must + "为 RFC 1123 时间",
		&validation.MsgExpectedRFC3339Date:                must + "为日期, 如 2026-07-01",
		&validation.MsgExpectedRFC3339Time:                must + "为时刻, 如 08:00:00Z",
		&validation.MsgExpectedRFC5322Email:               must + "为邮箱地址",
		&validation.MsgExpectedRFC5890Hostname:            must + "为主机名",
		&validation.MsgExpectedRFC2673IPv4:                must + "为 IPv4 地址",
		&validation.MsgExpectedRFC2373IPv6:                must + "为 IPv6 地址",
		&validation.MsgExpectedRFCIPAddr:                  must + "为 IP 地址",
		&validation.MsgExpectedRFC3986URI:                 must + "为网址",
		&validation.MsgExpectedRFC4122UUID:                must + "为 UUID",
		&validation.MsgExpectedRFC6570URITemplate:         must + "为网址模板",
		&validation.MsgExpectedRFC6901JSONPointer:         must + "为 JSON 指针",
		&validation.MsgExpectedRFC6901RelativeJSONPointer: must + "为相对 JSON 指针",
		&validation.MsgExpectedRegexp:                     must + "为正则表达式",
		&validation.MsgExpectedMatchAtLeastOneSchema:      must + "符合所列格式之一",
		&validation.MsgExpectedMatchExactlyOneSchema:      must + "只符合所列格式之一",
		&validation.MsgExpectedNotMatchSchema:             must + "不为所排除的格式",
		&validation.MsgExpectedPropertyNameInObject:       must + "为对象中的一项",
		&validation.MsgExpectedBoolean:                    must + "为 true 或 false",
		&validation.MsgExpectedDuration:                   must + "为时长, 如 30m",
		&validation.MsgExpectedNumber:                     must + "为数字",
		&validation.MsgExpectedInteger:                    must + "为整数",
		&validation.MsgExpectedString:                     must + "为文字",
		&validation.MsgExpectedBase64String:               must + "为 Base64 文字",
		&validation.MsgExpectedArray:                      must + "为列表",
		&validation.MsgExpectedObject:                     must + "为对象",
		&validation.MsgExpectedArrayItemsUnique:           must + "没有重复",
		&validation.MsgExpectedOneOf:                      must + "为 %s 之一",
		&validation.MsgExpectedConst:                      must + "为 %v",
		&validation.MsgExpectedMinimumNumber:              must + "不小于 %v",
		&validation.MsgExpectedExclusiveMinimumNumber:     must + "大于 %v",
		&validation.MsgExpectedMaximumNumber:              must + "不大于 %v",
		&validation.MsgExpectedExclusiveMaximumNumber:     must + "小于 %v",
		&validation.MsgExpectedNumberBeMultipleOf:         must + "为 %v 的倍数",
		&validation.MsgExpectedMinLength:                  must + "不少于 %d 字",
		&validation.MsgExpectedMaxLength:                  must + "不多于 %d 字",
		&validation.MsgExpectedBePattern:                  must + "为 %s",
		&validation.MsgExpectedMatchPattern:               must + "符合格式 %s",
		&validation.MsgExpectedMinItems:                   must + "不少于 %d 项",
		&validation.MsgExpectedMaxItems:                   must + "不多于 %d 项",
		&validation.MsgExpectedMinProperties:              must + "不少于 %d 项",
		&validation.MsgExpectedMaxProperties:              must + "不多于 %d 项",
		&validation.MsgExpectedRequiredProperty:           must + "填写 %s",
		&validation.MsgExpectedDependentRequiredProperty:  must + "在填写 %[2]s 时填写 %[1]s",
	}
}

// fieldMessage returns message if it is one of ours, and otherwise a sentence
// that tells nothing of what was sent.
func fieldMessage(message string) string {
	switch {
	case strings.HasPrefix(message, must):
		return message
	case strings.Contains(message, "unknown query parameter"):
		return must + "去掉, 没有这个参数"
	case strings.Contains(message, "required"):
		return must + "填写"
	}
	return must + "符合格式"
}

var errText = fault.Define(fault.Invalid, "request.text", "文字内容为空、过长或含有不可用的字符")

// text returns what a person typed, cleaned, or says at path that it cannot be
// kept.
func text(path, s string, least, most int) (string, error) {
	clean, ok := model.CleanText(s, least, most)
	if !ok {
		return "", errText.At(path, must+"为可见的文字, 长度合适")
	}
	return clean, nil
}

// texts cleans two texts of 2 to 300 characters.
func texts(path, s, path2, s2 string) (clean, clean2 string, err error) {
	clean, err = text(path, s, 2, 300)
	clean2, err2 := text(path2, s2, 2, 300)
	switch {
	case err == nil:
		return clean, clean2, err2
	case err2 == nil:
		return "", "", err
	}
	return "", "", withFields(fault.Of(err), []error{err2})
}
