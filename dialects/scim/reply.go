package scim

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// reply is the answer to a request that was done.
type reply struct {
	status         int // 0: 200
	location, etag string
	render         func(*wire.Enc) // nil: no body
	// bounded says that a page which is too large for one answer is refused.
	bounded bool
}

// write sends a reply.
func (c *call) write(r *reply) {
	h := c.w.Header()
	if r.location != "" {
		h["Location"] = []string{r.location}
	}
	if r.etag != "" {
		h["Etag"] = []string{r.etag}
	}
	if r.status == 0 {
		r.status = http.StatusOK
	}
	if r.render == nil {
		c.w.WriteHeader(r.status)
		return
	}
	e := wire.NewEnc(wire.Compact())
	defer e.Release()
	r.render(e)
	if r.bounded && !fits(c, e) {
		c.fail(bad("tooMany", textPageTooLarge))
		return
	}
	c.send(r.status, e.Bytes())
}

// fits reports whether what was written is not too large for one answer.
func fits(c *call, e *wire.Enc) bool { return dialects.AnswerFits(c.w, int64(len(e.Bytes()))) }

// send sends a body.
func (c *call) send(status int, body []byte) {
	h := c.w.Header()
	h["Content-Type"] = []string{c.contentType()}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body) // the client may be gone
}

const (
	typeSCIM = "application/scim+json"
	typeJSON = "application/json"
)

// contentType is SCIM's own type, or plain JSON for a client that names only that.
func (c *call) contentType() string {
	accept := strings.ToLower(c.r.Header.Get("Accept"))
	if strings.Contains(accept, typeJSON) && !strings.Contains(accept, typeSCIM) && !strings.Contains(accept, "*/*") {
		return typeJSON
	}
	return typeSCIM
}

// resourceReply shows one resource, as far as the client asked for it.
func (c *call) resourceReply(status int, t *schema.ResourceType, r schema.Resource, p schema.Projection) *reply {
	meta := r[schema.Meta]
	location, _ := meta.Get("location")
	version, _ := meta.Get("version")
	return &reply{
		status: status, location: location.Text(), etag: version.Text(),
		render: func(e *wire.Enc) { t.Encode(e, p.Apply(r)) },
	}
}
