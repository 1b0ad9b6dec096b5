// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

const (
	bodyName   = "quern_run"
	mainName   = "quern_main"
	initName   = "quern_init"
	beforeName = "quern_before_"
)

// A plan is what a sound snippet does to the context, and what is then run.
type plan struct {
	study     *study
	variables []*entry // those that are new, or have another type than before
	define    []*entry // functions, types and constants to compile, older ones that use changed names among them
	changed   map[string]bool
	same      map[string]bool // variables that stay where they are
	kept      map[*entry]bool // declarations that are there already, word for word
	lost      map[string]string
	before    []string // variables of which this snippet still uses the old one
	inits     int
}

// plan follows what the new declarations change.
func (st *study) plan() (*plan, *failure) {
	s := st.session
	p := &plan{study: st, changed: map[string]bool{}, same: map[string]bool{}, kept: map[*entry]bool{}, lost: map[string]string{}}
	for _, e := range st.entries {
		e.uses = st.usedBy(e.decl)
		if e.isVar {
			continue // placeVariables looks at each by itself
		}
		if old := s.byName[firstOf(e.names)]; old != nil && old.text == e.text && len(old.names) == len(e.names) {
			p.kept[e] = true
			continue
		}
		for _, name := range e.names {
			p.changed[name] = true
		}
	}
	if fault := p.placeVariables(); fault != nil {
		return nil, fault
	}
	dirty := s.dependents(p.changed)
	for _, old := range dirty {
		for _, e := range st.entries {
			if p.kept[e] && firstOf(e.names) == firstOf(old.names) {
				delete(p.kept, e)
				for _, name := range e.names {
					p.changed[name] = true
				}
			}
		}
	}
	for _, e := range st.entries {
		if !p.kept[e] && !e.isVar && len(e.names) > 0 {
			p.define = append(p.define, e)
		}
	}
	st.rename(p.before)
	p.revise(dirty)
	return p, nil
}

func firstOf(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// objects are the variables that the top level defines.
func (st *study) objects() (found []types.Object) {
	add := func(idents []*ast.Ident) {
		for _, ident := range idents {
			if object := st.info.Defs[ident]; object != nil && ident.Name != "_" {
				found = append(found, object)
			}
		}
	}
	if body := st.parsed.body(); body != nil {
		for _, stmt := range body.List {
			add(defined(stmt))
		}
	}
	for _, e := range st.entries {
		if e.isVar {
			for _, spec := range e.decl.(*ast.GenDecl).Specs {
				add(spec.(*ast.ValueSpec).Names)
			}
		}
	}
	return found
}

// placeVariables gives each variable a type that can be written, and finds those that are there with it already.
func (p *plan) placeVariables() *failure {
	s := p.study.session
	for _, object := range p.study.objects() {
		kind, ok := s.written(object.Type())
		e := s.variable(object.Name(), kind)
		if !ok || e == nil {
			at := s.files.Position(object.Pos())
			return &failure{line: at.Line, column: at.Column, message: fmt.Sprintf(
				"%s: a variable of a snippet needs a type with a name; use it within a function, or give the variable an interface type", object.Name())}
		}
		e.uses = p.study.usedByType(object.Type())
		if old := s.byName[object.Name()]; old != nil && old.isVar && old.text == kind && !mentions(e.uses, p.changed) {
			p.same[object.Name()] = true
			continue
		}
		p.variables = append(p.variables, e)
		if old := s.byName[object.Name()]; old != nil && old.isVar && p.study.usesOld(object.Name()) {
			p.before = append(p.before, object.Name())
		}
		p.changed[object.Name()] = true
	}
	return nil
}

// usesOld: x := f(x) still means the old x on the right.
func (st *study) usesOld(name string) bool {
	for ident, object := range st.info.Uses {
		if ident.Name == name && object.Parent() == st.pkg.Scope() && !st.global {
			return true
		}
	}
	return false
}

// revise decides about older declarations that use what is now another: compiled again with it, or lost.
func (p *plan) revise(dirty []*entry) {
	s := p.study.session
	again := map[*entry]bool{}
	for _, old := range dirty {
		switch {
		case p.changed[firstOf(old.names)]:
		case old.isVar:
			p.lose(old, "its type was defined anew; define it again")
		default:
			again[old] = true
		}
	}
	for len(again) > 0 {
		broken := p.recheck(again)
		if len(broken) == 0 {
			break
		}
		for _, old := range broken {
			delete(again, old)
			p.lose(old, "it does not fit what was defined anew; define it again")
		}
	}
	for _, e := range s.entries {
		if again[e] {
			p.define = append(p.define, e)
		}
	}
}

func (p *plan) lose(e *entry, why string) {
	for _, name := range e.names {
		p.lost[name] = why
	}
}

// recheck type-checks older functions, with their bodies, within the context as it will be.
func (p *plan) recheck(again map[*entry]bool) (broken []*entry) {
	s := p.study.session
	without := map[string]bool{}
	for name := range p.changed {
		without[name] = true
	}
	for name := range p.lost {
		without[name] = true
	}
	file := s.contextFile(without, again, nil)
	for _, e := range append(append([]*entry{}, p.variables...), p.define...) {
		if again[e] {
			continue
		}
		if decl := e.within(nil, false); decl != nil {
			file.Decls = append(file.Decls, decl)
		}
	}
	for path := range p.packages() {
		if !s.aliases[path] {
			group := &ast.GenDecl{Tok: token.IMPORT, Lparen: 1, Specs: []ast.Spec{importSpec(alias(path), path)}}
			file.Decls = append([]ast.Decl{group}, file.Decls...)
		}
	}
	seen := map[*entry]bool{}
	config := types.Config{Importer: s.library, Error: func(err error) {
		fault, ok := err.(types.Error)
		if !ok || fault.Soft {
			return
		}
		for e := range again {
			if e.decl.Pos() <= fault.Pos && fault.Pos < e.decl.End() && !seen[e] {
				seen[e] = true
				broken = append(broken, e)
			}
		}
	}}
	_ = types.NewChecker(&config, s.files, types.NewPackage("main", "main"), nil).Files([]*ast.File{file})
	return broken
}

// usedBy are the names of the package that a declaration mentions; a method is Type.name.
func (st *study) usedBy(decl ast.Node) map[string]bool {
	uses := map[string]bool{}
	ast.Inspect(decl, func(n ast.Node) bool {
		if ident, ok := n.(*ast.Ident); ok {
			if object := st.info.Uses[ident]; object != nil && object.Pkg() == st.pkg {
				if name := nameOf(object, st.pkg); name != "" {
					uses[name] = true
				}
			}
		}
		return true
	})
	return uses
}

func nameOf(object types.Object, pkg *types.Package) string {
	if object.Parent() == pkg.Scope() {
		return object.Name()
	}
	if f, ok := object.(*types.Func); ok {
		if recv := f.Type().(*types.Signature).Recv(); recv != nil {
			kind := recv.Type()
			if pointer, ok := kind.(*types.Pointer); ok {
				kind = pointer.Elem()
			}
			if named, ok := kind.(*types.Named); ok {
				return named.Obj().Name() + "." + f.Name()
			}
		}
	}
	return ""
}

func (st *study) usedByType(t types.Type) map[string]bool {
	uses := map[string]bool{}
	namesIn(t, map[types.Type]bool{}, func(name *types.TypeName) {
		if name.Pkg() == st.pkg {
			uses[name.Name()] = true
		}
	})
	return uses
}

// written is a type as code, with packages by their aliases; false when it has no name outside where it was declared.
func (s *session) written(t types.Type) (string, bool) {
	text := types.TypeString(t, func(pkg *types.Package) string {
		if pkg.Path() == "main" {
			return ""
		}
		return alias(pkg.Path())
	})
	_, err := parser.ParseExpr(text)
	ok := err == nil
	namesIn(t, map[types.Type]bool{}, func(name *types.TypeName) {
		ok = ok && (name.Pkg() == nil || name.Parent() == name.Pkg().Scope() && (name.Exported() || name.Pkg().Path() == "main"))
	})
	return text, ok
}
