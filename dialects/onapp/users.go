package onapp

import (
	"net/http"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
)

// userRoutes are those of the users themselves. Suspend and activate have several spellings, all in use by clients.
// source: vendor reference, users.
var userRoutes = []route{
	{"GET", "/users", "users.list", listUsers},
	{"POST", "/users", "users.create", createUser},
	{"GET", "/users/:id", "users.show", getUser},
	{"PUT", "/users/:id", "users.update", updateUser},
	{"DELETE", "/users/drop_all", "users.drop_all", dropDeletedUsers},
	{"DELETE", "/users/:id", "users.delete", deleteUser},
	{"GET", "/profile", "profile.show", getProfile},
	{"PUT", "/profile", "profile.update", updateProfile},
	{"GET POST PUT", "/users/:id/suspend", "users.suspend", suspendUser},
	{"GET POST PUT", "/users/:id/activate", "users.activate", activateUser},
	{"GET POST PUT", "/users/:id/activate_user", "users.activate", activateUser},
	{"POST", "/users/:id/unlock_account", "users.unlock", unlockUser},
	{"POST", "/users/:id/make_new_api_key", "users.make_api_key", makeKey},
	{"POST", "/users/:id/user_api_keys/generate", "users.generate_api_key", generateKey},
	{"POST", "/users/validate_login", "users.validate_login", validateLogin},
}

// target reads the user that the path names, marked as deleted or not, and refuses a caller who lacks the right.
// The user comes first: a 404 goes before a 403.
func (c *call) target(tx *core.Tx, id int64, a access) (*core.User, error) {
	u, err := tx.UserIncludingDeleted(core.ByID(c.realm(), id))
	if err != nil {
		return nil, err
	}
	return u, forbidden(!c.may(a, u.ID))
}

func getUser(c *call) (reply, error) {
	var v userView
	err := c.view(func(tx *core.Tx) error {
		u, err := c.target(tx, c.id("id"), mayReadUsers)
		if err != nil {
			return err
		}
		v, err = c.viewOne(tx, u)
		return err
	})
	return showUser(http.StatusOK, v), err
}

// getProfile shows the caller, whatever it may do.
func getProfile(c *call) (reply, error) {
	var v userView
	err := c.view(func(tx *core.Tx) error {
		u, err := tx.UserIncludingDeleted(core.ByID(c.realm(), c.user.ID))
		if err != nil {
			return err
		}
		v, err = c.viewOne(tx, u)
		return err
	})
	return showUser(http.StatusOK, v), err
}

// pathOfUser is where a user is found, without a suffix.
func pathOfUser(id int64) string { return "/users/" + strconv.FormatInt(id, 10) }
