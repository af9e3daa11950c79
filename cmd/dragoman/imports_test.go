package main

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// importRule is a row of the table of packages: what one may import besides the
// standard library and itself, what of the standard library it must not, and
// why. "ours" stands for this module.
type importRule struct {
	pkg   string
	may   []string
	never []string
	why   string
}

// words of the table
const (
	module = "github.com/dragoman-gateway/dragoman/"
	echo   = "github.com/labstack/echo/v4"
	etree  = "github.com/beevik/etree"
)

// wireWords must not appear in rules of the product.
var wireWords = []string{"net/http", "encoding/json", "encoding/xml", "database/sql"}

// dialectMay is what each dialect may import: not the store, and not each other.
// What a dialect has below itself, the compiler already keeps from the others.
var dialectMay = []string{"core", "core/passwd", "dialects", "dialects/internal/*", "dialects/ratelimit", "dialects/syncano/internal/*", "dialects/scim/internal/*", echo, "golang.org/x/text/*"}

// importRules is the table of packages. The first row that fits a package counts.
func importRules() []importRule {
	return []importRule{
		{"core", []string{"core/passwd", "github.com/mtibben/confusables", "golang.org/x/text/unicode/norm"}, wireWords,
			"core is the model and its rules: it knows no transport, wire format, database or dialect"},
		{"core/passwd", []string{"golang.org/x/crypto/*", "golang.org/x/sys/*", "github.com/go-crypt/crypt/algorithm", "github.com/go-crypt/crypt/algorithm/*", "github.com/go-crypt/x/*"}, wireWords,
			"core/passwd makes and verifies hashes and needs no other package of ours"},
		{"core/archive", []string{"core", "core/passwd"}, []string{"net/http", "database/sql"},
			"core/archive writes and reads stores through the core; it knows no database and no dialect"},
		{"core/integrity", []string{"core"}, []string{"net/http", "encoding/json", "database/sql"},
			"core/integrity checks stores through the core; what dialects stored, it asks them"},
		{"core/coretest", []string{"core", "core/passwd"}, wireWords,
			"core/coretest serves the tests of everything, so it may know only the core"},
		{"store", []string{"core", "store/*"}, []string{"net/http"},
			"store picks the engine by the DSN's scheme; no dialect and no HTTP is known there"},
		{"store/internal/seal", []string{"golang.org/x/crypto/chacha20poly1305"}, []string{"net/http", "database/sql"},
			"seal encrypts, and knows nothing of what or for whom"},
		{"store/internal/sqldb", []string{"core", "store/internal/*", "github.com/pressly/goose/v3", "github.com/pressly/goose/v3/*", "golang.org/x/sync/*"}, []string{"net/http"},
			"the one SQL implementation knows no driver: engines hand it theirs"},
		{"store/internal/*", []string{"core", "store/internal/*"}, []string{"net/http"},
			"what the engines share knows no driver: engines hand it theirs"},
		{"store/sqlite", []string{"core", "store/internal/*", "github.com/mattn/go-sqlite3", "github.com/pressly/goose/v3", "golang.org/x/sys/unix"}, []string{"net/http"},
			"store/sqlite is the only place that knows SQLite's driver"},
		{"store/postgres", []string{"core", "store/internal/*", "github.com/jackc/pgx/v5", "github.com/jackc/pgx/v5/*", "github.com/pressly/goose/v3"}, []string{"net/http"},
			"store/postgres is the only place that knows PostgreSQL's driver"},
		{"store/storetest/pgtest", []string{"github.com/jackc/pgx/v5", "github.com/jackc/pgx/v5/*"}, []string{"net/http"},
			"pgtest starts a PostgreSQL server for tests and knows no store"},
		{"store/storetest", []string{"core", "core/coretest", "core/passwd", "github.com/google/go-cmp/cmp", "github.com/google/go-cmp/cmp/*", "pgregory.net/rapid"}, []string{"net/http"},
			"store/storetest tests every store, so it must know none"},
		{"dialects", nil, []string{"encoding/json", "encoding/xml", "database/sql"},
			"dialects is the interface alone: it knows no dialect, no core and no router"},
		{"dialects/ratelimit", []string{"golang.org/x/time/rate"}, []string{"net/http", "database/sql"},
			"dialects/ratelimit limits requests by key and does not know the meaning of keys"},
		{"dialects/internal/wire", []string{"dialects", echo}, []string{"database/sql"},
			"wire reads and writes bodies and does not know their meaning"},
		{"dialects/internal/oddtext", nil, []string{"net/http", "database/sql"},
			"oddtext reads the strings that parsers are tested with, and knows no parser"},
		{"dialects/internal/railsxml", []string{"dialects/internal/charset", "dialects/internal/wire", etree}, []string{"net/http", "database/sql"},
			"railsxml turns Rails XML into wire's tree and back, and knows nothing of users"},
		{"dialects/internal/rendercache", nil, []string{"net/http", "database/sql"},
			"rendercache keeps bytes for the dialects, and knows nothing of what they say"},
		{"dialects/internal/seedentry", []string{"dialects/internal/wire"}, []string{"net/http", "database/sql"},
			"a seed's entry is a request body, and knows no dialect"},
		{"dialects/internal/turns", []string{"core", "core/passwd", "dialects", "dialects/internal/wire", "golang.org/x/sync/semaphore"}, []string{"database/sql"},
			"turns makes long reads and calls wait for each other, and does not know what they read"},
		{"dialects/internal/userload", []string{"core"}, []string{"net/http", "database/sql"},
			"userload reads groups through the core; what they mean is the dialects' to know"},
		{"dialects/internal/vendor", []string{"dialects/internal/wire", "github.com/cenkalti/backoff/v5", "golang.org/x/sync/semaphore", "golang.org/x/time/rate"}, []string{"database/sql"},
			"vendor sends requests and judges whether there was an answer; what it says is for others to know"},
		{"dialects/econtext/upstream", []string{"core", "core/archive", "dialects/econtext", "dialects/internal/vendor", "dialects/internal/wire"}, []string{"database/sql"},
			"an upstream turns what a vendor's server shows into lines of an archive; it stores nothing"},
		{"dialects/onapp/upstream", []string{"core", "core/archive", "dialects/internal/vendor", "dialects/internal/wire", "dialects/onapp", "golang.org/x/sync/errgroup"}, []string{"database/sql"},
			"the same for panels"},
		{"dialects/syncano/upstream", []string{"core", "core/archive", "dialects/internal/vendor", "dialects/internal/wire", "dialects/syncano", "dialects/syncano/internal/schema", "dialects/syncano/internal/upload"}, []string{"database/sql"},
			"the same for instances"},
		{"dialects/scim/upstream", []string{"core", "core/archive", "dialects/internal/vendor", "dialects/internal/wire", "dialects/scim"}, []string{"database/sql"},
			"a client of SCIM servers reads lines of an archive, and sends what a view of the store shows"},
		{"dialects/internal/pystyle", []string{"dialects/internal/wire", "golang.org/x/text/*"}, []string{"net/http", "database/sql"},
			"pystyle does with values what Python does, and knows nothing of what they mean"},
		{"dialects/internal/charset", []string{"golang.org/x/text/*"}, []string{"net/http", "database/sql"},
			"charset decodes text, and knows nothing of what it says"},
		{"dialects/internal/formdata", []string{"dialects/internal/wire"}, []string{"net/http", "database/sql"},
			"formdata cuts text into pieces; what a framework makes of them is for others to know"},
		{"dialects/internal/rack", []string{"dialects/internal/*"}, []string{"database/sql"},
			"rack reads requests as a framework did, and knows nothing of users"},
		{"dialects/internal/rubydate", nil, []string{"net/http", "database/sql"},
			"rubydate reads dates, and knows nothing of what they mean"},
		{"dialects/internal/django", []string{"dialects/internal/*"}, []string{"database/sql"},
			"django reads requests as a framework did, and knows nothing of users"},
		{"dialects/internal/nginx", nil, []string{"net/http", "database/sql"},
			"nginx cleans paths, as text; it knows no request"},
		{"dialects/internal/falcon", []string{"dialects/internal/*"}, []string{"database/sql"},
			"falcon reads requests as a framework did, and knows nothing of users"},
		{"dialects/dialecttest", []string{"core", "core/archive", "core/coretest", "core/passwd", "dialects", "store", "store/*", "github.com/google/go-cmp/cmp"}, nil,
			"dialects/dialecttest tests every dialect, so it must know none"},
		{"dialects/syncano/internal/upload", []string{"core", "core/archive", "dialects/internal/wire"}, []string{"net/http", "database/sql"},
			"upload keeps files, counts their uses and gives them to archives; it serves nothing"},
		{"dialects/syncano/internal/query", []string{"core", "dialects/internal/pystyle", "dialects/internal/wire", "dialects/syncano/internal/schema"}, []string{"net/http", "database/sql"},
			"query matches, orders and pages objects that it is handed; it knows no request"},
		{"dialects/syncano/internal/schema", []string{"core", "dialects/internal/django", "dialects/internal/pystyle", "dialects/internal/wire"}, []string{"net/http", "database/sql"},
			"schema reads, stores and shows values of fields; it knows no request"},
		{"dialects/syncano/internal/hook", []string{"dialects/internal/turns"}, []string{"database/sql"},
			"hook asks a URL; what its answers mean is the dialect's to know"},
		{"dialects/scim/internal/filter", nil, []string{"net/http", "database/sql"},
			"filter parses text; what its names mean is for others to know"},
		{"dialects/scim/internal/schema", []string{"core", "dialects/internal/wire", "dialects/scim/internal/filter"}, []string{"net/http", "database/sql"},
			"schema reads, changes and shows resources that it is handed; it knows no request"},
		{"dialects/keyring", []string{"core", "dialects"}, []string{"net/http", "database/sql"},
			"keyring asks dialects for keys; it knows no dialect and no one who asks"},
		{"dialects/console", []string{"core", "core/archive", "dialects", "dialects/gateway/audit", "dialects/gateway/presence", "dialects/internal/redact", "dialects/keyring"}, []string{"database/sql"},
			"the console shows what the core and the dialects' own hooks tell it, and knows no dialect"},
		{"dialects/dragomantest", []string{"core", "dialects/gateway/sandbox"}, []string{"database/sql"},
			"dragomantest is the sandbox for a Go test"},
		{"dialects/internal/redact", nil, []string{"database/sql"},
			"redact takes secrets out of texts, and knows nothing of who sent them"},
		{"dialects/gateway/sandbox", []string{"core", "core/archive", "dialects", "dialects/console", "dialects/gateway", "dialects/gateway/*", "dialects/internal/redact", "store", "github.com/goccy/go-yaml", "github.com/prometheus/client_golang/*"}, []string{"database/sql"},
			"sandbox makes gateways and knows no dialect"},
		{"dialects/gateway/presence", []string{"core"}, []string{"net/http", "database/sql"},
			"presence notes who uses a store; what is done with it is for others to know"},
		{"dialects/gateway/unknown", []string{"core"}, []string{"database/sql"},
			"unknown counts requests by their paths, and knows no dialect"},
		{"dialects/gateway/edge", []string{"core", "core/passwd", "dialects", "dialects/gateway/unknown", "github.com/prometheus/client_golang/*"}, []string{"database/sql"},
			"the edge stands in front of the dialects, and knows none of them"},
		{"dialects/gateway", []string{"core", "core/archive", "core/passwd", "dialects", "dialects/*", "store", "github.com/alecthomas/kong", "github.com/goccy/go-yaml", "github.com/goccy/go-yaml/*", "github.com/prometheus/client_golang/*", "github.com/prometheus/client_model/go"}, []string{"database/sql"},
			"the gateway puts everything together, so it may know everything but a database"},
		{"dialects/adoption", []string{"core", "core/archive", "core/passwd", "dialects/internal/turns", "dialects/internal/vendor", "dialects/ratelimit", "github.com/sony/gobreaker/v2", "golang.org/x/time/rate"}, []string{"net/http", "database/sql"},
			"adoption stores users whom a vendor has proven; how the vendor is asked is for others to know"},
		{"dialects/*", dialectMay, []string{"database/sql"},
			"a dialect knows the core and its own wire: never the store, never another dialect"},
		{"cmd/dragoman-bench", []string{"core", "core/archive", "core/passwd", "store", "dialects/gateway", "dialects/gateway/sandbox", echo, "github.com/alecthomas/kong", "golang.org/x/sys/unix",
			"github.com/HdrHistogram/hdrhistogram-go", "github.com/mattn/go-isatty", "github.com/schollz/progressbar/v3"}, nil,
			"the benchmark knows a gateway by its requests, a store by the core, sandboxes as an embedder does, and no dialect"},
		{"cmd/dragoman/*", []string{"*"}, nil, "the program wires everything, so it may know everything"},
		{"cmd/dragoman", []string{"*"}, nil, "the program wires everything, so it may know everything"},
	}
}

func TestRuleImportsFollowTheTable(t *testing.T) {
	for dir, imports := range importsOf(t, isCode) {
		rule, ok := ruleFor(dir)
		if !ok {
			t.Errorf("%s: no row of the table is for this package", dir)
			continue
		}
		for _, imp := range imports {
			if !rule.allows(dir, imp) {
				t.Errorf("%s imports %s: %s", dir, imp, rule.why)
			}
		}
	}
}

func TestRuleNoDialectKnowsAnotherNotEvenInItsTests(t *testing.T) {
	for dir, imports := range importsOf(t, isGo) {
		if rule, _ := ruleFor(dir); rule.pkg != "dialects/*" {
			continue
		}
		for _, imp := range imports {
			other, ours := strings.CutPrefix(imp, module)
			if rule, _ := ruleFor(other); ours && rule.pkg == "dialects/*" && other != dir {
				t.Errorf("%s imports %s: dialects share users, not code", dir, other)
			}
		}
	}
}

func TestRuleEveryRowOfTheTableIsNeeded(t *testing.T) {
	used := map[string]bool{}
	for dir := range importsOf(t, isCode) {
		rule, _ := ruleFor(dir)
		used[rule.pkg] = true
	}
	for _, rule := range importRules() {
		if !used[rule.pkg] {
			t.Errorf("no package is %s, or a row above is of the same", rule.pkg)
		}
		delete(used, rule.pkg)
	}
}

func ruleFor(dir string) (importRule, bool) {
	for _, rule := range importRules() {
		if fits(rule.pkg, dir) {
			return rule, true
		}
	}
	return importRule{}, false
}

func (r importRule) allows(dir, imp string) bool {
	own, ours := strings.CutPrefix(imp, module)
	if !ours && !strings.Contains(strings.Split(imp, "/")[0], ".") {
		return !slices.Contains(r.never, imp)
	}
	if own == dir {
		return true
	}
	return slices.ContainsFunc(r.may, func(pattern string) bool { return fits(pattern, own) })
}

// fits reports whether name is the pattern, or below it where the pattern ends in /*.
func fits(pattern, name string) bool {
	if pattern == "*" {
		return true
	}
	if above, deep := strings.CutSuffix(pattern, "/*"); deep {
		return strings.HasPrefix(name, above+"/")
	}
	return path.Clean(name) == pattern
}
