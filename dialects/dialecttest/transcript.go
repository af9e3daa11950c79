package dialecttest

import (
	"fmt"
	"strings"
	"time"
)

// transcript is a parsed .http file, or a script, which is the same without answers.
type transcript struct {
	exchanges []*exchange
	// expectFail is why the file is known to fail; "" if it is not.
	expectFail string
	source     string
	claim      string
}

// exchange is one request and what must come back.
type exchange struct {
	notes   []string // the comment and directive lines, as written
	advance time.Duration
	lets    []let

	line    string   // the request line
	headers []string // as written
	body    payload

	answered bool // false: there is no expected answer yet
	status   string
	expect   []string // further header lines
	answer   payload
}

// let keeps a value of an answer for later requests.
type let struct{ name, what string }

const (
	betweenExchanges = "===="
	beforeAnswer     = "----"
)

// parse reads a transcript. dir is where its files lie.
func parse(text, dir string) (*transcript, error) {
	tr := &transcript{}
	for i, block := range splitLines(text, betweenExchanges) {
		ex, err := parseExchange(tr, block, dir)
		if err != nil {
			return nil, fmt.Errorf("exchange %d: %w", i+1, err)
		}
		tr.exchanges = append(tr.exchanges, ex)
	}
	return tr, nil
}

// splitLines cuts a text into lines and those into blocks at the separator.
func splitLines(text, separator string) [][]string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	blocks := [][]string{nil}
	for _, line := range lines {
		if line == separator {
			blocks = append(blocks, nil)
			continue
		}
		last := len(blocks) - 1
		blocks[last] = append(blocks[last], line)
	}
	return blocks
}

func parseExchange(tr *transcript, lines []string, dir string) (*exchange, error) {
	ex := &exchange{}
	ex.body.dir, ex.answer.dir = dir, dir
	for len(lines) > 0 && (lines[0] == "" || lines[0][0] == '#') {
		if err := ex.note(tr, lines[0]); err != nil {
			return nil, err
		}
		lines = lines[1:]
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("no request line")
	}
	request, answer, answered := cutAt(lines, beforeAnswer)
	if err := ex.parseRequest(request); err != nil {
		return nil, err
	}
	if !answered {
		return ex, nil
	}
	return ex, ex.parseAnswer(answer)
}

func (ex *exchange) parseRequest(lines []string) error {
	head, body, _ := cutAt(lines, "")
	if len(head) == 0 || !strings.Contains(head[0], " ") {
		return fmt.Errorf("no request line: want METHOD TARGET")
	}
	ex.line, ex.headers = head[0], head[1:]
	return ex.body.parse(body)
}

func (ex *exchange) parseAnswer(lines []string) error {
	head, body, _ := cutAt(lines, "")
	if len(head) == 0 {
		return fmt.Errorf("no status after %s", beforeAnswer)
	}
	ex.answered, ex.status, ex.expect = true, head[0], head[1:]
	return ex.answer.parse(body)
}

func cutAt(lines []string, separator string) (before, after []string, found bool) {
	for i, line := range lines {
		if line == separator {
			return lines[:i], lines[i+1:], true
		}
	}
	return lines, nil, false
}
