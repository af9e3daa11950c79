package bench

// proofOperations cost a hash each: at a login to check one, at a change of
// password to make one.
func proofOperations() []operation {
	hashes := []rival{{name: hashRival, goal: 0.92}}
	return []operation{
		{name: "login", about: "Syncano's user/auth, another user each time", in: login, rivals: hashes},
		{name: "put-password", about: "Syncano's PUT of name and password", in: putPassword, rivals: hashes},
		{name: "get-beside-logins", about: "get-econtext while as many connections log in", in: getEContext, beside: "login",
			rivals: []rival{{name: "get-econtext", goal: 0.6, late: 4}}},
	}
}

func login(w *world) ask {
	head, headers := w.head("POST", w.instance()+"/user/auth/"), w.headers(w.apiKey())
	return ask{picks: w.users, inTurn: true, status: 200, rehearse: 1, request: func(b []byte, pick, _ uint64) []byte {
		return appendBody(append(b, head...), headers, w.credentials(pick))
	}}
}

// putPassword gives the user the password that everybody has: it is hashed like
// any other, and later operations still know it.
func putPassword(w *world) ask {
	head, headers := w.head("PUT", w.instance()+"/users/"), w.headers(w.apiKey())
	return ask{picks: w.users, inTurn: true, status: 200, rehearse: 1, request: func(b []byte, pick, _ uint64) []byte {
		return appendBody(append(w.appendID(append(b, head...), pick), '/'), headers, w.credentials(pick))
	}}
}

func (w *world) credentials(pick uint64) []byte {
	body := append(make([]byte, 0, 128), `{"username":"`...)
	return append(w.crowd.appendUsername(body, pick), `","password":"`+password+`"}`...)
}
