// SPDX-License-Identifier: Apache-2.0

package main

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// needed are the declarations behind those names, and behind what these use; of a type also its methods. With many names in
// the context, a snippet uses few.
func (s *session) needed(names []string) map[*entry]bool {
	methods := map[string][]string{}
	for name := range s.byName {
		if owner, _, ok := strings.Cut(name, "."); ok {
			methods[owner] = append(methods[owner], name)
		}
	}
	found := map[*entry]bool{}
	for len(names) > 0 {
		name := names[len(names)-1]
		names = names[:len(names)-1]
		e := s.byName[name]
		if e == nil || found[e] {
			continue
		}
		found[e] = true
		for used := range e.uses {
			names = append(names, used)
		}
		for _, own := range e.names {
			names = append(names, methods[own]...)
		}
	}
	return found
}

// contextFile is the context as a file: signatures, types, variables; with the bodies of those functions that are asked for.
// Only of what is needed, if that is given.
func (s *session) contextFile(without map[string]bool, whole, needed map[*entry]bool) *ast.File {
	file := &ast.File{Name: ast.NewIdent("main")}
	imports := &ast.GenDecl{Tok: token.IMPORT, Lparen: 1}
	for path := range s.aliases {
		imports.Specs = append(imports.Specs, importSpec(alias(path), path))
	}
	if len(imports.Specs) > 0 {
		file.Decls = append(file.Decls, imports)
	}
	for _, e := range s.entries {
		if needed != nil && !needed[e] {
			continue
		}
		if decl := e.within(without, whole[e]); decl != nil {
			file.Decls = append(file.Decls, decl)
		}
	}
	return file
}

// within is the declaration as others see it, less the names that are declared anew.
func (e *entry) within(without map[string]bool, whole bool) ast.Decl {
	if f, ok := e.decl.(*ast.FuncDecl); ok {
		if without[e.names[0]] {
			return nil
		}
		if whole {
			return f
		}
		bare := *f
		bare.Body = nil
		return &bare
	}
	left := 0
	for _, name := range e.names {
		if !without[name] {
			left++
		}
	}
	switch group := e.decl.(*ast.GenDecl); {
	case left == 0:
		return nil
	case left < len(e.names):
		return lessNames(group, without)
	default:
		return group
	}
}

func lessNames(group *ast.GenDecl, without map[string]bool) ast.Decl {
	copied := *group
	copied.Specs = nil
	for _, spec := range group.Specs {
		values := *spec.(*ast.ValueSpec)
		names := values.Names
		values.Names = nil
		for _, ident := range names {
			if without[ident.Name] {
				ident = &ast.Ident{NamePos: ident.NamePos, Name: "_"}
			}
			values.Names = append(values.Names, ident)
		}
		copied.Specs = append(copied.Specs, &values)
	}
	return &copied
}

func importSpec(name, path string) *ast.ImportSpec {
	return &ast.ImportSpec{Name: ast.NewIdent(name), Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(path)}}
}
