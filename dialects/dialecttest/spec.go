package dialecttest

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// Script is one or more requests in the form of a transcript, without answers:
// variables, "# let" lines and separators work as there. Every answer must be a
// success unless said otherwise.
type Script string

// Spec is what a dialect tells the suite about itself. All fields without "may"
// are needed; what a dialect cannot do is said in Cannot.
type Spec struct {
	// Name is what the dialect's Name returns.
	Name string
	// Setup stores what the scripts need and returns it. Vars must have "auth":
	// the header lines of a caller who may do everything, as in
	// "Authorization: Basic ...". Scripts write it as a line {auth}.
	Setup func(t testing.TB, dir *core.Directory) Vars
	// New makes the dialect.
	New func(dir *core.Directory) dialects.Dialect
	// Realm is where the created user lives; may be empty for the main realm.
	Realm core.Realm
	// Form tells why an answer is not an error in the dialect's form, or returns
	// nil. It gets every error, whatever its status.
	Form func(a *Answer) error

	// Create makes one user named Username and must keep {id}, by a line such as
	// "# let id = json:user.id". The other scripts use {id}.
	Create, Show, List, Update, Delete Script
	// Username is the name that the core keeps of the created user, and Marker the
	// text that is in an answer if and only if it shows the user; may be empty
	// for Username.
	Username, Marker string

	// BodyLimit is the size, in bytes, of the largest body the dialect reads; at
	// least 64 KiB, and better not much more, since the suite exceeds it.
	BodyLimit int
	// Refused are requests that must be refused. Needed are those named
	// UnknownPath, WrongMethod, BrokenBody, BigBody and DeepBody; more may follow.
	Refused []Case
	// Credentials are callers of Show. Each AccessLevel is needed once or more often.
	Credentials []Credential
	// Revocations take from {auth} the right to write. Each is tried while Create, Update and
	// Delete are on the way. At least one is needed.
	Revocations []Revocation
	// Presence has a row for each writable field and verb.
	Presence []Row

	// Takeovers are changes by {auth} of the created user that let another take its
	// place, or stop it: of a user with rights in another dialect they must be
	// refused, of an ordinary user they succeed. Needed are those named
	// TakePassword, TakeName, TakeKey, TakeStatus and Remove; more may follow.
	Takeovers []Case
	// Grants are requests that give a right which their caller lacks.
	Grants []Grant
	// Harmless are the operations that need no decision of the core, each with the
	// reason; [Reads] and [Merge] help. All others must be those of Takeovers and Grants.
	Harmless map[string]string
	// Caller is the user name of {auth}; may be empty, with a reason in Cannot, if
	// callers are not users.
	Caller string
	// ID returns what {id} stands for; may be nil if that is the number.
	ID func(u *core.User) string

	// Secrets are marker texts, with variables, that no answer, note or
	// operation may hold: passwords and keys.
	Secrets []string
	// Shows allows some of them: the name of a script ("Create", "Show", ...)
	// and the secrets, as written in Secrets, that its answers show, or "{auth}"
	// for the caller's own; may be nil.
	Shows map[string][]string

	// Sealed are the kinds of record and group whose secrets the store seals; may be
	// nil. Nothing else that the transcripts make it keep may hold a secret.
	Sealed []core.SecretKind

	// Words renders an error as the dialect does.
	Words func(err error) (status int, body []byte)
	// Plain lists rules whose words are those of a rule the dialect never heard
	// of, on purpose; may be nil.
	Plain []core.Rule

	// Files is the folder of the transcripts; may be empty for
	// ../../testdata/Name; ../../testdata/field/Name is then played too.
	Files string
	// Cannot has checks, by name or by the start of it, that the dialect cannot
	// pass, each with the reason. They are shown as skipped. A second spec of a
	// dialect (its other format, say) excuses "transcripts", played by the first.
	Cannot map[string]string
}

// Names of needed cases.
const (
	UnknownPath = "unknown path"
	WrongMethod = "wrong method"
	BrokenBody  = "broken body"
	// BigBody sends {big}: letters, one more than BodyLimit.
	BigBody = "big body"
	// DeepBody sends {deep} (JSON arrays in each other) or {deepxml} (elements).
	DeepBody = "deep body"
)

// Revocation takes the right to write from a caller.
type Revocation struct {
	Name string
	// Auth is what {auth} stands for, with variables; "" for the caller that Setup returns.
	Auth string
	// Revoke takes the right away, as another caller by send or in the directory.
	Revoke func(t testing.TB, dir *core.Directory, send func(Script))
	// Status is the answer's to the write that was on the way; 0 if what happened took no
	// right away, so that the write succeeds.
	Status int
	// Counted says that the refusal is stored as a failed login.
	Counted bool
}

// Case is a request that must be refused in the dialect's form.
type Case struct {
	Name    string
	Request Script
	// Status is the answer's; 0 is any of 4xx.
	Status int
	// Prepare makes what a takeover's request names, while the user is ordinary; may
	// be empty.
	Prepare Script
}

// AccessLevel is how much a caller's credentials are worth.
type AccessLevel string

// The standings, all of which are tried.
const (
	None       AccessLevel = "none"
	Wrong      AccessLevel = "wrong"       // unknown to the server
	Weak       AccessLevel = "weak"        // valid, but not allowed to do this
	OtherRealm AccessLevel = "other realm" // right, but of another realm
	Right      AccessLevel = "right"
)

// Credential is a caller.
type Credential struct {
	AccessLevel AccessLevel
	// Name tells two of a standing apart; may be empty.
	Name string
	// Auth is what {auth} stands for, with variables; "" sends nothing.
	Auth string
	// Status is the answer's to Show.
	Status int
}
