package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

func (c *call) checkAndRead() (r reply, err error) {
	if err := c.check(c.tx); err != nil {
		return r, err
	}
	if c.method == http.MethodOptions {
		return c.describe()
	}
	if c.verb.find != nil {
		if err := c.verb.find(c, c.tx); err != nil {
			return r, err
		}
	}
	if c.verb.read != nil {
		return c.verb.read(c)
	}
	return r, nil
}

// check makes the checks that all requests share.
func (c *call) check(tx *core.Tx) error {
	if err := c.enter(tx); err != nil {
		return err
	}
	if !acceptsJSON(c.req.Header["Accept"]) {
		return errNotAcceptable
	}
	if c.ep.scope != keylessScope {
		if err := c.authenticate(tx); err != nil {
			return err
		}
	}
	if !c.permitted() {
		return errForbidden
	}
	if err := c.checkThrottle(); err != nil {
		return err
	}
	if c.verb == nil && c.method != http.MethodOptions {
		return methodNotAllowed(c.method)
	}
	return nil
}

// enter looks up the instance and the parents that the path names.
func (c *call) enter(tx *core.Tx) error {
	if c.ep.scope == instanceScope {
		if err := c.enterInstance(tx); err != nil {
			return err
		}
	}
	if c.ep.enter != nil {
		return c.ep.enter(c, tx)
	}
	return nil
}

// permitted asks the verb's rule. A method that is not mapped is refused only to
// those who may do nothing at all here.
func (c *call) permitted() bool {
	if c.verb != nil {
		return c.verb.may(c)
	}
	for i := range c.ep.verbs {
		if c.ep.verbs[i].may(c) {
			return true
		}
	}
	return false
}
