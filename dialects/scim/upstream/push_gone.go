package upstream

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// gone ends at the server what was sent there and is here no more.
func (p *push) gone(ctx context.Context) error {
	var gone []entry
	users := 0
	for _, key := range slices.Sorted(maps.Keys(p.state.entries)) {
		if e := p.state.entries[key]; !p.seen[key] && e.Sum != sumEnded {
			gone = append(gone, e)
			if e.Type == typeUser {
				users++
			}
		}
	}
	if users > p.opts.MaxGone {
		return fmt.Errorf("%d users that were sent are here no more, and %d may be: is this the right store and realm?", users, p.opts.MaxGone)
	}
	for _, e := range gone {
		o := Outcome{Type: e.Type, ID: e.ID, Name: e.Name, Remote: e.Remote}
		verdict, err := p.end(ctx, e)
		o.Verdict = verdict
		if err := p.report(o, err); err != nil {
			return err
		}
	}
	return nil
}

// end deletes or deactivates one object.
func (p *push) end(ctx context.Context, e entry) (v Verdict, err error) {
	method, body, then := http.MethodDelete, (*wire.Value)(nil), entry{Type: e.Type, ID: e.ID}
	switch {
	case p.opts.Delete:
		v = Deleted
	case e.Type == typeGroup:
		return Left, nil
	default:
		off := patchOf(operation("replace", "active", wire.Bool(false)))
		method, body, then, v = http.MethodPatch, &off, e, Deactivated
		then.Sum = sumEnded
	}
	if p.opts.DryRun {
		return v, nil
	}
	if _, err = p.ask(ctx, method, pathOf(e.Type, e.Remote), nil, body); StatusOf(err) == http.StatusNotFound {
		then, err = entry{Type: e.Type, ID: e.ID}, nil // another client removed it there
	}
	if err != nil {
		return v, err
	}
	return v, p.state.put(then)
}
