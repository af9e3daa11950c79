package passwd_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

func TestCheckRefusesWhatHashRefuses(t *testing.T) {
	for claim, p := range map[string]passwd.Params{
		"no lane":        {Memory: 64, Time: 1},
		"no pass":        {Memory: 64, Threads: 1},
		"too little":     {Memory: 7, Time: 1, Threads: 1},
		"too much":       {Memory: 1 << 20, Time: 1, Threads: 1},
		"the least":      {Memory: 8, Time: 1, Threads: 1},
		"two lanes' own": {Memory: 16, Time: 1, Threads: 2},
	} {
		_, hashErr := passwd.Hash(p, rand.Reader, "x")
		if err := p.Check(); !errors.Is(err, hashErr) {
			t.Errorf("%s: Check says %v, Hash %v", claim, err, hashErr)
		}
	}
}
