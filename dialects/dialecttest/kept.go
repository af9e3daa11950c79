package dialecttest

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// shortestSecret is how long a text must be to be looked for. Shorter ones are found by
// accident.
const shortestSecret = 8

// secretNames are the names of members and parameters that hold a secret.
const secretNames = `(?:[a-z_]*password(?:_confirmation)?|user_key|api_key|apikey|account_key|[a-z_]*secret|[a-z_]*token)`

// secretForms find what a request or an answer shows of secrets: in JSON, in XML, in a
// form or a query, and in a header.
var secretForms = []*regexp.Regexp{
	regexp.MustCompile(`(?i)"` + secretNames + `"\s*:\s*"([^"\\]+)"`),
	regexp.MustCompile(`(?i)<` + secretNames + `[^>]*>([^<]+)<`),
	regexp.MustCompile(`(?i)(?:\b|%5B)` + secretNames + `(?:%5D|\])?=([^&\s]+)`),
	regexp.MustCompile(`(?im)^X-(?:API|USER)-KEY: *(\S+)`),
	regexp.MustCompile(`(?im)^Authorization: *(?:Basic|Bearer|Token) +(\S+)`),
}

// secretsIn returns the secrets that a text shows, in the forms that it has them in.
func secretsIn(text string) (secrets []string) {
	for _, form := range secretForms {
		for _, m := range form.FindAllStringSubmatch(text, -1) {
			found := m[1]
			if plain, err := url.QueryUnescape(found); err == nil {
				found = plain
			}
			if pair, err := base64.StdEncoding.DecodeString(m[1]); err == nil {
				if _, password, isPair := strings.Cut(string(pair), ":"); isPair {
					found = password
				}
			}
			if len(found) >= shortestSecret && !slices.Contains(secrets, found) {
				secrets = append(secrets, found)
			}
		}
	}
	return secrets
}

// kept returns what a copy of the store's files shows, all but what the store seals, which
// are handles and the declared kinds, and what the audit says.
func (w *Server) kept(sealed []core.SecretKind) (string, error) {
	var text strings.Builder
	err := w.store.View(context.Background(), func(tx core.StoreTx) error {
		realms, err := tx.ListRealms()
		for i := 0; err == nil && i < len(realms); i++ {
			err = writeKept(&text, tx, realms[i], sealed)
		}
		return err
	})
	w.audit.mu.Lock()
	defer w.audit.mu.Unlock()
	return text.String() + w.audit.text.String(), err
}

func writeKept(out *strings.Builder, tx core.StoreTx, realm core.Realm, sealed []core.SecretKind) error {
	users, err := tx.ListUsers(core.UserQuery{Realm: realm, Deleted: true})
	if err != nil {
		return err
	}
	for _, u := range users {
		fmt.Fprintln(out, u.UID, u.Username, u.Email, u.Name, u.Password)
		for _, a := range u.Attributes {
			fmt.Fprintln(out, a.Name, a.Value)
		}
		for _, f := range u.Facets {
			fmt.Fprintln(out, f.Dialect, string(f.Doc.Text()))
		}
	}
	kinds, err := tx.ListKinds(realm)
	for i := 0; err == nil && i < len(kinds); i++ {
		err = writeKeptKind(out, tx, realm, kinds[i], sealed)
	}
	return err
}

func writeKeptKind(out *strings.Builder, tx core.StoreTx, realm core.Realm, kind string, sealed []core.SecretKind) error {
	var hidden core.SecretKind
	for _, k := range sealed {
		if k.Kind == kind {
			hidden.Key, hidden.Body = hidden.Key || k.Key, hidden.Body || k.Body
		}
	}
	write := func(key string, body *core.Document) {
		if hidden.Key {
			key = ""
		}
		if hidden.Body {
			body = nil
		}
		fmt.Fprintln(out, kind, key, string(body.Text()))
	}
	groups, err := tx.ListGroups(core.GroupQuery{Realm: realm, Kind: kind})
	if err != nil {
		return err
	}
	for _, g := range groups {
		fmt.Fprintln(out, g.UID, g.Name)
		write(g.Key, g.Body)
	}
	records, err := tx.ListRecords(core.RecordQuery{Realm: realm, Kind: kind})
	for _, r := range records {
		write(r.Key, r.Body)
	}
	return err
}

// judgeKept fails for each secret that was sent or shown and that the store keeps in
// plain text.
func (p *player) judgeKept(t testing.TB) {
	t.Helper()
	kept, err := p.target.Kept()
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(p.heard)
	for _, secret := range slices.Compact(p.heard) {
		if i := strings.Index(kept, secret); i >= 0 {
			around := kept[max(0, i-80):min(len(kept), i+len(secret)+20)]
			t.Errorf("the store keeps %q, which was sent or shown as a secret, in plain text: %q", secret, around)
		}
	}
}
