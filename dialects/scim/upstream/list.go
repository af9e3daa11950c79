package upstream

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// features are what a server says of itself.
type features struct {
	cursors    bool            // its lists have cursors
	operations int             // of a bulk request, by which PATCH is cut too; 0 is unknown
	extensions map[string]bool // URNs of schemas that users may have
	declared   bool            // it says which those are
}

// features asks the server. One that does not say has none.
func (u *Upstream) features(ctx context.Context) (f features, err error) {
	config, err := u.ask(ctx, http.MethodGet, "/ServiceProviderConfig", nil, nil)
	if _, refused := errors.AsType[*Error](err); err != nil && !refused {
		return f, err
	}
	f.cursors, _ = member(member(config, "pagination"), "cursor").Bool()
	operations, _ := member(member(config, "bulk"), "maxOperations").Int()
	f.operations = int(min(max(operations, 0), 1<<16))
	types, err := u.ask(ctx, http.MethodGet, "/ResourceTypes", nil, nil)
	if _, refused := errors.AsType[*Error](err); refused {
		return f, nil
	}
	f.extensions = map[string]bool{}
	for _, t := range member(types, "Resources").Items() {
		if textOf(t, "endpoint") != "/Users" && textOf(t, "name") != "User" {
			continue
		}
		f.declared = true
		for _, e := range member(t, "schemaExtensions").Items() {
			f.extensions[textOf(e, "schema")] = true
		}
	}
	return f, err
}

// list gives all resources of an endpoint, page by page: by cursors if the server has
// them, since those survive changes of the list, and else by index.
func (u *Upstream) list(ctx context.Context, endpoint string, cursors bool) iter.Seq2[wire.Value, error] {
	return func(yield func(wire.Value, error) bool) {
		p := &pages{u: u, endpoint: endpoint, cursors: cursors, start: 1}
		for p.more = true; p.more; {
			page, err := p.next(ctx)
			if err != nil {
				yield(wire.Value{}, err)
				return
			}
			for _, item := range page {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// pages is the place in a list.
type pages struct {
	u        *Upstream
	endpoint string
	cursors  bool
	cursor   string
	start    int // from 1
	more     bool
}

func (p *pages) next(ctx context.Context) ([]wire.Value, error) {
	query := url.Values{"count": {strconv.Itoa(p.u.cfg.Page)}}
	if p.cursors {
		query.Set("cursor", p.cursor)
	} else {
		query.Set("startIndex", strconv.Itoa(p.start))
	}
	answer, err := p.u.ask(ctx, http.MethodGet, p.endpoint, query, nil)
	if err != nil {
		return nil, err
	}
	total, ok := member(answer, "totalResults").Int()
	if !ok {
		return nil, fmt.Errorf("%s: the list does not say its totalResults", p.endpoint)
	}
	items := member(answer, "Resources").Items()
	if p.cursors {
		before := p.cursor
		p.cursor = textOf(answer, "nextCursor")
		p.more = p.cursor != ""
		if p.more && p.cursor == before {
			return nil, fmt.Errorf("%s: the list does not end: a cursor leads to itself", p.endpoint)
		}
		return items, nil
	}
	if len(items) == 0 && int64(p.start) <= total {
		return nil, fmt.Errorf("%s: the list is cut: there are %d, and none from %d on", p.endpoint, total, p.start)
	}
	p.start += len(items)
	p.more = int64(p.start) <= total
	return items, nil
}
