// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"

	"github.com/traefik/yaegi/interp"
)

// A session is the context: what is declared, and the interpreter in which it lives.
type session struct {
	*declared
	interpreter *interp.Interpreter
	files       *token.FileSet
	library     *library
	number      int    // of the present snippet
	source      string // and its text
	shown       *value
}

func newSession() *session {
	s := &session{declared: newDeclared(), library: newLibrary()}
	s.interpreter = newInterpreter(s)
	s.files = s.interpreter.FileSet()
	return s
}

// file is the present snippet's name. Imports hold for all files that end alike: that is the interpreter's rule.
func (s *session) file() string { return fmt.Sprintf("%d/_.go", s.number) }

// offset is where in the snippet's text that is.
func (s *session) offset(pos token.Pos) int {
	at := s.files.Position(pos)
	lines := strings.SplitAfter(s.source, "\n")
	if at.Line < 1 || at.Line > len(lines) {
		return len(s.source)
	}
	offset := at.Column - 1
	for _, line := range lines[:at.Line-1] {
		offset += len(line)
	}
	if offset > len(s.source) {
		return len(s.source)
	}
	return offset
}

// textOf is a declaration as it was written.
func (s *session) textOf(n ast.Node, source string) string {
	from, to := s.files.Position(n.Pos()), s.files.Position(n.End())
	if from.Line == 0 || to.Line == 0 {
		return ""
	}
	return s.source[s.offset(n.Pos()):s.offset(n.End())]
}

// prepare reads, checks and plans a snippet.
func (s *session) prepare(code string) (*plan, []failure) {
	s.number++
	s.source = code
	parsed, faults := split(code).parse(s.files, s.file())
	if len(faults) > 0 {
		faults.RemoveMultiples()
		var failures []failure
		for _, fault := range faults {
			failures = append(failures, failure{name: "SyntaxError", line: fault.Pos.Line, column: fault.Pos.Column, message: fault.Msg})
		}
		return nil, failures
	}
	st := s.study(parsed, code, false)
	if len(st.failures) > 0 {
		return nil, st.failures
	}
	p, fault := st.plan()
	if fault != nil {
		return nil, []failure{*fault}
	}
	return p, nil
}

// carryOut compiles what is new. Should the interpreter not manage that, the changed names are gone.
func (s *session) carryOut(p *plan) *failure {
	file := p.file()
	err := s.importAll(p)
	if err == nil {
		for _, name := range p.before {
			s.interpreter.Rename(name, beforeName+name)
		}
		for name := range p.changed {
			s.interpreter.Forget(name)
		}
		for _, e := range p.define {
			for _, name := range e.names {
				s.interpreter.Forget(name)
			}
		}
		err = s.interpreter.Define(func() (*interp.Program, error) { return s.interpreter.CompileAST(file) })
	}
	for name, path := range p.study.imports {
		s.imports[name] = path
	}
	for name := range p.changed {
		s.remove(name)
	}
	for name, why := range p.lost {
		s.remove(name)
		s.forgotten[name] = why
	}
	if err != nil {
		for name := range p.changed {
			s.forgotten[name] = "its definition could not be compiled"
		}
		return interpreterFailure(err)
	}
	for _, e := range append(p.variables, p.define...) {
		if len(e.names) > 0 && e.names[0] != "init" {
			s.add(e)
		}
	}
	return nil
}

// importAll makes the packages known that the snippet needs; they stay so, whatever becomes of it.
func (s *session) importAll(p *plan) error {
	for path := range p.packages() {
		if s.aliases[path] {
			continue
		}
		text := fmt.Sprintf("package main; import %s %q", alias(path), path)
		file, err := parser.ParseFile(s.files, s.file(), text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if err := s.interpreter.Define(func() (*interp.Program, error) { return s.interpreter.CompileAST(file) }); err != nil {
			return err
		}
		s.aliases[path] = true
	}
	return nil
}
