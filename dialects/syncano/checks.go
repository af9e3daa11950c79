package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

func (k *call) checkAndRead() (r reply, err error) {
	if err := k.check(k.tx); err != nil {
		return r, err
	}
	if k.method == http.MethodOptions {
		return k.describe()
	}
	if k.verb.find != nil {
		if err := k.verb.find(k, k.tx); err != nil {
			return r, err
		}
	}
	if k.verb.read != nil {
		return k.verb.read(k)
	}
	return r, nil
}

// check makes the checks that all requests share.
func (k *call) check(tx *core.Tx) error {
	if err := k.enter(tx); err != nil {
		return err
	}
	if !acceptsJSON(k.req.Header["Accept"]) {
		return errNotAcceptable
	}
	if k.ep.scope != keylessScope {
		if err := k.authenticate(tx); err != nil {
			return err
		}
	}
	if !k.permitted() {
		return errForbidden
	}
	if err := k.checkThrottle(); err != nil {
		return err
	}
	if k.verb == nil && k.method != http.MethodOptions {
		return methodNotAllowed(k.method)
	}
	return nil
}

// enter looks up the instance and the parents that the path names.
func (k *call) enter(tx *core.Tx) error {
	if k.ep.scope == instanceScope {
		if err := k.enterInstance(tx); err != nil {
			return err
		}
	}
	if k.ep.enter != nil {
		return k.ep.enter(k, tx)
	}
	return nil
}

// permitted asks the verb's rule. A method that is not mapped is refused only to
// those who may do nothing at all here.
func (k *call) permitted() bool {
	if k.verb != nil {
		return k.verb.may(k)
	}
	for i := range k.ep.verbs {
		if k.ep.verbs[i].may(k) {
			return true
		}
	}
	return false
}
