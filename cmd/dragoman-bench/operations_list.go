package main

// pageLen is the number of users in a list.
const pageLen = 100

// spreadPages is the maximum number of pages of the cold list. Each is requested
// once before the measurement.
const spreadPages = 1000

// fewConns is for requests that may take a second of CPU time in a large store:
// with many connections, each would wait for all others.
const fewConns = 4

// listOperations return a hundred users, or search for one.
func listOperations() []operation {
	warm := []baseline{{name: floorBaseline, goal: 0.32}, {name: largeBaseline}}
	return []operation{
		{name: "list-econtext", about: "the first 100 users", in: firstPage("/api/users?limit=100", basicHeader), baselines: warm},
		{name: "list-onapp", about: "the first 100 users", in: firstPage("/users.json?page=1&per_page=100", basicHeader), baselines: warm},
		{name: "list-syncano", about: "the first 100 users", in: listSyncano, baselines: warm},
		{name: "list-cold", about: "100 users of Syncano from anywhere", in: listAnywhere, baselines: []baseline{{name: floorBaseline}, {name: largeBaseline}}},
		{name: "search-syncano", about: "one user, by the beginning of the name", in: searchPrefix, baselines: []baseline{{name: floorBaseline}}},
		{name: "search-econtext", about: "one user, by a part of the address", in: searchPart("/api/users/search/", ""), conns: fewConns, baselines: []baseline{{name: floorBaseline}}},
		{name: "search-onapp", about: "one user, by a part of the login", in: searchPart("/users.json?q=", "&page=1&per_page=10"), conns: fewConns, baselines: []baseline{{name: floorBaseline}}},
	}
}

func basicHeader(w *target) string { return w.basic() }

func firstPage(path string, header func(*target) string) func(*target) requestSpec {
	return func(w *target) requestSpec {
		return requestSpec{picks: 1, status: 200, warmUp: 1, request: fixed(w.head("GET", path) + w.tail(header(w)))}
	}
}

func listSyncano(w *target) requestSpec {
	return requestSpec{picks: 1, status: 200, warmUp: 1,
		request: fixed(w.head("GET", w.instance()+"/users/?page_size=100") + w.tail(w.apiKey()))}
}

// listAnywhere picks from evenly spaced pages.
func listAnywhere(w *target) requestSpec {
	pages := min(max(w.users/pageLen, 1), spreadPages)
	step := max(w.users/pages, 1)
	return requestSpec{picks: pages, status: 200, warmUp: pages, request: w.pageBehind(step)}
}

func (w *target) pageBehind(step uint64) render {
	head := w.head("GET", w.instance()+"/users/?page_size=100&direction=1&last_pk=")
	find := w.byID(head, w.tail(w.apiKey()))
	return func(b []byte, pick, turn uint64) []byte { return find(b, pick*step, turn) }
}

func searchPrefix(w *target) requestSpec {
	return requestSpec{picks: w.hot(), status: 200, warmUp: w.hot(), request: w.searchUsername()}
}

// searchPart searches for a username anywhere in a text.
func searchPart(path, behind string) func(*target) requestSpec {
	return func(w *target) requestSpec {
		head, tail := w.head("GET", path), behind+w.tail(w.basic())
		return requestSpec{picks: w.users, status: 200, warmUp: 1, request: func(b []byte, pick, _ uint64) []byte {
			return append(w.population.appendUsername(append(b, head...), pick), tail...)
		}}
	}
}
