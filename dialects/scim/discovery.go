package scim

import (
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// Bounds that the configuration tells clients.
const (
	maxResults  = 200
	defaultPage = 100
	maxBulk     = 100
)

// showConfig says what the server can do. It needs no token: clients choose by it
// how to authenticate. Nothing in it is null or empty, which typed clients refuse.
func showConfig(c *call) (*reply, error) {
	return &reply{render: func(e *wire.Enc) {
		supported := func(key string, is bool) *wire.Enc { return e.RawKey(key).Obj().RawKey("supported").Bool(is) }
		e.Obj()
		schemasOf(e, "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig")
		supported("patch", true).End()
		supported("bulk", true).RawKey("maxOperations").Int(maxBulk).RawKey("maxPayloadSize").Int(c.d.cfg.MaxBody).End()
		supported("filter", true).RawKey("maxResults").Int(maxResults).End()
		supported("changePassword", true).End()
		supported("sort", true).End()
		supported("etag", true).End()
		if c.d.cfg.Pagination {
			e.RawKey("pagination").Obj().RawKey("cursor").Bool(true).RawKey("index").Bool(true).
				RawKey("defaultPaginationMethod").Str("index").RawKey("defaultPageSize").Int(defaultPage).
				RawKey("maxPageSize").Int(maxResults).RawKey("cursorTimeout").Int(cursorTimeout).End()
		}
		e.RawKey("authenticationSchemes").Arr().Obj().RawKey("type").Str("oauthbearertoken").
			RawKey("name").Str("OAuth Bearer Token").RawKey("description").Str("A bearer token that the operator made for this connection.").
			RawKey("specUri").Str("https://www.rfc-editor.org/info/rfc6750").RawKey("primary").Bool(true).End().End()
		metaOf(e, "ServiceProviderConfig", c.base()+"/ServiceProviderConfig")
		e.End()
	}}, nil
}

// cursorTimeout is how long a cursor can be used, in seconds.
const cursorTimeout = 3600

func schemasOf(e *wire.Enc, urn string) { e.RawKey("schemas").Arr().Str(urn).End() }

func metaOf(e *wire.Enc, kind, location string) {
	e.RawKey("meta").Obj().RawKey("resourceType").Str(kind).RawKey("location").Str(location).End()
}

func listTypes(c *call) (*reply, error) {
	return c.discoveryList(len(c.types.list()), func(e *wire.Enc) {
		for _, t := range c.types.list() {
			c.encodeType(e, t)
		}
	})
}

func showType(c *call) (*reply, error) {
	for _, t := range c.types.list() {
		if t.Name == c.id {
			return c.discoveryItem(func(e *wire.Enc) { c.encodeType(e, t) })
		}
	}
	return nil, notFound()
}

func (c *call) encodeType(e *wire.Enc, t *schema.ResourceType) {
	e.Obj()
	schemasOf(e, "urn:ietf:params:scim:schemas:core:2.0:ResourceType")
	e.RawKey("id").Str(t.Name).RawKey("name").Str(t.Name).RawKey("endpoint").Str(t.Endpoint)
	e.RawKey("description").Str(t.Description).RawKey("schema").Str(t.Core.URN)
	if len(t.Extensions) > 0 {
		e.RawKey("schemaExtensions").Arr()
		for _, s := range t.Extensions {
			e.Obj().RawKey("schema").Str(s.URN).RawKey("required").Bool(false).End()
		}
		e.End()
	}
	metaOf(e, "ResourceType", c.base()+"/ResourceTypes/"+t.Name)
	e.End()
}

func listSchemas(c *call) (*reply, error) {
	all := c.types.schemas()
	return c.discoveryList(len(all), func(e *wire.Enc) {
		for _, s := range all {
			s.EncodeSchema(e, c.base())
		}
	})
}

func showSchema(c *call) (*reply, error) {
	for _, s := range c.types.schemas() {
		if strings.EqualFold(s.URN, c.id) {
			return c.discoveryItem(func(e *wire.Enc) { s.EncodeSchema(e, c.base()) })
		}
	}
	return nil, notFound()
}

// discoveryList shows a whole list. It cannot be filtered.
func (c *call) discoveryList(n int, items func(*wire.Enc)) (*reply, error) {
	if err := refuseFilter(c); err != nil {
		return nil, err
	}
	return &reply{render: func(e *wire.Enc) {
		e.Obj()
		schemasOf(e, urnList)
		e.RawKey("totalResults").Int(int64(n)).RawKey("startIndex").Int(1).RawKey("itemsPerPage").Int(int64(n))
		items(e.RawKey("Resources").Arr())
		e.End().End()
	}}, nil
}

func (c *call) discoveryItem(item func(*wire.Enc)) (*reply, error) {
	return &reply{render: item}, refuseFilter(c)
}

func refuseFilter(c *call) error {
	if strings.TrimSpace(c.query("filter")) != "" {
		return &failure{status: http.StatusForbidden, detail: textNoFilter}
	}
	return nil
}

// me answers for the user of a token, of which there is none.
func me(*call) (*reply, error) {
	return nil, &failure{status: http.StatusNotImplemented, detail: textMe}
}
