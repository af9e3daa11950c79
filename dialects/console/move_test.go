package console_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// upload sends a file with the fields of the form and returns the last answer.
func (d *desk) upload(name, text string, fields url.Values) (status int, body, at string) {
	d.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for field := range fields {
		_ = w.WriteField(field, fields.Get(field))
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = io.WriteString(part, text)
	}
	if err != nil || w.Close() != nil {
		d.Fatal(err)
	}
	res, err := d.http.Post(d.base+"move", w.FormDataContentType(), &form)
	if err != nil {
		d.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		d.Fatal(err)
	}
	return res.StatusCode, string(page), res.Request.URL.Path
}

func TestDryRunSaysWhatAnImportWouldDo(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	d.signIn()
	d.add("bob", false)
	const csv = "username,email,given_name\nann,ann@example.com,Ann\nbob,other@example.com,<b>Bob</b>\n,x@example.com,X\n"
	status, page, at := d.upload("users.csv", csv, url.Values{"realm": {"main"}})
	if status != 200 || strings.Count(page, `class="refused"`) != 2 || !strings.Contains(page, "Nothing was changed") ||
		!regexp.MustCompile(`<dt>added</dt><dd>1</dd>`).MatchString(page) {
		t.Fatalf("%d %s", status, page)
	}
	at = strings.TrimPrefix(at, "/_dragoman/console/")
	if got := d.must("GET", at+"/rejects.csv", nil, 200); got != "username,email,given_name\nbob,other@example.com,<b>Bob</b>\n,x@example.com,X\n" {
		t.Errorf("the refused rows are %q", got)
	}
	d.must("GET", at+"/report.jsonl", nil, 200, `"user":"ann","verdict":"added"`, `"verdict":"refused"`)
	d.must("GET", at+"/passwd", nil, 404)
	d.must("GET", "move/none", nil, 404, "not among the last")
	err := d.dir.View(t.Context(), func(tx *core.Tx) error {
		if n, err := tx.CountUsers(core.UserQuery{Realm: core.MainRealm}); n != 2 {
			t.Errorf("there are %d users, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFilesThatAreNoTableAreRefused(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	d.signIn()
	for text, want := range map[string]string{
		"username,shoe_size\nann,4\n": "shoe_size", "": "no", "\xff\xfeu": "UTF-16", "username\n\"ann\n": "line",
		"username\n" + strings.Repeat(",\n", 20_001): "more than 20000 rows",
		strings.Repeat("username,a\n", 1<<19):        "more than 4 MiB",
	} {
		status, page, _ := d.upload("users.csv", text, url.Values{"realm": {"main"}, "on_conflict": {"skip"}})
		if status != 422 || !strings.Contains(page, want) || len(text) < 4<<20 && !strings.Contains(page, `value="skip" selected`) {
			t.Errorf("%.20q: %d, want %q in\n%s", text, status, want, page)
		}
	}
	if status, page, _ := d.upload("users.csv", "username\nann\n", url.Values{"realm": {"syncano:accounts"}}); status != 422 || !strings.Contains(page, "is not a realm of users") {
		t.Errorf("%d %s", status, page)
	}
}

func TestExportIsAFileOfTheStore(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	d.signIn()
	text := d.must("POST", "move/export", url.Values{"format": {"archive"}, "without_passwords": {"yes"}}, 200, `"username":"olga"`, `{"end":`)
	if strings.Contains(text, "password_hash") {
		t.Error("it has hashes")
	}
	d.must("POST", "move/export", url.Values{"format": {"csv"}, "realm": {"main"}}, 200, "password_hash", "olga@example.com", "$")
	res, err := d.http.PostForm(d.base+"move/export", url.Values{})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := res.Header.Get("Content-Disposition"); got != `attachment; filename="users.jsonl"` {
		t.Error(got)
	}
}

func TestAReadOnlyConsoleMovesNothing(t *testing.T) {
	t.Parallel()
	d := open(t, false)
	d.signIn()
	d.must("GET", "move", nil, 200, "read-only")
	d.must("POST", "move/export", url.Values{}, http.StatusForbidden, "read-only")
	if status, _, _ := d.upload("users.csv", "username\nann\n", nil); status != http.StatusForbidden {
		t.Errorf("status %d", status)
	}
}

func TestMovesAndProcessesOfOthersAreShown(t *testing.T) {
	t.Parallel()
	d := open(t, false)
	d.signIn()
	d.must("GET", "live", nil, 200, "db.example", "2024-05-06 07:00:00 UTC", "<td class=\"number\">5</td>", "it has probably ended")
	d.must("GET", "move", nil, 200, "&lt;b&gt;users&lt;/b&gt;.csv", "50 rows", "50 %", "/srv/rejects.csv", "<dt>refused</dt><dd>3</dd>", "it has probably ended without saying so")
}
