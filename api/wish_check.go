package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/internal/fault"
	"dandelion/model"
)

// What is to be done about a field that the loop refuses.
const (
	mustSee     = must + "为看得见的文字, 不含控制字符"
	mustSoon    = must + "在今后一年之内"
	mustFit     = must + "在允许的范围内"
	mustConsent = must + "填写受助人以何种方式同意"
	mustName    = must + "填写受助人姓名"
)

// Resolve says everything that is wrong with an order beyond its schema, so
// that it is told together with what the schema says. The rules are the loop's,
// and what only the database knows is left to it.
func (f *OrderForm) Resolve(c huma.Context) []error {
	var wrong []error
	say := func(is bool, f *fault.Fault, path, message string) {
		if is {
			wrong = append(wrong, f.At(path, message))
		}
	}
	b := f.Beneficiary
	if b == nil {
		b = &beneficiaryForm{}
	}
	say(unseen(f.Title, 2, 40) || manyLines(f.Title), model.ErrWishText, "body.title", mustSee+", 不换行")
	say(unseen(f.Detail, 0, 500), model.ErrWishText, "body.detail", mustSee)
	say(unseen(f.Skill, 0, 16), model.ErrWishText, "body.skill", mustSee)
	say(unseen(b.Name, 0, 20), model.ErrWishPerson, "body.beneficiary.name", mustSee)
	say(unseen(b.Address, 0, 200), model.ErrWishPerson, "body.beneficiary.address", mustSee)
	say(f.ExpectedBy != nil && !model.InTime(moment(*f.ExpectedBy), noteOf(c.Context()).begun), model.ErrWishDate, "body.expected_by", mustSoon)
	if f.Channel != "" && model.Channel(f.Channel) != model.ChannelSelf {
		say(f.ConsentBy == "", model.ErrWishConsent, "body.consent_by", mustConsent)
		say(b.Name == "", model.ErrWishPerson, "body.beneficiary.name", mustName)
	}
	return wrong
}

// unseen reports whether somebody has typed s, and it cannot be kept.
func unseen(s string, least, most int) bool {
	_, ok := model.CleanText(s, least, most)
	return s != "" && !ok
}

// manyLines reports whether s has more than one.
func manyLines(s string) bool {
	clean, _ := model.CleanText(s, 0, len(s))
	return strings.Contains(clean, "\n")
}

// at makes err name the part of the request that it is about, if it is f and
// names none.
func at(err error, f *fault.Fault, path, message string) error {
	if g := fault.Of(err); g != nil && g.Is(f) && len(g.Fields) == 0 {
		return g.At(path, message)
	}
	return err
}
