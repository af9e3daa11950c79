package rack

import (
	"net/http"
	"strings"
)

// MediaType returns the type of a Content-Type header in lower case, without parameters; of a list, the first one:
// a proxy may merge two headers into one.
func MediaType(contentType string) string {
	if end := strings.IndexAny(contentType, ",;"); end >= 0 {
		contentType = contentType[:end]
	}
	return strings.ToLower(strings.TrimSpace(contentType))
}

// The media types of forms.
const (
	FormType      = "application/x-www-form-urlencoded"
	MultipartType = "multipart/form-data"
)

// BodyType returns the media type by which a request's body is read: a POST without a type has a form.
func BodyType(r *http.Request) string {
	kind := MediaType(r.Header.Get("Content-Type"))
	if kind == "" && r.Method == http.MethodPost {
		return FormType
	}
	return kind
}

// OverriddenMethod returns the method that a POST means: field, which is the parameter _method of a form, or else
// the header X-HTTP-Method-Override. It is r.Method for another request and for a method that is not known.
func OverriddenMethod(r *http.Request, field string) string {
	if r.Method != http.MethodPost {
		return r.Method
	}
	if field == "" {
		field = r.Header.Get("X-Http-Method-Override")
	}
	switch method := strings.ToUpper(field); method {
	case "GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "LINK", "UNLINK":
		return method
	}
	return r.Method
}

// IsXHR reports whether a script of a page sent the request.
func IsXHR(h http.Header) bool {
	return strings.Contains(strings.ToLower(h.Get("X-Requested-With")), "xmlhttprequest")
}
