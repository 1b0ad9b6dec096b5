// SPDX-License-Identifier: Apache-2.0

package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// A study is what Go's own type checker says about a snippet within its context.
type study struct {
	session  *session
	parsed   *parsed
	entries  []*entry          // the snippet's declarations
	imports  map[string]string // and what it imports, by name
	vars     map[string]*ast.Ident
	global   bool // its variables are checked as the package's own, for its functions use them
	fresh    map[string]bool
	dotted   bool      // it imports a package with a dot
	discards bool      // it assigns to the blank name
	last     token.Pos // where the last expression begins
	info     *types.Info
	pkg      *types.Package
	failures []failure
}

// study checks a snippet, among all names or those that it needs. What it says of it is in failures; nothing has changed yet.
func (s *session) study(p *parsed, source string, all bool) *study {
	st := &study{session: s, parsed: p, imports: map[string]string{}, vars: map[string]*ast.Ident{}, fresh: map[string]bool{}}
	var specs []*ast.ImportSpec
	st.entries, specs = declarationsOf(p.declarations, func(n ast.Node) string { return s.textOf(n, source) })
	st.collectVars()
	for _, e := range st.entries {
		for _, name := range e.names {
			st.fresh[name] = true
		}
	}
	if st.global {
		for name := range st.vars {
			st.fresh[name] = true
		}
	}
	cell := st.file(specs)
	var needed map[*entry]bool
	if !all {
		needed = s.needed(st.mentioned())
	}
	around := s.contextFile(st.fresh, nil, needed)
	st.check([]*ast.File{around, cell}, true)
	return st
}

// collectVars finds the variables of the snippet's top level, and whether its functions mention one.
func (st *study) collectVars() {
	body := st.parsed.body()
	if body == nil {
		return
	}
	for _, stmt := range body.List {
		for _, ident := range defined(stmt) {
			if ident.Name != "_" {
				st.vars[ident.Name] = ident
			}
		}
	}
	for _, e := range st.entries {
		ast.Inspect(e.decl, func(n ast.Node) bool {
			if ident, ok := n.(*ast.Ident); ok && st.vars[ident.Name] != nil {
				st.global = true
			}
			return !st.global
		})
	}
}

// defined are the names that a statement may define: those before := and of var.
func defined(stmt ast.Stmt) (names []*ast.Ident) {
	switch d := stmt.(type) {
	case *ast.AssignStmt:
		if d.Tok == token.DEFINE {
			for _, left := range d.Lhs {
				if ident, ok := left.(*ast.Ident); ok {
					names = append(names, ident)
				}
			}
		}
	case *ast.DeclStmt:
		if group, ok := d.Decl.(*ast.GenDecl); ok && group.Tok == token.VAR {
			for _, spec := range group.Specs {
				names = append(names, spec.(*ast.ValueSpec).Names...)
			}
		}
	}
	return names
}

// file makes the snippet one file: its imports and those it does without, its declarations, and a function of its statements.
func (st *study) file(specs []*ast.ImportSpec) *ast.File {
	s := st.session
	file := &ast.File{Name: ast.NewIdent("main"), Package: st.parsed.declarations.Package}
	imports := &ast.GenDecl{Tok: token.IMPORT, Lparen: 1}
	for _, spec := range specs {
		path, _ := strconv.Unquote(spec.Path.Value)
		imports.Specs = append(imports.Specs, spec)
		switch {
		case spec.Name == nil:
			st.imports[lastOf(path)] = path
		case spec.Name.Name == ".":
			st.dotted = true
		case spec.Name.Name != "_":
			st.imports[spec.Name.Name] = path
		}
	}
	for name := range st.selected() {
		path, ok := s.imports[name]
		if !ok {
			path, ok = s.library.paths[name]
		}
		if ok && st.imports[name] == "" && !st.fresh[name] && s.byName[name] == nil {
			imports.Specs = append(imports.Specs, importSpec(name, path))
		}
	}
	if len(imports.Specs) > 0 {
		file.Decls = append(file.Decls, imports)
	}
	for _, e := range st.entries {
		file.Decls = append(file.Decls, e.decl)
		if f, ok := e.decl.(*ast.FuncDecl); ok && f.Body == nil {
			at := s.files.Position(f.Name.Pos())
			st.failures = append(st.failures, failure{line: at.Line, column: at.Column, message: "missing function body"})
		}
	}
	if body := st.parsed.body(); body != nil {
		checked := *body
		checked.List = nil
		for i, stmt := range body.List {
			if st.global {
				if decls := asGlobal(stmt); decls != nil {
					file.Decls = append(file.Decls, decls...)
					continue
				}
			}
			last, ok := stmt.(*ast.ExprStmt)
			if ok && i == len(body.List)-1 {
				st.last = last.Pos()
			}
			if ok && i == len(body.List)-1 && !isCall(last.X) {
				stmt = &ast.AssignStmt{Lhs: []ast.Expr{ast.NewIdent("_")}, TokPos: last.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{last.X}}
			}
			checked.List = append(checked.List, stmt)
		}
		file.Decls = append(file.Decls, &ast.FuncDecl{Name: ast.NewIdent("_"), Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: &checked})
	}
	return file
}

func isCall(e ast.Expr) bool {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.CallExpr:
			return true
		default:
			return false
		}
	}
}

// asGlobal is a defining statement as a declaration of the package.
func asGlobal(stmt ast.Stmt) []ast.Decl {
	switch d := stmt.(type) {
	case *ast.DeclStmt:
		if group, ok := d.Decl.(*ast.GenDecl); ok && group.Tok == token.VAR {
			return []ast.Decl{group}
		}
	case *ast.AssignStmt:
		if names := defined(d); len(names) == len(d.Lhs) && len(names) > 0 {
			spec := &ast.ValueSpec{Names: names, Values: d.Rhs}
			return []ast.Decl{&ast.GenDecl{Tok: token.VAR, TokPos: d.Pos(), Specs: []ast.Spec{spec}}}
		}
	}
	return nil
}

// selected are the names that stand before a dot: they may be packages.
func (st *study) selected() map[string]bool {
	names := map[string]bool{}
	see := func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if ident, ok := selector.X.(*ast.Ident); ok {
				names[ident.Name] = true
			}
		}
		return true
	}
	ast.Inspect(st.parsed.declarations, see)
	if st.parsed.statements != nil {
		ast.Inspect(st.parsed.statements, see)
	}
	return names
}

// mentioned are all names in the snippet.
func (st *study) mentioned() []string {
	var names []string
	see := func(n ast.Node) bool {
		if ident, ok := n.(*ast.Ident); ok {
			names = append(names, ident.Name)
		}
		return true
	}
	ast.Inspect(st.parsed.declarations, see)
	if st.parsed.statements != nil {
		ast.Inspect(st.parsed.statements, see)
	}
	return names
}

// check runs the type checker. Complaints about older code are none of the snippet's.
func (st *study) check(files []*ast.File, complain bool) {
	s := st.session
	st.info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Scopes: map[ast.Node]*types.Scope{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{},
	}
	name := s.file()
	config := types.Config{Importer: s.library, Error: func(err error) {
		fault, ok := err.(types.Error)
		if !ok || !complain || fault.Soft && strings.Contains(fault.Msg, "not used") {
			return
		}
		at := s.files.Position(fault.Pos)
		if fault.Pos.IsValid() && at.Filename != name {
			return
		}
		if fault.Pos == st.last && strings.HasSuffix(fault.Msg, "is not used") {
			return // it is the value
		}
		message := strings.Replace(fault.Msg, "undeclared name: ", "undefined: ", 1) // as the compiler itself has it
		if why := s.forgotten[strings.TrimPrefix(message, "undefined: ")]; why != "" {
			message += " (" + why + ")"
		}
		st.failures = append(st.failures, failure{line: at.Line, column: at.Column, message: message})
	}}
	st.pkg = types.NewPackage("main", "main")
	// The errors came through Error.
	_ = types.NewChecker(&config, s.files, st.pkg, st.info).Files(files)
}
