package onapp

// settingRoutes: source: vendor reference, version, settings, money. One client asks for the version by POST.
var settingRoutes = []route{
	{"GET", "/version", "version.show", getVersion},
	{"POST", "/version", "version.show", getVersion},
	{"GET", "/settings", "settings.show", getSettings},
	{"GET", "/settings/configuration", "settings.show", getSettings},
	{"GET", "/settings/internationalization", "settings.locales", listLocales},
	{"GET", "/settings/locales", "settings.locales", listLocales},
}

// getVersion is for everybody who can log in: it is the first request of every official client. All its values are texts.
func getVersion(c *call) (reply, error) {
	return show(func(doc *document) error {
		doc.Hash()
		doc.Str("version", c.d.cfg.Version)
		doc.End()
		return nil
	}), nil
}

func getSettings(c *call) (reply, error) {
	if err := forbidden(!c.all(mayReadSettings)); err != nil {
		return reply{}, err
	}
	return show(func(doc *document) error {
		doc.Root("settings")
		doc.Str("app_name", "OnApp")
		doc.Str("locale", defaultLocale)
		doc.Int("lockout_attempts", int64(max(0, c.d.cfg.LockoutAttempts)))
		doc.Str("pagination_max_items_limit", "100")
		doc.Str("system_theme", "light")
		doc.End()
		return nil
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
