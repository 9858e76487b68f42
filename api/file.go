package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
)

// file is an answer that is no JSON: a picture or a spreadsheet.
type file struct {
	Name string // as which to save it; "": it is shown
	Data []byte
}

// fileReply is how a file is written. Nothing of it is kept by caches that
// others share.
type fileReply struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Cache       string `header:"Cache-Control"`
	Body        []byte
}

// download is a row of the route table whose answer is a file of the media type
// kind (下载).
func download[In any](path, kind, summary string, may model.Permission, h handler[In, file]) route {
	r := on(http.MethodGet, path, http.StatusOK, summary, may, h)
	r.Responses = map[string]*huma.Response{strconv.Itoa(http.StatusOK): {
		Description: "OK", Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	r.serve = func(to huma.API, op huma.Operation) {
		huma.Register(to, op, func(ctx context.Context, in *In) (*fileReply, error) {
			out, err := h(ctx, noteOf(ctx).actor, in)
			if err != nil {
				return nil, problemOf(ctx, err)
			}
			shown := "inline"
			if out.Name != "" {
				shown = fmt.Sprintf("attachment; filename*=UTF-8''%s", url.PathEscape(out.Name))
			}
			return &fileReply{kind, shown, "private, no-store", out.Data}, nil
		})
	}
	return r
}
