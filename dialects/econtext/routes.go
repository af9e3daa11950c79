package econtext

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// class is one of the vendor's resources: the methods it has, whatever the path
// on which it is met.
type class struct {
	// methods are all it implements, sorted: what Allow lists.
	methods []string
	// lacks names the path parameter that a method needs and a shorter path does not have.
	lacks string
}

// action is what a method does on a path.
type action struct {
	operation string // for the log and the metrics
	do        handler
}

// route is one path of a class with the methods that work there.
type route struct {
	path    string
	class   class
	actions map[string]action
}

var (
	justGet    = class{methods: []string{"GET"}}
	justPost   = class{methods: []string{"POST"}}
	postDelete = class{methods: []string{"DELETE", "POST"}}
)

// whole is a class that is met on two paths: with the last parameter to read
// and change one object, without it to create one.
func whole(param string) class {
	return class{methods: []string{"DELETE", "GET", "POST", "PUT"}, lacks: param}
}

// table lists the paths below /api. Source: vendor reference, and the routes of its server.
func (d *Dialect) table() []route {
	var all []route
	for _, part := range [][]route{
		d.userRoutes(), d.userLinkRoutes(), d.apiKeyRoutes(), d.applicationRoutes(),
		d.groupRoutes(), d.organizationRoutes(), d.otherRoutes(),
	} {
		all = append(all, part...)
	}
	return all
}

func get(operation string, do handler) map[string]action {
	return map[string]action{http.MethodGet: {operation, do}}
}

func post(operation string, do handler) map[string]action {
	return map[string]action{http.MethodPost: {operation, do}}
}

// one is the three methods on one object; noun begins their operations' names.
func one(noun string, show, change, remove handler) map[string]action {
	return map[string]action{
		http.MethodGet:    {noun + ".show", show},
		http.MethodPut:    {noun + ".update", change},
		http.MethodDelete: {noun + ".delete", remove},
	}
}

// link is the two methods that join and part.
func link(noun string, join, part handler) map[string]action {
	return map[string]action{http.MethodPost: {noun + ".join", join}, http.MethodDelete: {noun + ".leave", part}}
}

// routes builds the router.
func (d *Dialect) routes() *echo.Echo {
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		// A client that is gone cannot be told.
		_ = (&call{Context: c, d: d, started: d.dir.Now()}).fail(err)
	}
	e.Use(d.enter)
	for _, r := range d.table() {
		for _, method := range knownMethods {
			e.Add(method, "/api"+r.path, r.responder(method))
		}
	}
	return e
}
