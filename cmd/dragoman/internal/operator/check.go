package operator

import (
	"context"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core/integrity"
	"github.com/dragoman-gateway/dragoman/store"
)

// Check checks the whole store.
type Check struct{}

// Do checks the store's rows and what they mean.
func (o *Check) Do(ctx context.Context, s *Store) (Result, error) {
	var all []integrity.Dialect
	for _, d := range s.Dialects {
		if c, ok := d.(integrity.Dialect); ok {
			all = append(all, c)
		}
	}
	broken, err := store.Check(ctx, s.Raw)
	if err != nil {
		return Result{}, err
	}
	report, err := integrity.Check(ctx, s.Directory, all)
	switch {
	case err != nil && len(broken) == 0:
		return Result{}, err
	case err != nil:
		report = new(integrity.Report)
		broken = append(broken, "the rest cannot be read: "+err.Error())
	}
	for _, text := range broken {
		report.Add(integrity.Problem{Kind: "store", Text: text})
	}
	return reportResult(report), nil
}

func reportResult(r *integrity.Report) Result {
	result := Result{Data: r}
	for _, p := range r.Problems {
		result.Lines = append(result.Lines, p.String())
	}
	if r.More > 0 {
		result.Lines = append(result.Lines, fmt.Sprintf("and %d more", r.More))
	}
	if n := len(r.Problems) + r.More; n > 0 {
		result.Failed = fmt.Sprintf("the store has %d problems", n)
		return result
	}
	result.Lines = append(result.Lines, fmt.Sprintf("no problem in %d realms, %d users, %d groups, %d memberships and %d records",
		r.Realms, r.Users, r.Groups, r.Memberships, r.Records))
	return result
}
