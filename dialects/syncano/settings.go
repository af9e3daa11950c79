package syncano

import (
	"cmp"
	"fmt"

	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/hook"
)

// Settings are the dialect's settings, as flags with the prefix "syncano-".
type Settings struct {
	PublicURL        string `name:"public-url" help:"Base URL of links to files; default: scheme and host of the request." placeholder:"URL"`
	Files            string `help:"Folder for uploaded files; default: next to the SQLite file. none: refuse uploads." placeholder:"DIR"`
	DottedNotFound   bool   `help:"Answer 404 with \"Not found.\" as the last public version did, instead of the documented \"Not found\"."`
	OpenRegistration bool   `help:"Let anyone create an account."`
	SocialHook       string `help:"URL that is asked whose a provider's token is, for social logins; default: they are refused." placeholder:"URL"`
	SocialAuthority  bool   `help:"Let that hook log in to accounts, and users who hold rights."`
	PasswordHook     string `help:"URL that is asked to send an e-mail for the reset of an account's password; default: resets are refused." placeholder:"URL"`
	MaxInstances     int    `default:"16" help:"Maximum number of instances of an account; below 0: no limit."`
	MaxClasses       int    `default:"100" help:"Maximum number of classes of an instance; below 0: no limit."`
	MaxUsers         int    `default:"1000000" help:"Maximum number of users of an instance's realm, for one more to be created through it; below 0: no limit."`
	MaxGroups        int    `default:"10000" help:"Maximum number of groups of an instance; below 0: no limit."`
	MaxObjects       int    `default:"1000000" help:"Maximum number of objects of a class; below 0: no limit."`
	MaxFileBytes     int64  `default:"10GiB" type:"size" help:"Maximum size of an instance's files together; 0: no limit."`

	ThrottleAnonymous int `default:"0" help:"Requests per second from one address without a key; the original has 10. 0: no limit."`
	ThrottleAccount   int `default:"0" help:"Requests per second of one account outside of instances; the original has 60. 0: no limit."`
	ThrottleInstance  int `default:"0" help:"Requests per second in one instance; the original has 60. 0: no limit."`
}

// Config returns the settings as a Config. What they do not set, such as the
// Directory, is left zero. It fails if a hook is not a URL.
func (s Settings) Config() (Config, error) {
	for name, target := range map[string]string{"social": s.SocialHook, "password": s.PasswordHook} {
		if target == "" {
			continue
		}
		if err := hook.Check(target); err != nil {
			return Config{}, fmt.Errorf("syncano-%s-hook: %w", name, err)
		}
	}
	return Config{
		FilesDir:         s.Files,
		PublicURL:        s.PublicURL,
		DottedNotFound:   s.DottedNotFound,
		OpenRegistration: s.OpenRegistration,
		SocialHook:       s.SocialHook,
		SocialAuthority:  s.SocialAuthority,
		PasswordHook:     s.PasswordHook,
		MaxInstances:     s.MaxInstances,
		MaxClasses:       s.MaxClasses,
		MaxUsers:         s.MaxUsers,
		MaxGroups:        s.MaxGroups,
		MaxObjects:       s.MaxObjects,
		MaxFileBytes:     cmp.Or(s.MaxFileBytes, -1),
		Throttle:         Throttle{Anonymous: s.ThrottleAnonymous, Account: s.ThrottleAccount, Instance: s.ThrottleInstance},
	}, nil
}
