package onapp

import (
	"encoding/hex"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"
)

// reply is what a handler wants to be answered.
type reply struct {
	status int
	// write makes the document; nil answers without a body.
	write func(*document) error
	// location is the path of what was created.
	location string
	// page is set on a list that was asked for in pages.
	page *page
}

// done answers a change that shows nothing: 204, or in old versions 200 with an empty hash.
// source: vendor reference, versions.
func (d *Dialect) done() reply {
	if d.version < v30 {
		return reply{status: http.StatusOK, write: emptyHash}
	}
	return reply{status: http.StatusNoContent}
}

func emptyHash(e *document) error {
	e.Hash()
	e.End()
	return nil
}

// show answers 200 with a document.
func show(write func(*document) error) reply {
	return reply{status: http.StatusOK, write: write}
}

// Values of headers that never change, so that no answer has to make them. They must not be changed.
var (
	valueNoCache    = []string{"no-cache"}
	valueRevalidate = []string{"max-age=0, private, must-revalidate"}
	valueJSON       = []string{"application/json; charset=utf-8"}
	valueXML        = []string{"application/xml; charset=utf-8"}
)

func noCache(w http.ResponseWriter) { w.Header()["Cache-Control"] = valueNoCache }

func contentType(f format) []string {
	if f == formatXML {
		return valueXML
	}
	return valueJSON
}

// writeReply sends what a handler made.
func (c *call) writeReply(r reply) {
	header := c.w.Header()
	if r.location != "" {
		header["Location"] = []string{origin(c.r) + r.location}
	}
	if r.page != nil {
		r.page.writeHeaders(header)
	}
	if r.write == nil {
		c.d.writeEmpty(c.w, r.status)
		return
	}
	doc := document{Streamer: c.d.emitter(c.format), call: c, status: r.status}
	defer doc.Release()
	if err := r.write(&doc); err != nil {
		doc.fail(err)
		return
	}
	doc.finish()
}

// writeEmpty answers without a body.
func (d *Dialect) writeEmpty(w http.ResponseWriter, status int) {
	noCache(w)
	w.WriteHeader(status)
}

// writeError sends a failure's document.
func (d *Dialect) writeError(w http.ResponseWriter, status int, e emitter) {
	header := w.Header()
	noCache(w)
	header["Content-Type"] = []string{e.ContentType()}
	body := e.Bytes()
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away needs no answer
}

// castagnoli is one of two polynomials whose sums make a tag: both are done by the processor itself.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// etag is a weak tag that changes with the body. It is no proof of anything: a client can only deceive itself.
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

// matches tells whether a client has the body with that tag already.
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

// origin is the scheme and host that the client spoke to.
func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
