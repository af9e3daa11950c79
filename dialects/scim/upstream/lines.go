package upstream

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim"
)

// Reader reads all that a server shows, to be imported. It is for one use.
type Reader struct {
	*Upstream
	importer *scim.Importer
	nested   atomic.Int64
}

// Reader returns a reader of the server.
func (u *Upstream) Reader() *Reader {
	return &Reader{Upstream: u, importer: scim.NewImporter(u.cfg.Connection)}
}

// Lines gives the users, then the groups, each with its members in their order. An error
// that is an [archive.RowError] concerns one object; after any other it ends.
func (r *Reader) Lines(ctx context.Context) iter.Seq2[*archive.Line, error] {
	return func(yield func(*archive.Line, error) bool) {
		f, err := r.features(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, list := range []struct {
			endpoint string
			convert  func(context.Context, wire.Value, func(*archive.Line, error) bool) bool
		}{{"/Users", r.user}, {"/Groups", r.group}} {
			for v, err := range r.list(ctx, list.endpoint, f.cursors) {
				if err != nil {
					yield(nil, err)
					return
				}
				if !list.convert(ctx, v, yield) {
					return
				}
			}
		}
	}
}

// bad is the error of an object that is not one of SCIM.
func bad(v wire.Value, err error) error {
	return &archive.RowError{Err: err, Source: append(v.JSON(), '\n')}
}

func (r *Reader) user(_ context.Context, v wire.Value, yield func(*archive.Line, error) bool) bool {
	u, err := r.importer.User(v)
	if err != nil {
		return yield(nil, bad(v, err))
	}
	u.Realm = r.cfg.Realm
	return yield(archive.UserLine(u))
}

func (r *Reader) group(ctx context.Context, v wire.Value, yield func(*archive.Line, error) bool) bool {
	whole, err := r.withMembers(ctx, v)
	if err != nil {
		return yield(nil, err)
	}
	g, err := r.importer.Group(whole)
	if err != nil {
		return yield(nil, bad(v, err))
	}
	r.nested.Add(int64(g.Nested))
	g.Group.Realm = r.cfg.Realm
	if !yield(archive.GroupLine(g.Group)) {
		return false
	}
	for _, record := range g.Records {
		record.Realm = r.cfg.Realm
		if !yield(archive.RecordLine(record)) {
			return false
		}
	}
	for _, id := range g.Members {
		m := archive.Membership{Realm: r.cfg.Realm, Kind: g.Group.Kind, UserUID: id, GroupUID: g.Group.UID}
		if !yield(archive.MembershipLine(m)) {
			return false
		}
	}
	return true
}

// withMembers asks for a group again whose members the list does not show.
func (r *Reader) withMembers(ctx context.Context, v wire.Value) (wire.Value, error) {
	id := textOf(v, "id")
	if !member(v, "members").IsNull() || id == "" {
		return v, nil
	}
	return r.ask(ctx, http.MethodGet, "/Groups/"+url.PathEscape(id), nil, nil)
}

// Complete keeps of a stored user or group what the server does not show. Lines name other
// objects by UID.
func (r *Reader) Complete(tx *core.Tx, l *archive.Line) error {
	switch {
	case l.User != nil:
		return keepUser(tx, l)
	case l.Group != nil:
		return keepGroup(tx, l)
	}
	return nil
}

func keepUser(tx *core.Tx, l *archive.Line) error {
	u := l.User.CoreUser(l.User.Realm)
	stored, err := tx.UserIncludingDeleted(core.ByUID(u.Realm, u.UID))
	if core.KindOf(err) == core.NotFound {
		stored, err = tx.UserIncludingDeleted(core.ByUsername(u.Realm, u.Username))
	}
	brought := u.Facets.Get(scim.Name)
	if core.KindOf(err) == core.NotFound || brought == nil && err == nil {
		return nil
	}
	if err != nil {
		return err
	}
	kept, err := scim.KeepFacet(brought, stored.Facets.Get(scim.Name))
	if err != nil {
		return err
	}
	u.Facets.Set(scim.Name, kept.Text())
	line, err := archive.UserLine(u)
	if err == nil {
		l.User.Facets = line.User.Facets
	}
	return err
}

func keepGroup(tx *core.Tx, l *archive.Line) error {
	g := l.Group.CoreGroup(l.Group.Realm)
	stored, err := tx.Group(core.GroupRef{Realm: g.Realm, Kind: g.Kind, UID: g.UID})
	if err != nil {
		if core.KindOf(err) == core.NotFound {
			err = nil
		}
		return err
	}
	if g.Body, err = scim.KeepGroup(g.Body, stored.Body); err != nil {
		return err
	}
	line, err := archive.GroupLine(g)
	if err == nil {
		l.Group.Document = line.Group.Document
	}
	return err
}

// Imported has nothing to do.
func (r *Reader) Imported(*core.Tx, *archive.Line) error { return nil }

// Hidden says what the server does not show, and what to do about it.
func (r *Reader) Hidden() []string {
	hidden := []string{"passwords: the users have none here and cannot log in until one is set; import their hashes from a table, or let them be reset"}
	if n := r.nested.Load(); n > 0 {
		hidden = append(hidden, fmt.Sprintf("groups in groups: %d were left out; add their users to the outer groups", n))
	}
	return hidden
}
