package api

import (
	"context"

	"dandelion/model"
)

func (s Services) entranceRoutes() []route {
	return []route{
		download("/slots/{id}/entrance.png", "image/png", "入口小程序码: WeChat's code for the wall, for its leader", model.Consented, s.slotEntrance),
	}
}

func (s Services) slotEntrance(ctx context.Context, who model.Actor, in *byID) (*file, error) {
	code, err := s.Activities.Entrance(ctx, who, in.ID.n())
	if err != nil {
		return nil, err
	}
	return &file{Data: code}, nil
}
