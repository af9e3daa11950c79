package onapp

import (
	"net/http"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
)

// userRoutes are the routes of the users. Clients use several spellings of suspend and activate.
// See REFERENCE.md, "Suspend, activate, unlock" and "Other user routes".
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

func getUser(c *call) (reply, error) {
	var v *userView
	err := c.view(func(tx *core.Tx) error {
		u, err := c.targetUser(tx, c.id("id"), mayReadUsers)
		if err != nil {
			return err
		}
		v, err = c.loadView(tx, u)
		return err
	})
	return showUser(http.StatusOK, v), err
}

// getProfile shows the caller, whatever its rights.
func getProfile(c *call) (reply, error) {
	var v *userView
	err := c.view(func(tx *core.Tx) error {
		u, err := tx.UserIncludingDeleted(core.ByID(c.d.cfg.Realm, c.user.ID))
		if err != nil {
			return err
		}
		v, err = c.loadView(tx, u)
		return err
	})
	return showUser(http.StatusOK, v), err
}

// pathOfUser is the path of a user without a suffix.
func pathOfUser(id int64) string { return "/users/" + strconv.FormatInt(id, 10) }
