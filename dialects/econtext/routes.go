package econtext

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// route is one path below /api with the methods that work there.
type route struct {
	path     string
	resource resource
	actions  map[string]action
}

// resource is the set of methods that the vendor implements together, whatever
// the path on which the resource is met.
type resource struct {
	methods []string // sorted: what Allow lists
	param   string   // the path parameter of the longer of its two paths; "" with one path
}

// action is what a method does on a path.
type action struct {
	operation string // for the log and the metrics
	do        handler
}

// handler does what a request asks and returns what to reply.
type handler func(*call) (reply, error)

var (
	readOnly   = resource{methods: []string{"GET"}}
	createOnly = resource{methods: []string{"POST"}}
	membership = resource{methods: []string{"DELETE", "POST"}}
)

// object is a resource on two paths: with the parameter to read and change one
// object, without it to create one.
func object(param string) resource {
	return resource{methods: []string{"DELETE", "GET", "POST", "PUT"}, param: param}
}

func get(operation string, do handler) map[string]action {
	return map[string]action{http.MethodGet: {operation, do}}
}

func post(operation string, do handler) map[string]action {
	return map[string]action{http.MethodPost: {operation, do}}
}

// item returns the three methods of one object; noun begins their operations' names.
func item(noun string, show, update, remove handler) map[string]action {
	return map[string]action{
		http.MethodGet:    {noun + ".show", show},
		http.MethodPut:    {noun + ".update", update},
		http.MethodDelete: {noun + ".delete", remove},
	}
}

func joinAndLeave(noun string, join, leave handler) map[string]action {
	return map[string]action{http.MethodPost: {noun + ".join", join}, http.MethodDelete: {noun + ".leave", leave}}
}

// routes lists the paths below /api. See REFERENCE.md, "Routes".
func routes() []route {
	apps, groups, orgs := applications(), groups(), organizations()
	return []route{
		{"/users", readOnly, get("users.list", listUsers)},
		{"/users/search/:search", readOnly, get("users.search", searchUsers)},
		{"/users/user", object("userid"), post("users.create", createUser)},
		{"/users/user/:userid", object("userid"), item("users", showUser, updateUser, deleteUser)},
		{"/users/user/:userid/application/:appid", membership,
			joinAndLeave("users.applications", joinApplication, leaveApplication)},
		{"/users/user/:userid/group/:groupid", membership, joinAndLeave("users.groups", joinGroup, leaveGroup)},
		{"/users/user/:userid/apikey", object("apikeyid"), post("apikeys.create", createAPIKey)},
		{"/users/user/:userid/apikey/:apikeyid", object("apikeyid"),
			item("apikeys", showAPIKey, updateAPIKey, deleteAPIKey)},

		{"/applications", readOnly, get("applications.list", apps.list)},
		{"/applications/application", object("appid"), post("applications.create", apps.create)},
		{"/applications/application/:appid", object("appid"), item("applications", apps.show, apps.update, apps.remove)},
		{"/applications/application/:appid/users", readOnly, get("applications.users", listApplicationUsers)},
		{"/applications/application/:appid/groups", readOnly, get("applications.groups", listApplicationGroups)},

		{"/groups", readOnly, get("groups.list", groups.list)},
		{"/groups/group", object("groupid"), post("groups.create", groups.create)},
		{"/groups/group/:groupid", object("groupid"), item("groups", groups.show, groups.update, groups.remove)},
		{"/groups/group/:groupid/users", readOnly, get("groups.users", listGroupUsers)},

		{"/organizations", readOnly, get("organizations.list", orgs.list)},
		{"/organizations/organization", object("orgid"), post("organizations.create", orgs.create)},
		{"/organizations/organization/:orgid", object("orgid"), item("organizations", orgs.show, orgs.update, orgs.remove)},
		{"/organizations/organization/:orgid/users", readOnly, get("organizations.users", listOrganizationUsers)},

		{"/authenticate", createOnly, post("authenticate", authenticate)},
		{"/status", readOnly, get("status", showStatus)},
		{"/ping", readOnly, get("ping", ping)},
	}
}

// knownMethods are the methods that the vendor's server knows. Any other
// on a known path is a bad request.
var knownMethods = []string{
	http.MethodConnect, http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions,
	http.MethodPatch, http.MethodPost, http.MethodPut, http.MethodTrace,
}

// sharedRouter is the router of all dialects: there may be many in one process. It is made
// when the first request comes. Its handlers take a *call.
var sharedRouter = sync.OnceValue(newRouter)

func newRouter() *echo.Echo {
	e := echo.New()
	for _, r := range routes() {
		for _, method := range knownMethods {
			e.Add(method, "/api"+r.path, r.serve(method))
		}
	}
	return e
}

// serve returns what the path does for the method: the action, or the vendor's
// answer to a method that the resource, or only this path, does not have.
// See REFERENCE.md, "Paths and methods".
func (r route) serve(method string) echo.HandlerFunc {
	if a, ok := r.actions[method]; ok {
		return a.serve
	}
	allow := strings.Join(r.resource.methods, ", ")
	switch {
	case method == http.MethodOptions:
		return func(ec echo.Context) error { return ec.(*call).writeNull(http.StatusOK, allow) }
	case slices.Contains(r.resource.methods, method):
		f := r.argumentMismatch(method)
		return func(echo.Context) error { return f }
	}
	return func(ec echo.Context) error {
		return ec.(*call).writeNull(http.StatusMethodNotAllowed, allow+", OPTIONS")
	}
}

func (a action) serve(ec echo.Context) error {
	c := ec.(*call)
	dialects.NoteOperation(c.Response().Writer, a.operation)
	r, err := a.do(c)
	if err != nil {
		return err
	}
	return c.writeReply(r)
}

// argumentMismatch is the vendor's error for a method that is called with one
// path parameter too few or too many.
func (r route) argumentMismatch(method string) error {
	word := strings.ToLower(method)
	if method == http.MethodPost {
		return crash(fmt.Sprintf("on_%s() got an unexpected keyword argument '%s'", word, r.resource.param))
	}
	return crash(fmt.Sprintf("on_%s() missing 1 required positional argument: '%s'", word, r.resource.param))
}

// Operations implements [dialects.Lister].
func (d *Dialect) Operations() (names []string) {
	for _, r := range routes() {
		for _, a := range r.actions {
			names = append(names, a.operation)
		}
	}
	return names
}
