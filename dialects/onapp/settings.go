package onapp

import (
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
)

// Settings are the dialect's settings, as flags with the prefix "onapp-".
type Settings struct {
	Realm             string `default:"main" help:"Realm whose users are shown."`
	Version           string `default:"6.3.0" help:"Version of the control panel to emulate."`
	XMLTimeType       string `name:"xml-time-type" help:"Type attribute of times in XML, datetime or dateTime; default: as in the emulated version." placeholder:"TYPE"`
	HideLoginFromKeys bool   `help:"Do not show a caller with an API key its own login."`
	LockoutAttempts   int    `default:"10" help:"Consecutive wrong passwords that lock an account; below 0: never."`
}

// Config returns the settings as a Config. What they do not set, such as the Directory, is left
// zero.
func (s Settings) Config() Config {
	return Config{
		Realm:             core.Realm(s.Realm),
		Version:           s.Version,
		XMLTimeType:       s.XMLTimeType,
		HideLoginFromKeys: s.HideLoginFromKeys,
		LockoutAttempts:   s.LockoutAttempts,
	}
}

// ShownRealm returns the realm whose users the dialect shows.
func (s Settings) ShownRealm() core.Realm { return core.Realm(s.Realm) }

// CheckSeed fails for a seed that contradicts the settings: the next start, without the seed, would
// show other users. The error begins with the entry.
func (s Settings) CheckSeed(seed Seed) error {
	if seed.Realm != "" && string(seed.Realm) != s.Realm {
		return fmt.Errorf("onapp.realm: this is %q here and %q in --onapp-realm", seed.Realm, s.Realm)
	}
	return nil
}
