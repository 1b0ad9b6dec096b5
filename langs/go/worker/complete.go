// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strconv"
	"strings"
)

func (w *worker) complete(r *request) error {
	code := r.parts["code"]
	cursor, err := strconv.Atoi(r.attributes["cursor"])
	if err != nil || cursor > len(code) {
		cursor = len(code)
	}
	start, _ := wordAt(code, cursor)
	items := w.session.completions(code[:start], code[start:cursor])
	words := fmt.Sprintf("start=%d end=%d", start, cursor)
	if err := w.daemon.send("matches", words, part{"items", strings.Join(items, "\n")}); err != nil {
		return err
	}
	return w.daemon.send("done", "status=ok")
}

// candidates are names that fit so far, each once, with what they are.
type candidates struct {
	prefix string
	kinds  map[string]string
}

func (c *candidates) add(name, kind string) {
	if strings.HasPrefix(name, c.prefix) && name != "_" && !strings.HasPrefix(name, "quern_") && c.kinds[name] == "" {
		c.kinds[name] = kind
	}
}

func (c *candidates) addObject(object types.Object) { c.add(object.Name(), kindOf(object)) }

func kindOf(object types.Object) string {
	switch o := object.(type) {
	case *types.PkgName:
		return "module"
	case *types.TypeName:
		return "type"
	case *types.Const:
		return "constant"
	case *types.Func:
		if o.Type().(*types.Signature).Recv() != nil {
			return "method"
		}
		return "function"
	case *types.Builtin:
		return "function"
	case *types.Var:
		if o.IsField() {
			return "field"
		}
	}
	return "variable"
}

// completions of a name that has been begun, behind that code.
func (s *session) completions(before, prefix string) []string {
	if inText(before) {
		return nil
	}
	a := s.look(before, prefix+"Quern_") // no keyword, and nothing's name
	found := &candidates{prefix, map[string]string{}}
	switch {
	case a.hole == nil:
		a.anywhere(found)
	case a.of != nil:
		a.members(found)
	default:
		a.fields(found)
		a.visible(found)
	}
	var items []string
	for name, kind := range found.kinds {
		items = append(items, name+"\t"+kind)
	}
	sort.Strings(items)
	return items
}

// inText: the cursor is in a string or a comment.
func inText(before string) bool {
	const mark = "Quern_mark"
	for _, w := range wordsOf(before + mark) {
		if w.token == token.IDENT && strings.HasSuffix(w.text, mark) {
			return false
		}
	}
	return true
}

// members of what stands before the dot: a package's names, or fields and methods.
func (a *asked) members(found *candidates) {
	if ident, ok := a.of.(*ast.Ident); ok {
		if pkg, ok := a.info.Uses[ident].(*types.PkgName); ok {
			scope := pkg.Imported().Scope()
			for _, name := range scope.Names() {
				if object := scope.Lookup(name); object.Exported() {
					found.addObject(object)
				}
			}
			return
		}
	}
	kind := a.info.Types[a.of].Type
	if kind == nil {
		return
	}
	a.fieldsOf(kind, found, map[types.Type]bool{})
	methods := types.NewMethodSet(kind)
	if _, ok := kind.Underlying().(*types.Interface); !ok {
		if _, ok := kind.(*types.Pointer); !ok {
			methods = types.NewMethodSet(types.NewPointer(kind))
		}
	}
	for i := 0; i < methods.Len(); i++ {
		if object := methods.At(i).Obj(); a.reaches(object) {
			found.addObject(object)
		}
	}
}

func (a *asked) reaches(object types.Object) bool { return object.Exported() || object.Pkg() == a.pkg }

// fieldsOf a struct, also those of what is embedded in it.
func (a *asked) fieldsOf(kind types.Type, found *candidates, seen map[types.Type]bool) {
	if pointer, ok := kind.Underlying().(*types.Pointer); ok {
		kind = pointer.Elem()
	}
	fields, ok := kind.Underlying().(*types.Struct)
	if !ok || seen[kind] {
		return
	}
	seen[kind] = true
	for i := 0; i < fields.NumFields(); i++ {
		field := fields.Field(i)
		if a.reaches(field) {
			found.addObject(field)
		}
		if field.Embedded() {
			a.fieldsOf(field.Type(), found, seen)
		}
	}
}

// fields of the struct whose literal the name stands in.
func (a *asked) fields(found *candidates) {
	for i := len(a.up) - 1; i >= 0; i-- {
		switch k := a.up[i].(type) {
		case *ast.CompositeLit:
			if kind := a.info.Types[k].Type; kind != nil {
				if fields, ok := kind.Underlying().(*types.Struct); ok {
					for j := 0; j < fields.NumFields(); j++ {
						if a.reaches(fields.Field(j)) {
							found.addObject(fields.Field(j))
						}
					}
				}
			}
			return
		case *ast.KeyValueExpr:
			if k.Value == ast.Expr(a.hole) {
				return
			}
		case ast.Stmt:
			return
		}
	}
}

// visible are the names that hold where the cursor is.
func (a *asked) visible(found *candidates) {
	for scope := a.scope; scope != nil; scope = scope.Parent() {
		for _, name := range scope.Names() {
			if _, object := scope.LookupParent(name, a.hole.Pos()); object != nil && !strings.HasSuffix(name, "Quern_") {
				found.addObject(object)
			}
		}
	}
	a.anywhere(found)
}

// anywhere are the names that hold in every place: the context's, packages, the language's own.
func (a *asked) anywhere(found *candidates) {
	for _, scope := range []*types.Scope{a.pkg.Scope(), types.Universe} {
		for _, name := range scope.Names() {
			found.addObject(scope.Lookup(name))
		}
	}
	for name := range a.session.imports {
		found.add(name, "module")
	}
	for name := range a.session.library.paths {
		found.add(name, "module")
	}
	for word := token.BREAK; word <= token.VAR; word++ {
		found.add(word.String(), "keyword")
	}
}
