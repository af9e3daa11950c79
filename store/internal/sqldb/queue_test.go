package sqldb

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

func TestUpdatesTakeTurnsByClient(t *testing.T) {
	t.Parallel()
	q := newQueue()
	names := map[*change]string{}
	for _, client := range []string{"a", "a", "a", "", "b", "b", ""} {
		c := newChange(passwd.WithClient(context.Background(), client), nil)
		names[c] = fmt.Sprintf("%s%d", client, len(q.waiting[client]))
		q.add(c)
	}
	if q.len() != 7 {
		t.Errorf("%d wait", q.len())
	}
	q.close()
	var got []string
	for c := q.wait(); c != nil; c = q.wait() {
		got = append(got, names[c])
	}
	if want := []string{"a0", "0", "b0", "a1", "1", "b1", "a2"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if len(q.waiting) > 0 || q.len() != 0 || q.next() != nil {
		t.Errorf("left: %v", q.waiting)
	}
}
