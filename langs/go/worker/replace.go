// SPDX-License-Identifier: Apache-2.0

package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
)

var (
	exprType = reflect.TypeOf((*ast.Expr)(nil)).Elem()
	nodeType = reflect.TypeOf((*ast.Node)(nil)).Elem()
)

// replace puts other expressions in the place of some names, wherever they stand, and calls in that of assignments to the
// blank name, which the interpreter does not always compile.
func (st *study) replace(names map[*ast.Ident]ast.Expr) {
	if len(names) == 0 && !st.assignsBlank() {
		return
	}
	replaceIn(reflect.ValueOf(st.parsed.declarations), names)
	if st.parsed.statements != nil {
		replaceIn(reflect.ValueOf(st.parsed.statements), names)
	}
}

func (st *study) assignsBlank() bool {
	see := func(n ast.Node) bool {
		if stmt, ok := n.(ast.Stmt); ok && blankAssigned(stmt) != nil {
			st.discards = true
		}
		return true
	}
	ast.Inspect(st.parsed.declarations, see)
	if st.parsed.statements != nil {
		ast.Inspect(st.parsed.statements, see)
	}
	return st.discards
}

// blankAssigned is e of a statement _ = e.
func blankAssigned(stmt ast.Stmt) ast.Expr {
	assign, ok := stmt.(*ast.AssignStmt)
	if !ok || assign.Tok != token.ASSIGN || len(assign.Lhs) != 1 || len(assign.Rhs) != 1 {
		return nil
	}
	if ident, ok := assign.Lhs[0].(*ast.Ident); !ok || ident.Name != "_" {
		return nil
	}
	return assign.Rhs[0]
}

// discard is a call that does nothing with an expression's value.
func discard(e ast.Expr) ast.Stmt {
	function := &ast.SelectorExpr{X: &ast.Ident{NamePos: e.Pos(), Name: alias(ownPath)}, Sel: &ast.Ident{NamePos: e.Pos(), Name: "Discard"}}
	return &ast.ExprStmt{X: &ast.CallExpr{Fun: function, Lparen: e.Pos(), Args: []ast.Expr{e}, Rparen: e.End()}}
}

// instances are the calls of generic functions with all type arguments written, also those that Go infers: the interpreter
// infers less.
func (st *study) instances(names map[*ast.Ident]ast.Expr) {
	for ident, instance := range st.info.Instances {
		if _, ok := instance.Type.(*types.Signature); !ok {
			continue
		}
		written := &ast.IndexListExpr{X: ident, Lbrack: ident.End(), Rbrack: ident.End()}
		for i := 0; i < instance.TypeArgs.Len(); i++ {
			text, _ := st.session.written(instance.TypeArgs.At(i))
			kind := st.session.variable("_", text)
			if kind == nil {
				return
			}
			written.Indices = append(written.Indices, kind.decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Type)
		}
		if len(written.Indices) == 1 {
			names[ident] = &ast.IndexExpr{X: ident, Lbrack: ident.End(), Index: written.Indices[0], Rbrack: ident.End()}
		} else {
			names[ident] = written
		}
	}
}

// named is the name that an expression is, or that its type arguments stand behind.
func named(e ast.Expr) *ast.Ident {
	switch k := e.(type) {
	case *ast.Ident:
		return k
	case *ast.IndexExpr:
		if ident, ok := k.X.(*ast.Ident); ok {
			return ident
		}
	case *ast.IndexListExpr:
		if ident, ok := k.X.(*ast.Ident); ok {
			return ident
		}
	}
	return nil
}

func replaceIn(v reflect.Value, names map[*ast.Ident]ast.Expr) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		if stmt, ok := v.Interface().(ast.Stmt); ok {
			if e := blankAssigned(stmt); e != nil && v.CanSet() {
				v.Set(reflect.ValueOf(discard(e)))
			}
		}
		if v.Type() == exprType {
			if with := names[named(v.Interface().(ast.Expr))]; with != nil {
				v.Set(reflect.ValueOf(with))
				return
			}
		}
		replaceIn(v.Elem(), names)
	case reflect.Pointer:
		if v.IsNil() || !v.Type().Implements(nodeType) {
			return
		}
		if selector, ok := v.Interface().(*ast.SelectorExpr); ok {
			replaceIn(reflect.ValueOf(&selector.X).Elem(), names)
			return
		}
		replaceIn(v.Elem(), names)
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			switch v.Type().Field(i).Name {
			case "Obj", "Scope", "Unresolved", "Imports": // the parser's own cross-references
			default:
				replaceIn(v.Field(i), names)
			}
		}
	case reflect.Slice:
		for i := 0; i < v.Len(); i++ {
			replaceIn(v.Index(i), names)
		}
	}
}
