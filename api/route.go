package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"runtime"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/internal/fault"
	"dandelion/model"
)

// A handler answers one kind of request. In is read from the path, the query
// and the body, and checked, before it is called.
type handler[In, Out any] func(ctx context.Context, who model.Actor, in *In) (*Out, error)

// route is one row of the route table. The router, the permission check and
// the OpenAPI document are made from the same rows, so none can be out of step.
type route struct {
	huma.Operation
	may   model.Permission
	serve func(huma.API, huma.Operation)
}

// RouteInfo tells of a row what tests and documents need to know.
type RouteInfo struct {
	Method, Path, OperationID string
	Permission                model.Permission
	Mutating                  bool
}

func get[In, Out any](path, summary string, may model.Permission, h handler[In, Out]) route {
	return on(http.MethodGet, path, http.StatusOK, summary, may, h)
}

func post[In, Out any](path, summary string, may model.Permission, h handler[In, Out]) route {
	return on(http.MethodPost, path, http.StatusOK, summary, may, h)
}

func create[In, Out any](path, summary string, may model.Permission, h handler[In, Out]) route {
	return on(http.MethodPost, path, http.StatusCreated, summary, may, h)
}

func request[In, Out any](path, summary string, may model.Permission, h handler[In, Out]) route {
	return on(http.MethodPost, path, http.StatusAccepted, summary, may, h)
}

func put[In, Out any](path, summary string, may model.Permission, h handler[In, Out]) route {
	return on(http.MethodPut, path, http.StatusOK, summary, may, h)
}

func patch[In, Out any](path, summary string, may model.Permission, h handler[In, Out]) route {
	return on(http.MethodPatch, path, http.StatusOK, summary, may, h)
}

func remove[In, Out any](path, summary string, may model.Permission, h handler[In, Out]) route {
	return on(http.MethodDelete, path, http.StatusOK, summary, may, h)
}

// done is the answer of what has nothing else to say.
type done struct {
	Message string `json:"message" doc:"What was done, in Chinese"`
}

// base is where the routes begin.
const base = "/api/v1"

func on[In, Out any](method, path string, status int, summary string, may model.Permission, h handler[In, Out]) route {
	return route{
		Operation: huma.Operation{
			OperationID: nameOf(h), Method: method, Path: base + path, DefaultStatus: status,
			Summary: summary, Tags: []string{strings.Split(path, "/")[1]}, MaxBodyBytes: maxBody,
		},
		may: may,
		serve: func(to huma.API, op huma.Operation) {
			huma.Register(to, op, func(ctx context.Context, in *In) (*reply[Out], error) {
				out, err := h(ctx, noteOf(ctx).actor, in)
				if err != nil {
					return nil, problemOf(ctx, err)
				}
				return &reply[Out]{Body: *out}, nil
			})
		},
	}
}

// upTo lets a row take a body of more bytes than others do.
func (r route) upTo(bytes int64) route {
	r.MaxBodyBytes = bytes
	return r
}

type reply[Out any] struct{ Body Out }

// nameOf returns the name of the method that h is: it serves as the id of the
// operation, and so as the name of the function in generated clients.
func nameOf(h any) string {
	full := runtime.FuncForPC(reflect.ValueOf(h).Pointer()).Name()
	return strings.TrimSuffix(full[strings.LastIndexByte(full, '.')+1:], "-fm")
}

// mount adds r to the API, behind the checks that its permission asks for.
func (r route) mount(to huma.API, s Services) (RouteInfo, error) {
	info := RouteInfo{Method: r.Method, Path: r.Path, OperationID: r.OperationID, Permission: r.may, Mutating: r.Method != http.MethodGet}
	if !r.may.Declared() {
		return info, fmt.Errorf("api: %s %s: permission %q is not declared", r.Method, r.Path, r.may)
	}
	op := r.Operation
	op.Middlewares = huma.Middlewares{s.admit(to, r.may), wellFormed}
	op.Extensions = map[string]any{"x-permission": r.may}
	op.Errors = []int{
		http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable,
	}
	if r.may != model.Anyone {
		op.Security = []map[string][]string{{"session": {}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized)
	}
	if info.Mutating {
		op.Middlewares = append(op.Middlewares, s.once)
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: idempotencyKey, In: "header", Schema: &huma.Schema{Type: huma.TypeString, Pattern: `^[A-Za-z0-9_-]{8,64}$`},
			Description: "同一个键和请求体只办理一次: a retry with the same key and body gets the same answer",
		})
	}
	r.serve(to, op)
	explain(to.OpenAPI().Paths[r.Path], info)
	return info, nil
}

// explain documents the headers of the answers of a route.
func explain(item *huma.PathItem, info RouteInfo) {
	for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
		if op == nil || op.Method != info.Method {
			continue
		}
		say := func(status int, name, kind, about string) {
			if r := op.Responses[strconv.Itoa(status)]; r != nil {
				r.Headers = map[string]*huma.Param{name: {Schema: &huma.Schema{Type: kind}, Description: about}}
			}
		}
		say(http.StatusUnauthorized, "WWW-Authenticate", huma.TypeString, "Bearer")
		for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
			say(status, "Retry-After", huma.TypeInteger, "多少秒后再试: seconds to wait")
		}
		if info.Mutating {
			say(op.DefaultStatus, replayed, huma.TypeBoolean, "重复请求得到的原答复: this answer was given before")
		}
	}
}

var errToken = fault.Define(fault.Unidentified, "session.missing", "请先登录")

// admit lets a request pass if its session holds may, before anything of it is
// read.
func (s Services) admit(to huma.API, may model.Permission) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		if err := s.identify(c, may); err != nil {
			refuse(to, c, err)
			return
		}
		next(c)
	}
}

func (s Services) identify(c huma.Context, may model.Permission) error {
	n := noteOf(c.Context())
	n.actor.RequestID = n.id
	if may == model.Anyone {
		return nil
	}
	scheme, token, _ := strings.Cut(c.Header("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > 128 {
		return errToken
	}
	who, err := s.Identity.Identify(c.Context(), token)
	if err != nil {
		return err
	}
	n.actor, n.token = who, token
	n.actor.RequestID = n.id
	return who.Admit(may)
}

// refuse answers with err outside of a handler.
func refuse(to huma.API, c huma.Context, err error) {
	p := problemOf(c.Context(), err)
	for k, v := range p.headers() {
		c.SetHeader(k, v[0])
	}
	_ = huma.WriteErr(to, c, p.Status, p.Detail, err)
}
