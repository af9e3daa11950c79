package edge

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"
)

// RequestLog writes one line for each request, in the form that log/slog's own
// handlers would give it, at a fraction of their cost. It never sees a query
// string, a header or a body, since keys and passwords travel in all three; nor
// a path, in which a mistaken client puts them too.
type RequestLog struct {
	sink  *Sink
	json  bool
	level slog.Level
	clock timestamp // used by one line at a time
}

// NewRequestLog writes lines of at least that level to the sink.
func NewRequestLog(sink *Sink, json bool, level slog.Level) *RequestLog {
	return &RequestLog{sink: sink, json: json, level: level}
}

// line is what is said of one request.
type line struct {
	at                                     time.Time
	took                                   time.Duration
	dialect, operation, method, id, remote string
	status                                 int
	bytes                                  int64
	err                                    error
}

// level is ERROR for our own failures, WARN for refusals under load, else INFO.
func (l *line) level() slog.Level {
	switch {
	case l.status == http.StatusServiceUnavailable, l.status == http.StatusTooManyRequests:
		return slog.LevelWarn
	case l.status >= http.StatusInternalServerError, l.err != nil && l.status == http.StatusOK:
		return slog.LevelError
	}
	return slog.LevelInfo
}

func (g *RequestLog) request(l line) {
	level := l.level()
	if level < g.level {
		return
	}
	cause := ""
	if l.err != nil && level >= slog.LevelWarn {
		// A refused request's cause may quote the request; only our own failures are told.
		cause = l.err.Error()
	}
	g.sink.append(func(buf []byte) []byte {
		if g.json {
			return g.appendJSONLine(buf, &l, level, cause)
		}
		return g.appendTextLine(buf, &l, level, cause)
	})
}

func (g *RequestLog) appendJSONLine(b []byte, l *line, level slog.Level, cause string) []byte {
	b = append(b, `{"time":"`...)
	b = g.clock.nanos(b, l.at)
	b = append(b, `","level":"`...)
	b = append(b, level.String()...)
	b = append(b, `","msg":"request","dialect":"`...)
	b = append(b, l.dialect...)
	b = append(b, `","operation":"`...)
	b = append(b, l.operation...)
	b = append(b, `","method":`...)
	b = appendQuoted(b, l.method)
	b = append(b, `,"status":`...)
	b = strconv.AppendInt(b, int64(l.status), 10)
	b = append(b, `,"duration_ms":`...)
	b = appendMillis(b, l.took)
	b = append(b, `,"bytes":`...)
	b = strconv.AppendInt(b, l.bytes, 10)
	b = append(b, `,"request_id":"`...)
	b = append(b, l.id...)
	b = append(b, `","remote":`...)
	b = appendQuoted(b, l.remote)
	if cause != "" {
		b = append(b, `,"error":`...)
		b = appendQuoted(b, cause)
	}
	return append(b, '}', '\n')
}

func (g *RequestLog) appendTextLine(b []byte, l *line, level slog.Level, cause string) []byte {
	b = append(b, "time="...)
	b = g.clock.millis(b, l.at)
	b = append(b, " level="...)
	b = append(b, level.String()...)
	b = append(b, " msg=request dialect="...)
	b = append(b, l.dialect...)
	b = append(b, " operation="...)
	b = append(b, l.operation...)
	b = append(b, " method="...)
	b = appendWord(b, l.method)
	b = append(b, " status="...)
	b = strconv.AppendInt(b, int64(l.status), 10)
	b = append(b, " duration_ms="...)
	b = appendMillis(b, l.took)
	b = append(b, " bytes="...)
	b = strconv.AppendInt(b, l.bytes, 10)
	b = append(b, " request_id="...)
	b = append(b, l.id...)
	b = append(b, " remote="...)
	b = appendWord(b, l.remote)
	if cause != "" {
		b = append(b, " error="...)
		b = strconv.AppendQuote(b, cause)
	}
	return append(b, '\n')
}

// appendMillis writes milliseconds to the microsecond.
func appendMillis(b []byte, d time.Duration) []byte {
	micros := d.Microseconds()
	b = strconv.AppendInt(b, micros/1000, 10)
	rest := micros % 1000
	return append(b, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
}

// appendWord writes s bare if it is plain, quoted otherwise.
func appendWord(b []byte, s string) []byte {
	if s == "" || !plain(s) {
		return strconv.AppendQuote(b, s)
	}
	return append(b, s...)
}

// appendQuoted writes s as a JSON string.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	if plain(s) {
		return append(append(b, s...), '"')
	}
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', byte(c))
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		default:
			b = utf8.AppendRune(b, c)
		}
	}
	return append(b, '"')
}

// plain tells whether s can stand anywhere without quotes or escapes.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == '"' || c == '\\' || c == '=' || c > '~' {
			return false
		}
	}
	return true
}
