package main

// authOperations compute a password hash each.
func authOperations() []operation {
	hashes := []baseline{{name: hashBaseline, goal: 0.92}}
	return []operation{
		{name: "login", about: "Syncano's user/auth, another user each time", in: login, baselines: hashes},
		{name: "put-password", about: "Syncano's PUT of name and password", in: putPassword, baselines: hashes},
		{name: "get-beside-logins", about: "get-econtext while as many connections log in", in: getEContext, background: "login",
			baselines: []baseline{{name: "get-econtext", goal: 0.6, late: 4}}},
	}
}

func login(w *target) requestSpec {
	head, headers := w.head("POST", w.instance()+"/user/auth/"), w.headers(w.apiKey())
	return requestSpec{picks: w.users, inTurn: true, status: 200, warmUp: 1, request: func(b []byte, pick, _ uint64) []byte {
		return appendBody(append(b, head...), headers, w.credentials(pick))
	}}
}

// putPassword sets the password that all users have, so that later operations
// still know it.
func putPassword(w *target) requestSpec {
	head, headers := w.head("PUT", w.instance()+"/users/"), w.headers(w.apiKey())
	return requestSpec{picks: w.users, inTurn: true, status: 200, warmUp: 1, request: func(b []byte, pick, _ uint64) []byte {
		return appendBody(append(w.appendID(append(b, head...), pick), '/'), headers, w.credentials(pick))
	}}
}

func (w *target) credentials(pick uint64) []byte {
	body := append(make([]byte, 0, 128), `{"username":"`...)
	return append(w.population.appendUsername(body, pick), `","password":"`+password+`"}`...)
}
