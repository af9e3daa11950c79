package gateway

import (
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// Limits bound what clients can use, as flags in the form of kong. The zero value has
// no limits but the dialects' own. Those of connections and their times are for the
// server in front of [Gateway.Handler].
type Limits struct {
	MaxBody              int64         `default:"0" type:"size" help:"Largest request body, such as 4MiB, and as much again for the files in it; 0: each dialect's own limits."`
	MaxHeader            int64         `default:"32KiB" type:"size" help:"Largest request header."`
	MaxDepth             int           `default:"0" help:"Deepest nesting of a JSON or XML body; 0: each dialect's own limit."`
	MaxAttributes        int64         `default:"64KiB" type:"size" help:"Custom data of a user (Syncano's profile, eContext's custom_data, OnApp's additional_fields together), and all else that the dialects keep of the user; what is larger already may stay. 0: no limit."`
	MaxConnections       int           `default:"4096" help:"Open connections; more wait to be accepted. 0: no limit."`
	MaxRequests          int64         `default:"1024" help:"Requests in progress; more are answered 503. Those whose bodies the clients have not sent yet take up half at most. 0: no limit."`
	MaxClientConnections int           `default:"1024" help:"Open connections of one address (of an IPv6 network of 64 bits), except a trusted proxy; more are closed. 0: no limit."`
	MaxClientRequests    int64         `default:"256" help:"Requests in progress of one address; more are answered 503. 0: no limit."`
	MaxCallerRequests    int64         `default:"256" help:"Requests in progress of one user, API key, account or token, counted after authentication; more are answered 429. 0: no limit."`
	MaxBodies            int64         `default:"512MiB" type:"size" help:"Bytes of request bodies held at once, without those up to 64 KiB; a body beyond is answered 503. 0: no limit."`
	MaxClientBodies      int64         `default:"64MiB" type:"size" help:"The same for one address. 0: no limit."`
	MaxAnswer            int64         `default:"32MiB" type:"size" help:"Largest answer that is not sent while it is made: a page or a batch of Syncano's, a page of SCIM's; a larger one is answered 400. 0: no limit."`
	MaxAnswers           int64         `default:"512MiB" type:"size" help:"Bytes of answers held until clients have read them, without writes up to 64 KiB; lists asked for beyond are answered 503. 0: no limit."`
	MaxClientAnswers     int64         `default:"64MiB" type:"size" help:"The same for one address, any of whose requests beyond are answered 503. 0: no limit."`
	HeaderTimeout        time.Duration `default:"5s" help:"Time limit to receive a request's header."`
	ReadTimeout          time.Duration `default:"30s" help:"Time limit to receive a whole request; of a large upload, each MiB."`
	WriteTimeout         time.Duration `default:"30s" help:"Time limit to send each 128 KiB of a response."`
	IdleTimeout          time.Duration `default:"2m" help:"Time that a connection without requests stays open."`
	DrainDelay           time.Duration `default:"1s" help:"After SIGTERM, time that requests are still served, each as the last of its connection, and /_dragoman/ready answers 503."`
	DrainTimeout         time.Duration `default:"20s" help:"After SIGTERM, time limit for requests in progress."`
	ClientRateLimit      float64       `default:"0" help:"Requests per second of each address, whatever its credentials; more are answered 429. 0: no limit."`
	ClientRateBurst      int           `default:"100" help:"Requests that an address can make at once under --client-rate-limit."`
	CallerRateLimit      float64       `default:"0" help:"Requests per second of each user, API key, account and token, counted after authentication; more are answered 429 and do not count for their realm. 0: no limit."`
	CallerRateBurst      int           `default:"100" help:"Requests that a caller can make at once under --caller-rate-limit."`
	RateLimit            float64       `default:"0" help:"Requests per second of each realm, counted after authentication; more are answered 429. 0: no limit."`
	RateBurst            int           `default:"100" help:"Requests that a realm can make at once under --rate-limit."`
}

// Passwords are how passwords are hashed and verified, as flags in the form of kong.
// The zero value has the default hashes and no cache.
type Passwords struct {
	HashMemory      int64         `default:"19MiB" type:"size" help:"Memory of one argon2id hash."`
	HashTime        uint32        `default:"2" help:"Passes over that memory."`
	HashThreads     uint8         `default:"1" help:"Lanes of one hash."`
	HashWorkers     int           `default:"0" help:"Hashes computed at once; 0: one per core, one fewer under other load."`
	HashQueue       int           `default:"64" help:"Hashes waiting to be computed; more are answered 503."`
	HashUpgrade     []string      `default:"onapp_sha1" help:"Schemes whose hashes are replaced by argon2id at the user's next login: onapp_sha1, pbkdf2_sha1, pbkdf2_sha256, pbkdf2_sha512, bcrypt, bcrypt_sha256, argon2i, scrypt, md5_crypt, sha256_crypt, sha512_crypt, yescrypt, phpass, salted_sha1, salted_sha256, salted_sha512, or none."`
	CredentialTTL   time.Duration `name:"credential-ttl" default:"1m" help:"Cache verified passwords for this time, so that Basic authentication does not hash on every request. A password change takes effect at once. 0s: no cache."`
	CredentialCount int           `default:"10000" help:"Passwords in that cache."`
}

// Check fails with an [*Error] if no hash can be made with the settings.
func (o Passwords) Check() error {
	if err := o.params().Check(); err != nil {
		return &Error{BadSettings, fmt.Errorf("--hash-memory, --hash-time and --hash-threads: %w", err)}
	}
	return nil
}

func (o Passwords) params() passwd.Params {
	if o.HashMemory == 0 && o.HashTime == 0 && o.HashThreads == 0 {
		return passwd.DefaultParams()
	}
	return passwd.Params{Memory: uint32(o.HashMemory >> 10), Time: o.HashTime, Threads: o.HashThreads}
}

// config returns the directory's password settings.
func (o Passwords) config(gate *passwd.Gate, now func() time.Time) (core.Config, error) {
	if err := o.Check(); err != nil {
		return core.Config{}, err
	}
	cache, err := passwd.NewCredentialCache(rand.Reader, now, o.CredentialTTL, o.CredentialCount)
	return core.Config{Hash: o.params(), Gate: gate, Credentials: cache, Upgrade: o.upgrades()}, err
}

// upgrades reports which schemes are replaced at login.
func (o Passwords) upgrades() func(passwd.Scheme) bool {
	return func(s passwd.Scheme) bool { return slices.Contains(o.HashUpgrade, s.String()) }
}
