package onapp

// settingRoutes: see REFERENCE.md, "Version, settings and money". One client asks for the version
// by POST.
var settingRoutes = []route{
	{"GET", "/version", "version.show", getVersion},
	{"POST", "/version", "version.show", getVersion},
	{"GET", "/settings", "settings.show", getSettings},
	{"GET", "/settings/configuration", "settings.show", getSettings},
	{"GET", "/settings/internationalization", "settings.locales", listLocales},
	{"GET", "/settings/locales", "settings.locales", listLocales},
}

// getVersion needs no right: it is the first request of every official client.
func getVersion(c *call) (reply, error) {
	return showHash(func(e stream) { e.Str("version", c.d.cfg.Version) }), nil
}

func getSettings(c *call) (reply, error) {
	if err := require(c.mayAll(mayReadSettings)); err != nil {
		return reply{}, err
	}
	return showObject(noun{one: "settings"}, c.d.cfg, func(e stream, cfg Config) {
		e.Str("app_name", "OnApp")
		e.Str("locale", defaultLocale)
		e.Int("lockout_attempts", int64(max(0, cfg.LockoutAttempts)))
		e.Int("pagination_max_items_limit", 100)
		e.Str("system_theme", "light")
	}), nil
}

// locale is a language of the panel.
type locale struct{ code, name string }

func listLocales(c *call) (reply, error) {
	all := []locale{{defaultLocale, defaultLocale}}
	return showList(noun{"locale", "locales"}, all, nil, func(e stream, l locale) {
		e.Str("code", l.code)
		e.Str("name", l.name)
	}), nil
}
