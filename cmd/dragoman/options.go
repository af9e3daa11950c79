package main

import (
	"net/netip"
	"time"

	"github.com/alecthomas/kong"
)

// serveCmd is the main command with all its settings.
type serveCmd struct {
	Listen         string         `default:"127.0.0.1:8080" help:"Listen on this address and port; port 0 picks a free one."`
	AdminListen    string         `help:"Serve /_dragoman/ (health, ready, metrics) on this address instead of the main one." placeholder:"ADDR"`
	TrustedProxies []netip.Prefix `help:"Trust X-Forwarded-For, X-Forwarded-Host and X-Forwarded-Proto from these networks, such as 10.0.0.0/8,127.0.0.1/32." placeholder:"CIDR"`
	TLS            tlsOptions     `embed:"" prefix:"tls-" group:"tls"`
	storeOption    `embed:""`
	Seed           string `help:"Add the users, keys and administrators of this YAML file, each once." placeholder:"FILE" type:"path"`

	Trust       string `default:"none" enum:"none,shared" help:"With shared, each dialect alone decides who may change whom, as its vendor made it: whoever may change a user in one dialect can take that user's place in all of them."`
	SecretsFile string `help:"Write the first administrator's secrets to this file, which only its owner can read; - for standard output. Default: standard output if it is a terminal, else dragoman-first-secrets.txt beside the store." placeholder:"FILE"`

	Log       logOptions      `embed:"" prefix:"log-" group:"log"`
	Limits    limitOptions    `embed:"" group:"limits"`
	Passwords passwordOptions `embed:"" group:"passwords"`
	Dialects  kong.Plugins    `embed:""`

	rows []*dialectRow
}

// storeOption is the same in every command that opens the store.
type storeOption struct {
	Store string `default:"sqlite:dragoman.db" help:"Store: sqlite:PATH, sqlite::memory: or postgres://USER@HOST/DATABASE."`
}

type logOptions struct {
	Format string `default:"text" enum:"text,json" help:"Format of the log on standard error: text or json."`
	Level  string `default:"info" enum:"debug,info,warn,error" help:"Omit lines below debug, info, warn or error. Each request is one line at info."`
}

type limitOptions struct {
	MaxBody              int64         `default:"0" type:"size" help:"Largest request body, such as 4MiB, and as much again for the files in it; 0: each dialect's own limits."`
	MaxHeader            int64         `default:"32KiB" type:"size" help:"Largest request header."`
	MaxDepth             int           `default:"0" help:"Deepest nesting of a JSON or XML body; 0: each dialect's own limit."`
	MaxAttributes        int64         `default:"64KiB" type:"size" help:"Custom data of a user (Syncano's profile, eContext's custom_data, OnApp's additional_fields together); what is larger already may stay. 0: no limit."`
	MaxConnections       int           `default:"4096" help:"Open connections; more wait to be accepted. 0: no limit."`
	MaxRequests          int64         `default:"1024" help:"Requests in progress; more are answered 503. 0: no limit."`
	MaxClientConnections int           `default:"1024" help:"Open connections of one address (of an IPv6 network of 64 bits), except a trusted proxy; more are closed. 0: no limit."`
	MaxClientRequests    int64         `default:"256" help:"Requests in progress of one address; more are answered 503. 0: no limit."`
	MaxBodies            int64         `default:"512MiB" type:"size" help:"Bytes of request bodies held at once, without those up to 64 KiB; a body beyond is answered 503. 0: no limit."`
	MaxClientBodies      int64         `default:"64MiB" type:"size" help:"The same for one address. 0: no limit."`
	HeaderTimeout        time.Duration `default:"5s" help:"Time limit to receive a request's header."`
	ReadTimeout          time.Duration `default:"30s" help:"Time limit to receive a whole request; of a large upload, each MiB."`
	WriteTimeout         time.Duration `default:"30s" help:"Time limit to send each 128 KiB of a response."`
	IdleTimeout          time.Duration `default:"2m" help:"Time that a connection without requests stays open."`
	DrainDelay           time.Duration `default:"0s" help:"After SIGTERM, time that /_dragoman/ready answers 503 before connections are refused."`
	DrainTimeout         time.Duration `default:"20s" help:"After SIGTERM, time limit for requests in progress."`
	ClientRateLimit      float64       `default:"0" help:"Requests per second of each address, whatever its credentials; more are answered 429. 0: no limit."`
	ClientRateBurst      int           `default:"100" help:"Requests that an address can make at once under --client-rate-limit."`
	RateLimit            float64       `default:"0" help:"Requests per second of each realm, counted after authentication; more are answered 429. 0: no limit."`
	RateBurst            int           `default:"100" help:"Requests that a realm can make at once under --rate-limit."`
}

type passwordOptions struct {
	HashMemory      int64         `default:"19MiB" type:"size" help:"Memory of one argon2id hash."`
	HashTime        uint32        `default:"2" help:"Passes over that memory."`
	HashThreads     uint8         `default:"1" help:"Lanes of one hash."`
	HashWorkers     int           `default:"0" help:"Hashes computed at once; 0: one per core, one fewer under other load."`
	HashQueue       int           `default:"64" help:"Hashes waiting to be computed; more are answered 503."`
	HashUpgrade     []string      `default:"onapp_sha1" help:"Schemes whose hashes are replaced by argon2id at the user's next login: onapp_sha1, pbkdf2_sha1, pbkdf2_sha256, pbkdf2_sha512, bcrypt, bcrypt_sha256, argon2i, scrypt, md5_crypt, sha256_crypt, sha512_crypt, yescrypt, phpass, salted_sha1, salted_sha256, salted_sha512, or none."`
	CredentialTTL   time.Duration `name:"credential-ttl" default:"1m" help:"Cache verified passwords for this time, so that Basic authentication does not hash on every request. A password change takes effect at once. 0s: no cache."`
	CredentialCount int           `default:"10000" help:"Passwords in that cache."`
}
