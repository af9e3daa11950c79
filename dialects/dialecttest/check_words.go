package dialecttest

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// wordChecks: the dialect has a status and words for each kind and rule.
func wordChecks() []check {
	var all []check
	for _, kind := range core.Kinds() {
		name := (&core.Error{Kind: kind}).Error()
		all = append(all, check{"words/" + name, func(t testing.TB, s *Spec) { checkKind(t, s, kind) }})
	}
	for _, rule := range core.Rules() {
		name := fmt.Sprintf("words/rule %s", ruleName(rule))
		all = append(all, check{name, func(t testing.TB, s *Spec) { checkRule(t, s, rule) }})
	}
	return all
}

func ruleName(rule core.Rule) string {
	text := faultOf(rule).Error()
	return text[len("invalid: username "):]
}

func faultOf(rule core.Rule) error {
	return core.NewInvalid(core.Fault{Field: core.FieldUsername, Rule: rule, Limit: 7, Value: "ann"})
}

func checkKind(t testing.TB, s *Spec, kind core.Kind) {
	status, body := s.Words(&core.Error{Kind: kind, Op: "save user", Subject: "user", Err: errors.New(internals)})
	want := map[core.Kind]int{core.Internal: http.StatusInternalServerError, core.Busy: http.StatusServiceUnavailable}[kind]
	judgeWords(t, s, status, want, body)
	if kind == core.Internal {
		return
	}
	if again, _ := s.Words(fmt.Errorf("wrapped: %w", &core.Error{Kind: kind, Subject: "user"})); again != status {
		t.Errorf("status %d when wrapped, else %d", again, status)
	}
}

// hollow is what is left where words are missing.
var hollow = regexp.MustCompile(`"":|: ?""|\[""|<error></error>|<error/>|%!`)

func checkRule(t testing.TB, s *Spec, rule core.Rule) {
	status, body := s.Words(faultOf(rule))
	judgeWords(t, s, status, 0, body)
	if m := hollow.Find(body); m != nil {
		t.Errorf("no words: %q in %s", m, excerpt(body))
	}
	if slices.Contains(s.Plain, rule) {
		return
	}
	if unknown := unknownRuleWords(s); len(unknown) > 0 && string(unknown) == string(body) {
		t.Errorf("the dialect's messages.go has no words for the rule %q of the core; it answers as to a rule that does not exist: %s", ruleName(rule), excerpt(body))
	}
}

// unknownRuleWords is what the dialect says of a rule that does not exist; a
// dialect may also panic.
func unknownRuleWords(s *Spec) (body []byte) {
	defer func() { _ = recover() }()
	const beyond = 200
	_, body = s.Words(faultOf(core.Rule(beyond)))
	return body
}

func judgeWords(t testing.TB, s *Spec, status, want int, body []byte) {
	t.Helper()
	if want == 0 && (status < 400 || status > 499) || want != 0 && status != want {
		t.Errorf("want status %s, have %d", orAny(want), status)
	}
	st := &fixture{t: t, spec: s}
	st.refused(&Answer{Status: status, Header: http.Header{}, Body: body}, status)
}
