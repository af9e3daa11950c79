package syncano

import "net/http"

// optionField describes a field that can be sent, for OPTIONS.
type optionField struct {
	name, kind, label string
	required          bool
	maxLength         int
}

// describe answers OPTIONS: what the endpoint is and what the caller may send.
func (c *call) describe() (reply, error) {
	var permitted []*verb
	for i := range c.ep.verbs {
		if v := &c.ep.verbs[i]; v.fields != nil && v.may(c) {
			permitted = append(permitted, v)
		}
	}
	return show(nil, func(e *encoder) {
		e.Obj().Key("name").Str(c.ep.title).Key("description").Str("").Key("renders")
		e.words([]string{"application/json"})
		e.Key("parses")
		e.words([]string{"application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
		if permitted != nil {
			e.Key("actions").Obj()
			for _, v := range permitted {
				e.fields(v)
			}
			e.End()
		}
		e.End()
	})
}

func (e *encoder) fields(v *verb) {
	e.Key(v.method).Obj()
	for _, f := range v.fields {
		e.Key(f.name).Obj().Key("type").Str(f.kind)
		e.Key("required").Bool(f.required && v.method != http.MethodPatch).Key("read_only").Bool(false).Key("label").Str(f.label)
		if f.maxLength > 0 {
			e.Key("max_length").Int(int64(f.maxLength))
		}
		e.End()
	}
	e.End()
}
