package dialecttest

import (
	"strings"
	"testing"
)

// sameChecks: time and chance are arguments, so two worlds answer alike.
func sameChecks() []check {
	return []check{{"same/two worlds answer the same bytes", checkSame}}
}

func checkSame(t testing.TB, s *Spec) {
	first, second := lifeText(t, s), lifeText(t, s)
	if first != second {
		t.Errorf("the same requests at the same time are answered differently:\n%s", diff(first, second))
	}
}

// lifeText plays a whole life and returns all that was answered.
func lifeText(t testing.TB, s *Spec) string {
	st := newFixture(t, s)
	var b strings.Builder
	for _, script := range []Script{s.Create, s.Show, s.Update, s.Show, s.List, s.Create, s.Delete, s.Show} {
		b.WriteString(st.send(script).dump() + "\n")
	}
	return b.String()
}
