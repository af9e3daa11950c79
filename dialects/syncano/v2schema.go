package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

func showUserSchema(k *call, tx *core.Tx) error {
	c, err := schema.FindProfileClass(tx, k.instance.Realm)
	if err == nil {
		k.writeUserSchema(c)
	}
	return err
}

func (k *call) writeUserSchema(c *schema.Class) {
	k.out.Obj().Key("schema")
	c.Schema.Write(k.out.Enc)
	k.out.End()
}

// saveUserSchema is saveClass for the people's class, which v2 shows no more of
// than its schema.
func saveUserSchema(k *call) error {
	in, err := k.bodyObject()
	if err != nil {
		return err
	}
	body := wire.Object()
	if v, ok := in.Get("schema"); ok {
		body.Set("schema", v)
	} else if k.method == http.MethodPut {
		return fieldError("schema", msgRequired)
	}
	return k.saveClassNamed(schema.ProfileClass, body, false, func(v classView) { k.writeUserSchema(v.Class) })
}
