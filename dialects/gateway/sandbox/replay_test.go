package sandbox_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// transcripts are the folders of each dialect's transcripts, and what lets a client in.
var transcripts = map[string]string{
	"syncano":  "X-API-KEY: 0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70",
	"econtext": "Authorization: " + adminBasic,
	"onapp":    "Authorization: " + adminBasic,
	"scim":     "Authorization: " + seedSCIMToken,
}

// replayed is what came of playing transcripts.
type replayed struct {
	answers  []string
	journal  string
	requests [][]byte
	good     int
}

// replaySeed is the development seed, with the users that eContext's transcripts name.
func replaySeed(dialect string) string {
	seed := sandbox.DevelopmentSeed()
	if dialect == "econtext" {
		const admin = "  - username: admin\n"
		seed = strings.Replace(seed, admin, admin+"    uid: admin-uid\n", 1)
		seed = strings.Replace(seed, "syncano:\n", "  - {username: weak, uid: weak-uid, email: weak@example.com, password: changeme1}\nsyncano:\n", 1)
	}
	return seed
}

// replay plays a dialect's transcripts in a sandbox of which all that varies is given,
// each from the start.
func replay(t *testing.T, dialect string) (all replayed) {
	t.Helper()
	begin := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	s := serve(t, sandbox.Config{})
	made, err := s.manager.Create(t.Context(), sandbox.Creation{
		Name: sandbox.DefaultName, Seed: replaySeed(dialect), Clock: begin, Frozen: true, Random: 7,
	})
	if err != nil {
		t.Fatal(err)
	}
	open := func() *dialecttest.Target {
		all.journal += journalOf(t, made)
		if err := made.Reset(""); err != nil {
			t.Fatal(err)
		}
		made.Clock().Set(begin)
		return &dialecttest.Target{URL: s.url, Vars: dialecttest.Vars{"auth": transcripts[dialect]}, Advance: made.Clock().Advance}
	}
	dialecttest.Replay(t, "../../../testdata/"+dialect, open, func(request []byte, a *dialecttest.Answer) {
		all.requests = append(all.requests, request)
		a.Header.Del("Last-Modified") // of an uploaded file: when it came to the disk, which no clock of a sandbox sets
		all.answers = append(all.answers, fmt.Sprint(a.Status, a.Header, string(a.Body)))
		if a.OK() {
			all.good++
		}
	})
	all.journal += journalOf(t, made)
	return all
}

// journalOf returns a journal without durations, which are measured.
func journalOf(t *testing.T, s *sandbox.Sandbox) (journal string) {
	t.Helper()
	for _, e := range s.Journal(sandbox.Filter{}) {
		e.DurationMS = 0
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		journal += string(text) + "\n"
	}
	return journal
}

// The same number, clock and requests give the same bytes, ids and keys included; and
// the journal of it holds no secret.
func TestTranscriptsPlayedTwiceGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	for dialect := range transcripts {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			first, second := replay(t, dialect), replay(t, dialect)
			if len(first.answers) != len(second.answers) || first.good < len(first.answers)/4 {
				t.Fatalf("%d and %d answers, of which %d are good", len(first.answers), len(second.answers), first.good)
			}
			for i, want := range first.answers {
				if got := second.answers[i]; got != want {
					t.Fatalf("%s\nonce: %s\ntwice: %s", first.requests[i], want, got)
				}
			}
			if first.journal != second.journal {
				t.Error("the journals differ")
			}
			first.holdsNoSecret(t)
		})
	}
}

// secretValues match what is secret in a body, in JSON, XML or a form.
var secretValues = regexp.MustCompile(`(?i)(?:"(?:[a-z_]*password|password_confirmation|api_?key|user_key|account_key|[a-z_]*token|[a-z_]*secret)": *"([^"\\]+)"` +
	`|<(?:password|password-confirmation|api-key|api_key)(?: [^>]*)?>([^<]+)<|(?:password|api_key|user_key)(?:%5D|\])?=([^&\s]+))`)

// secretsOf are the secrets in a request or an answer.
func secretsOf(text []byte) (list []string) {
	for _, m := range secretValues.FindAllSubmatch(text, -1) {
		for _, value := range m[1:] {
			list = append(list, string(value))
		}
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
	if err != nil {
		return list
	}
	if _, password, ok := r.BasicAuth(); ok {
		list = append(list, password)
	}
	for _, name := range []string{"X-API-KEY", "X-USER-KEY", "Authorization", "Cookie"} {
		_, value, spaced := strings.Cut(r.Header.Get(name), " ")
		if !spaced {
			value = r.Header.Get(name)
		}
		list = append(list, value)
	}
	return append(list, r.URL.Query().Get("api_key"), r.URL.Query().Get("user_key"))
}

// holdsNoSecret fails if the journal has what only its parties may know. Texts that are
// so short or so common that they are met by accident do not count.
func (all *replayed) holdsNoSecret(t *testing.T) {
	t.Helper()
	known := map[string]bool{base64.StdEncoding.EncodeToString([]byte("admin:changeme1")): true}
	for i, request := range all.requests {
		for _, secret := range append(secretsOf(request), secretsOf([]byte(all.answers[i]))...) {
			known[secret] = true
		}
	}
	// A number that one transcript stores begins like the password of another.
	journal := strings.ReplaceAll(all.journal, "12345678901234567890123", "")
	checked := 0
	for secret := range known {
		if len(secret) < 8 {
			continue
		}
		checked++
		if at := strings.Index(journal, secret); at >= 0 {
			t.Errorf("the journal holds %q: ...%s...", secret, journal[max(0, at-300):min(len(journal), at+100)])
		}
	}
	if checked < 2 {
		t.Errorf("only %d secrets were found", checked)
	}
}
