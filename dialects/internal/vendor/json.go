package vendor

import "github.com/dragoman-gateway/dragoman/dialects/internal/wire"

// limits are above those of any answer that the client takes.
var limits = wire.Limits{Depth: 1000, Values: 1 << 24}

// ParseJSON reads JSON of a server, half surrogates included, which the vendors store.
func ParseJSON(text []byte) (wire.Value, error) {
	return wire.ParseJSONWith(text, limits, wire.KeepSurrogates)
}

// JSON returns the body of the answer to the request. It fails as [Client.Nonsense] if
// that is not JSON.
func (c *Client) JSON(r Request, a *Answer) (wire.Value, error) {
	v, err := ParseJSON(a.Body)
	if err != nil {
		return wire.Value{}, c.Nonsense(r, "body", err.Error())
	}
	return v, nil
}
