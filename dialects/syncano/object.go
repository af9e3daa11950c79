package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

func objectEndpoints() []*endpoint {
	const list, detail = "instances/:instance/classes/:class/objects/", "instances/:instance/classes/:class/objects/:object/"
	read := []verb{{method: http.MethodGet, op: "objects.show", may: mayReadObjects, find: findObject, read: showObject}}
	patch := verb{method: http.MethodPatch, op: "objects.patch", may: mayWriteObjects, find: findWritableObject, act: saveObject}
	remove := verb{method: http.MethodDelete, op: "objects.delete", may: mayDeleteObjects, find: findDeletableObject, act: deleteObject}
	full := verb{op: "objects.update", may: mayWriteObjects, find: findWritableObject, act: saveObject}
	post, put := full, full
	post.method, put.method = http.MethodPost, http.MethodPut
	return []*endpoint{
		{path: list, title: "Data Object List", scope: instanceScope, enter: enterClass, verbs: []verb{
			{method: http.MethodGet, op: "objects.list", may: mayReadObjects, act: listObjects},
			{method: http.MethodPost, op: "objects.create", may: mayCreateObjects, find: findCreatableClass, act: createObject},
		}},
		{path: detail, title: "Data Object Instance", scope: instanceScope, only: onlyV1, enter: enterClass,
			verbs: append(read, post, patch, remove)},
		{path: detail, title: "Data Object Instance", scope: instanceScope, only: onlyV2, enter: enterClass,
			verbs: append(read[:1:1], put, patch, remove)},
	}
}

// enterClass finds the class above the path, before authentication.
func enterClass(c *call, tx *core.Tx) error {
	return parentMissing(findPathClass(c, tx), errNoClass)
}

// mayReadObjects: an account, or an API key that ignores rights, brings a
// person, or may read what is open to all. In v2 the objects' own lists decide.
func mayReadObjects(c *call) bool {
	return readers(c) || c.caller.key != nil && (c.mayActOnUsers() || c.caller.key.AllowAnonymousRead || c.v.v2)
}

func mayWriteObjects(c *call) bool { return writers(c) || c.mayActOnUsers() }

// mayCreateObjects and mayDeleteObjects: profiles come and go with their people.
func mayCreateObjects(c *call) bool { return mayWriteObjects(c) && !c.class.IsProfile() }

func mayDeleteObjects(c *call) bool { return mayWriteObjects(c) && !c.class.IsProfile() }

func findCreatableClass(c *call, tx *core.Tx) error {
	r, err := c.classRight(tx, c.class)
	if err == nil && r < schema.ClassCreate {
		return errForbidden
	}
	return err
}

// findObject finds the object of the path, which the caller must be able to read.
func findObject(c *call, tx *core.Tx) error { return c.findObjectWith(tx, rightRead) }

func findWritableObject(c *call, tx *core.Tx) error { return c.findObjectWith(tx, rightWrite) }

func findDeletableObject(c *call, tx *core.Tx) error { return c.findObjectWith(tx, rightFull) }

func (c *call) findObjectWith(tx *core.Tx, least right) error {
	row, err := tx.Record(core.RecordRef{Realm: c.instance.Realm, Kind: schema.ObjectKind(c.class.Name()), ID: c.id("object")})
	if err != nil {
		return err
	}
	loader, err := c.newLoader(tx)
	if err != nil {
		return err
	}
	found, err := loader.load(tx, []*core.Record{row})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return errNotFound
	}
	r := loader.rights.of(found[0])
	if r < rightRead {
		return errNotFound
	}
	if r < least {
		return errForbidden
	}
	c.object, c.shownObject, c.objectRight = row, found[0], r
	return nil
}

func showObject(c *call) (reply, error) {
	return show(objectShape, func(e *encoder) { e.object(c.shownObject) })
}
