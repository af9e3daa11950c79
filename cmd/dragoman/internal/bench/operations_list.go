package bench

// pageLen is how many users a list shows.
const pageLen = 100

// spreadPages is how many pages the cold list has to choose from, at most: the
// users of each are made ready for Syncano before the measurement, which takes
// its time.
const spreadPages = 1000

// fewConns is for what may take a second of computing in a great store: with
// many connections, every one would wait for all the others.
const fewConns = 4

// listOperations ask for a hundred users, or look for one.
func listOperations() []operation {
	warm := []rival{{name: floorRival, goal: 0.32}, {name: largeRival}}
	return []operation{
		{name: "list-econtext", about: "the first 100 users", in: firstPage("/api/users?limit=100", basicHeader), rivals: warm},
		{name: "list-onapp", about: "the first 100 users", in: firstPage("/users.json?page=1&per_page=100", basicHeader), rivals: warm},
		{name: "list-syncano", about: "the first 100 users", in: listSyncano, rivals: warm},
		{name: "list-cold", about: "100 users of Syncano from anywhere", in: listAnywhere, rivals: []rival{{name: floorRival}, {name: largeRival}}},
		{name: "search-syncano", about: "one user, by the beginning of the name", in: searchPrefix, rivals: []rival{{name: floorRival}}},
		{name: "search-econtext", about: "one user, by a part of the address", in: searchPart("/api/users/search/", ""), conns: fewConns, rivals: []rival{{name: floorRival}}},
		{name: "search-onapp", about: "one user, by a part of the login", in: searchPart("/users.json?q=", "&page=1&per_page=10"), conns: fewConns, rivals: []rival{{name: floorRival}}},
	}
}

func basicHeader(w *world) string { return w.basic() }

func firstPage(path string, header func(*world) string) func(*world) ask {
	return func(w *world) ask {
		return ask{picks: 1, status: 200, rehearse: 1, request: fixed(w.head("GET", path) + w.tail(header(w)))}
	}
}

func listSyncano(w *world) ask {
	return ask{picks: 1, status: 200, rehearse: 1,
		request: fixed(w.head("GET", w.instance()+"/users/?page_size=100") + w.tail(w.apiKey()))}
}

// listAnywhere picks from pages that lie apart evenly.
func listAnywhere(w *world) ask {
	pages := min(max(w.users/pageLen, 1), spreadPages)
	step := max(w.users/pages, 1)
	return ask{picks: pages, status: 200, rehearse: pages, request: w.pageBehind(step)}
}

func (w *world) pageBehind(step uint64) render {
	head := w.head("GET", w.instance()+"/users/?page_size=100&direction=1&last_pk=")
	find := w.byID(head, w.tail(w.apiKey()))
	return func(b []byte, pick, turn uint64) []byte { return find(b, pick*step, turn) }
}

func searchPrefix(w *world) ask {
	return ask{picks: w.hot(), status: 200, rehearse: w.hot(), request: w.searchUsername()}
}

// searchPart looks for a username where it may stand anywhere in a text.
func searchPart(path, behind string) func(*world) ask {
	return func(w *world) ask {
		head, tail := w.head("GET", path), behind+w.tail(w.basic())
		return ask{picks: w.users, status: 200, rehearse: 1, request: func(b []byte, pick, _ uint64) []byte {
			return append(w.crowd.appendUsername(append(b, head...), pick), tail...)
		}}
	}
}
