package core

import (
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"
)

func TestTheAuditNamesAChangeOfEveryField(t *testing.T) {
	derived := []string{"ID", "Realm", "Revision", "CreatedAt", "UpdatedAt", "PasswordChangedAt"} // never changed alone
	for _, f := range reflect.VisibleFields(reflect.TypeFor[User]()) {
		if !f.IsExported() || slices.Contains(derived, f.Name) {
			continue
		}
		changed := &User{}
		setAny(t, reflect.ValueOf(changed).Elem().FieldByIndex(f.Index))
		if len(changedFields(changed, &User{})) != 1 {
			t.Errorf("changedFields in audit.go does not name a change of %s", f.Name)
		}
	}
}

// setAny gives a field another value than none.
func setAny(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		v.SetInt(1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(1, 0)))
			return
		}
		setAny(t, v.Field(0))
	default:
		t.Fatalf("no value for a field of type %s", v.Type())
	}
}

// Fields are compared while all other updates wait, so each is looked at once, not all
// for each: a request may have as many as this.
func TestTheAuditComparesManyAttributes(t *testing.T) {
	const many = 100_000
	var a, b User
	for i := range many {
		name := strconv.Itoa(i)
		a.Attributes = append(a.Attributes, Attribute{Name: name, Value: "1"})
		b.Attributes = append(b.Attributes, Attribute{Name: name, Value: strconv.Itoa(i % 2)})
	}
	if names := changedFields(&a, &b); len(names) != many/2 || names[0] != "attributes.0" {
		t.Errorf("%d fields differ", len(names))
	}
}
