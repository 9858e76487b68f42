package demo

import "dandelion/model"

// text is what a wish asks for, and what is said of it when it is done.
type text struct {
	kind      model.WishKind
	age       model.AgeGroup
	sensitive bool
	skill     string
	title     string
	detail    string
	done      string
}

var texts = []text{
	{model.WishService, model.Elder, false, "电工", "换一个客厅灯泡", "客厅的灯坏了一周, 够不着, 晚上看不清路。", "已换好灯泡, 顺便检查了开关。"},
	{model.WishService, model.Elder, false, "水暖", "厨房水龙头漏水", "水龙头一直滴水, 拧不紧。", "已更换阀芯, 不再漏水。"},
	{model.WishCompanionship, model.Elder, false, "陪诊", "陪我去医院复查", "下周要去复查血压, 不会用自助机。", "陪同挂号、检查、取药, 已送回家。"},
	{model.WishService, model.Elder, false, "理发", "上门理发", "腿脚不便, 两个月没理发了。", "已上门理发。"},
	{model.WishGoods, model.Minor, false, "", "想要几本课外书", "孩子上三年级, 想看科普书和故事书。", "送去八本适合的图书。"},
	{model.WishService, model.Minor, false, "作业辅导", "周末数学辅导", "四年级, 应用题总是做错, 家里老人教不了。", "辅导了两个小时, 讲了分数应用题。"},
	{model.WishGoods, model.Elder, false, "", "借一台轮椅", "摔伤了腿, 需要用一个月。", "轮椅已送到并教会使用。"},
	{model.WishCompanionship, model.Elder, false, "陪伴", "陪老人聊聊天", "子女在外地, 平时一个人在家。", "陪老人聊天、读报一小时。"},
	{model.WishService, model.Adult, false, "家电维修", "冰箱不制冷", "冰箱用了五年, 最近不制冷。", "清理了散热器, 已恢复制冷。"},
	{model.WishService, model.Elder, false, "管道", "卫生间下水道堵了", "水下不去, 家里有味道。", "已疏通下水道。"},
	{model.WishService, model.Adult, true, "法律", "想咨询劳动合同的事", "单位拖欠工资, 不知道怎么办。", "解释了维权办法, 帮助整理了材料。"},
	{model.WishGoods, model.Adult, false, "", "需要一床棉被", "家里遭了水, 被子湿了。", "送去棉被一床。"},
	{model.WishService, model.Elder, false, "", "教我用智能手机", "不会挂号, 也不会付款。", "教会了视频通话、挂号和付款。"},
	{model.WishService, model.Elder, false, "搬运", "帮忙搬旧沙发", "旧沙发太重, 搬不下楼。", "已搬到楼下回收点。"},
	{model.WishCompanionship, model.Adult, true, "心理", "想找人说说话", "最近压力很大, 睡不着。", "约在驿站谈心, 介绍了心理热线。"},
	{model.WishService, model.Adult, false, "", "给家里装扶手", "家人行动不便, 卫生间需要扶手。", "装好两处扶手, 试过很牢固。"},
	{model.WishGoods, model.Minor, true, "", "想要一个新书包", "书包带子断了。", "新书包在驿站交给孩子和监护人。"},
	{model.WishService, model.Elder, false, "保洁", "擦一擦高处的窗户", "年纪大了不敢爬高。", "窗户已擦干净。"},
	{model.WishService, model.Elder, false, "", "代买降压药", "药快吃完了, 出门不方便。", "按处方代买了降压药, 票据已交给老人。"},
}
