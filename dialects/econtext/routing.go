package econtext

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// knownMethods are the method words that the vendor's server knows. Any other
// on a known path is a bad request.
var knownMethods = []string{
	http.MethodConnect, http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions,
	http.MethodPatch, http.MethodPost, http.MethodPut, http.MethodTrace,
}

// responder is what the path does for the method: the action, or the vendor's
// answer to a method that the class, or only this path, does not have.
func (r route) responder(method string) echo.HandlerFunc {
	if a, ok := r.actions[method]; ok {
		return a.respond
	}
	allow := strings.Join(r.class.methods, ", ")
	switch {
	case method == http.MethodOptions:
		return func(c echo.Context) error { return null(c, http.StatusOK, allow) }
	case slices.Contains(r.class.methods, method):
		f := crash(r.misfit(method))
		return func(echo.Context) error { return f }
	}
	return func(c echo.Context) error { return null(c, http.StatusMethodNotAllowed, allow+", OPTIONS") }
}

func (a action) respond(c echo.Context) error {
	k := c.(*call)
	dialects.NoteOperation(k.Response().Writer, a.operation)
	r, err := a.do(k)
	if err != nil {
		return err
	}
	return k.succeed(r)
}

// null answers without a result, and says which methods there are.
func null(c echo.Context, status int, allow string) error {
	k := c.(*call)
	k.Response().Header()["Allow"] = []string{allow}
	return k.sendNull(status)
}

// misfit is the vendor's complaint about a method that is called with a
// parameter too few or too many for the path.
func (r route) misfit(method string) string {
	word := strings.ToLower(method)
	if method == http.MethodPost {
		return fmt.Sprintf("on_%s() got an unexpected keyword argument '%s'", word, r.class.lacks)
	}
	return fmt.Sprintf("on_%s() missing 1 required positional argument: '%s'", word, r.class.lacks)
}

// fits tells whether the path has the route's segments, none of them empty. The
// router itself lets a last parameter take the rest of the path.
func fits(path, route string) bool {
	return strings.Count(path, "/") == strings.Count(route, "/") && !strings.Contains(path, "//")
}
