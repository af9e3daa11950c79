package upstream_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/scim"
	"github.com/dragoman-gateway/dragoman/dialects/scim/upstream"
)

// pushTo sends the users and groups of g, and returns what the report says.
func (g *gateway) pushTo(to *gateway, opts upstream.PushOptions) (report []string, err error) {
	g.t.Helper()
	opts.Directory, opts.Dialect = g.dir, g.d
	opts.Report = func(o upstream.Outcome) error {
		line := fmt.Sprintf("%s %s %s", o.Type, o.Name, o.Verdict)
		if o.Reason != "" {
			line += ": " + o.Reason
		}
		report = append(report, line)
		return nil
	}
	summary, err := to.upstream(upstream.Config{}).Push(g.t.Context(), opts)
	total := 0
	for _, n := range summary {
		total += n
	}
	if total != len(report) {
		g.t.Errorf("the summary %v is not that of %q", summary, report)
	}
	return report, err
}

func (g *gateway) mustPush(to *gateway, opts upstream.PushOptions) []string {
	g.t.Helper()
	report, err := g.pushTo(to, opts)
	if err != nil {
		g.t.Fatal(err)
	}
	return report
}

func verdicts(report []string) map[string]int {
	n := map[string]int{}
	for _, line := range report {
		words := strings.SplitN(line, " ", 3)
		n[words[len(words)-1]]++
	}
	return n
}

// Attributes that each server sets itself: ids, dates and versions, and the externalId, by
// which a push knows its users again.
var ownValues = regexp.MustCompile(`"meta":\{[^}]*\}|"externalId":"[^"]*",?|"(\$ref|location)":"[^"]*",?|,"other":\[[^\]]*\]`)

// shown is what a gateway shows, with names in place of its ids.
func (g *gateway) shown() (all []string) {
	g.t.Helper()
	var list struct {
		Resources []struct{ ID, UserName, DisplayName string }
	}
	var replace []string
	for _, path := range []string{"/Users?count=200", "/Groups?count=200"} {
		text := g.ask(200, "GET", path, "")
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			g.t.Fatal(err)
		}
		for _, r := range list.Resources {
			replace = append(replace, `"`+r.ID+`"`, "<"+r.UserName+r.DisplayName+">")
		}
		all = append(all, strings.Split(text, `{"schemas"`)...)
	}
	for i := range all {
		all[i] = strings.NewReplacer(replace...).Replace(ownValues.ReplaceAllString(all[i], ""))
	}
	return all
}

func TestPushAndImportGiveTheSameBytes(t *testing.T) {
	from, pushed, imported := newGateway(t, scim.Config{}), newGateway(t, scim.Config{}), newGateway(t, scim.Config{})
	from.fill()
	if n := verdicts(from.mustPush(pushed, upstream.PushOptions{})); n["created"] != 13 {
		t.Errorf("%v", n)
	}
	imported.importFrom(from, upstream.Config{})
	if diff := cmp.Diff(imported.shown(), pushed.shown()); diff != "" {
		t.Error(diff)
	}
	pushed.asks = nil
	if n := verdicts(from.mustPush(pushed, upstream.PushOptions{})); n["unchanged"] != 13 {
		t.Errorf("again: %v", n)
	}
	if i := slices.IndexFunc(pushed.asks, func(ask string) bool { return !strings.HasPrefix(ask, "GET ") }); i >= 0 {
		t.Errorf("a push of nothing new sends %s", pushed.asks[i])
	}
}

// changes makes the changes of a day: in users and groups, in members, and the end of some.
func (g *gateway) changes(ids map[string]string) {
	patch := func(path, operations string) {
		g.ask(200, "PATCH", path+"?attributes=id", `{"Operations": [`+operations+`]}`)
	}
	patch("/Users/"+ids["user0"], `{"op": "replace", "value": {"userName": "renamed", "title": "T"}}`)
	patch("/Users/"+ids["user1"], `{"op": "replace", "path": "active", "value": "False"}`)
	patch("/Users/"+ids["bea"], `{"op": "remove", "path": "emails[type eq \"home\"]"}, {"op": "remove", "path": "displayName"}, {"op": "remove", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"}`)
	patch("/Groups/"+ids["Staff"], `{"op": "replace", "value": {"displayName": "Crew"}}, {"op": "remove", "path": "members[value eq \"`+ids["bea"]+`\"]"}, {"op": "add", "path": "members", "value": [{"value": "`+ids["user0"]+`"}]}`)
	g.update(func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(core.MainRealm, "ann"))
		if err == nil {
			u.Attributes = nil
			err = tx.SaveUser(u)
		}
		return err
	})
	g.create("/Users", `{"userName": "late"}`)
}

func (g *gateway) ids() map[string]string {
	ids := map[string]string{}
	var list struct {
		Resources []struct{ ID, UserName, DisplayName string }
	}
	if err := json.Unmarshal([]byte(g.ask(200, "GET", "/?count=200", "")), &list); err != nil {
		g.t.Fatal(err)
	}
	for _, r := range list.Resources {
		ids[r.UserName+r.DisplayName] = r.ID
		if r.UserName != "" {
			ids[r.UserName] = r.ID
		}
	}
	return ids
}

func TestPushSendsChanges(t *testing.T) {
	for _, remembers := range []bool{false, true} {
		t.Run(fmt.Sprint("state ", remembers), func(t *testing.T) {
			opts := upstream.PushOptions{}
			if remembers {
				opts.State = filepath.Join(t.TempDir(), "state")
			}
			from, to := newGateway(t, scim.Config{}), newGateway(t, scim.Config{})
			from.fill()
			from.mustPush(to, opts)
			from.changes(from.ids())
			to.asks = nil
			if n := verdicts(from.mustPush(to, opts)); n["updated"] != 5 || n["created"] != 1 || n["unchanged"] != 8 {
				t.Errorf("%v", n)
			}
			if remembers && len(to.asks) > 2+2+4*2+3+2 {
				t.Errorf("%d requests: %q", len(to.asks), to.asks)
			}
			if diff := cmp.Diff(from.shown(), to.shown()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPushEndsWhatIsGone(t *testing.T) {
	for _, deletes := range []bool{false, true} {
		t.Run(fmt.Sprint("delete ", deletes), func(t *testing.T) {
			opts := upstream.PushOptions{State: filepath.Join(t.TempDir(), "state"), Delete: deletes}
			from, to := newGateway(t, scim.Config{}), newGateway(t, scim.Config{})
			from.fill()
			to.create("/Users", `{"userName": "of another client"}`)
			from.mustPush(to, opts)
			ids := from.ids()
			from.ask(204, "DELETE", "/Users/"+ids["user3"], "")
			from.ask(204, "DELETE", "/Groups/"+ids["Empty"], "")
			report := from.mustPush(to, opts)
			want, users, groups := []string{"Group Empty left", "User user3 deactivated"}, 12, 2
			if deletes {
				want, users, groups = []string{"Group Empty deleted", "User user3 deleted"}, 11, 1
			}
			if have := report[len(report)-2:]; !slices.Equal(have, want) {
				t.Errorf("%q", have)
			}
			for path, n := range map[string]int{"/Users": users, "/Groups": groups} {
				if text := to.ask(200, "GET", path, ""); !strings.Contains(text, fmt.Sprintf(`"totalResults":%d,`, n)) {
					t.Errorf("%s: %s", path, text)
				}
			}
			if text := to.ask(200, "GET", "/Users?filter=active+eq+true", ""); strings.Contains(text, `"user3"`) || !strings.Contains(text, "of another client") {
				t.Error(text)
			}
			if n := verdicts(from.mustPush(to, opts)); n["deactivated"]+n["deleted"] != 0 {
				t.Errorf("again: %v", n)
			}
		})
	}
}

// A push that ends at any request, whose answer is lost, is finished by the next one:
// nothing is missing, and nothing is there twice.
func TestPushGoesOnAfterAnyRequest(t *testing.T) {
	from := newGateway(t, scim.Config{})
	from.fill()
	want, requests := from.shown(), 1
	for lose := 1; lose <= requests; lose++ {
		to, opts := newGateway(t, scim.Config{}), upstream.PushOptions{}
		if lose%2 == 0 {
			opts.State = filepath.Join(t.TempDir(), fmt.Sprint("state", lose))
		}
		to.lose = lose
		if _, err := from.pushTo(to, opts); err == nil && lose < requests {
			t.Fatalf("request %d: no error", lose)
		}
		requests = max(requests, lose+1)
		if len(to.asks) < lose { // the push has no more requests
			break
		}
		to.lose = 0
		from.mustPush(to, opts)
		if diff := cmp.Diff(want, to.shown()); diff != "" {
			t.Fatalf("request %d: %s", lose, diff)
		}
	}
	if requests < 15 {
		t.Errorf("only %d requests", requests)
	}
}

func TestADryRunOfAPushChangesNothing(t *testing.T) {
	from, to := newGateway(t, scim.Config{}), newGateway(t, scim.Config{})
	from.fill()
	opts := upstream.PushOptions{State: filepath.Join(t.TempDir(), "state"), DryRun: true}
	would := verdicts(from.mustPush(to, opts))
	for _, ask := range to.asks {
		if !strings.HasPrefix(ask, "GET ") {
			t.Errorf("a dry run sends %s", ask)
		}
	}
	opts.DryRun = false
	if diff := cmp.Diff(would, verdicts(from.mustPush(to, opts))); diff != "" {
		t.Error(diff)
	}
}

func answer(status int, media, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {media}}, Body: io.NopCloser(strings.NewReader(body))}
}

// What a server refuses is reported with its words, and the rest is sent.
func TestPushReportsWhatIsRefused(t *testing.T) {
	from, to := newGateway(t, scim.Config{}), newGateway(t, scim.Config{})
	from.create("/Users", `{"userName": "good"}`)
	id := from.create("/Users", `{"userName": "bad"}`)
	from.create("/Groups", `{"displayName": "G", "members": [{"value": "`+id+`"}]}`)
	to.change = func(r *http.Request) *http.Response {
		if r.Method != "POST" || r.URL.Path != "/scim/v2/Users" {
			return nil
		}
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), `"bad"`) {
			return answer(400, "application/scim+json", `{"status": "400", "scimType": "invalidValue", "detail": "no \u001b[31m `+strings.Repeat("x", 900)+`"}`)
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		return nil
	}
	report := from.mustPush(to, upstream.PushOptions{})
	if report[0] != "User good created" || !strings.HasPrefix(report[1], `User bad refused: POST /Users: answered 400: invalidValue: "no \x1b[31m xxx`) || report[2] != "Group G created" {
		t.Errorf("%q", report)
	}
	if len(report[1]) > 500 {
		t.Errorf("%d bytes of the server's words", len(report[1]))
	}
}

// A server that does not know filters returns others: they are not taken for the user.
func TestAServerWithoutFiltersIsNotMisread(t *testing.T) {
	from, to := newGateway(t, scim.Config{}), newGateway(t, scim.Config{})
	to.create("/Users", `{"userName": "first of the list", "title": "T"}`)
	to.create("/Groups", `{"displayName": "first of the list"}`)
	from.create("/Users", `{"userName": "ann"}`)
	from.create("/Groups", `{"displayName": "staff"}`)
	to.change = func(r *http.Request) *http.Response { r.URL.RawQuery = ""; return nil }
	if report := from.mustPush(to, upstream.PushOptions{}); !slices.Equal(report, []string{"User ann created", "Group staff created"}) {
		t.Errorf("%q", report)
	}
}

func TestTheStateBelongsToOneServerAndRealm(t *testing.T) {
	from, to := newGateway(t, scim.Config{}), newGateway(t, scim.Config{})
	from.fill()
	opts := upstream.PushOptions{State: filepath.Join(t.TempDir(), "state"), Directory: from.dir, Dialect: from.d}
	from.mustPush(to, opts)
	_, err := to.upstream(upstream.Config{Realm: "other"}).Push(t.Context(), opts)
	if err == nil || !strings.Contains(err.Error(), `the state of a push of realm "main"`) {
		t.Errorf("%v", err)
	}
	empty := newGateway(t, scim.Config{})
	opts.MaxGone = 9
	if _, err := empty.pushTo(to, opts); err == nil || !strings.Contains(err.Error(), "11 users that were sent are here no more") {
		t.Errorf("%v", err)
	}
}
