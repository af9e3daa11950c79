package pgtest

import (
	"io"
	"os"
	"os/exec"
)

// ending waits for the end of its input, ends the server whose folder it is
// given, and removes the folder: twice, since one that was about to start may
// still have written to it. A server that has lost its files ends by itself.
const ending = `cat >/dev/null
file=$1/data/postmaster.pid
tries=0
while [ -e "$file" ] && [ $tries -lt 50 ]; do
	pid=$(head -n 1 "$file" 2>/dev/null)
	[ -n "$pid" ] && kill -QUIT "$pid" 2>/dev/null
	sleep 0.1
	tries=$((tries + 1))
done
rm -rf "$1"
sleep 1
rm -rf "$1"`

// guard starts a shell that ends a server and removes its folder when what it
// returns is closed. The system does that at the latest when this process ends,
// even if it is killed.
func guard(folder string) (io.Closer, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	cmd := exec.Command("/bin/sh", "-c", ending, "sh", folder)
	cmd.Stdin = r
	apart(cmd)
	if err := cmd.Start(); err != nil {
		_ = w.Close()
		return nil, err
	}
	go func() { _ = cmd.Wait() }()
	return w, nil
}
