package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

func showUserSchema(c *call) (reply, error) {
	of, err := schema.FindProfileClass(c.tx, c.instance.Realm)
	if err != nil {
		return reply{}, err
	}
	return showSchema(of)
}

func showSchema(of *schema.Class) (reply, error) {
	return show(nil, func(e *encoder) {
		of.Schema.Write(e.Obj().Key("schema"))
		e.End()
	})
}

// saveUserSchema is saveClass for user_profile, of which v2 shows only the schema.
func saveUserSchema(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	body := wire.Object()
	if v, ok := in.Get("schema"); ok {
		body.Set("schema", v)
	} else if c.method == http.MethodPut {
		return reply{}, fieldError("schema", msgRequired)
	}
	return c.saveClassNamed(schema.ProfileClass, body, false, func(v classView) (reply, error) { return showSchema(v.Class) })
}
