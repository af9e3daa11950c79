package dialecttest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Vars are the values that stand for {name} in transcripts and scripts: ids,
// keys and credentials that a text cannot know. A name is lower case letters,
// digits and underscores.
type Vars map[string]string

var varName = regexp.MustCompile(`\{[a-z][a-z0-9_]*\}`)

// Basic returns the value of an Authorization header for these credentials.
func Basic(login, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(login+":"+password))
}

// with returns a copy of v with more in it.
func (v Vars) with(more Vars) Vars {
	all := Vars{}
	maps.Copy(all, v)
	maps.Copy(all, more)
	return all
}

// expand replaces each {name} that v knows and leaves other braces alone, since
// bodies are full of them.
func (v Vars) expand(s string) string {
	return varName.ReplaceAllStringFunc(s, func(m string) string {
		if value, ok := v[m[1:len(m)-1]]; ok {
			return value
		}
		return m
	})
}

// mustExpand is expand for a line where an unknown name is a slip.
func (v Vars) mustExpand(s string) (string, error) {
	for _, m := range varName.FindAllString(s, -1) {
		if _, ok := v[m[1:len(m)-1]]; !ok {
			return "", fmt.Errorf("no variable %s in %q; there are %s", m, s, v.names())
		}
	}
	return v.expand(s), nil
}

func (v Vars) names() string { return strings.Join(slices.Sorted(maps.Keys(v)), " ") }

// accident is the length from which a value is not met by chance.
const accident = 8

// fold puts {name} back for values: for all that are too long to be met by
// accident, the longest first, and for the short ones that old spoke of already,
// where they stand alone.
func (v Vars) fold(text, old string) string {
	var long []string
	for _, name := range v.longestFirst() {
		if len(v[name]) >= accident {
			long = append(long, v[name], "{"+name+"}")
		}
	}
	text = strings.NewReplacer(long...).Replace(text)
	for _, name := range v.longestFirst() {
		if n := len(v[name]); n > 0 && n < accident && strings.Contains(old, "{"+name+"}") {
			alone := regexp.MustCompile(`(^|[^\w.-])` + regexp.QuoteMeta(v[name]) + `($|[^\w.-])`)
			text = alone.ReplaceAllString(text, "${1}{"+name+"}${2}")
		}
	}
	return text
}

func (v Vars) longestFirst() []string {
	return slices.SortedFunc(maps.Keys(v), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(v[b]), len(v[a])), strings.Compare(a, b))
	})
}
