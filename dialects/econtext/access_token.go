package econtext

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

const (
	tokenHeader = `{"alg":"HS256","typ":"JWT"}`
	tokenIssuer = "https://auth.econtext.com/api/authenticate" // as the vendor's server writes it
	tokenLife   = 86400                                        // seconds
)

// accessToken is a JSON Web Token about the user for the application, signed
// with the application's secret; "" if that is blank. It names the groups of
// that application only. See REFERENCE.md, "Access token".
func (d *Dialect) accessToken(r *authResult) string {
	secret := strings.TrimSpace(r.application.doc.jwtSecret)
	if secret == "" {
		return ""
	}
	e := wire.NewEnc(wire.Style{Escape: wire.EscapeASCII})
	defer e.Release()
	now := d.dir.Now().Unix()
	e.Obj().RawKey("exp").Int(now + tokenLife).RawKey("nbf").Int(now).RawKey("iat").Int(now)
	e.RawKey("iss").Str(tokenIssuer).RawKey("sub").Str(r.user.UID).RawKey("aud").Str(r.application.UID)
	e.RawKey("groups").Arr()
	for i := range r.user.groups {
		if g := &r.user.groups[i]; g.Parent == r.application.ID {
			e.Str(g.Name)
		}
	}
	e.End().RawKey("name")
	if name, ok := r.user.facet.nameOf(r.user.User); ok {
		e.Str(name)
	} else {
		e.Null()
	}
	if org := r.user.organization; d.v2 && org != nil {
		e.RawKey("org").Obj().RawKey("organization_id").Str(org.UID).RawKey("name").Str(org.Name).End()
	}
	e.End()
	base64url := base64.RawURLEncoding.EncodeToString
	signed := base64url([]byte(tokenHeader)) + "." + base64url(e.Bytes())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + base64url(mac.Sum(nil))
}
