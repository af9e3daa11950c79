package upstream

import (
	"context"
	"errors"
	"iter"
	"net/url"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// reading is one run through the API.
type reading struct {
	*Upstream
	ctx     context.Context
	yield   func(*archive.Line, error) bool
	classes []class
	// noLists is set once v2 has shown that it does not answer for this instance.
	noLists bool
}

// class is a class that has been read.
type class struct {
	name   string
	fields schema.Fields
}

// errStopped ends a reading whose consumer wants no more.
var errStopped = errors.New("stopped")

// Lines implements [archive.Live].
func (u *Upstream) Lines(ctx context.Context) iter.Seq2[*archive.Line, error] {
	return func(yield func(*archive.Line, error) bool) {
		r := &reading{Upstream: u, ctx: ctx, yield: yield}
		for _, step := range []func() error{r.instance, r.groups, r.readClasses, r.users, r.objects, r.keys, r.endpointLists} {
			if err := step(); errors.Is(err, errStopped) {
				return
			} else if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// send hands lines on, or the reason why there are none.
func (r *reading) send(source wire.Value, err error, lines ...*archive.Line) error {
	if err != nil {
		err = &archive.RowError{Err: err, Source: append(source.JSON(), '\n')}
		lines = []*archive.Line{nil}
	}
	for _, l := range lines {
		if !r.yield(l, err) {
			return errStopped
		}
	}
	return nil
}

// each reads a list of v1.1 and sends the lines of each item.
func (r *reading) each(path string, lines func(wire.Value) ([]*archive.Line, error)) error {
	return r.pages(r.ctx, r.Upstream.instance(v1)+path, func(p page) error {
		for _, v := range p.items {
			some, err := lines(v)
			if err := r.send(v, err, some...); err != nil {
				return err
			}
		}
		return nil
	})
}

// instance sends the instance and the account that owns it.
func (r *reading) instance() error {
	caller, err := r.get(r.ctx, v1+"account/", nil)
	if err != nil {
		return err
	}
	v, err := r.get(r.ctx, r.Upstream.instance(v1), nil)
	if err != nil {
		return err
	}
	lines, err := r.instanceLines(v, caller)
	return r.send(v, err, lines...)
}

func (r *reading) groups() error {
	return r.each("groups/", func(v wire.Value) ([]*archive.Line, error) { return one(r.groupLine(v)) })
}

func one(l *archive.Line, err error) ([]*archive.Line, error) { return []*archive.Line{l}, err }

func (r *reading) readClasses() error {
	return r.each("classes/", func(v wire.Value) ([]*archive.Line, error) {
		l, fields, err := r.classLine(v)
		if err == nil {
			r.classes = append(r.classes, class{l.Record.Key, fields})
		}
		return one(l, err)
	})
}

// profileFields are the fields of the users' profiles.
func (r *reading) profileFields() schema.Fields {
	for _, c := range r.classes {
		if c.name == schema.ProfileClass {
			return c.fields
		}
	}
	return nil
}

func (r *reading) users() error {
	fields := r.profileFields()
	return r.withLists("users/", func(v, list wire.Value) error {
		id, _ := v.Get("id")
		number, _ := id.Int()
		files := &fetching{Upstream: r.Upstream, ctx: r.ctx, user: number}
		defer files.close()
		some, err := r.userLines(v, list, fields, files.name)
		if err := r.send(v, err, some...); err != nil || len(some) == 0 {
			return err
		}
		return files.lines(v, func(l *archive.Line, err error) error {
			if !r.yield(l, err) {
				return errStopped
			}
			return nil
		})
	})
}

func (r *reading) objects() error {
	for _, c := range r.classes {
		if c.name == schema.ProfileClass {
			continue // they came with their users
		}
		err := r.withLists("classes/"+c.name+"/objects/", func(v, list wire.Value) error {
			l, err := r.objectLine(c, v, list)
			return r.send(v, err, l)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// withLists calls do for each item of a list of v1.1, and what v2 says who may do what
// with it.
func (r *reading) withLists(path string, do func(v, list wire.Value) error) error {
	return r.pages(r.ctx, r.Upstream.instance(v1)+path, func(p page) error {
		lists, err := r.lists(path, p.query)
		if err != nil {
			return err
		}
		for _, v := range p.items {
			id, _ := v.Get("id")
			if err := do(v, lists[id.Text()]); err != nil {
				return err
			}
		}
		return nil
	})
}

// lists reads the same page in v2; nil if that version does not show it.
func (r *reading) lists(path string, query url.Values) (lists map[string]wire.Value, err error) {
	if r.noLists {
		return nil, nil
	}
	v, err := r.get(r.ctx, r.Upstream.instance(v2)+path, query)
	if err != nil {
		return nil, err
	}
	r.noLists = v.IsNull()
	items, _ := v.Get("objects")
	lists = map[string]wire.Value{}
	for _, item := range items.Items() {
		id, _ := item.Get("id")
		lists[id.Text()], _ = item.Get("acl")
	}
	return lists, nil
}

func (r *reading) keys() error {
	return r.each("api_keys/", func(v wire.Value) ([]*archive.Line, error) { return one(r.keyLine(v)) })
}

// endpointLists reads who may do what with users and groups at all, which only v2 has.
func (r *reading) endpointLists() error {
	for _, endpoint := range []string{"users", "groups"} {
		v, err := r.get(r.ctx, r.Upstream.instance(v2)+endpoint+"/acl/", nil)
		if err != nil {
			return err
		}
		body := syncano.ShownEndpointACL(endpoint, v)
		if body == nil {
			continue
		}
		l, err := archive.RecordLine(&core.Record{Realm: r.cfg.Realm, Kind: syncano.KindEndpointACL, Key: endpoint, Body: body})
		if err := r.send(v, err, l); err != nil {
			return err
		}
	}
	return nil
}
