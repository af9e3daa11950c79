package wire

import "encoding/json"

// Field is an input field in one of three states: absent, null or a value. The zero Field is absent, so that a
// struct of fields starts as "the request spoke of nothing".
type Field[T any] struct {
	value T
	state fieldState
}

type fieldState uint8

const (
	fieldAbsent fieldState = iota
	fieldNull
	fieldValue
)

// Some is a field with a value.
func Some[T any](v T) Field[T] { return Field[T]{value: v, state: fieldValue} }

// Null is a field that the request set to null.
func Null[T any]() Field[T] { return Field[T]{state: fieldNull} }

// Present reports whether the request spoke of the field, be it null or a value.
func (f Field[T]) Present() bool { return f.state != fieldAbsent }

// IsNull reports whether the request set the field to null.
func (f Field[T]) IsNull() bool { return f.state == fieldNull }

// Get is the value; ok is false when the field is absent or null.
func (f Field[T]) Get() (value T, ok bool) { return f.value, f.state == fieldValue }

// Or is the value, or other when the field is absent or null.
func (f Field[T]) Or(other T) T {
	if f.state == fieldValue {
		return f.value
	}
	return other
}

// UnmarshalJSON sets the field to null or to the decoded value. An absent key never gets here and stays absent.
func (f *Field[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*f = Null[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*f = Some(v)
	return nil
}

// Convert turns a field's value into another type and keeps absent and null as they are. The error is convert's own.
func Convert[A, B any](f Field[A], convert func(A) (B, error)) (Field[B], error) {
	v, ok := f.Get()
	if !ok {
		return Field[B]{state: f.state}, nil
	}
	b, err := convert(v)
	if err != nil {
		return Field[B]{}, err
	}
	return Some(b), nil
}
