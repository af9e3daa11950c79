package dialecttest

import (
	"os"
	"testing"
)

// TestRewrite shows what -update makes of a file.
func TestRewrite(t *testing.T) {
	vars := Vars{"id": "1", "key": "0123456789"}
	for claim, c := range map[string]struct{ before, after string }{
		"a missing answer is written": {
			"# Why.\nGET /x\nX-A: {key}\n",
			"# Why.\nGET /x\nX-A: {key}\n----\n200 text/plain\n\nGET /x {key} 0 \"\"\n",
		},
		"a wrong answer is replaced, and its header lines follow": {
			"GET /empty\n----\n200 text/html\nX-Echo: no\nX-Gone: 1\nDate: *\n\nold\n",
			"GET /empty\n----\n204\nX-Echo: yes\n!X-Gone\nDate: *\n",
		},
		"a short variable is put back where it was spoken of": {
			"POST /{id}\n\n{id}11\n----\n200 text/plain\n\n{id}\n",
			"POST /{id}\n\n{id}11\n----\n200 text/plain\n\nPOST /{id}  3 \"111\"\n",
		},
		"what a file cannot hold is quoted": {
			"GET /odd\n====\nGET /empty\n",
			"# answer body: quoted\nGET /odd\n----\n200 application/octet-stream\n\n\"\\xff\\x00\\r\\n\"\n====\nGET /empty\n----\n204\n",
		},
		"a true file stays as it is": {
			"POST /x\n\n{}\n\n----\n200 text/plain\n\nPOST /x  3 \"{}\\n\"\n",
			"POST /x\n\n{}\n\n----\n200 text/plain\n\nPOST /x  3 \"{}\\n\"\n",
		},
	} {
		t.Run(claim, func(t *testing.T) {
			tr, err := readFile(file(t, c.before))
			if err != nil {
				t.Fatal(err)
			}
			player := newPlayer(t, echoTarget(vars)(t))
			for _, ex := range tr.exchanges {
				if _, err := player.judgeOne(ex, true); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file(t, c.after))
			if err != nil {
				t.Fatal(err)
			}
			if have := string(tr.text()); have != string(want) {
				t.Error(diff(string(want), have))
			}
		})
	}
}
