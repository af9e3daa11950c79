package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// role is the only user of a private server. It needs no password.
const role = "dragoman"

// start makes a server in a new temporary folder and runs it.
func start(settings []string) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "pgtest-")
	if err != nil {
		return nil, err
	}
	guard, err := guard(folder)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	s := &Server{folder: folder, binaries: bin, settings: settings, guard: guard}
	if err = s.make(); err == nil {
		err = s.run()
	}
	if err != nil {
		return nil, errors.Join(err, guard.Close())
	}
	return s, nil
}

// make creates the data, in byte order and without passwords. A server does not
// run as root, so that its files belong to another user.
func (s *Server) make() error {
	if err := errors.Join(os.Chmod(s.folder, 0o711), os.Mkdir(s.data(), 0o700)); err != nil {
		return err
	}
	for _, path := range []string{s.folder, s.data()} {
		if err := handOver(path); err != nil {
			return err
		}
	}
	cmd := exec.Command(filepath.Join(s.binaries, "initdb"), "-D", s.data(), "-U", role, "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	if err := demote(cmd); err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// run starts the program and waits until it answers.
func (s *Server) run() error {
	log, err := os.OpenFile(filepath.Join(s.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{"-D", s.data(), "-k", s.folder}
	for _, setting := range append(append([]string{}, always...), s.settings...) {
		args = append(args, "-c", setting)
	}
	cmd := exec.Command(filepath.Join(s.binaries, "postgres"), args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := demote(cmd); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.process, s.exited = cmd, make(chan struct{})
	go func() {
		defer close(s.exited)
		_ = cmd.Wait()
	}()
	return s.answers()
}
