package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// rawAnswer sends text on a new connection and returns the response with its body.
func rawAnswer(t *testing.T, g *gatewayRun, text string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res, bodyOf(t, res)
}

// usersOf is how each dialect lists users, with the credentials of the development seed.
var usersOf = map[string]string{
	"/v1.1/instances/main/users/": strings.Join(syncanoKey, ": "),
	"/api/users":                  strings.Join(admin, ": "),
	"/users.json":                 strings.Join(admin, ": "),
	"/scim/v2/Users":              "Authorization: Bearer 6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e",
}

func TestHTTP10AndAbsoluteTargetsAreServedByEveryDialect(t *testing.T) {
	t.Parallel()
	g := startSeeded(t)
	for path, credentials := range usersOf {
		for claim, text := range map[string]string{
			"HTTP/1.0":           "GET %s HTTP/1.0\r\n%s\r\n\r\n",
			"HTTP/1.0, kept":     "GET %s HTTP/1.0\r\nConnection: keep-alive\r\n%s\r\n\r\n",
			"an absolute target": "GET http://vendor.example%s HTTP/1.1\r\nHost: vendor.example\r\n%s\r\n\r\n",
			"another Host":       "GET http://vendor.example%s HTTP/1.1\r\nHost: other.example\r\n%s\r\n\r\n",
		} {
			res, body := rawAnswer(t, g, fmt.Sprintf(text, path, credentials))
			if res.StatusCode != 200 || !strings.Contains(body, "admin") {
				t.Errorf("%s, %s: %s %s", path, claim, res.Status, body)
			}
			if strings.Contains(text, "vendor") && strings.Contains(body, "other.example") {
				t.Errorf("%s: the target's host does not win: %s", path, body)
			}
			if kept := res.Header.Get("Connection"); strings.Contains(claim, "kept") && kept != "keep-alive" {
				t.Errorf("%s, %s: Connection: %s", path, claim, kept)
			}
		}
	}
}

// newUsers is how each dialect makes a user of a name.
var newUsers = map[string]string{
	"/v1.1/instances/main/users/": `{"username": "NAME", "password": "Passw0rd!x"}`,
	"/api/users/user":             `{"username": "NAME", "email": "NAME@example.com", "password": "Passw0rd!x", "applications": ["aa136fbd-26cc-448f-af0a-cf98fe165cc6"]}`,
	"/users.json":                 `{"user": {"login": "NAME", "email": "NAME@example.com", "password": "Passw0rd!x", "first_name": "a", "last_name": "b"}}`,
	"/scim/v2/Users":              `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "NAME"}`,
}

func compressed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func credentialsFor(path string) string {
	for list, credentials := range usersOf {
		if strings.HasPrefix(path, list[:5]) {
			return credentials
		}
	}
	return ""
}

func TestACompressedBodyIsReadByEveryDialect(t *testing.T) {
	t.Parallel()
	g := startSeeded(t)
	n, large := 0, compressed(t, `{"username": "`+strings.Repeat("a", 20<<20)+`"}`)
	for path, text := range newUsers {
		for _, name := range []string{"gzip", "X-GZIP"} {
			n++
			body := compressed(t, strings.ReplaceAll(text, "NAME", fmt.Sprintf("user%d", n)))
			res, got := rawAnswer(t, g, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Type: application/json\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s",
				path, credentialsFor(path), name, len(body), body))
			if res.StatusCode != 200 && res.StatusCode != 201 || !strings.Contains(got, fmt.Sprintf("user%d", n)) {
				t.Errorf("%s, %s: %s %s", path, name, res.Status, got)
			}
		}
		for claim, body := range map[string]string{
			"not compressed":       `{"username": "x"}`,
			"cut off":              compressed(t, text)[:20],
			"of another checksum":  compressed(t, text)[:len(compressed(t, text))-8] + "12345678",
			"larger than it looks": large,
		} {
			res, got := rawAnswer(t, g, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s",
				path, credentialsFor(path), len(body), body))
			if res.StatusCode < 400 || res.StatusCode >= 500 {
				t.Errorf("%s, %s: %s %s", path, claim, res.Status, got)
			}
		}
	}
}

func TestAClientThatExpectsToBeToldToContinueIs(t *testing.T) {
	t.Parallel()
	g := startSeeded(t)
	for path, text := range newUsers {
		text = strings.ReplaceAll(text, "NAME", "patient"+fmt.Sprint(len(path)))
		conn, err := net.Dial("tcp", strings.TrimPrefix(g.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", path, credentialsFor(path), len(text))
		in := bufio.NewReader(conn)
		if line, err := in.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
			t.Errorf("%s: %q %v", path, line, err)
			continue
		}
		_, _ = in.ReadString('\n')
		_, _ = io.WriteString(conn, text)
		res, err := http.ReadResponse(in, nil)
		if err != nil || res.StatusCode != 200 && res.StatusCode != 201 {
			t.Errorf("%s: %v %v", path, res, err)
		}
	}
}
