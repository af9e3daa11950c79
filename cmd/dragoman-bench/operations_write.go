package main

import "strconv"

// writeOperations change one user, but not the password. Each request has another
// value than the one before, so that something is written.
func writeOperations() []operation {
	together := []baseline{{name: commitBaseline, goal: 8}, {name: writerBaseline, goal: 0.5}}
	return []operation{
		{name: "put-econtext", about: "name and custom data", in: putEContext, baselines: together},
		{name: "put-onapp", about: "first name", in: putOnApp, baselines: together},
		{name: "patch-syncano", about: "a permission in the profile", in: patchSyncano, baselines: together},
		{name: "put-alone", about: "put-onapp over one connection: no shared commits", in: putOnApp, conns: 1,
			baselines: []baseline{{name: commitBaseline}}},
	}
}

const jsonHeader = "Content-Type: application/json\r\n"

// appendBody appends the headers of a JSON body, the empty line and the body.
func appendBody(b []byte, headers string, body []byte) []byte {
	b = append(b, " HTTP/1.1\r\n"...)
	b = append(b, headers...)
	b = append(b, jsonHeader+"Content-Length: "...)
	b = strconv.AppendInt(b, int64(len(body)), 10)
	b = append(b, "\r\n\r\n"...)
	return append(b, body...)
}

// headers returns the headers before those of the body.
func (w *target) headers(credentials string) string { return "Host: " + w.addr + "\r\n" + credentials }

func putEContext(w *target) requestSpec {
	head, headers := w.head("PUT", "/api/users/user/"), w.headers(w.basic())
	return requestSpec{picks: w.users, status: 200, warmUp: 1, request: func(b []byte, pick, turn uint64) []byte {
		var space [256]byte
		body := append(space[:0], `{"name": "Changed `...)
		body = append(appendNumber(body, turn), `", "custom_data": {"company_name": "Adler and partners", "city": "Antwerp", "plan": "super", "visits": `...)
		body = append(strconv.AppendUint(body, 100000+turn%900000, 10), `, "newsletter": true}}`...)
		return appendBody(w.population.appendUID(append(b, head...), pick), headers, body)
	}}
}

func putOnApp(w *target) requestSpec {
	head, headers := w.head("PUT", "/users/"), w.headers(w.basic())
	return requestSpec{picks: w.users, status: 204, warmUp: 1, request: func(b []byte, pick, turn uint64) []byte {
		var space [64]byte
		body := append(appendNumber(append(space[:0], `{"user":{"first_name":"Changed `...), turn), `"}}`...)
		return appendBody(append(w.appendID(append(b, head...), pick), ".json"...), headers, body)
	}}
}

// patchSyncano alternates between two values for each user.
func patchSyncano(w *target) requestSpec {
	head, headers := w.head("PATCH", w.instance()+"/users/"), w.headers(w.apiKey())
	return requestSpec{picks: w.hot(), inTurn: true, status: 200, warmUp: w.hot(), request: func(b []byte, pick, turn uint64) []byte {
		body := `{"profile":{"other_permissions":"read"}}`
		if turn/w.hot()%2 == 1 {
			body = `{"profile":{"other_permissions":"none"}}`
		}
		return appendBody(append(w.appendID(append(b, head...), pick), '/'), headers, []byte(body))
	}}
}
