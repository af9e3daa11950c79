package syncano

import "net/http"

// optionField is what OPTIONS tells of one field that can be sent.
type optionField struct {
	name, kind, label string
	required          bool
	maxLength         int
}

// describe answers OPTIONS: what the endpoint is and what the caller may send.
func (k *call) describe() error {
	out := &k.out
	out.Obj().Key("name").Str(k.ep.title).Key("description").Str("")
	out.Key("renders").Arr().Str("application/json").End()
	out.Key("parses").Arr()
	for _, kind := range []string{"application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"} {
		out.Str(kind)
	}
	out.End()
	k.describeActions()
	out.End()
	return nil
}

func (k *call) describeActions() {
	open := false
	for i := range k.ep.verbs {
		v := &k.ep.verbs[i]
		if v.fields == nil || !v.may(k) {
			continue
		}
		if !open {
			k.out.Key("actions").Obj()
			open = true
		}
		k.describeFields(v)
	}
	if open {
		k.out.End()
	}
}

func (k *call) describeFields(v *verb) {
	out := &k.out
	out.Key(v.method).Obj()
	for _, f := range v.fields {
		out.Key(f.name).Obj().Key("type").Str(f.kind)
		out.Key("required").Bool(f.required && v.method != http.MethodPatch).Key("read_only").Bool(false).Key("label").Str(f.label)
		if f.maxLength > 0 {
			out.Key("max_length").Int(int64(f.maxLength))
		}
		out.End()
	}
	out.End()
}
