// SPDX-License-Identifier: Apache-2.0

package main

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// A snippet is a whole file, or declarations and statements in any mixture. The mixture is two texts of the same length,
// so that every line and column stays the user's: in one only the declarations are left, in the other only the statements.
type snippet struct {
	source       string
	whole        bool // begins with a package clause
	declarations string
	statements   string
}

func blank(text []byte, from, to int) {
	for i := from; i < to && i < len(text); i++ {
		if text[i] != '\n' {
			text[i] = ' '
		}
	}
}

type word struct {
	token  token.Token
	offset int
	text   string
}

// wordsOf scans Go, faults and all. An automatic semicolon has the text "\n".
func wordsOf(source string) []word {
	var s scanner.Scanner
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(source))
	s.Init(file, []byte(source), func(token.Position, string) {}, 0)
	var words []word
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return words
		}
		words = append(words, word{tok, file.Offset(pos), text})
	}
}

// split finds the top level's pieces: each ends with a semicolon outside all brackets, written or not.
func split(source string) *snippet {
	s := &snippet{source: source}
	words := wordsOf(source)
	if len(words) > 0 && words[0].token == token.PACKAGE {
		s.whole, s.declarations = true, source
		return s
	}
	declarations, statements := []byte(source), []byte(source)
	depth, first := 0, 0
	for i, w := range words {
		switch w.token {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		}
		atEnd := i == len(words)-1
		if !atEnd && (w.token != token.SEMICOLON || depth > 0) {
			continue
		}
		from, to := words[first].offset, w.offset
		if w.token != token.SEMICOLON || w.text == ";" {
			to += len(w.text)
			if w.text == "" {
				to += len(w.token.String())
			}
		}
		if atEnd {
			to = len(source)
		}
		if declares(words[first : i+1]) {
			blank(statements, from, to)
		} else {
			blank(declarations, from, to)
		}
		first = i + 1
	}
	s.declarations, s.statements = string(declarations), string(statements)
	return s
}

// declares tells import, const, type and func NAME from statements. A var is a statement: it is executed in its turn.
func declares(words []word) bool {
	switch words[0].token {
	case token.IMPORT, token.CONST, token.TYPE:
		return true
	case token.FUNC:
		if len(words) > 1 && words[1].token == token.IDENT {
			return true
		}
		// func (r T) name( is a method, func (x int) { a literal.
		depth := 0
		for i, w := range words[1:] {
			switch w.token {
			case token.LPAREN:
				depth++
			case token.RPAREN:
				if depth--; depth == 0 {
					rest := words[i+2:]
					return len(rest) > 1 && rest[0].token == token.IDENT && rest[1].token == token.LPAREN
				}
			}
		}
	}
	return false
}

const (
	declarationsHead = "package main\n//line :1:1\n"
	statementsHead   = "package main; func _() {\n//line :1:1\n"
	statementsTail   = "\n}"
)

// parsed is a snippet's syntax; the statements are those of one function.
type parsed struct {
	declarations *ast.File
	statements   *ast.File // nil of a whole file
}

func (p *parsed) body() *ast.BlockStmt {
	if p.statements == nil || len(p.statements.Decls) == 0 {
		return nil
	}
	return p.statements.Decls[len(p.statements.Decls)-1].(*ast.FuncDecl).Body
}

// parse makes the syntax of both halves. Broken code yields what could be read of it, with the errors of both.
func (s *snippet) parse(files *token.FileSet, name string) (*parsed, scanner.ErrorList) {
	p := &parsed{}
	var errors scanner.ErrorList
	read := func(text string) *ast.File {
		file, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.AllErrors|parser.SkipObjectResolution)
		if list, ok := err.(scanner.ErrorList); ok {
			errors = append(errors, list...)
		}
		return file
	}
	if s.whole {
		p.declarations = read(s.source)
		return p, errors
	}
	if strings.TrimSpace(s.declarations) == "" {
		p.declarations = &ast.File{Name: ast.NewIdent("main")}
	} else {
		p.declarations = read(declarationsHead + s.declarations)
	}
	p.statements = read(statementsHead + s.statements + statementsTail)
	errors.Sort()
	if len(errors) == 0 && len(p.statements.Decls) != 1 {
		errors.Add(token.Position{Filename: name, Line: 1 + strings.Count(s.source, "\n")}, "expected a statement, found '}'")
	}
	return p, errors
}
