package bench

// readOperations ask for one user.
func readOperations() []operation {
	warm := []rival{{name: floorRival, goal: 0.85, late: 1.3}}
	return []operation{
		{name: "get-econtext", about: "one user, JSON, Basic authentication", in: getEContext, rivals: warm},
		{name: "get-onapp", about: "one user, JSON, Basic authentication", in: getOnApp(".json"), rivals: warm},
		{name: "get-syncano", about: "one user, JSON, API key", in: getSyncano, rivals: warm},
		{name: "get-xml", about: "one user of OnApp, XML", in: getOnApp(".xml"), rivals: []rival{{name: "get-onapp", goal: 0.95}, {name: floorRival}}},
		{name: "get-cold", about: "any user of eContext, read from the store if there are more than it keeps in memory", in: getAny,
			rivals: []rival{{name: floorRival, goal: 0.62}}},
		{name: "auth-basic", about: "an unknown path of eContext, Basic authentication: 404 without a body", in: authBasic,
			rivals: []rival{{name: "auth-none"}}},
		{name: "auth-none", about: "eContext's ping, no authentication", in: authNone, rivals: []rival{{name: floorRival}}},
	}
}

func (w *world) hot() uint64 { return min(hot, w.users) }

func getEContext(w *world) ask {
	return ask{request: w.userByUID(), picks: w.hot(), status: 200, rehearse: w.hot()}
}

func getAny(w *world) ask {
	return ask{request: w.userByUID(), picks: w.users, status: 200, rehearse: 1}
}

func (w *world) userByUID() render {
	head, tail := w.head("GET", "/api/users/user/"), w.tail(w.basic())
	return func(b []byte, pick, _ uint64) []byte {
		return append(w.crowd.appendUID(append(b, head...), pick), tail...)
	}
}

func getOnApp(suffix string) func(*world) ask {
	return func(w *world) ask {
		head, tail := w.head("GET", "/users/"), suffix+w.tail(w.basic())
		return ask{picks: w.hot(), status: 200, rehearse: w.hot(), request: w.byID(head, tail)}
	}
}

func getSyncano(w *world) ask {
	head, tail := w.head("GET", w.instance()+"/users/"), "/"+w.tail(w.apiKey())
	return ask{picks: w.hot(), status: 200, rehearse: w.hot(), request: w.byID(head, tail)}
}

// byID puts the user's number between head and tail.
func (w *world) byID(head, tail string) render {
	return func(b []byte, pick, _ uint64) []byte {
		return append(w.appendID(append(b, head...), pick), tail...)
	}
}

// authBasic and authNone differ in little more than the authentication.
func authBasic(w *world) ask {
	return ask{picks: 1, status: 404, rehearse: 1, request: fixed(w.head("GET", "/api/nothing") + w.tail(w.basic()))}
}

func authNone(w *world) ask {
	return ask{picks: 1, status: 200, rehearse: 1, request: fixed(w.head("GET", "/api/ping") + w.tail(""))}
}
