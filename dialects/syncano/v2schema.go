package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func showUserSchema(k *call, tx *core.Tx) error {
	c, err := findProfileClass(tx, k.instance.Realm)
	if err == nil {
		k.writeUserSchema(c)
	}
	return err
}

func (k *call) writeUserSchema(c *class) {
	k.out.Obj().Key("schema")
	k.writeSchema(c.Schema)
	k.out.End()
}

// saveUserSchema is saveClass for the people's class, which v2 shows no more of
// than its schema.
func saveUserSchema(k *call) error {
	in, err := k.bodyObject()
	if err != nil {
		return err
	}
	schema := wire.Object()
	if v, ok := in.Get("schema"); ok {
		schema.Set("schema", v)
	} else if k.method == http.MethodPut {
		return fieldError("schema", msgRequired)
	}
	return k.saveClassOf(profileClass, schema, false, func(c shownClass) { k.writeUserSchema(c.class) })
}
