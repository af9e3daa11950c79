package onapp

import (
	"encoding/hex"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

type stream = railsxml.Streamer

// newStream starts an answer in that format; in JSON if none was asked for.
func (d *Dialect) newStream(f format) stream {
	if f == formatXML {
		return railsxml.NewXML(railsxml.XMLOptions{TimeType: d.timeType}).(stream)
	}
	return railsxml.NewJSON(railsxml.JSONOptions{Time: d.version.jsonTime()}).(stream)
}

// response is an answer being written. A short one is sent whole, with its length and tag; a long
// one goes out in parts, so that a list of a million users needs no more memory than one of a
// hundred.
type response struct {
	railsxml.Streamer
	call    *call
	status  int
	secret  bool // must not be stored on the way
	started bool // the header is out
}

const (
	// measuredBelow is the size in bytes up to which net/http sets Content-Length itself.
	measuredBelow = 2000
	// flushAbove is how many bytes of an answer are buffered before they are sent.
	flushAbove = 256 << 10
)

// Header values that are the same in every answer. They must not be changed.
var (
	valueNoCache    = []string{"no-cache"}
	valueNoStore    = []string{"no-store"}
	valueRevalidate = []string{"max-age=0, private, must-revalidate"}
	valueJSON       = []string{"application/json; charset=utf-8"}
	valueXML        = []string{"application/xml; charset=utf-8"}
)

// flushIfLarge sends what is buffered if it is large. The error is the connection's.
func (out *response) flushIfLarge() error {
	if len(out.Bytes()) < flushAbove {
		return nil
	}
	if !out.started {
		out.started = true
		out.setHeaders()
		out.call.w.WriteHeader(out.status)
	}
	return out.Drain(out.call.w)
}

func (out *response) setHeaders() {
	header := out.call.w.Header()
	header["Content-Type"] = valueJSON
	if out.call.format == formatXML {
		header["Content-Type"] = valueXML
	}
	header["Cache-Control"] = valueRevalidate
	if out.secret {
		header["Cache-Control"] = valueNoStore
	}
}

// finish sends the rest. Errors of the connection are ignored: a client that went away needs no
// answer.
func (out *response) finish() {
	w, body := out.call.w, out.Bytes()
	if out.started {
		_, _ = w.Write(body)
		return
	}
	out.setHeaders()
	header, tag := w.Header(), etag(body)
	header["Etag"] = []string{tag}
	if out.status == http.StatusOK && matches(out.call.r, tag) {
		delete(header, "Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if len(body) > measuredBelow {
		header["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.WriteHeader(out.status)
	_, _ = w.Write(body)
}

// fail answers a failure met while writing. If a part of the answer is out, only a cut connection
// tells the client that the rest is missing.
func (out *response) fail(err error) {
	if !out.started {
		out.call.d.fail(out.call.w, out.call.r, out.call.format, err)
		return
	}
	dialects.NoteError(out.call.w, err)
	panic(http.ErrAbortHandler)
}

// castagnoli is one of the two polynomials of a tag. The processor computes both.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// etag returns a weak tag that changes with the body. It is not cryptographic: a client can only
// deceive itself.
func etag(body []byte) string {
	sum := [8]byte{}
	first, second := crc32.Checksum(body, castagnoli), crc32.ChecksumIEEE(body)
	for i := range 4 {
		sum[i], sum[i+4] = byte(first>>(24-8*i)), byte(second>>(24-8*i))
	}
	var text [20]byte
	copy(text[:], `W/"`)
	hex.Encode(text[3:19], sum[:])
	text[19] = '"'
	return string(text[:])
}

// matches reports whether the client has the body with that tag already.
func matches(r *http.Request, tag string) bool {
	have := r.Header["If-None-Match"]
	if len(have) == 0 || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	for _, one := range strings.Split(strings.Join(have, ","), ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}
