package dialecttest

import "encoding/json"

// Row says what one verb does with one writable field that is absent, null or
// empty. The field holds Sample before each.
type Row struct {
	// Write is a request with {body} in it, to the created user {id}.
	Write Script
	// Verb names the write in the output, as in "PUT".
	Verb string
	// Field is the field as the dialect writes it.
	Field string
	// Sample is a value the field can hold, in the body's language: `"Ann"`.
	Sample string
	// Base are fields that are sent along always, as a PUT of everything demands.
	Base []FieldValue
	// Body writes the fields as a body; nil is one JSON object.
	Body func([]FieldValue) string
	// Null and Empty in the body's language; "" for `null` and `""`.
	NullText, EmptyText string

	// Probe is the request that shows the field, and Look what to look for in
	// its answer (see [Answer.Look]): a password is probed by a login and
	// "status". Probe may be empty for Spec.Show.
	Probe Script
	Look  string

	Absent, Null, Empty Effect
}

// FieldValue is one field with its value in the body's language.
type FieldValue struct{ Name, Value string }

// Effect is what a write does to a field.
type Effect struct {
	status int
	kept   bool
	shown  string
	cannot string
}

// Kept is done, and leaves the field as it was.
func Kept() Effect { return Effect{kept: true} }

// Shown is done, and shows the field as that text afterwards: what Look finds.
func Shown(text string) Effect { return Effect{shown: text} }

// Refused is refused with that status in the dialect's form, and nothing changes.
func Refused(status int) Effect { return Effect{status: status, kept: true} }

// Impossible cannot be sent, for a reason that the output shows: a query has no null.
func Impossible(reason string) Effect { return Effect{cannot: reason} }

// body writes the base with the field in a state; "" leaves it out.
func (r *Row) body(value string) string {
	var fields []FieldValue
	for _, f := range r.Base {
		if f.Name != r.Field {
			fields = append(fields, f)
		}
	}
	if value != "" {
		fields = append(fields, FieldValue{r.Field, value})
	}
	if r.Body != nil {
		return r.Body(fields)
	}
	return jsonObject(fields)
}

func jsonObject(fields []FieldValue) string {
	text := []byte("{")
	for i, f := range fields {
		if i > 0 {
			text = append(text, ", "...)
		}
		name, _ := json.Marshal(f.Name)
		text = append(append(append(text, name...), ": "...), f.Value...)
	}
	return string(append(text, '}'))
}
