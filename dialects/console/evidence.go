package console

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

func shownDuration(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// plotted is how many requests a plot shows.
const plotted = 60

// rateOf sums up the dialect's requests, which come newest first.
func rateOf(dialect string, all []Entry) shownRate {
	r := shownRate{Dialect: dialect}
	var took []time.Duration
	for i := range all {
		if all[i].Dialect != dialect {
			continue
		}
		r.Requests++
		if all[i].Status >= http.StatusInternalServerError {
			r.Failures++
		}
		took = append(took, all[i].Took)
	}
	if len(took) == 0 {
		return r
	}
	last := slices.Clone(took[:min(len(took), plotted)])
	slices.Reverse(last)
	slices.Sort(took)
	r.Median, r.Slowest = took[len(took)/2], took[len(took)-1]
	r.Points = points(last)
	return r
}

// points places durations on a plot of 120 by 30, the longest at its top.
func points(took []time.Duration) string {
	longest := max(slices.Max(took), time.Microsecond)
	list := make([]string, len(took))
	for i, d := range took {
		list[i] = fmt.Sprintf("%d,%d", 2*i, 29-28*d/longest)
	}
	return strings.Join(list, " ")
}

// spoken is what the page of evidence says of one dialect.
type spoken struct {
	Name   string
	Paths  []string
	Proofs []string
}

// evidence shows what each dialect speaks and what proves it.
func (v *visit) evidence() error {
	var all []spoken
	for _, d := range v.cfg.Dialects {
		s := spoken{Name: d.Name()}
		for _, path := range []string{"/v1/", "/v1.1/", "/v2/", "/v3/", "/api/users/", "/users.json", "/roles.json", "/scim/v2/Users"} {
			if d.Owns(path) && ownedFirst(v, d.Name(), path) {
				s.Paths = append(s.Paths, path)
			}
		}
		s.Proofs = []string{"testdata/" + d.Name() + ": transcripts of requests and answers, byte for byte",
			"testdata/field/" + d.Name() + ": requests of real clients, each with the report that it comes from",
			"dialects/" + d.Name() + "/REFERENCE.md: the tables of the wire that the code points to"}
		all = append(all, s)
	}
	return v.render(http.StatusOK, "evidence", all)
}

// ownedFirst reports whether no dialect before the named one owns the path.
func ownedFirst(v *visit, name, path string) bool {
	for _, d := range v.cfg.Dialects {
		if d.Owns(path) {
			return d.Name() == name
		}
	}
	return false
}
