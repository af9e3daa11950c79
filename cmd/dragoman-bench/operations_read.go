package main

// readOperations return one user.
func readOperations() []operation {
	warm := []baseline{{name: floorBaseline, goal: 0.85, late: 1.3}}
	return []operation{
		{name: "get-econtext", about: "one user, JSON, Basic authentication", in: getEContext, baselines: warm},
		{name: "get-onapp", about: "one user, JSON, Basic authentication", in: getOnApp(".json"), baselines: warm},
		{name: "get-syncano", about: "one user, JSON, API key", in: getSyncano, baselines: warm},
		{name: "get-xml", about: "one user of OnApp, XML", in: getOnApp(".xml"), baselines: []baseline{{name: "get-onapp", goal: 0.95}, {name: floorBaseline}}},
		{name: "get-cold", about: "any user of eContext, read from the store if the cache is smaller", in: getAny,
			baselines: []baseline{{name: floorBaseline, goal: 0.62}}},
		{name: "auth-basic", about: "an unknown path of eContext, Basic authentication: 404 without a body", in: authBasic,
			baselines: []baseline{{name: "auth-none"}}},
		{name: "auth-none", about: "eContext's ping, no authentication", in: authNone, baselines: []baseline{{name: floorBaseline}}},
	}
}

func (w *target) hot() uint64 { return min(hot, w.users) }

func getEContext(w *target) requestSpec {
	return requestSpec{request: w.userByUID(), picks: w.hot(), status: 200, warmUp: w.hot()}
}

func getAny(w *target) requestSpec {
	return requestSpec{request: w.userByUID(), picks: w.users, status: 200, warmUp: 1}
}

func (w *target) userByUID() render {
	head, tail := w.head("GET", "/api/users/user/"), w.tail(w.basic())
	return func(b []byte, pick, _ uint64) []byte {
		return append(w.population.appendUID(append(b, head...), pick), tail...)
	}
}

func getOnApp(suffix string) func(*target) requestSpec {
	return func(w *target) requestSpec {
		head, tail := w.head("GET", "/users/"), suffix+w.tail(w.basic())
		return requestSpec{picks: w.hot(), status: 200, warmUp: w.hot(), request: w.byID(head, tail)}
	}
}

func getSyncano(w *target) requestSpec {
	head, tail := w.head("GET", w.instance()+"/users/"), "/"+w.tail(w.apiKey())
	return requestSpec{picks: w.hot(), status: 200, warmUp: w.hot(), request: w.byID(head, tail)}
}

// byID renders head, the user's number and tail.
func (w *target) byID(head, tail string) render {
	return func(b []byte, pick, _ uint64) []byte {
		return append(w.appendID(append(b, head...), pick), tail...)
	}
}

// authBasic and authNone differ mainly in the authentication.
func authBasic(w *target) requestSpec {
	return requestSpec{picks: 1, status: 404, warmUp: 1, request: fixed(w.head("GET", "/api/nothing") + w.tail(w.basic()))}
}

func authNone(w *target) requestSpec {
	return requestSpec{picks: 1, status: 200, warmUp: 1, request: fixed(w.head("GET", "/api/ping") + w.tail(""))}
}
