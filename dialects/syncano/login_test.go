package syncano_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const wrongPassword = `{"detail":"Invalid password."}`

func credentialsOf(name, password string) string {
	return fmt.Sprintf(`{"username": %q, "password": %q}`, name, password)
}

// Every way to log in withholds the right password for a while after many wrong ones.
func TestFailedLoginsWithholdTheRightPassword(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "POST", main+"users/", credentialsOf("ann", "secret"))
	for i := range 21 {
		w.refused(plainKey, "POST", main+"user/auth/", credentialsOf("ann", fmt.Sprint("wrong", i)), 401, wrongPassword)
	}
	w.refused(plainKey, "POST", main+"user/auth/", credentialsOf("ann", "secret"), 401, wrongPassword)
	w.clock.Advance(time.Second)
	w.must(plainKey, "POST", main+"user/auth/", credentialsOf("ann", "secret"))
}

func TestABatchHoldsFewLogins(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "POST", main+"users/", credentialsOf("ann", "secret"))
	part := `{"method": "POST", "path": "` + main + `user/auth/", "body": ` + credentialsOf("ann", "secret") + `}`
	batch := func(n int) string {
		return `{"requests": [` + strings.TrimSuffix(strings.Repeat(part+",", n), ",") + `]}`
	}
	answer := w.do(plainKey, "POST", main+"batch/", batch(7)).Body.String()
	if right, refused := strings.Count(answer, `"code":200`), strings.Count(answer, `"code":429`); right != 5 || refused != 2 {
		t.Errorf("%d logins and %d refusals: %s", right, refused, answer)
	}
}
