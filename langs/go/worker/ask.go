// SPDX-License-Identifier: Apache-2.0

package main

import (
	"go/ast"
	"go/types"
	"unicode"
	"unicode/utf8"
)

// asked is code around a cursor, as far as Go's type checker understands it. It runs nothing and changes nothing.
type asked struct {
	*study
	hole  *ast.Ident   // the name at the cursor
	scope *types.Scope // where it stands
	of    ast.Expr     // what stands before its dot, if one does
	up    []ast.Node   // the nodes around it, outermost first
}

// wordAt are the bounds of the name that the cursor is in or behind.
func wordAt(code string, cursor int) (start, end int) {
	start, end = cursor, cursor
	for start > 0 {
		r, size := utf8.DecodeLastRuneInString(code[:start])
		if !isLetter(r) {
			break
		}
		start -= size
	}
	for end < len(code) {
		r, size := utf8.DecodeRuneInString(code[end:])
		if !isLetter(r) {
			break
		}
		end += size
	}
	return start, end
}

func isLetter(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// look reads the code up to the cursor's name, with what is open there closed, and finds that name again.
func (s *session) look(before, name string) *asked {
	text := before + name
	text += closers(text)
	number, source := s.number, s.source
	s.number, s.source = -1, text
	defer func() { s.number, s.source = number, source }()
	parsed, _ := split(text).parse(s.files, s.file())
	a := &asked{study: s.study(parsed, text, true)}
	for _, file := range []*ast.File{parsed.declarations, parsed.statements} {
		if file == nil || a.hole != nil {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if ident, ok := n.(*ast.Ident); ok && ident.Name == name && s.offset(ident.Pos()) == len(before) {
				a.hole = ident
			}
			return a.hole == nil
		})
		if a.hole != nil {
			a.surround(file)
		}
	}
	return a
}

// surround finds the nodes and the scope that the name stands in.
func (a *asked) surround(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || n.Pos() > a.hole.Pos() || a.hole.Pos() >= n.End() {
			return false
		}
		a.up = append(a.up, n)
		return true
	})
	scoped := func(n ast.Node) {
		if scope := a.info.Scopes[n]; scope != nil {
			a.scope = scope
		}
	}
	for _, n := range a.up {
		switch k := n.(type) {
		case *ast.SelectorExpr:
			if k.Sel == a.hole {
				a.of = k.X
			}
		case *ast.FuncDecl:
			scoped(k.Type)
		case *ast.FuncLit:
			scoped(k.Type)
		}
		scoped(n)
	}
}

// object is what the name means, if that is known.
func (a *asked) object() types.Object {
	if a.hole == nil {
		return nil
	}
	if object := a.info.Uses[a.hole]; object != nil {
		return object
	}
	return a.info.Defs[a.hole]
}
