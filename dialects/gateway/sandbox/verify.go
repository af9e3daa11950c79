package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Expectation is what is verified: how often calls were made, or in which order.
type Expectation struct {
	Filter
	// With is compared with the body of the request: members that it has must be the
	// same there, those that it does not have may be anything.
	With json.RawMessage `json:"with,omitempty"`
	// Times is how often exactly; without it and Never, at least once.
	Times *int `json:"times,omitempty"`
	Never bool `json:"never,omitempty"`
	// Order are operations that must have been called one after the other, with any
	// others in between.
	Order []string `json:"order,omitempty"`
	// NoWarnings fails if strict mode warned about a call that fits otherwise.
	NoWarnings bool `json:"no_warnings,omitempty"`
}

// Near is a call that nearly fits, and what differs.
type Near struct {
	Entry   *Entry   `json:"entry"`
	Differs []string `json:"differs"`
}

// maxNear is how many of the nearest calls are shown.
const maxNear = 3

// check fails for members that do not fit together.
func (x *Expectation) check() error {
	switch {
	case x.Times != nil && *x.Times < 0:
		return invalid("times", "a number of calls is not below 0")
	case x.Never && x.Times != nil:
		return invalid("never", "give one of times, never and order")
	case len(x.Order) > 0 && (x.Never || x.Times != nil):
		return invalid("order", "give one of times, never and order")
	case len(x.Order) > 0 && x.Operation != "":
		return invalid("operation", "order has the operations")
	}
	return nil
}

// verify fails with a problem if the entries are not as expected.
func (x *Expectation) verify(entries []*Entry) (calls int, err error) {
	if len(x.Order) > 0 {
		return len(x.Order), x.verifyOrder(entries)
	}
	var near []Near
	warned := 0
	for _, e := range entries {
		differs := x.differs(e)
		if len(differs) == 0 {
			calls++
			continue
		}
		near = append(near, Near{e, differs})
		if x.NoWarnings && len(e.Warnings) > 0 && len(differs) == 1 {
			warned++
		}
	}
	want, ok := "at least 1", calls > 0
	switch {
	case x.Never:
		want, ok = "0", calls == 0
	case x.Times != nil:
		want, ok = fmt.Sprint(*x.Times), calls == *x.Times
	}
	said := fmt.Sprintf("%d calls fit, expected %s", calls, want)
	if warned > 0 {
		ok, said = false, fmt.Sprintf("%d calls that fit have warnings", warned)
	}
	if ok {
		return calls, nil
	}
	p := problem(http.StatusUnprocessableEntity, "not-as-expected", "", said)
	slices.SortStableFunc(near, func(a, b Near) int { return len(a.Differs) - len(b.Differs) })
	p.Nearest = near[:min(maxNear, len(near))]
	return calls, p
}

func (x *Expectation) verifyOrder(entries []*Entry) error {
	left := x.Order
	var seen []Near
	for _, e := range entries {
		differs := x.differs(e)
		if len(left) > 0 && e.Operation != left[0] {
			differs = append(differs, "operation")
		}
		if len(left) > 0 && len(differs) == 0 {
			left = left[1:]
			continue
		}
		seen = append(seen, Near{e, differs})
	}
	if len(left) == 0 {
		return nil
	}
	p := problem(http.StatusUnprocessableEntity, "not-as-expected", "order", fmt.Sprintf("%q was not called after those before it", left[0]))
	p.Nearest = seen[max(0, len(seen)-maxNear):]
	return p
}

// differs names what an entry does not have.
func (x *Expectation) differs(e *Entry) []string {
	differs := x.mismatch(e)
	if len(x.With) > 0 {
		var want, have any
		_ = json.Unmarshal(x.With, &want) // checked before
		if err := json.Unmarshal([]byte(e.Request.String()), &have); err != nil {
			have = formOf(e.Request.String())
		}
		differs = append(differs, differences("with", want, have)...)
	}
	if x.NoWarnings && len(e.Warnings) > 0 {
		differs = append(differs, "warnings: "+strings.Join(e.Warnings, "; "))
	}
	return differs
}

// formOf returns a form as an object.
func formOf(text string) any {
	form := map[string]any{}
	for _, pair := range strings.Split(text, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			form[unescape(name)] = unescape(value)
		}
	}
	return form
}

// differences lists where have is not what want says.
func differences(path string, want, have any) (list []string) {
	if w, ok := want.(map[string]any); ok {
		h, _ := have.(map[string]any)
		for name, member := range w {
			list = append(list, differences(path+"."+name, member, h[name])...)
		}
		slices.Sort(list)
		return list
	}
	a, _ := json.Marshal(want)
	b, _ := json.Marshal(have)
	if string(a) == string(b) {
		return nil
	}
	return []string{fmt.Sprintf("%s: %s, not %s", path, b, a)}
}
