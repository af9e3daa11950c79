package wire

// Value writes a whole tree in e's style. A file is written as its name.
func (e *Enc) Value(v Value) *Enc {
	switch v.kind {
	case KindString:
		return e.Str(v.text)
	case KindNumber:
		return e.number(v.text)
	case KindBool:
		return e.Raw(v.text)
	case KindArray:
		return e.array(v)
	case KindObject:
		return e.object(v)
	case KindFile:
		return e.Str(v.node.file.Filename)
	}
	return e.Null()
}

func (e *Enc) number(raw string) *Enc {
	if !e.style.PythonNumbers {
		return e.Raw(raw)
	}
	e.buf = appendPyNumber(e.start(), raw)
	return e
}

func (e *Enc) array(v Value) *Enc {
	e.Arr()
	for _, item := range v.node.items {
		e.Value(item)
	}
	return e.End()
}

func (e *Enc) object(v Value) *Enc {
	e.Obj()
	for _, m := range v.node.members {
		e.Key(m.Name).Value(m.Value)
	}
	return e.End()
}

// AppendJSON appends a tree in that style.
func AppendJSON(dst []byte, v Value, style Style) []byte {
	e := Enc{buf: dst, style: style}
	return e.Value(v).buf
}

// JSON is v as compact JSON, as it would be kept in a store: UTF-8, numbers as sent.
func (v Value) JSON() []byte { return AppendJSON(nil, v, Compact()) }

// MarshalJSON lets a Value stand inside what encoding/json prints.
func (v Value) MarshalJSON() ([]byte, error) { return v.JSON(), nil }
