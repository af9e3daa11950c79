package dialecttest

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestClientKeepsUp follows a server that asks to go on, and one that hangs up.
func TestClientKeepsUp(t *testing.T) {
	runFile(t, file(t, "POST /x\nExpect: 100-continue\n\n{}\n----\n200 text/plain\n\nPOST /x  2 \"{}\"\n"+
		"====\nGET /x\nConnection: close\n----\n200 text/plain\n\nGET /x  0 \"\"\n"+
		"====\nHEAD /x\n----\n200 text/plain\n"+
		"====\nGET /x HTTP/1.0\n----\n200 text/plain\n\nGET /x  0 \"\"\n"+
		"====\n# request body: quoted\nPOST /x\nTransfer-Encoding: chunked\n\n\"2\\r\\n{}\\r\\n0\\r\\n\\r\\n\"\n----\n200 text/plain\n\nPOST /x  -1 \"{}\"\n"), echoTarget(nil))
}

// TestClientIsAnsweredBeforeItHasSaidAll sends more than the server reads.
func TestClientIsAnsweredBeforeItHasSaidAll(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	}))
	defer server.Close()
	player := newPlayer(t, &Target{URL: server.URL})
	player.vars = Vars{"big": string(make([]byte, 4<<20))}
	for range 2 {
		ex := &exchange{line: "POST /x", body: payload{text: "{big}"}}
		if a, err := player.play(ex); err != nil || a.Status != http.StatusRequestEntityTooLarge {
			t.Fatalf("%v, %v", a, err)
		}
	}
}
