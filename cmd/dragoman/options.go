package main

import (
	"net/netip"
	"time"
)

// serveCmd is the main command with all its settings.
type serveCmd struct {
	Listen         string         `default:"127.0.0.1:8080" help:"Listen on this address and port; port 0 takes a free one."`
	AdminListen    string         `help:"Serve /_dragoman/ (health, ready, metrics) here instead of on the main address." placeholder:"ADDR"`
	TrustedProxies []netip.Prefix `help:"Believe X-Forwarded-For from these networks, such as 10.0.0.0/8,127.0.0.1/32." placeholder:"CIDR"`
	storeOption    `embed:""`
	Seed           string `help:"Add the users, keys and administrators of this YAML file; what is there already is left alone." placeholder:"FILE"`

	Log       logOptions      `embed:"" prefix:"log-" group:"Log"`
	Limits    limitOptions    `embed:"" group:"Limits"`
	Passwords passwordOptions `embed:"" group:"Passwords"`
	Syncano   syncanoOptions  `embed:"" prefix:"syncano-" group:"Syncano"`
	EContext  econtextOptions `embed:"" prefix:"econtext-" group:"eContext Auth"`
	OnApp     onappOptions    `embed:"" prefix:"onapp-" group:"OnApp"`
}

// storeOption is the same in every command that opens the store.
type storeOption struct {
	Store string `default:"sqlite:dragoman.db" help:"Keep the data here: sqlite:PATH, sqlite::memory: or postgres://USER@HOST/DATABASE."`
}

type logOptions struct {
	Format string `default:"text" enum:"text,json" help:"Form of the log on standard error: text or json."`
	Level  string `default:"info" enum:"debug,info,warn,error" help:"Leave out lines below debug, info, warn or error. Each request is one line at info."`
}

type limitOptions struct {
	MaxBody        int64         `default:"0" type:"size" help:"Largest request body, such as 4MiB; 0 leaves each dialect its own limit."`
	MaxHeader      int64         `default:"32KiB" type:"size" help:"Largest request header."`
	MaxDepth       int           `default:"0" help:"Deepest nesting of a JSON or XML body; 0 leaves each dialect its own limit."`
	MaxConnections int           `default:"4096" help:"Most open connections; more wait to be accepted. 0: no limit."`
	MaxRequests    int64         `default:"1024" help:"Most requests at once; more are answered 503. 0: no limit."`
	HeaderTimeout  time.Duration `default:"5s" help:"Longest time for a request's header to arrive."`
	ReadTimeout    time.Duration `default:"30s" help:"Longest time for a whole request to arrive."`
	WriteTimeout   time.Duration `default:"30s" help:"Longest time for each 128 KiB of an answer to be taken."`
	IdleTimeout    time.Duration `default:"2m" help:"Longest time that a connection is kept without a request."`
	DrainDelay     time.Duration `default:"0s" help:"On SIGTERM, say \"not ready\" for so long before connections are refused."`
	DrainTimeout   time.Duration `default:"20s" help:"On SIGTERM, let requests finish for at most so long."`
	RateLimit      float64       `default:"0" help:"Requests a second that each realm may make; more are answered 429. 0: no limit."`
	RateBurst      int           `default:"100" help:"Requests that a realm may make at once, if --rate-limit is set."`
}

type passwordOptions struct {
	HashMemory      int64         `default:"19MiB" type:"size" help:"Memory of one argon2id hash."`
	HashTime        uint32        `default:"2" help:"Passes over that memory."`
	HashThreads     uint8         `default:"1" help:"Lanes of one hash."`
	HashWorkers     int           `default:"0" help:"Hashes computed at once; 0: one a core, less one while there is other work."`
	HashQueue       int           `default:"64" help:"Hashes that may wait; more are answered 503."`
	HashUpgrade     []string      `default:"onapp_sha1" help:"Schemes whose hashes are replaced by argon2id at their owner's next login: onapp_sha1, pbkdf2_sha1, pbkdf2_sha256, bcrypt, bcrypt_sha256, argon2i, or none."`
	CredentialTTL   time.Duration `name:"credential-ttl" default:"1m" help:"Remember a password that was right for so long, so that Basic authentication costs one hash and not one a request. A changed password counts at once. 0s: never."`
	CredentialCount int           `default:"10000" help:"Passwords remembered at most."`
}

type syncanoOptions struct {
	PublicURL        string `name:"public-url" help:"Begin the links to files with this; without it, as the request came." placeholder:"URL"`
	Files            string `help:"Keep uploaded files in this folder; without it, beside the SQLite file. none: refuse uploads." placeholder:"DIR"`
	DottedNotFound   bool   `help:"Answer 404 with \"Not found.\" as the last public version did, not with the documented \"Not found\"."`
	OpenRegistration bool   `help:"Let anybody make an account."`
	MaxInstances     int    `default:"16" help:"Instances that an account may own; below 0: no limit."`
	MaxClasses       int    `default:"100" help:"Classes that an instance may have; below 0: no limit."`

	ThrottleAnonymous int `default:"0" help:"Requests a second from one address without a key; the original has 10. 0: no limit."`
	ThrottleAccount   int `default:"0" help:"Requests a second of one account outside of instances; the original has 60. 0: no limit."`
	ThrottleInstance  int `default:"0" help:"Requests a second in one instance; the original has 60. 0: no limit."`
}

type econtextOptions struct {
	Realm         string `default:"main" help:"Whose users to show."`
	BaseURL       string `name:"base-url" help:"Begin every href with this; without it, as the request came." placeholder:"URL"`
	Profile       string `default:"documented" enum:"documented,v2" help:"Generation of the API: documented or v2."`
	ApplicationID string `name:"application-id" default:"${econtext_application}" help:"Base application, to which every caller must belong."`
	AdmitDisabled bool   `help:"Let users who are DISABLED call the API, as the original does."`
	SecretCost    int    `default:"12" help:"bcrypt cost of the secrets of new API keys."`
}

type onappOptions struct {
	Realm             string `default:"main" help:"Whose users to show."`
	Version           string `default:"6.3.0" help:"Version of the control panel to be."`
	XMLTimeType       string `name:"xml-time-type" help:"Type of a time in XML, datetime or dateTime; without it, the version's own." placeholder:"TYPE"`
	AuthenticationKey string `help:"Key of the installation that imported SHA-1 password hashes came from." placeholder:"KEY"`
	LockoutAttempts   int    `default:"10" help:"Wrong passwords in a row that lock an account; below 0: never."`
}
