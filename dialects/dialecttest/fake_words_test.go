package dialecttest

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

// words is the fake's renderer of errors.
func (f *fake) words(err error) (int, []byte) {
	status, text := f.statusAndText(err)
	if f.breaks("tells internals") {
		text += ": " + err.Error()
	}
	body, _ := json.Marshal(fakeWords{text})
	return status, body
}

func (f *fake) statusAndText(err error) (int, string) {
	switch {
	case errors.Is(err, errMethod):
		return http.StatusMethodNotAllowed, "method"
	case errors.Is(err, errSyntax):
		return http.StatusBadRequest, "syntax"
	case errors.Is(err, errTooLarge):
		return http.StatusRequestEntityTooLarge, "too large"
	case core.KindOf(err) == core.Invalid:
		return http.StatusUnprocessableEntity, f.ruleText(core.AsError(err).Faults)
	}
	return f.kindStatus(core.KindOf(err)), "failed"
}

func (f *fake) kindStatus(k core.Kind) int {
	if k == core.Stale && f.breaks("has no status for stale") {
		return 0
	}
	if k == core.Busy && f.breaks("takes busy for broken") {
		return http.StatusInternalServerError
	}
	return map[core.Kind]int{
		core.Internal: 500, core.NotFound: 404, core.Unauthenticated: 401, core.Forbidden: 403,
		core.Conflict: 409, core.Stale: 409, core.Busy: 503, core.Invalid: 422,
	}[k]
}

func (f *fake) ruleText(faults []core.Fault) string {
	if len(faults) == 0 {
		return "refused"
	}
	rule := faults[0].Rule
	switch {
	case rule == core.Taken && f.breaks("has no words for taken"):
		return ""
	case rule == core.TooLong && f.breaks("has common words for too long"):
		return "is wrong"
	}
	text, ok := map[core.Rule]string{
		core.Required: "is missing", core.NotNull: "is null", core.NotBlank: "is blank", core.TooShort: "is short",
		core.TooLong: "is long", core.Malformed: "is malformed", core.Taken: "is taken", core.Unknown: "is unknown",
		core.ReadOnly: "is read-only", core.WrongPassword: "is not the password", core.NoSuchUser: "is not a user",
	}[rule]
	if !ok {
		return "is wrong"
	}
	return text
}
