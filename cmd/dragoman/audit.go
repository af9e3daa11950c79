package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/audit"
)

// auditToStderr is the value of --audit that names no file.
const auditToStderr = "stderr"

// openAudit opens the file that changes and logins are appended to.
func (s *server) openAudit(std streams) error {
	switch s.cmd.Audit {
	case "":
		if s.cmd.AuditRequired {
			return exitError{exitUsage, errors.New("--audit-required needs --audit")}
		}
		return nil
	case auditToStderr:
		s.auditor = &audit.Log{Out: std.err, Errors: s.log.Logger, Required: s.cmd.AuditRequired}
		return nil
	}
	f, err := openAppending(s.cmd.Audit)
	if err != nil {
		return exitError{exitUsage, fmt.Errorf("--audit: %w", err)}
	}
	s.auditor, s.audit = &audit.Log{Out: f, Path: s.cmd.Audit, Errors: s.log.Logger, Required: s.cmd.AuditRequired}, f
	return nil
}

func openAppending(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// reopenAudit opens the file of --audit again, which may have been moved away. It fails
// if that is not possible, and the lines go on to the file that was open.
func (s *server) reopenAudit() error {
	if s.audit == nil {
		return nil
	}
	f, err := openAppending(s.cmd.Audit)
	if err != nil {
		return err
	}
	s.auditor.(*audit.Log).Redirect(f)
	before := s.audit
	s.audit = f
	return before.Close()
}
