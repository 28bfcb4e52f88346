package rule

import (
	"os"
	"path/filepath"
	"testing"

	"wasip1.invalid/advisor/exchange"
	"wasip1.invalid/advisor/source"
)

func TestOtherModulesAreLookedAtOnlyOnRequestAndAsNotes(t *testing.T) {
	asked := &exchange.Request{}
	directory := t.TempDir()
	for _, kind := range []exchange.Kind{exchange.Own, exchange.Foreign} {
		file := filepath.Join(directory, string(kind)+".go")
		if err := os.WriteFile(file, []byte("package p\nvar X = 1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		shown := map[exchange.Kind]string{exchange.Own: "p", exchange.Foreign: "example.com/p@v1.2.3"}[kind]
		asked.Packages = append(asked.Packages, exchange.Package{
			Path: string(kind), Kind: kind, Files: []string{file}, Shown: shown,
		})
	}
	program := source.Load(asked)
	own, foreign := program.Package("own"), program.Package("foreign")
	for _, dependencies := range []bool{false, true} {
		subject := &Subject{Program: program, Dependencies: dependencies}
		if !subject.Looks(own) || subject.Looks(foreign) != dependencies || subject.Looks(nil) {
			t.Errorf("dependencies %v: %v %v", dependencies, subject.Looks(own), subject.Looks(foreign))
		}
	}
	subject := &Subject{Program: program}
	if said := subject.At("r", own.Types.Scope().Lookup("X").Pos()); said.AtMost != "" {
		t.Errorf("own: %+v", said)
	}
	said := subject.At("r", foreign.Types.Scope().Lookup("X").Pos())
	if said.AtMost != "note" || said.File != "example.com/p@v1.2.3/foreign.go" || said.Line != 2 {
		t.Errorf("foreign: %+v", said)
	}
}
