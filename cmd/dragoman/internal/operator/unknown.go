package operator

import (
	"context"
	"fmt"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/unknown"
)

// ListUnknown lists what clients ask for and no dialect has.
type ListUnknown struct{}

// Do lists, by method and path, the requests since the start of the gateway that serves a
// file, or what the gateways of a database have saved there.
func (o *ListUnknown) Do(ctx context.Context, s *Store) (Result, error) {
	var all unknown.Stored
	var err error
	switch {
	case s.Served:
		all.Requests, all.Lost = s.Unknown.List()
	case s.Raw != nil:
		all, err = unknown.Load(ctx, s.Raw)
	default:
		err = refuse("no gateway serves this store: the file does not have these requests")
	}
	if err != nil {
		return Result{}, err
	}
	rows := [][]string{}
	for _, r := range all.Requests {
		rows = append(rows, []string{fmt.Sprint(r.Count), r.Dialect, r.Method, r.Path, r.Last.UTC().Format(time.RFC3339)})
	}
	lines := table(rows)
	if all.Lost > 0 {
		lines = append(lines, fmt.Sprintf("and %d that were asked for less often", all.Lost))
	}
	return Result{Lines: lines, Data: all}, nil
}

// NeedsGateway marks the operation as one that, of a file, only the gateway that serves it
// can do: the file does not have these requests.
func (o *ListUnknown) NeedsGateway() {}
