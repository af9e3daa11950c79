package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// maxWait bounds how long a call waits for an entry.
const maxWait = 5 * time.Minute

// filterParameters are those of a query that filterOf reads.
var filterParameters = [...]string{"dialect", "operation", "user", "status", "after", "since", "until"}

// filter reads a filter from the parameters of a query, which may have those of more.
func (s *Sandbox) filter(q url.Values, more ...string) (Filter, error) {
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(filterParameters[:], name) && !slices.Contains(more, name) {
			return Filter{}, invalid(name, "unknown parameter")
		}
	}
	f, err := filterOf(q)
	if err != nil {
		return f, err
	}
	return f, s.checkFilter(f)
}

// filterOf reads a filter from the parameters of a query.
func filterOf(q url.Values) (f Filter, err error) {
	f = Filter{Dialect: q.Get("dialect"), Operation: q.Get("operation"), User: q.Get("user")}
	status, err := number(q, "status")
	if err != nil {
		return f, err
	}
	f.Status = int(status)
	if f.After, err = number(q, "after"); err != nil {
		return f, err
	}
	for name, to := range map[string]*time.Time{"since": &f.Since, "until": &f.Until} {
		if q.Get(name) == "" {
			continue
		}
		if *to, err = time.Parse(time.RFC3339Nano, q.Get(name)); err != nil {
			return f, invalid(name, "this is not a time such as 2024-05-06T07:08:09Z")
		}
	}
	return f, nil
}

func showJournal(s *Sandbox, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	f, err := s.filter(r.URL.Query(), "wait")
	if err != nil {
		return 0, nil, err
	}
	entries, _ := s.journal.find(f)
	if wait := r.URL.Query().Get("wait"); wait != "" {
		d, err := time.ParseDuration(wait)
		if err != nil || d < 0 {
			return 0, nil, invalid("wait", "this is not a duration such as 10s")
		}
		ctx, cancel := context.WithTimeout(r.Context(), min(d, maxWait))
		defer cancel()
		entries = s.journal.await(ctx, f)
	}
	return http.StatusOK, map[string]any{"entries": entries}, nil
}

func clearJournal(s *Sandbox, _ http.ResponseWriter, _ *http.Request) (int, any, error) {
	s.journal.clear()
	return http.StatusNoContent, nil, nil
}

// followJournal sends each entry as a server-sent event, until the client goes.
func followJournal(s *Sandbox, w http.ResponseWriter, r *http.Request) (int, any, error) {
	f, err := s.filter(r.URL.Query())
	if err != nil {
		return 0, nil, err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	control := http.NewResponseController(w)
	for {
		found, more := s.journal.find(f)
		for _, e := range found {
			text, err := json.Marshal(e)
			if err != nil {
				return 0, nil, nil
			}
			if _, err := fmt.Fprintf(w, "id: %d\nevent: call\ndata: %s\n\n", e.ID, text); err != nil {
				return 0, nil, nil // the client is gone
			}
			f.After = e.ID
		}
		_ = control.SetWriteDeadline(time.Time{})
		if control.Flush() != nil || more == nil {
			return 0, nil, nil
		}
		select {
		case <-more:
		case <-r.Context().Done():
			return 0, nil, nil
		}
	}
}

func (j *journal) count() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last
}

// har is the parts of HAR 1.2 that programs need to read it.
type har struct {
	Log struct {
		Version string            `json:"version"`
		Creator map[string]string `json:"creator"`
		Entries []harEntry        `json:"entries"`
	} `json:"log"`
}

type harEntry struct {
	Started  time.Time          `json:"startedDateTime"`
	Time     float64            `json:"time"`
	Request  map[string]any     `json:"request"`
	Response map[string]any     `json:"response"`
	Cache    map[string]any     `json:"cache"`
	Timings  map[string]float64 `json:"timings"`
	Comment  string             `json:"comment"`
}

func showHAR(s *Sandbox, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	f, err := s.filter(r.URL.Query())
	if err != nil {
		return 0, nil, err
	}
	var h har
	h.Log.Version, h.Log.Creator, h.Log.Entries = "1.2", map[string]string{"name": "dragoman", "version": ""}, []harEntry{}
	entries, _ := s.journal.find(f)
	for _, e := range entries {
		h.Log.Entries = append(h.Log.Entries, harOf(e, "http://"+s.name+".localhost"))
	}
	return http.StatusOK, h, nil
}

func harOf(e *Entry, base string) harEntry {
	address := base + e.Path.String()
	if q := e.Query.String(); q != "" {
		address += "?" + q
	}
	none := []any{}
	request := map[string]any{
		"method": e.Method, "url": address, "httpVersion": "HTTP/1.1", "cookies": none, "headers": none,
		"queryString": queryOf(e.Query.String()), "headersSize": -1, "bodySize": len(e.Request.String()),
	}
	if e.Request.String() != "" {
		request["postData"] = map[string]any{"mimeType": e.Type, "text": e.Request}
	}
	return harEntry{
		Started: e.At, Time: e.DurationMS, Request: request, Cache: map[string]any{}, Comment: e.Dialect + " " + e.Operation,
		Response: map[string]any{
			"status": e.Status, "statusText": http.StatusText(e.Status), "httpVersion": "HTTP/1.1", "cookies": none, "headers": none,
			"content":     map[string]any{"size": len(e.Answer.String()), "mimeType": e.AnswerType, "text": e.Answer},
			"redirectURL": "", "headersSize": -1, "bodySize": -1,
		},
		Timings: map[string]float64{"send": 0, "wait": e.DurationMS, "receive": 0},
	}
}

func queryOf(raw string) []map[string]string {
	list := []map[string]string{}
	values, _ := url.ParseQuery(raw)
	for name, all := range values {
		for _, value := range all {
			list = append(list, map[string]string{"name": name, "value": value})
		}
	}
	return list
}

func unescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
