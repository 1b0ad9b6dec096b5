// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
)

// packages are the paths of what the snippet uses of other packages.
func (st *study) packages() map[string]bool {
	paths := map[string]bool{}
	for _, object := range st.info.Uses {
		if name, ok := object.(*types.PkgName); ok {
			paths[name.Imported().Path()] = true
		} else if st.dotted && object.Pkg() != nil && object.Pkg() != st.pkg {
			paths[object.Pkg().Path()] = true
		}
	}
	for _, object := range st.objects() {
		namesIn(object.Type(), map[types.Type]bool{}, func(name *types.TypeName) {
			if name.Pkg() != nil && name.Pkg() != st.pkg {
				paths[name.Pkg().Path()] = true
			}
		})
	}
	return paths
}

// rename makes the snippet's code mean the same whatever later snippets import or call main. What is in before is, where
// the snippet has not yet defined it anew, still the older variable.
func (st *study) rename(before []string) {
	for ident, object := range st.info.Uses {
		for _, name := range before {
			if ident.Name == name && object.Parent() == st.pkg.Scope() {
				ident.Name = beforeName + name
			}
		}
	}
	others := map[*ast.Ident]ast.Expr{}
	for ident, object := range st.info.Uses {
		switch {
		case object == nil || object.Pkg() == nil:
		case isPackage(object):
			ident.Name = alias(object.(*types.PkgName).Imported().Path())
		case object.Pkg() == st.pkg && object.Name() == "main" && object.Parent() == st.pkg.Scope():
			ident.Name = mainName
		case st.dotted && object.Pkg() != st.pkg && object.Parent() == object.Pkg().Scope():
			pkg := &ast.Ident{NamePos: ident.NamePos, Name: alias(object.Pkg().Path())}
			others[ident] = &ast.SelectorExpr{X: pkg, Sel: ident}
		}
	}
	st.instances(others)
	st.replace(others)
}

func isPackage(object types.Object) bool {
	_, ok := object.(*types.PkgName)
	return ok
}

// packages are those of the study, and the worker's own if the lowered code calls it.
func (p *plan) packages() map[string]bool {
	paths := p.study.packages()
	if p.shows() || p.study.discards {
		paths[ownPath] = true
	}
	return paths
}

// file is all that the interpreter has to compile: what text says, the declarations, and the statements as a function.
func (p *plan) file() *ast.File {
	st := p.study
	at := st.parsed.declarations.Package
	if given := st.parsed.body(); given != nil {
		at = given.Lbrace
	}
	file := &ast.File{Package: at, Name: &ast.Ident{NamePos: at, Name: "main"}}
	for _, e := range p.define {
		f, ok := e.decl.(*ast.FuncDecl)
		if ok && f.Recv == nil && f.Name.Name == "init" {
			copied := *f
			copied.Name = &ast.Ident{NamePos: f.Name.NamePos, Name: fmt.Sprint(initName, p.inits)}
			p.inits++
			file.Decls = append(file.Decls, &copied)
			continue
		}
		if ok && f.Recv == nil && f.Name.Name == "main" {
			copied := *f
			copied.Name = &ast.Ident{NamePos: f.Name.NamePos, Name: mainName}
			file.Decls = append(file.Decls, &copied)
			continue
		}
		file.Decls = append(file.Decls, e.decl)
	}
	for _, e := range p.variables {
		file.Decls = append(file.Decls, e.decl)
	}
	body := &ast.BlockStmt{Lbrace: file.Package}
	if given := st.parsed.body(); given != nil {
		body.Lbrace, body.Rbrace = given.Lbrace, given.Rbrace
		for i, stmt := range given.List {
			body.List = append(body.List, p.lower(stmt, i == len(given.List)-1)...)
		}
	} else {
		p.initialize(body)
	}
	if p.runsMain() {
		p.call(body, mainName)
	}
	name := &ast.Ident{NamePos: body.Lbrace, Name: bodyName}
	file.Decls = append(file.Decls, &ast.FuncDecl{Name: name, Type: &ast.FuncType{Func: body.Lbrace, Params: &ast.FieldList{}}, Body: body})
	return file
}

// runsMain: a main is called that the snippet defines, unless it has statements of its own.
func (p *plan) runsMain() bool {
	body := p.study.parsed.body()
	return p.study.fresh["main"] && (body == nil || len(body.List) == 0)
}

func (p *plan) call(body *ast.BlockStmt, name string) {
	at := body.Lbrace
	body.List = append(body.List, &ast.ExprStmt{X: &ast.CallExpr{Fun: &ast.Ident{NamePos: at, Name: name}, Lparen: at, Rparen: at}})
}

// initialize is what Go does before main: variables in the order in which they need each other, then every init.
func (p *plan) initialize(body *ast.BlockStmt) {
	for _, e := range p.reset() {
		body.List = append(body.List, e)
	}
	for _, init := range p.study.info.InitOrder {
		assign := &ast.AssignStmt{Tok: token.ASSIGN, TokPos: init.Rhs.Pos(), Rhs: []ast.Expr{init.Rhs}}
		for _, variable := range init.Lhs {
			assign.Lhs = append(assign.Lhs, &ast.Ident{NamePos: init.Rhs.Pos(), Name: variable.Name()})
		}
		body.List = append(body.List, assign)
	}
	for i := 0; i < p.inits; i++ {
		p.call(body, fmt.Sprint(initName, i))
	}
}

// reset sets variables back to zero that a program declares again.
func (p *plan) reset() (stmts []ast.Stmt) {
	var names []string
	for name := range p.same {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		stmts = append(stmts, p.zero(&ast.Ident{NamePos: p.study.parsed.declarations.Package, Name: name}))
	}
	return stmts
}

// zero is name = *new(T).
func (p *plan) zero(name *ast.Ident) ast.Stmt {
	kind := p.study.session.variable("_", p.study.session.byName[name.Name].text).decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Type
	at := name.Pos()
	made := &ast.CallExpr{Fun: &ast.Ident{NamePos: at, Name: "new"}, Lparen: at, Args: []ast.Expr{kind}, Rparen: at}
	return &ast.AssignStmt{Lhs: []ast.Expr{name}, TokPos: at, Tok: token.ASSIGN, Rhs: []ast.Expr{&ast.StarExpr{Star: at, X: made}}}
}

// lower makes of a statement of the top level one that fits a function whose variables are the package's.
func (p *plan) lower(stmt ast.Stmt, last bool) []ast.Stmt {
	switch d := stmt.(type) {
	case *ast.AssignStmt:
		if d.Tok == token.DEFINE {
			return []ast.Stmt{&ast.AssignStmt{Lhs: d.Lhs, TokPos: d.TokPos, Tok: token.ASSIGN, Rhs: d.Rhs}}
		}
	case *ast.DeclStmt:
		group, ok := d.Decl.(*ast.GenDecl)
		if !ok || group.Tok != token.VAR {
			break
		}
		var lowered []ast.Stmt
		for _, spec := range group.Specs {
			values := spec.(*ast.ValueSpec)
			if len(values.Values) > 0 {
				assign := &ast.AssignStmt{TokPos: values.Pos(), Tok: token.ASSIGN, Rhs: values.Values}
				for _, name := range values.Names {
					assign.Lhs = append(assign.Lhs, name)
				}
				lowered = append(lowered, assign)
				continue
			}
			for _, name := range values.Names {
				if p.same[name.Name] {
					lowered = append(lowered, p.zero(name))
				}
			}
		}
		return lowered
	case *ast.ExprStmt:
		if last && p.shows() {
			at := d.Pos()
			show := &ast.SelectorExpr{X: &ast.Ident{NamePos: at, Name: alias(ownPath)}, Sel: &ast.Ident{NamePos: at, Name: p.shower(d.X)}}
			return []ast.Stmt{&ast.ExprStmt{X: &ast.CallExpr{Fun: show, Lparen: at, Args: []ast.Expr{d.X}, Rparen: d.End() - 1}}}
		}
	}
	return []ast.Stmt{stmt}
}

// shower is what shows the value: that a call returned no error is not shown.
func (p *plan) shower(e ast.Expr) string {
	if call, ok := e.(*ast.CallExpr); ok {
		info := p.study.info.Types
		if info[e].Type == types.Universe.Lookup("error").Type() && !info[call.Fun].IsType() {
			return "ShowError"
		}
	}
	return "Show"
}

// shows: the last expression has a value that is to be shown: not behind a semicolon, and not what Print returns.
func (p *plan) shows() bool {
	st := p.study
	body := st.parsed.body()
	if body == nil || len(body.List) == 0 {
		return false
	}
	last, ok := body.List[len(body.List)-1].(*ast.ExprStmt)
	if !ok {
		return false
	}
	kind := st.info.Types[last.X]
	if kind.IsVoid() || kind.Type == nil {
		return false
	}
	for _, w := range wordsOf(st.session.source[st.session.offset(last.End()):]) {
		if w.token == token.SEMICOLON && w.text == ";" {
			return false
		}
	}
	if tuple, ok := kind.Type.(*types.Tuple); ok && tuple.Len() == 2 {
		return !(tuple.At(0).Name() == "n" && tuple.At(1).Name() == "err")
	}
	return true
}
