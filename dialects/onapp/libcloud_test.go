package onapp

import (
	"context"
	"net"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestLibcloud runs the OnApp driver of Apache Libcloud, as Debian has it, against the dialect: with a
// login and a password, and with an address and an API key.
func TestLibcloud(t *testing.T) {
	const python = "/usr/bin/python3" // Debian's own: packages of Debian are not seen by another
	if out, err := exec.Command(python, "-c", "import libcloud.compute.drivers.onapp").CombinedOutput(); err != nil {
		t.Skipf("skipped: the client needs the package python3-libcloud: %v\n%s", err, out)
	}
	for who, secret := range map[string]string{"bob": password, "ada@example.com": adminKey} {
		t.Run(who, func(t *testing.T) {
			server := httptest.NewServer(newFixture(t).d)
			defer server.Close()
			host, port, err := net.SplitHostPort(server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, python, "-W", "ignore", "../../testdata/clients/libcloud/drive.py", host, port, who, secret)
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), " passed, 0 failed") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
