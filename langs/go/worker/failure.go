// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"github.com/traefik/yaegi/interp"
)

// A failure is what is told of a snippet that did not end well.
type failure struct {
	name      string
	message   string
	runtime   bool
	line      int
	column    int
	traceback []string
}

func (f *failure) send(c *channel) error {
	words := "kind=compile"
	if f.runtime {
		words = "kind=runtime"
	}
	if f.line > 0 {
		words += fmt.Sprintf(" line=%d", f.line)
		if f.column > 0 {
			words += fmt.Sprintf(" column=%d", f.column)
		}
	}
	parts := []part{{"name", f.name}, {"message", f.message}}
	for _, line := range f.traceback {
		parts = append(parts, part{"traceback", line})
	}
	return c.send("error", words, parts...)
}

// compileFailure joins what the compiler has to say; the first fault is the one whose place is told. Like the compiler's
// own, the list ends after ten.
func compileFailure(faults []failure, s *session) *failure {
	first := faults[0]
	if first.name == "" {
		first.name = "CompileError"
	}
	lines := 1 + strings.Count(strings.TrimRight(s.source, "\n"), "\n")
	for i, fault := range faults {
		if i == 10 {
			first.traceback = append(first.traceback, "too many errors")
			break
		}
		if fault.line > lines || strings.HasSuffix(fault.message, "found 'EOF'") {
			fault.message = strings.NewReplacer("found '}'", "found the end of the snippet", "found 'EOF'", "found the end of the snippet").Replace(fault.message)
			fault.line, fault.column = lines, 0
		}
		if i == 0 {
			first.message, first.line, first.column = fault.message, fault.line, fault.column
		}
		place := shownFile(s.file(), s)
		if fault.line > 0 {
			place += fmt.Sprintf(":%d", fault.line)
		}
		if fault.column > 0 {
			place += fmt.Sprintf(":%d", fault.column)
		}
		first.traceback = append(first.traceback, strings.Split(place+": "+fault.message, "\n")...)
	}
	return &first
}

// shownFile is how a snippet's file is called in tracebacks: snippet-3.go.
func shownFile(file string, s *session) string {
	number, _, _ := strings.Cut(file, "/")
	return "snippet-" + number + ".go"
}

var placed = regexp.MustCompile(`^(?:\d+/)?_\.go:(\d+):(\d+): `)

// interpreterFailure is code that is Go but that the interpreter cannot compile.
func interpreterFailure(err error) *failure {
	f := &failure{name: "CompileError", message: err.Error()}
	if at := placed.FindStringSubmatch(f.message); at != nil {
		f.line, _ = strconv.Atoi(at[1])
		f.column, _ = strconv.Atoi(at[2])
		f.message = f.message[len(at[0]):]
	}
	f.message = "the interpreter of snippets cannot compile this: " + f.message
	f.traceback = []string{f.message}
	return f
}

// panicFailure tells a panic as Go does, with the user's lines.
func (s *session) panicFailure(fault *interp.Fault) *failure {
	f := &failure{name: "panic", message: panicText(fault), runtime: true}
	goroutine := "goroutine 1 [running]:"
	if fault.Goroutine {
		goroutine = "goroutine [running]:"
	}
	f.traceback = []string{"panic: " + strings.ReplaceAll(f.message, "\n", "\n\t"), "", goroutine}
	for i, place := range fault.Places {
		if i == 50 {
			f.traceback = append(f.traceback, "...additional frames elided...")
			break
		}
		at := place.Position
		if f.line == 0 && at.Filename == s.file() {
			f.line, f.column = at.Line, at.Column
		}
		name := strings.ReplaceAll(strings.ReplaceAll(place.Function, bodyName, "main"), mainName, "main")
		f.traceback = append(f.traceback, name+"(...)", fmt.Sprintf("\t%s:%d", shownFile(at.Filename, s), at.Line))
	}
	f.traceback = splitLines(f.traceback)
	return f
}

func splitLines(lines []string) (single []string) {
	for _, line := range lines {
		single = append(single, strings.Split(line, "\n")...)
	}
	return single
}

// panicText is what Go prints behind "panic: ".
func panicText(fault *interp.Fault) (text string) {
	defer func() {
		if recover() != nil {
			text = "(the value that was thrown cannot be shown, for its own method panics)"
		}
		if at := placed.FindString(text); at != "" {
			text = text[len(at):]
		}
	}()
	if text, ok := fault.Words(); ok {
		return text
	}
	switch v := fault.Value.(type) {
	case runtime.Error:
		return v.Error()
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	case string:
		return v
	}
	return fmt.Sprintf("%+v", fault.Value)
}
