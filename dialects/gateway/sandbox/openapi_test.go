package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// document is the OpenAPI document, whose schemas are those of JSON Schema.
type document struct {
	paths    map[string]map[string]operation
	compiler *jsonschema.Compiler

	mu       sync.Mutex // the compiler is for one goroutine
	compiled map[string]*jsonschema.Schema
}

type operation struct {
	Parameters  []struct{ Name, In string }
	RequestBody struct{ Content map[string]any }
	Responses   map[string]struct{ Content map[string]any }
}

const documentURL = "https://dragoman.example/openapi.json"

// readDocument reads the document once for all tests.
var readDocument = sync.OnceValues(func() (*document, error) {
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		return nil, err
	}
	var parsed struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &parsed); err != nil {
		return nil, err
	}
	d := &document{paths: map[string]map[string]operation{}, compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	for path, methods := range parsed.Paths {
		d.paths[path] = map[string]operation{}
		for method, text := range methods {
			var o operation
			if method != "parameters" && json.Unmarshal(text, &o) == nil {
				d.paths[path][method] = o
			}
		}
	}
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	return d, d.compiler.AddResource(documentURL, whole)
})

// conforms fails unless the text is JSON of the schema at the place in the document.
func (d *document) conforms(text string, place ...string) error {
	pointer := ""
	for _, p := range place {
		pointer += "/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(p))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	schema := d.compiled[pointer]
	if schema == nil {
		var err error
		if schema, err = d.compiler.Compile(documentURL + "#" + pointer); err != nil {
			return err
		}
		d.compiled[pointer] = schema
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

// find returns the path of the document that a request is for; "" if none is.
func (d *document) find(path string) string {
	parts := strings.Split(path, "/")
	for template := range d.paths {
		names := strings.Split(template, "/")
		if len(names) == len(parts) && fits(names, parts) {
			return template
		}
	}
	return ""
}

func fits(names, parts []string) bool {
	for i, name := range names {
		if name != parts[i] && !strings.HasPrefix(name, "{") {
			return false
		}
	}
	return true
}

// check fails unless a call and its answer are as the document says. It returns the
// operation, such as "GET /_dragoman/sandboxes", or "" for what must be refused.
func (d *document) check(method, target, body string, a answer) (string, error) {
	u, err := url.Parse(target)
	if err != nil {
		return "", err
	}
	template, verb := d.find(u.Path), strings.ToLower(method)
	o, described := d.paths[template][verb]
	if !described {
		if a.status < 400 {
			return "", fmt.Errorf("%s %s is not described, and answers %d", method, u.Path, a.status)
		}
		return "", d.conforms(a.body, "components", "schemas", "Problem")
	}
	for name := range u.Query() {
		if a.status < 300 && !slices.ContainsFunc(o.Parameters, func(p struct{ Name, In string }) bool { return p.Name == name && p.In == "query" }) {
			return "", fmt.Errorf("the parameter %s is not described", name)
		}
	}
	if _, isJSON := o.RequestBody.Content["application/json"]; isJSON && a.status < 300 && body != "" {
		if err := d.conforms(body, "paths", template, verb, "requestBody", "content", "application/json", "schema"); err != nil {
			return "", fmt.Errorf("the request: %w", err)
		}
	}
	status := fmt.Sprint(a.status)
	if _, own := o.Responses[status]; !own {
		status = "default"
	}
	if (status == "default") != (a.status >= 400) {
		return "", fmt.Errorf("the status %d is not described", a.status)
	}
	return method + " " + template, d.checkAnswer(o.Responses[status].Content, a, "paths", template, verb, "responses", status)
}

func (d *document) checkAnswer(content map[string]any, a answer, place ...string) error {
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	if _, ok := content[kind]; !ok && (len(content) > 0 || a.body != "") {
		return fmt.Errorf("an answer of the type %q is not described", kind)
	}
	if !strings.HasSuffix(kind, "json") || strings.Contains(kind, "ndjson") {
		return nil
	}
	return d.conforms(a.body, append(place, "content", kind, "schema")...)
}

// checkCall fails the test unless a call of the control API is as the document says.
func (s *server) checkCall(method, target, body string, a answer) {
	s.t.Helper()
	d, err := readDocument()
	if err != nil {
		s.t.Fatal(err)
	}
	called, err := d.check(method, target, body, a)
	if err != nil {
		s.t.Errorf("%s %s: %d %s\nis not as the OpenAPI document says: %v", method, target, a.status, a.body, err)
	}
	if s.called != nil && a.status < 300 {
		s.called[called] = true
	}
}

// The answers of all tests are compared with the document; this one makes each call.
func TestEveryCallAnswersAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{Listen: listen})
	s.called = map[string]bool{}
	s.call(200, nil, "GET", "openapi.json", "")
	s.call(200, nil, "GET", "operations", "")
	s.call(201, nil, "POST", "sandboxes", `{"name":"a","clock":"2024-05-06T07:08:09Z","frozen":true,"random":7,"strict":true,"port":true,"settings":{"onapp-version":"4.2.0"}}`)
	s.call(201, nil, "POST", "sandboxes", `{"fork":"a"}`)
	s.call(201, nil, "POST", "sandboxes", `{"empty":true}`)
	s.call(201, nil, "POST", "sandboxes", "")
	s.call(201, nil, "POST", "sandboxes/a/snapshots", `{"name":"before"}`)
	s.do("POST", "/_sandbox/a/users.json", strings.Replace(annBody, `"last_name"`, `"shoe_size":44,"last_name"`, 1), asJSON...)
	s.do("POST", "/_sandbox/a/users.json", annBody, asJSON...)
	s.call(200, nil, "GET", "sandboxes/a/snapshots", "")
	archive := s.call(200, nil, "GET", "sandboxes/a/snapshots/now", "").body
	s.call(201, nil, "PUT", "sandboxes/a/snapshots/carried", archive)
	s.call(200, nil, "GET", "sandboxes/a/snapshots/before/diff?to=carried", "")
	s.call(201, nil, "POST", "sandboxes/a/faults", `{"operation":"users.list","dialect":"onapp","user":"admin","key":"k3y-k3y","status":422,"fields":[{"field":"email","rule":"too long","limit":9}],
		"delay":"1ms","jitter":"1ms","distribution":"exponential","slow_body":"1ms","first":1,"every":1,"probability":0.5,"seed":7,"until":"2100-01-01T00:00:00Z"}`)
	s.call(201, nil, "POST", "sandboxes/a/faults", `{"stale":true}`)
	s.call(200, nil, "GET", "sandboxes/a/faults", "")
	s.call(204, nil, "DELETE", "sandboxes/a/faults/1", "")
	s.call(204, nil, "DELETE", "sandboxes/a/faults", "")
	s.call(200, nil, "GET", "sandboxes/a/clock", "")
	s.call(200, nil, "PUT", "sandboxes/a/clock", `{"set":"2024-05-07T00:00:00Z","advance":"1h","frozen":false}`)
	s.call(200, nil, "GET", "sandboxes/a/journal?dialect=onapp&operation=users.create&user=admin&status=422&after=1&since=2000-01-01T00:00:00Z&until=2100-01-01T00:00:00Z&wait=1s", "")
	s.call(200, nil, "GET", "sandboxes/a/journal/har", "")
	s.follow("sandboxes/a/journal/events", 1)
	s.call(200, nil, "POST", "sandboxes/a/verify", `{"dialect":"onapp","operation":"users.create","user":"admin","status":201,"after":0,"with":{"user":{"login":"ann"}},"times":1}`)
	s.call(422, nil, "POST", "sandboxes/a/verify", `{"operation":"users.create","status":201,"no_warnings":true}`)
	s.call(200, nil, "POST", "sandboxes/a/verify", `{"order":["users.create","users.create"]}`)
	s.call(204, nil, "DELETE", "sandboxes/a/journal", "")
	s.call(200, nil, "POST", "sandboxes/a/reset", `{"snapshot":"before"}`)
	s.call(200, nil, "GET", "sandboxes/a", "")
	s.call(200, nil, "GET", "sandboxes", "")
	s.call(204, nil, "DELETE", "sandboxes/a", "")
	for _, pattern := range sandbox.Patterns() {
		if !s.called[pattern] {
			t.Errorf("%s was not called", pattern)
		}
	}
}
