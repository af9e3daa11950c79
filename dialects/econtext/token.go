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
// with the application's secret; "" if that is blank.
func (d *Dialect) accessToken(p *proven) string {
	secret := strings.TrimSpace(p.application.doc.jwtSecret)
	if secret == "" {
		return ""
	}
	claims := wire.NewEnc(wire.Style{Escape: wire.EscapeASCII})
	defer claims.Release()
	d.claims(claims, p)
	signed := base64.RawURLEncoding.EncodeToString([]byte(tokenHeader)) + "." +
		base64.RawURLEncoding.EncodeToString(claims.Bytes())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// claims names the groups of the token's application only.
func (d *Dialect) claims(e *wire.Enc, p *proven) {
	now := d.dir.Now().Unix()
	e.Obj().RawKey("exp").Int(now + tokenLife).RawKey("nbf").Int(now).RawKey("iat").Int(now)
	e.RawKey("iss").Str(tokenIssuer).RawKey("sub").Str(p.person.UID).RawKey("aud").Str(p.application.UID)
	e.RawKey("groups").Arr()
	for i := range p.person.groups {
		if g := &p.person.groups[i]; g.Parent == p.application.ID {
			e.Str(g.Name)
		}
	}
	e.End().RawKey("name")
	if name, ok := p.person.face.nameOf(p.person.User); ok {
		e.Str(name)
	} else {
		e.Null()
	}
	if org := p.person.organization; d.v2 && org != nil {
		e.RawKey("org").Obj().RawKey("organization_id").Str(org.UID).RawKey("name").Str(org.Name).End()
	}
	e.End()
}
