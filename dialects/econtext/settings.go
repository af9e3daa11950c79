package econtext

import (
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
)

// Settings are the dialect's settings, as flags with the prefix "econtext-".
type Settings struct {
	Realm         string `default:"main" help:"Realm whose users are shown."`
	BaseURL       string `name:"base-url" help:"Base URL of every href; default: scheme and host of the request." placeholder:"URL"`
	Profile       string `default:"documented" enum:"documented,v2" help:"Generation of the API: documented or v2."`
	ApplicationID string `name:"application-id" default:"aa136fbd-26cc-448f-af0a-cf98fe165cc6" help:"Base application, to which every caller must belong."`
	AdmitDisabled bool   `help:"Let DISABLED users call the API, as the original does."`
	SecretCost    int    `default:"12" help:"bcrypt cost of the secrets of new API keys."`
}

// Config returns the settings as a Config. What they do not set, such as the
// Directory, is left zero.
func (s Settings) Config() Config {
	return Config{
		Realm:         core.Realm(s.Realm),
		ApplicationID: s.ApplicationID,
		BaseURL:       s.BaseURL,
		Profile:       Profile(s.Profile),
		AdmitDisabled: s.AdmitDisabled,
		SecretCost:    s.SecretCost,
	}
}

// ShownRealm returns the realm whose users the dialect shows.
func (s Settings) ShownRealm() core.Realm { return core.Realm(s.Realm) }

// CheckSeed fails for a seed that contradicts the settings: the next start,
// without the seed, would show other users. The error begins with the entry.
func (s Settings) CheckSeed(seed Seed) error {
	if seed.Realm != "" && seed.Realm != s.Realm {
		return fmt.Errorf("econtext.realm: this is %q here and %q in --econtext-realm", seed.Realm, s.Realm)
	}
	if seed.ApplicationID != "" && seed.ApplicationID != s.ApplicationID {
		return fmt.Errorf("econtext.application_id: this is %q here and %q in --econtext-application-id", seed.ApplicationID, s.ApplicationID)
	}
	return nil
}
