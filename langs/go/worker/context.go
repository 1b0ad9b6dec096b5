// SPDX-License-Identifier: Apache-2.0

package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// An entry is one declaration that the context holds: a function, method, type or variable, or a group of constants.
type entry struct {
	names []string        // what it declares; a method is Type.name
	decl  ast.Decl        // packages in it go by their aliases
	text  string          // as it was written, to know it again
	doc   string          // its comment
	uses  map[string]bool // names of the context that it mentions
	isVar bool
}

// A declared context is what the snippets so far have left.
type declared struct {
	entries   []*entry
	byName    map[string]*entry
	imports   map[string]string // by the name that the user's code has for it: its path
	aliases   map[string]bool   // paths that the interpreter knows by their alias
	forgotten map[string]string // names that a redefinition has taken along: why
}

func newDeclared() *declared {
	return &declared{nil, map[string]*entry{}, map[string]string{}, map[string]bool{}, map[string]string{}}
}

// add puts in an entry, in place of what had its names.
func (d *declared) add(e *entry) {
	names, text := e.names, e.text
	for _, name := range names {
		d.remove(name)
	}
	e.names, e.text = names, text // an entry that is compiled again was there itself
	for _, name := range e.names {
		d.byName[name] = e
		delete(d.forgotten, name)
	}
	d.entries = append(d.entries, e)
}

// remove takes a name out. Of a group of constants the others stay, and keep their iota.
func (d *declared) remove(name string) {
	e := d.byName[name]
	if e == nil {
		return
	}
	delete(d.byName, name)
	left := e.names[:0:0]
	for _, other := range e.names {
		if other != name {
			left = append(left, other)
		}
	}
	e.names, e.text = left, ""
	if group, ok := e.decl.(*ast.GenDecl); ok && len(left) > 0 {
		for _, spec := range group.Specs {
			if values, ok := spec.(*ast.ValueSpec); ok {
				for _, ident := range values.Names {
					if ident.Name == name {
						ident.Name = "_"
					}
				}
			}
		}
		return
	}
	for i, known := range d.entries {
		if known == e {
			d.entries = append(d.entries[:i:i], d.entries[i+1:]...)
			return
		}
	}
}

// dependents are the entries that use one of these names, directly or not, and are not themselves declared anew.
func (d *declared) dependents(names map[string]bool) []*entry {
	reached := map[string]bool{}
	for name := range names {
		reached[name] = true
	}
	var found []*entry
	taken := map[*entry]bool{}
	for grown := true; grown; {
		grown = false
		for _, e := range d.entries {
			if taken[e] || !mentions(e.uses, reached) {
				continue
			}
			taken[e], grown = true, true
			found = append(found, e)
			for _, name := range e.names {
				reached[name] = true
			}
		}
	}
	return found
}

func mentions(uses, names map[string]bool) bool {
	for name := range names {
		if uses[name] {
			return true
		}
	}
	return false
}

// alias is the name by which the interpreter knows a package, whatever a snippet calls it.
func alias(path string) string {
	return "quern_" + strings.Map(func(r rune) rune {
		if r == '/' || r == '.' || r == '-' {
			return '_'
		}
		return r
	}, path)
}

// receiver is the name of the type that a method belongs to, or "".
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	kind := f.Recv.List[0].Type
	for {
		switch k := kind.(type) {
		case *ast.StarExpr:
			kind = k.X
		case *ast.ParenExpr:
			kind = k.X
		case *ast.IndexExpr:
			kind = k.X
		case *ast.IndexListExpr:
			kind = k.X
		case *ast.Ident:
			return k.Name
		default:
			return ""
		}
	}
}

// declarationsOf makes entries of a snippet's own declarations. Types of a group become single ones.
func declarationsOf(file *ast.File, source func(ast.Node) string) (entries []*entry, imports []*ast.ImportSpec) {
	add := func(decl ast.Decl, doc *ast.CommentGroup, names ...string) {
		if doc == nil {
			doc = &ast.CommentGroup{}
		}
		entries = append(entries, &entry{names: names, decl: decl, text: source(decl), doc: strings.TrimSpace(doc.Text())})
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if owner := receiver(d); owner != "" {
				name = owner + "." + name
			}
			add(d, d.Doc, name)
		case *ast.GenDecl:
			switch d.Tok {
			case token.IMPORT:
				for _, spec := range d.Specs {
					imports = append(imports, spec.(*ast.ImportSpec))
				}
			case token.TYPE:
				for _, spec := range d.Specs {
					single := *d
					single.Specs = []ast.Spec{spec}
					if len(d.Specs) > 1 {
						single.Lparen, single.Rparen, single.TokPos = token.NoPos, token.NoPos, spec.Pos()
					}
					doc := spec.(*ast.TypeSpec).Doc
					if doc == nil {
						doc = d.Doc
					}
					add(&single, doc, spec.(*ast.TypeSpec).Name.Name)
				}
			default:
				var names []string
				for _, spec := range d.Specs {
					for _, ident := range spec.(*ast.ValueSpec).Names {
						names = append(names, ident.Name)
					}
				}
				add(d, d.Doc, names...)
				entries[len(entries)-1].isVar = d.Tok == token.VAR
			}
		}
	}
	return entries, imports
}

// variable is the entry of a variable of that type, which is written with aliases.
func (s *session) variable(name, kind string) *entry {
	file, err := parser.ParseFile(s.files, s.file(), "package main; var "+name+" "+kind, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	return &entry{names: []string{name}, decl: file.Decls[0], text: kind, isVar: true}
}
