package econtext

import (
	"bytes"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/falcon"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// call is one request.
type call struct {
	echo.Context
	d       *Dialect
	started time.Time
	caller  *core.User // nil where no credentials are needed
	hash    string     // of the caller's password
	// Space that would otherwise be allocated for each request.
	pairs   [2]candidate
	encoder encoder
}

func (c *call) writer() http.ResponseWriter { return c.Response().Writer }

func (c *call) view(fn func(*core.Tx) error) error { return c.d.dir.View(c.Request().Context(), fn) }

// update changes the store as the caller, whose password was right. One whose password was
// set meanwhile, perhaps to the same one, is authenticated again first.
func (c *call) update(fn func(*core.Tx) error) error {
	who := core.ActingUser(Name, c.caller, core.ProofSecret)
	return c.d.dir.UpdateProven(c.Request().Context(), who, c.proveAgain, func(tx *core.Tx) error {
		if err := c.confirm(tx); err != nil {
			return err
		}
		return fn(tx)
	})
}

// elapsed returns the seconds since routing, never negative, by the directory's clock.
func (c *call) elapsed() float64 {
	return max(0, c.d.dir.Now().Sub(c.started).Seconds())
}

// readObject reads the body, which must be an object. With orNull, as for
// updates, it may be null. See REFERENCE.md, "Bodies and queries".
func (c *call) readObject(orNull bool) (v wire.Value, err error) {
	err = wire.WithBody(c.Request(), c.d.cfg.MaxBody, func(raw []byte) (err error) {
		v, err = c.d.parseBody(raw)
		return err
	})
	var syntax *wire.SyntaxError
	switch {
	case errors.As(err, &syntax): // to the vendor's server there is no body, and it fails for lack of one
		return v, crash("'body'")
	case err != nil || orNull && v.IsNull() || v.Kind() == wire.KindObject:
		return v, err
	}
	return v, noAttribute(v, "get")
}

// parseBody reads JSON. Halves of surrogate pairs stay in what is kept as JSON,
// so that it comes back as sent; the core's texts could not hold them.
func (d *Dialect) parseBody(raw []byte) (wire.Value, error) {
	v, err := wire.ParseJSON(raw, d.limits)
	if err != nil || !bytes.Contains(raw, []byte(`\ud`)) && !bytes.Contains(raw, []byte(`\uD`)) {
		return v, err
	}
	exact, err := wire.ParseJSONWith(raw, d.limits, wire.KeepSurrogates)
	for _, name := range []string{memberCustomData, "data"} {
		if kept, ok := exact.Get(name); ok {
			v.Set(name, kept)
		}
	}
	return v, err
}

// query returns a parameter's value. An empty value counts as absent, and of
// repeated ones the last counts.
func (c *call) query(name string) string {
	if c.Request().URL.RawQuery == "" {
		return ""
	}
	// A header's length bounds the pairs already.
	raw := c.Request().URL.RawQuery
	pairs, _ := falcon.ParseQuery(raw, wire.Limits{Pairs: len(raw)})
	last, _ := wire.Last(pairs, name)
	return last.Text()
}

// queryNumber returns a count; 0 if it is absent. A larger number than fits is
// cut to the largest that does.
func (c *call) queryNumber(name string) (int, error) {
	text := strings.TrimSpace(c.query(name))
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if errors.Is(err, strconv.ErrSyntax) {
		return 0, invalid(name, textNotAnInteger)
	}
	if n < 0 {
		return 0, invalid(name, textNegative)
	}
	return int(min(n, math.MaxInt32)), nil
}
