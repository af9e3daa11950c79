package upstream

import (
	"context"
	"errors"
	"iter"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/onapp"
)

// reading is one run through the API.
type reading struct {
	*Upstream
	ctx   context.Context
	yield func(*archive.Line, error) bool
	panel *panel
}

// panel is what users refer to.
type panel struct {
	groups map[groupID]bool
	fields *core.Document
}

type groupID struct {
	kind string
	id   int64
}

// errStopped ends a reading whose consumer wants no more.
var errStopped = errors.New("stopped")

// Lines implements [archive.Live].
func (u *Upstream) Lines(ctx context.Context) iter.Seq2[*archive.Line, error] {
	return func(yield func(*archive.Line, error) bool) {
		r := &reading{Upstream: u, ctx: ctx, yield: yield, panel: &panel{groups: map[groupID]bool{}}}
		for _, step := range []func() error{r.roles, r.buckets, r.userGroups, r.fields, r.users} {
			if err := step(); errors.Is(err, errStopped) {
				return
			} else if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// send hands a line on, or the reason why there is none.
func (r *reading) send(l *archive.Line, source wire.Value, err error) error {
	if err != nil {
		l, err = nil, &archive.RowError{Err: err, Source: append(source.JSON(), '\n')}
	}
	if !r.yield(l, err) {
		return errStopped
	}
	return nil
}

// group hands on a group of the panel with its document.
func (r *reading) group(kind string, v wire.Value, body *core.Document) error {
	g, err := r.newGroup(kind, v, body)
	if err == nil {
		r.panel.groups[groupID{kind, g.ID}] = true
	}
	return r.send(&archive.Line{Group: g}, v, err)
}

func (r *reading) roles() error {
	return r.each("/roles", "role", func(v wire.Value) error {
		return r.group(onapp.KindRole, v, onapp.ShownRole(v))
	})
}

// each asks for a list and goes through it.
func (r *reading) each(path, one string, do func(wire.Value) error) error {
	return r.pages(r.ctx, path, one, func(items []wire.Value) error {
		for _, v := range items {
			if err := do(v); err != nil {
				return err
			}
		}
		return nil
	})
}

// buckets asks first which version the panel has, since their path depends on it.
func (r *reading) buckets() error {
	about, err := r.get(r.ctx, "/version", nil)
	if err != nil {
		return err
	}
	version, _ := about.Get("version")
	path, one, hasItems, err := onapp.BucketsOf(version.Text())
	if err != nil {
		return err
	}
	return r.each(path, one, func(v wire.Value) error {
		var controls, cards []wire.Value
		if id, ok := number(v, "id"); ok && hasItems {
			below := path + "/" + strconv.FormatInt(id, 10)
			if controls, err = r.list(r.ctx, below+"/access_controls", "access_control", nil); err != nil {
				return err
			}
			if cards, err = r.list(r.ctx, below+"/rate_cards", "rate_card", nil); err != nil {
				return err
			}
		}
		return r.group(onapp.KindBucket, v, onapp.ShownBucket(v, controls, cards))
	})
}

func (r *reading) userGroups() error {
	organizations := map[int64]wire.Value{}
	err := r.each("/organizations", "organization", func(v wire.Value) error {
		if id, ok := number(v, "user_group_id"); ok {
			organizations[id] = v
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.each("/user_groups", "user_group", func(v wire.Value) error {
		id, _ := number(v, "id")
		return r.group(onapp.KindUserGroup, v, onapp.ShownUserGroup(v, organizations[id]))
	})
}

func (r *reading) fields() error {
	var all []wire.Value
	err := r.each("/user_additional_fields", "user_additional_field", func(v wire.Value) error {
		all = append(all, v)
		return nil
	})
	if err != nil {
		return err
	}
	r.panel.fields = onapp.ShownFields(all)
	if len(all) == 0 {
		return nil
	}
	l, err := archive.RecordLine(&core.Record{Realm: r.cfg.Realm, Kind: onapp.KindField, Key: onapp.KeyAllFields, Body: r.panel.fields})
	return r.send(l, wire.Array(all...), err)
}

// users reads what belongs to users, several at once, and hands it on in their order.
func (r *reading) users() error {
	return r.pages(r.ctx, "/users", "user", func(items []wire.Value) error {
		found := make([][]*archive.Line, len(items))
		faults := make([]error, len(items))
		g, ctx := errgroup.WithContext(r.ctx)
		g.SetLimit(r.cfg.Parallel)
		for i, v := range items {
			g.Go(func() (err error) {
				if found[i], faults[i] = r.userLines(v, r.panel); faults[i] != nil {
					return nil // of this user alone
				}
				records, err := r.recordLines(ctx, v)
				found[i] = append(found[i], records...)
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		for i, v := range items {
			if faults[i] != nil {
				found[i] = []*archive.Line{nil}
			}
			for _, l := range found[i] {
				if err := r.send(l, v, faults[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Complete implements [archive.Live]: it keeps of a user what no panel shows.
func (u *Upstream) Complete(tx *core.Tx, l *archive.Line) error {
	if l.User == nil {
		return nil
	}
	stored, known, err := tx.ByOrigin(l.User.Realm, core.Origin(*l.User.Origin))
	if !known && core.KindOf(err) == core.NotFound {
		stored, err = tx.UserIncludingDeleted(core.ByUsername(l.User.Realm, l.User.Username))
	}
	if core.KindOf(err) == core.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	doc, err := onapp.KeepFacet(core.NewDocument([]byte(l.User.Facets[0].Text)), stored.Facets.Get(onapp.Name))
	if err == nil {
		l.User.Facets[0].Text = string(doc.Text())
	}
	return err
}

// Imported implements [archive.Live].
func (u *Upstream) Imported(tx *core.Tx, l *archive.Line) error {
	if l.Record == nil || l.Record.Kind != onapp.KindWhiteList && l.Record.Kind != onapp.KindPayment {
		return nil
	}
	r, err := tx.Record(core.RecordRef{Realm: u.cfg.Realm, Kind: l.Record.Kind, ID: l.Record.ID})
	if err != nil {
		return err
	}
	return onapp.CountRecords(tx, u.cfg.Realm, r.Owner)
}
