package syncano

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
)

// socialLogin answers a login with somebody else's token: this gateway knows no
// provider, so no token is good. source: vendor's order of checks: token, then
// backend, then the provider's word.
func (c *call) socialLogin(backends ...string) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	token, _ := in.Get("access_token")
	if pystyle.Strip(token.Text()) != "" && !slices.Contains(backends, c.echo.Param("backend")) {
		return reply{}, errWrongBackend
	}
	return reply{}, errWrongToken
}

func userSocialLogin(c *call) (reply, error) {
	return c.socialLogin("facebook", "google-oauth2", "github", "linkedin", "twitter")
}
