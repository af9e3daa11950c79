package dialecttest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// echo answers with what arrived, byte by byte.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("X-Echo", "yes")
	switch r.URL.Path {
	case "/empty":
		w.WriteHeader(http.StatusNoContent)
	case "/odd":
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write([]byte("\xff\x00\r\n"))
	case "/hash":
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, "$argon2id$v=19$m=8")
	default:
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprintf(w, "%s %s %s %d %q", r.Method, r.RequestURI, r.Header.Get("X-A"), r.ContentLength, body)
	}
}

func echoTarget(vars Vars) func(testing.TB) *Target {
	return func(t testing.TB) *Target {
		server := httptest.NewServer(http.HandlerFunc(echo))
		t.Cleanup(server.Close)
		return &Target{URL: server.URL, Vars: vars}
	}
}

// file writes a transcript with the needed head.
func file(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "get-claim.http")
	if err := os.WriteFile(path, []byte("# A claim.\n# source: this test\n"+text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTranscriptPasses plays files that tell the truth.
func TestTranscriptPasses(t *testing.T) {
	for claim, text := range map[string]string{
		"a bare question mark, two slashes and escapes survive": "GET //a%2Fb/%7e?\n----\n200 text/plain\n\nGET //a%2Fb/%7e?  0 \"\"\n",
		"a body goes with GET and DELETE":                       "DELETE /x\n\n{}\n----\n200 text/plain\n\nDELETE /x  2 \"{}\"\n",
		"a newline at the end is an empty line":                 "POST /x\n\n{}\n\n----\n200 text/plain\n\nPOST /x  3 \"{}\\n\"\n",
		"no body is no length, and a written length is sent":    "POST /x\nContent-Length: 0\n----\n200 text/plain\n\nPOST /x  0 \"\"\n",
		"variables stand in line, headers, body and answer":     "POST /{id}\nX-A: {id}\n\n{id}{other}\n----\n200 text/plain\n\nPOST /{id} {id} 8 \"1{other}\"\n",
		"quoted bodies hold any byte":                           "# request body: quoted\nPOST /x\n\n\"a\\r\\n\"\n\"\\xff{id}\"\n----\n200 text/plain\n\nPOST /x  5 \"a\\r\\n\\xff1\"\n",
		"a quoted answer holds any byte":                        "# answer body: quoted\nGET /odd\n----\n200 application/octet-stream\n\n\"\\xff\\x00\\r\\n\"\n",
		"an empty answer has no type":                           "GET /empty\n----\n204\n!Content-Length\n",
		"headers are there, there with any value, and absent":   "GET /empty\n----\n204\nX-Echo: yes\nDate: *\n!X-Other\n",
		"what was kept is sent later":                           "# let e = header:X-Echo\nGET /empty\n----\n204\n====\nGET /{e}\n----\n200 text/plain\n\nGET /yes  0 \"\"\n",
		"a header variable may hold several lines":              "GET /x\n{lines}\n----\n200 text/plain\n\nGET /x a 0 \"\"\n",
		"a header variable may hold none":                       "GET /x\n{none}\n----\n200 text/plain\n\nGET /x  0 \"\"\n",
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			runFile(t, file(t, text), echoTarget(Vars{"id": "1", "lines": "X-B: b\nX-A: a", "none": ""}))
		})
	}
}

// TestTranscriptFails plays files that do not, and looks at what is said.
func TestTranscriptFails(t *testing.T) {
	for claim, c := range map[string]struct{ text, says string }{
		"another status":            {"GET /empty\n----\n200\n", "- 200\n+ 204"},
		"a content type too much":   {"GET /x\n----\n200\n\nGET /x  0 \"\"\n", "+ 200 text/plain"},
		"another content type":      {"GET /x\n----\n200 text/html\n\nGET /x  0 \"\"\n", "- 200 text/html"},
		"another body":              {"GET /x\n----\n200 text/plain\n\nGET /y  0 \"\"\n", "first difference at byte 5"},
		"a newline too much":        {"GET /x\n----\n200 text/plain\n\nGET /x  0 \"\"\n\n", "⏎"},
		"a blank at the end":        {"GET /x\n----\n200 text/plain\n\nGET /x  0 \"\" \n", "\"\"·"},
		"a body too little":         {"GET /x\n----\n200 text/plain\n", "+ GET /x"},
		"a missing header":          {"GET /empty\n----\n204\nX-Other: *\n", "no header X-Other"},
		"a header of another value": {"GET /empty\n----\n204\nX-Echo: no\n", "+ X-Echo: yes"},
		"a header that is there":    {"GET /empty\n----\n204\n!X-Echo\n", "+ X-Echo: yes"},
		"a hash":                    {"GET /hash\n----\n200 text/plain\n\n$argon2id$v=19$m=8\n", "holds a password's hash"},
		"an unknown variable":       {"GET /{nobody}\n----\n204\n", "no variable {nobody}"},
		"nothing to keep":           {"# let x = json:id\nGET /empty\n----\n204\n", "let x"},
		"no answer yet":             {"GET /empty\n", "-update"},
		"no request":                {"# only talk\n", "no request line"},
		"a passing expected failure": {"# expect: fail (not done)\nGET /empty\n----\n204\n",
			"passes now"},
		"a malformed directive": {"# clock: later\nGET /empty\n----\n204\n", "duration"},
		"a malformed let":       {"# let me out\nGET /empty\n----\n204\n", "want \"# let name"},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(tb testing.TB) { runFile(tb, file(t, c.text), echoTarget(nil)) })
			if said := strings.Join(r.said, "\n"); !r.failed || !strings.Contains(said, c.says) {
				t.Errorf("failed %v, says\n%s\nwant %q", r.failed, said, c.says)
			}
		})
	}
}

// TestTranscriptIsSkipped has the two reasons not to judge a file.
func TestTranscriptIsSkipped(t *testing.T) {
	for claim, text := range map[string]string{
		"an expected failure fails":     "# expect: fail (not done)\nGET /empty\n----\n200\n",
		"a clock that cannot be moved":  "# clock: +5m\nGET /empty\n----\n204\n",
		"an expected failure to answer": "# expect: fail (not done)\n# let x = json:id\nGET /empty\n----\n204\n",
	} {
		t.Run(claim, func(t *testing.T) {
			r := record(t, func(tb testing.TB) { runFile(tb, file(t, text), echoTarget(nil)) })
			if r.failed || !r.skipped {
				t.Errorf("failed %v, skipped %v: %v", r.failed, r.skipped, r.said)
			}
		})
	}
}

// TestFileWithoutHeadIsRefused takes the claim, the source and the name away.
func TestFileWithoutHeadIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"get-claim.http":  "# A claim without a source.\nGET /empty\n----\n204\n",
		"get-source.http": "# source: a source without a claim\nGET /empty\n----\n204\n",
		"get.http":        "# A claim.\n# source: this test\nGET /empty\n----\n204\n",
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := readFile(path); err == nil {
			t.Errorf("%s is taken: %s", name, text)
		}
	}
}

// TestClockMovesBeforeTheRequest counts the steps.
func TestClockMovesBeforeTheRequest(t *testing.T) {
	var moved time.Duration
	runFile(t, file(t, "# clock: +5m\nGET /empty\n----\n204\n====\n# clock: 1s\nGET /empty\n----\n204\n"),
		func(t testing.TB) *Target {
			target := echoTarget(nil)(t)
			target.Advance = func(d time.Duration) { moved += d }
			return target
		})
	if moved != 5*time.Minute+time.Second {
		t.Errorf("moved by %v", moved)
	}
}
