//go:build unix

package pgtest

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// immediate is the signal for PostgreSQL's immediate shutdown.
var immediate os.Signal = syscall.SIGQUIT

// apart keeps a terminal's interrupt away from a program.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// demote runs a program of root's as another user, since PostgreSQL refuses root.
func demote(cmd *exec.Cmd) error {
	apart(cmd)
	cmd.Dir = "/"
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, err := serverUser()
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return err
}

// handOver makes the user of demote the owner of a file.
func handOver(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, err := serverUser()
	if err != nil {
		return err
	}
	return os.Chown(path, uid, gid)
}

func serverUser() (uid, gid int, err error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return 0, 0, err
	}
	if uid, err = strconv.Atoi(u.Uid); err != nil {
		return 0, 0, err
	}
	gid, err = strconv.Atoi(u.Gid)
	return uid, gid, err
}
