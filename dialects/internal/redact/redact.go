// Package redact makes texts that hold no secrets of requests and answers. A [Text] can
// be made in no other way, so whatever keeps Texts keeps no secrets.
package redact

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Text is what is left of a text without its secrets.
type Text struct{ text string }

// String returns the text.
func (t Text) String() string { return t.text }

// MarshalJSON implements json.Marshaler.
func (t Text) MarshalJSON() ([]byte, error) { return json.Marshal(t.text) }

// Hidden stands for each secret.
const Hidden = "***"

// secretWords are parts of names whose values are secrets.
var secretWords = []string{"password", "passwd", "secret", "token", "apikey", "accountkey", "userkey", "authkey", "authorization", "cookie", "sharedkey"}

// separators takes out what separates the words of a name.
var separators = strings.NewReplacer("_", "", "-", "", " ", "", ":", "")

// isSecret reports whether a member, parameter or header of that name holds a secret.
func isSecret(name string) bool {
	if strings.HasSuffix(name, "_at") {
		return false // a date, as in password_changed_at
	}
	name = separators.Replace(strings.ToLower(name))
	if name == "key" || name == "hash" {
		return true
	}
	return slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(name, word) })
}

// pattern returns a regular expression that is compiled when it is first used: most
// processes never need it, and all would wait for it at their start.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// keyLike matches what looks like a key in a path or in free text.
var keyLike = pattern(`\b[0-9a-fA-F]{32,}\b|\b[A-Za-z0-9_\-]{40,}\b`)

// Path returns a path without what looks like a key.
func Path(path string) Text { return Text{keyLike().ReplaceAllString(path, Hidden)} }

// Query returns a query or a form without the values of secret parameters.
func Query(raw string) Text {
	pairs := strings.FieldsFunc(raw, func(r rune) bool { return r == '&' || r == ';' })
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil || isSecret(plain) {
			pairs[i] = name + "=" + Hidden
		} else {
			pairs[i] = name + "=" + keyLike().ReplaceAllString(value, Hidden)
		}
	}
	return Text{strings.Join(pairs, "&")}
}

// Header returns the value of a header; a secret one is hidden.
func Header(name, value string) Text {
	if isSecret(name) {
		return Text{Hidden}
	}
	return Text{keyLike().ReplaceAllString(value, Hidden)}
}

// Caller names who sends r: a user name, or the end of a key.
func Caller(r *http.Request) Text {
	if name, _, ok := r.BasicAuth(); ok {
		return Text{name}
	}
	for _, header := range []string{"X-User-Key", "X-Api-Key", "Authorization"} {
		if key := r.Header.Get(header); len(key) > 4 {
			return Text{"key ..." + key[len(key)-4:]}
		}
	}
	for _, name := range []string{"user_key", "api_key"} {
		if key := r.URL.Query().Get(name); len(key) > 4 {
			return Text{"key ..." + key[len(key)-4:]}
		}
	}
	return Text{}
}

// Body returns a body without its secrets. Of a type that it cannot read, and of a body
// that is cut, it returns the length alone.
func Body(contentType string, body []byte, cut bool) Text {
	if len(body) == 0 {
		return Text{}
	}
	kind, _, _ := mime.ParseMediaType(contentType)
	switch {
	case cut:
	case strings.HasSuffix(kind, "json"), kind == "" && (body[0] == '{' || body[0] == '['):
		if text, ok := jsonBody(body); ok {
			return text
		}
	case strings.HasSuffix(kind, "xml"):
		return xmlBody(body)
	case kind == "application/x-www-form-urlencoded":
		return Query(string(body))
	}
	return Text{fmt.Sprintf("(%d bytes of %q)", len(body), kind)}
}

// Length stands for a body of n bytes that was not kept.
func Length(contentType string, n int64) Text {
	kind, _, _ := mime.ParseMediaType(contentType)
	return Text{fmt.Sprintf("(%d bytes of %q)", n, kind)}
}

// element matches an element of XML that holds text alone.
var element = pattern(`<([A-Za-z_][\w.:\-]*)((?:\s[^<>]*)?)>([^<]*)</`)

func xmlBody(body []byte) Text {
	return Text{element().ReplaceAllStringFunc(string(body), func(m string) string {
		p := element().FindStringSubmatch(m)
		if isSecret(p[1]) {
			p[3] = Hidden
		}
		return "<" + p[1] + p[2] + ">" + keyLike().ReplaceAllString(p[3], Hidden) + "</"
	})}
}
