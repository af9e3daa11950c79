package dialecttest

import "testing"

// Replay plays the exchanges of .http files below dir, each file after the other and
// against the target that open returns for it, and compares no answer: heard gets every
// request as it was sent, with its answer. A file ends where it needs a variable that is
// not there. One of ten files is played, in the long form one of three, and all with TEST_DRAGOMAN_SOAK=1.
func Replay(t testing.TB, dir string, open func() *Target, heard func(request []byte, answer *Answer)) {
	t.Helper()
	files, err := findFiles(dir)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", dir, len(files), err)
	}
	for i, file := range files {
		if i%everyNth() != 0 {
			continue
		}
		tr, err := readFile(file)
		if err != nil {
			t.Fatal(err)
		}
		newPlayer(t, open()).replay(t, tr, heard)
	}
}

func (p *player) replay(t testing.TB, tr *transcript, heard func(request []byte, answer *Answer)) {
	t.Helper()
	for _, ex := range tr.exchanges {
		raw, err := ex.raw(p.vars)
		if err != nil {
			return
		}
		answer, err := p.play(ex)
		if answer == nil {
			t.Fatal(err)
		}
		heard(raw, answer)
	}
}
