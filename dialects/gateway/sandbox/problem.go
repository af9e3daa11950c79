package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
)

// Problem is why a call of the control API failed, as RFC 9457 has it.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Member is the member or parameter of the call that broke a rule.
	Member string `json:"member,omitempty"`
	// Nearest are the calls that came closest to what was expected.
	Nearest []Near `json:"nearest,omitempty"`
}

// Error implements error.
func (p *Problem) Error() string {
	if p.Member != "" {
		return p.Member + ": " + p.Detail
	}
	return p.Detail
}

// problemTypes begin the URI of each kind of problem, which is a name and not a page.
const problemTypes = "urn:dragoman:problem:"

func problem(status int, kind, member, detail string) *Problem {
	return &Problem{Type: problemTypes + kind, Title: http.StatusText(status), Status: status, Member: member, Detail: detail}
}

// invalid is a call whose member breaks a rule; nothing has changed.
func invalid(member, rule string) error {
	return problem(http.StatusBadRequest, "invalid", member, rule)
}

func notFound(member, detail string) error {
	return problem(http.StatusNotFound, "not-found", member, detail)
}

func taken(member, detail string) error {
	return problem(http.StatusConflict, "taken", member, detail)
}

// writeProblem answers err. One that is not a problem is the program's own failure, and
// is shown: the control API is for the operator.
func writeProblem(w http.ResponseWriter, err error) {
	var p *Problem
	if !errors.As(err, &p) {
		p = problem(http.StatusInternalServerError, "internal", "", err.Error())
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client may be gone
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}
