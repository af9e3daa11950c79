package scim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// action is what a method does on a path.
type action struct {
	operation string // for the log and the metrics
	do        handler
	write     bool // needs a token that may write
}

// handler does what a request asks and returns what to reply.
type handler func(*call) (*reply, error)

// route is a path below /scim/v2, as its segments; "*" stands for an id.
type route struct {
	path    string
	actions map[string]action
	// public says that no token is needed.
	public bool
}

// sharedRoutes are those of all dialects: there may be many in one process.
var sharedRoutes = sync.OnceValue(routes)

func routes() []route {
	return []route{
		{path: "ServiceProviderConfig", actions: get("config.show", showConfig), public: true},
		{path: "ResourceTypes", actions: get("types.list", listTypes)},
		{path: "ResourceTypes/*", actions: get("types.show", showType)},
		{path: "Schemas", actions: get("schemas.list", listSchemas)},
		{path: "Schemas/*", actions: get("schemas.show", showSchema)},
		{path: "", actions: get("all.list", listAll)},
		{path: ".search", actions: post("all.search", searchAll)},
		{path: "Users/.search", actions: post("users.search", searchUsers)},
		{path: "Groups/.search", actions: post("groups.search", searchGroups)},
		{path: "Bulk", actions: bulkOnly()},
		{path: "Users", actions: collection("users", listUsers, createUser)},
		{path: "Users/*", actions: item("users", showUser, replaceUser, patchUser, deleteUser)},
		{path: "Groups", actions: collection("groups", listGroups, createGroup)},
		{path: "Groups/*", actions: item("groups", showGroup, replaceGroup, patchGroup, deleteGroup)},
		{path: "Me", actions: anyMethod("me", me)},
		{path: "Me/*", actions: anyMethod("me", me)},
	}
}

// collection returns the methods of all resources of a type; noun begins their
// operations' names.
func collection(noun string, list, create handler) map[string]action {
	return map[string]action{
		http.MethodGet:  {operation: noun + ".list", do: list},
		http.MethodPost: {operation: noun + ".create", do: create, write: true},
	}
}

// item returns the methods of one resource.
func item(noun string, show, replace, patch, remove handler) map[string]action {
	return map[string]action{
		http.MethodGet:    {operation: noun + ".show", do: show},
		http.MethodPut:    {operation: noun + ".replace", do: replace, write: true},
		http.MethodPatch:  {operation: noun + ".patch", do: patch, write: true},
		http.MethodDelete: {operation: noun + ".delete", do: remove, write: true},
	}
}

func get(operation string, do handler) map[string]action {
	return map[string]action{http.MethodGet: {operation: operation, do: do}}
}

func post(operation string, do handler) map[string]action {
	return map[string]action{http.MethodPost: {operation: operation, do: do}}
}

func bulkOnly() map[string]action {
	return map[string]action{http.MethodPost: {operation: "bulk", do: bulk, write: true}}
}

// anyMethod is an action of every method.
func anyMethod(operation string, do handler) map[string]action {
	return map[string]action{"*": {operation: operation, do: do}}
}

// splitPath returns the segments of an escaped path, decoded, without empty ones:
// clients join a base and a path that both have a slash.
func splitPath(escaped string) (segments []string) {
	for _, s := range strings.Split(escaped, "/") {
		if s == "" {
			continue
		}
		if decoded, err := url.PathUnescape(s); err == nil {
			s = decoded
		}
		segments = append(segments, s)
	}
	return segments
}

// findRoute returns the route of the segments and the id in them; nil for none.
func (d *Dialect) findRoute(segments []string) (r *route, id string) {
	for i := range d.routes {
		if id, ok := d.routes[i].fits(segments); ok {
			return &d.routes[i], id
		}
	}
	return nil, ""
}

func (r *route) fits(segments []string) (id string, ok bool) {
	rest := r.path
	for _, s := range segments {
		var want string
		want, rest, _ = strings.Cut(rest, "/")
		switch want {
		case "*":
			id = s
		case s:
		default:
			return "", false
		}
	}
	return id, rest == ""
}

// action finds what the method does; HEAD is GET without the body.
func (r *route) action(method string) (action, bool) {
	if a, ok := r.actions["*"]; ok {
		return a, true
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	a, ok := r.actions[method]
	return a, ok
}

// allow lists the methods.
func (r *route) allow() string {
	methods := make([]string, 0, len(r.actions))
	for m := range r.actions {
		methods = append(methods, m)
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}

// Operations implements [dialects.Lister].
func (d *Dialect) Operations() (names []string) {
	for _, r := range d.routes {
		for _, a := range r.actions {
			names = append(names, a.operation)
		}
	}
	return names
}
