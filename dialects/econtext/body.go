package econtext

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// body reads the request as JSON, whatever its Content-Type says. What is no
// JSON is silently no body to the vendor's server, which then trips over the
// lack of it. Source: vendor reference, and the middleware of its server.
func (k *call) body() (v wire.Value, err error) {
	err = wire.WithBody(k.Request(), k.d.cfg.MaxBody, func(raw []byte) (err error) {
		v, err = wire.ParseJSON(raw, k.d.limits)
		return err
	})
	var syntax *wire.SyntaxError
	if errors.As(err, &syntax) {
		return v, crash("'body'")
	}
	return v, err
}

// object reads a body that has to be an object.
func (k *call) object() (wire.Value, error) {
	v, err := k.body()
	if err != nil {
		return v, err
	}
	return v, wantObject(v)
}

// change reads the body of an update: an object, or null, which changes nothing.
func (k *call) change() (wire.Value, error) {
	v, err := k.body()
	if err != nil || v.IsNull() {
		return v, err
	}
	return v, wantObject(v)
}

func wantObject(v wire.Value) error {
	if v.Kind() != wire.KindObject {
		return noAttribute(v, "get")
	}
	return nil
}

// noAttribute is how the vendor's server fails on a value of another type than
// it reckons with: it calls a method that the type does not have.
func noAttribute(v wire.Value, method string) *failure {
	return crash("'" + typeName(v) + "' object has no attribute '" + method + "'")
}

// typeName is the type of a JSON value in the vendor's server.
func typeName(v wire.Value) string {
	switch v.Kind() {
	case wire.KindBool:
		return "bool"
	case wire.KindNumber:
		if _, whole := v.Int(); whole {
			return "int"
		}
		return "float"
	case wire.KindString:
		return "str"
	case wire.KindArray:
		return "list"
	case wire.KindObject:
		return "dict"
	}
	return "NoneType"
}

// falsy tells whether the vendor's server takes a value for nothing: null,
// false, zero, and whatever is empty.
func falsy(v wire.Value) bool {
	switch v.Kind() {
	case wire.KindNull:
		return true
	case wire.KindBool:
		b, _ := v.Bool()
		return !b
	case wire.KindNumber:
		f, ok := v.Float()
		return ok && f == 0
	case wire.KindString:
		return v.Text() == ""
	}
	return v.Len() == 0
}
