package edge

import (
	"net/http"
	"time"
)

// Observer sees one request.
type Observer interface {
	// Wrote is called with each part of the answer, which it must not keep.
	Wrote(p []byte)
	// Ended is called when the request has ended.
	Ended(Seen)
}

// Seen is what a request turned out to be: what the log says of it, and its error.
type Seen struct {
	Start              time.Time
	Took               time.Duration
	Dialect, Operation string
	Method, RequestID  string
	// Remote is the client's address, as trusted proxies say it.
	Remote string
	Status int
	Bytes  int64
	// AnswerType is the Content-Type of the answer.
	AnswerType string
	// Err is the cause of a refusal, or nil. Its text may repeat what the client sent.
	Err error
}

// seen describes a request that has ended.
func (r *response) seen(req *http.Request, took time.Duration) Seen {
	return Seen{
		Start: r.start, Took: took, Dialect: r.dialect.Name(), Operation: r.operationName(), Method: logged(req.Method),
		RequestID: r.id, Remote: req.RemoteAddr, Status: r.answered(), Bytes: r.bytes, Err: r.err,
		AnswerType: r.Header().Get("Content-Type"),
	}
}
