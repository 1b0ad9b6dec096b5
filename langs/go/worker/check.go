// SPDX-License-Identifier: Apache-2.0

package main

import (
	"go/token"
	"strings"
)

// check tells whether code is whole, begun or wrong, by Go's own parser: begun is what has its first fault at the end.
func (w *worker) check(r *request) error {
	state, indent := judge(r.parts["code"])
	var parts []part
	if state == "incomplete" {
		parts = []part{{"indent", indent}}
	}
	if err := w.daemon.send("checked", "state="+state, parts...); err != nil {
		return err
	}
	return w.daemon.send("done", "status=ok")
}

func judge(code string) (state, indent string) {
	depth, wrong, last := nesting(code)
	if depth > 0 {
		// What is open may still be closed; is it sound as far as it goes?
		if wrong || faulty(code+"\n"+closers(code)) && faultBefore(code) {
			return "invalid", ""
		}
		return "incomplete", strings.Repeat("\t", depth)
	}
	if unterminated(code) {
		return "incomplete", ""
	}
	if !faulty(code) {
		return "complete", ""
	}
	if !wrong && continues(last) && !faultBefore(code) {
		return "incomplete", strings.Repeat("\t", 1)
	}
	return "invalid", ""
}

// nesting is how many brackets are open at the end; wrong, if some close what is not open.
func nesting(code string) (depth int, wrong bool, last word) {
	var open []token.Token
	for _, w := range wordsOf(code) {
		switch w.token {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, w.token)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			pair := map[token.Token]token.Token{token.RPAREN: token.LPAREN, token.RBRACK: token.LBRACK, token.RBRACE: token.LBRACE}
			if len(open) == 0 || open[len(open)-1] != pair[w.token] {
				return len(open), true, w
			}
			open = open[:len(open)-1]
		}
		if w.token != token.SEMICOLON || w.text == ";" {
			last = w
		}
	}
	return len(open), false, last
}

// closers are the brackets that would close what is open.
func closers(code string) string {
	var closing []byte
	for _, w := range wordsOf(code) {
		switch w.token {
		case token.LPAREN:
			closing = append(closing, ')')
		case token.LBRACK:
			closing = append(closing, ']')
		case token.LBRACE:
			closing = append(closing, '}')
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(closing) > 0 {
				closing = closing[:len(closing)-1]
			}
		}
	}
	for i, j := 0, len(closing)-1; i < j; i, j = i+1, j-1 {
		closing[i], closing[j] = closing[j], closing[i]
	}
	return string(closing)
}

// continues: no statement ends with that word.
func continues(last word) bool {
	switch last.token {
	case token.COMMA, token.PERIOD, token.ASSIGN, token.DEFINE, token.FUNC, token.VAR, token.TYPE, token.CONST, token.IMPORT,
		token.PACKAGE, token.ELSE, token.FOR, token.IF, token.SWITCH, token.SELECT, token.GO, token.DEFER, token.RANGE, token.NOT,
		token.ARROW, token.STRUCT, token.INTERFACE, token.MAP, token.CHAN, token.COLON:
		return true
	}
	return last.token.IsOperator() && last.token != token.RPAREN && last.token != token.RBRACK && last.token != token.RBRACE &&
		last.token != token.INC && last.token != token.DEC && last.token != token.SEMICOLON
}

// unterminated: a raw string or a comment goes on at the end.
func unterminated(code string) bool {
	_, faults := split(code).parse(token.NewFileSet(), "_.go")
	for _, fault := range faults {
		if strings.Contains(fault.Msg, "not terminated") && !strings.HasPrefix(fault.Msg, "string") && !strings.HasPrefix(fault.Msg, "rune") {
			return true
		}
	}
	return false
}

func faulty(code string) bool {
	_, faults := split(code).parse(token.NewFileSet(), "_.go")
	return len(faults) > 0
}

// faultBefore: the first fault is not at the end of what is there, but before its last word.
func faultBefore(code string) bool {
	_, faults := split(code).parse(token.NewFileSet(), "_.go")
	if len(faults) == 0 {
		return false
	}
	words := wordsOf(code)
	for len(words) > 0 && words[len(words)-1].token == token.SEMICOLON && words[len(words)-1].text == "\n" {
		words = words[:len(words)-1]
	}
	if len(words) == 0 {
		return false
	}
	end := words[len(words)-1].offset
	line := 1 + strings.Count(code[:end], "\n")
	column := end - strings.LastIndex(code[:end], "\n")
	first := faults[0].Pos
	return first.Line < line || first.Line == line && first.Column < column
}
