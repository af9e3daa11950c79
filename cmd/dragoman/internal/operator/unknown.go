package operator

import (
	"context"
	"fmt"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/unknown"
)

// ListUnknown lists what clients ask for and no dialect has.
type ListUnknown struct{}

// unknownRequests is what ListUnknown answers.
type unknownRequests struct {
	Requests []unknown.Request `json:"requests"`
	// Lost is the number of requests whose kinds are not listed any more.
	Lost int64 `json:"lost"`
}

// Do lists the requests since the gateway's start, by method and path.
func (o *ListUnknown) Do(_ context.Context, s *Store) (Result, error) {
	if !s.Served {
		return Result{}, refuse("no gateway serves this store, or not as a SQLite file: such a gateway has the metric dragoman_unknown_requests_total, and the paths in its log at the level debug")
	}
	list, lost := s.Unknown.List()
	rows := [][]string{}
	for _, r := range list {
		rows = append(rows, []string{fmt.Sprint(r.Count), r.Dialect, r.Method, r.Path, r.Last.UTC().Format(time.RFC3339)})
	}
	lines := table(rows)
	if lost > 0 {
		lines = append(lines, fmt.Sprintf("and %d that were asked for less often", lost))
	}
	return Result{Lines: lines, Data: unknownRequests{list, lost}}, nil
}

// NeedsGateway marks the operation as one that only a running gateway can do: the store does
// not have these requests.
func (o *ListUnknown) NeedsGateway() {}
