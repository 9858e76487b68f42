package model

import "time"

// words say where a wish stands and what comes next, in plain Chinese: to the
// resident, to who fulfils it, to the community's workers, and to those who only
// watch.
type words struct{ status, resident, helper, worker, watcher string }

var wishWords = map[WishState]words{
	WishDraft: {"心愿还没有提交。", "写好以后请点“提交”, 社区才能看到。", "", "", ""},
	WishSubmitted: {
		"心愿已收到, 社区正在审核。", "请等待社区审核, 一般一天内有结果。", "",
		"请审核: 发布、派单、退回补充、转办或不予受理。", "等待社区审核。",
	},
	WishReturned: {"社区请您补充一些内容。", "请按社区的提示补充后再次提交。", "", "等待居民补充。", "等待居民补充。"},
	WishOpen: {
		"心愿已发布, 正在等人认领。", "有人认领后我们会告诉您。", "您可以认领这个心愿。",
		"暂无人认领, 可以直接派单。", "等待认领或派单。",
	},
	WishDispatched: {
		"社区已把心愿派给了帮忙的人, 正在等对方答复。", "对方接单后会和您联系。", "请尽快接单; 不能办理请谢绝并说明原因。",
		"等待对方接单; 超时会自动收回。", "等待对方接单。",
	},
	WishClaimed: {
		"已经有人接下了您的心愿。", "对方会和您约定时间, 请留意电话。", "请尽快和受助人约定时间, 到时点“开始服务”。",
		"等待接单人预约。", "等待接单人预约。",
	},
	WishInService: {
		"正在为您办理。", "办好以后请您评价。", "办好后请点“晒单”填写结果; 来不及请提前申请延期。",
		"正在办理, 请关注时限。", "正在办理。",
	},
	WishReported: {
		"帮忙的人说已经办好, 社区正在核实。", "社区核实后请您评价。", "等待社区核实。",
		"请核实结果: 属实请通过, 不属实请退回返工。", "等待社区核实。",
	},
	WishAwaiting: {
		"已经办好, 等您评价。", "请您打分, 并告诉我们是否解决了; 没解决可以要求返工。", "等待居民评价。",
		"等待居民评价; 老人请电话回访。", "等待居民评价。",
	},
	WishRework: {
		"还没有办好, 正在重新办理。", "重新办好后会再请您评价。", "请重新办理, 完成后再次晒单。",
		"等待返工完成。", "等待返工完成。",
	},
	WishSuspended: {"心愿暂时停一停。", "到时间后社区会继续办理。", "社区恢复后再继续。", "到恢复日期请恢复办理。", "等待社区恢复办理。"},
	WishClosed: {
		"心愿已经办结。", "谢谢您的参与; 问题没有真正解决, 可以在期限内要求重新办理。", "谢谢您的付出。",
		"已办结。", "已办结。",
	},
	WishUnfulfilled: {"很抱歉, 心愿没能实现。", "原因见说明; 不认可可以在期限内联系所在乡镇（街道）申诉。", "", "已列入缺口清单。", "已列入缺口清单。"},
	WishRejected:    {"这件事没有作为心愿受理。", "原因和您可以怎么办见说明; 不认可可以在期限内联系所在乡镇（街道）申诉。", "", "已告知居民。", "已告知居民。"},
	WishCancelled:   {"心愿已经撤回。", "需要帮忙时可以重新点单。", "", "已撤回。", "已撤回。"},
	WishTransferred: {"这件事已转给其他渠道办理。", "承办方会继续处理, 进展见说明。", "", "已转办。", "已转办。"},
}

// StatusText says where w stands at the time now, in plain Chinese.
func (w *Wish) StatusText(now time.Time) string {
	text := wishWords[w.State].status
	switch {
	case w.State == WishSuspended && w.ResumeOn != nil:
		text = "心愿暂时停一停, 预计" + Said(*w.ResumeOn) + "恢复办理。"
	case w.State == WishClaimed && w.AppointmentAt != nil:
		text = "已经有人接下了您的心愿, 约在" + Said(*w.AppointmentAt) + "。"
	case w.State == WishClosed && w.Stars == 0:
		text = "心愿已经办结, 没有收到评价。"
	case w.State == WishAwaiting && w.Unverified:
		text = "帮忙的人说已经办好（社区未及时核实）, 等您评价。"
	}
	return text + w.urging(now)
}

// urging says that w is late, or that the township has it before its time, since
// it has failed too often.
func (w *Wish) urging(now time.Time) string {
	switch {
	case w.Light != Red || w.DueAt == nil:
		return ""
	case !now.Before(*w.DueAt):
		return "已经超过时限, 正在督促。"
	case w.QueueOrgID == w.township():
		return "已由乡镇（街道）接手。"
	}
	return ""
}

// NextStep says what comes next at the time now, to somebody who is r to w. Who
// placed it on duty is told what his part is, and not what a resident's is.
func (w *Wish) NextStep(r Relation, now time.Time) string {
	t := wishWords[w.State]
	mends := w.State == WishDraft || w.State == WishReturned
	switch {
	case r&Resident != 0, r&Requester != 0 && mends:
		return w.residents(t.resident, r, now)
	case r&(Claimer|Target) != 0:
		return w.helpers(t.helper)
	case r&Worker != 0 && w.FailBy != 0:
		return "有人提出心愿未能实现, 请另一位工作人员复核。"
	case r&Worker != 0:
		return t.worker
	case r&Candidate != 0:
		return t.helper
	case r != 0:
		return t.watcher
	}
	return ""
}

// helpers returns text, or what is truer for who brings goods.
func (w *Wish) helpers(text string) string {
	if (w.State == WishInService || w.State == WishRework) && w.Kind == WishGoods && !w.GoodsHanded {
		return "把物品送到后请先登记交付, 再点“晒单”。"
	}
	return text
}

// residents returns text, or what is truer for a resident, who is r to w.
func (w *Wish) residents(text string, r Relation, now time.Time) string {
	switch {
	case w.State == WishAwaiting && w.WithTownship:
		return "请您打分, 并告诉我们是否解决了; 没解决由乡镇（街道）决定如何继续办理。"
	case w.State == WishClosed && !w.reopenable(r, now):
		return "谢谢您的参与。"
	}
	return text
}
