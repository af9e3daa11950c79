package core

import "testing"

func TestEveryKindAndRuleHasAWord(t *testing.T) {
	for _, k := range Kinds() {
		if kindWord(k) == "" {
			t.Errorf("kindWord in fault.go has no word for kind %d", k)
		}
	}
	for _, r := range Rules() {
		if ruleWord(r) == "" {
			t.Errorf("ruleWord in fault.go has no word for rule %d", r)
		}
	}
}
