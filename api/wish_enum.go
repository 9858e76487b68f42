package api

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/wish"
)

// These are the model's words, described in the document by the values there
// are; the empty one, where it is allowed, is left out of an answer.
type (
	wishListView wish.View
	wishState    model.WishState
	wishKind     model.WishKind
	urgency      model.Urgency
	difficulty   model.Difficulty
	channel      model.Channel
	handOver     model.HandOver
	ageGroup     model.AgeGroup
	scope        model.Scope
	light        model.Light
	solved       model.Solved
	taskKind     model.TaskKind
	rejectCode   model.RejectCode
)

// Schema describes a wishListView.
func (wishListView) Schema(huma.Registry) *huma.Schema { return oneOf(wish.Views()...) }

// Schema describes a wishState.
func (wishState) Schema(huma.Registry) *huma.Schema { return oneOf(model.WishStates()...) }

// Schema describes a wishKind.
func (wishKind) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.WishService, model.WishGoods, model.WishCompanionship)
}

// Schema describes an urgency.
func (urgency) Schema(huma.Registry) *huma.Schema { return oneOf(model.Normal, model.Urgent) }

// Schema describes a difficulty.
func (difficulty) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.Easy, model.Medium, model.Hard)
}

// Schema describes a channel.
func (channel) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.ChannelSelf, model.ChannelProxy, model.ChannelStaff)
}

// Schema describes a handOver.
func (handOver) Schema(huma.Registry) *huma.Schema { return oneOf(model.AtHome, model.AtStation) }

// Schema describes an ageGroup.
func (ageGroup) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.Minor, model.Adult, model.Elder)
}

// Schema describes a scope.
func (scope) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.ScopeCommunity, model.ScopeTownship, model.ScopeCounty)
}

// Schema describes a light.
func (light) Schema(huma.Registry) *huma.Schema { return oneOf(model.Green, model.Amber, model.Red) }

// Schema describes a solved.
func (solved) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.SolvedYes, model.SolvedPartly, model.SolvedNo)
}

// Schema describes a taskKind.
func (taskKind) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.TaskDecide, model.TaskCall, model.TaskResume, model.TaskOverdue, model.TaskTakeOver, model.TaskConfirm, model.TaskExtend)
}

// Schema describes a rejectCode.
func (rejectCode) Schema(huma.Registry) *huma.Schema { return oneOf(model.RejectCodes()...) }

// moment cuts a time that a client sent to what is kept of it.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
