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
func enterClass(k *call, tx *core.Tx) error {
	return parentMissing(findPathClass(k, tx), errNoClass)
}

// mayReadObjects: an account, or an API key that ignores rights, brings a
// person, or may read what is open to all. In v2 the objects' own lists decide.
func mayReadObjects(k *call) bool {
	return readers(k) || k.who.key != nil && (k.opensUsers() || k.who.key.AllowAnonymousRead || k.v.v2)
}

func mayWriteObjects(k *call) bool { return writers(k) || k.opensUsers() }

// mayCreateObjects and mayDeleteObjects: profiles come and go with their people.
func mayCreateObjects(k *call) bool { return mayWriteObjects(k) && !k.class.IsProfile() }

func mayDeleteObjects(k *call) bool { return mayWriteObjects(k) && !k.class.IsProfile() }

func findCreatableClass(k *call, tx *core.Tx) error {
	r, err := k.classRight(tx, k.class)
	if err == nil && r < schema.ClassCreate {
		return errForbidden
	}
	return err
}

// findObject finds the object of the path, which the caller must be able to read.
func findObject(k *call, tx *core.Tx) error { return k.findObjectWith(tx, rightRead) }

func findWritableObject(k *call, tx *core.Tx) error { return k.findObjectWith(tx, rightWrite) }

func findDeletableObject(k *call, tx *core.Tx) error { return k.findObjectWith(tx, rightFull) }

func (k *call) findObjectWith(tx *core.Tx, least right) error {
	row, err := tx.Record(core.RecordRef{Realm: k.instance.Realm, Kind: schema.ObjectKind(k.class.Name()), ID: k.id("object")})
	if err != nil {
		return err
	}
	loader, err := k.newLoader(tx)
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
	k.object, k.shownObject, k.objectRight = row, found[0], r
	return nil
}

func showObject(k *call) (reply, error) {
	return show(objectShape, func(e *encoder) { e.object(k.shownObject) })
}
