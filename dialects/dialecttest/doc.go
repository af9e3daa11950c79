// Package dialecttest holds every dialect to what is true of all of them, and
// plays transcripts: files of requests and the exact answers.
//
// A dialect calls [Run] with a [Spec]: data and short scripts, from which the
// suite makes its claims. What the dialect cannot do is said in Spec.Cannot and
// shown as skipped. The program calls [RunCross] for transcripts over several
// dialects at once, and [RunFiles] to play any folder against a running gateway.
//
// # Transcripts
//
// A file lies in testdata/DIALECT/NOUN/VERB-CLAIM.http and holds one exchange or
// more, played in order against a world of its own:
//
//	# A taken login is refused, and nothing else is saved.
//	# source: dialects/onapp/REFERENCE.md, users update, errors
//	PUT /users/{bob}.json
//	{auth}
//	Content-Type: application/json
//
//	{"user": {"login": "ann", "first_name": "Bobby"}}
//	----
//	422 application/json; charset=utf-8
//	!Location
//
//	{"errors":{"login":["has already been taken"]}}
//	====
//	# The key is new after five minutes.
//	# clock: +5m
//	# let key = json:user.api_key
//	POST /users/{bob}/make_new_api_key.json?
//	{auth}
//	Content-Length: 0
//	----
//	200 application/json; charset=utf-8
//	Cache-Control: no-store
//	X-Request-Id: *
//
//	{"user":{"id":{bob},"api_key":"{key}"}}
//	====
//	DELETE /users/{bob}.json
//	Authorization: {by_key}
//	----
//	204
//
// An exchange is: comment lines; a request line without the protocol; header
// lines; an empty line and the body, if there is one; a line "----"; the status
// and the exact Content-Type (none: there must be no such header); header lines
// that must be there; an empty line and the exact body, if there is one. A line
// "====" stands between exchanges. The newline before "----", "====" or the
// file's end is not the body's: a body that ends in a newline is followed by an
// empty line.
//
// The request goes out as it is written, over a real connection: a bare "?", "//",
// percent signs and a body on GET survive. Host ("gateway.test") and the length
// of a body that is not empty are added if they are not written; an empty body
// has no Content-Length unless "Content-Length: 0" is written.
//
// An expected header "Name: value" must be there with that value, "Name: *" with
// any, and "!Name" must not be there.
//
// Comments come before the request line. The first comment of a file says what
// it claims; it also needs a "# source:". The directives are
//
//	# source: TEXT                what proves the answer (needed once a file)
//	# expect: fail (REASON)       known to differ: shown as skipped, and an error the day it passes
//	# clock: +5m                  the clock moves before this request
//	# let NAME = json:user.id     keeps a value of this answer; see [Answer.Look]
//	# request body: quoted        the body is written as Go strings, one a line, joined with nothing
//	                              between: "--b\r\n"
//	# request body: @photo.png    the body is that file, beside this one
//	# answer body: quoted         the same for the expected body, @file too
//
// {name} stands for a variable of [Vars] in request line, headers and both
// bodies, and for what "# let" kept, from its own answer on. In a request line or
// header an unknown name is an error; in a body it is just text. A variable that
// is a whole header line, such as {auth}, may hold several lines, or none.
//
// The flag -update writes the answers that came into the files, keeping comments
// and requests, and {name} for values of eight characters or more and for those
// that the old answer had. An exchange without "----" gets its answer so. Read
// the difference before you believe it.
//
// # Worlds
//
// Every test has its own empty store, a clock that stands at coretest.Start until
// told to move, randomness from a fixed seed and cheap hashes: the same requests
// get the same bytes, so nothing in an answer is masked.
//
// Stores are SQLite's. TEST_DRAGOMAN_STORE names a further one, on which all
// transcripts are played too; see [Engines]. A world can also be used from a Go
// test, by [NewServer] and [Server.Play].
package dialecttest
