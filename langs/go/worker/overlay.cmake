# SPDX-License-Identifier: Apache-2.0
#
# cmake -DYAEGI=… -DADDED=… -DOUT=… -P overlay.cmake
#
# Makes OUT/overlay.json for `go build -overlay`: Debian's yaegi with the corrections below and the files of ADDED. Each
# correction names the text that it replaces, and must find it exactly once.
set(pairs "")

# ARGV1 and so on rather than a list: what they hold has semicolons and brackets.
function(corrections file)
  file(READ "${YAEGI}/interp/${file}" text)
  math(EXPR last "${ARGC} - 2")
  foreach(at RANGE 1 ${last} 2)
    math(EXPR next "${at} + 1")
    set(old "${ARGV${at}}")
    string(FIND "${text}" "${old}" first)
    string(FIND "${text}" "${old}" final REVERSE)
    if(first EQUAL -1 OR NOT first EQUAL final)
      message(FATAL_ERROR "The text '${old}' is not once in ${file} of yaegi. The worker was written for Debian's 0.14.3; adapt overlay.cmake.")
    endif()
    string(REPLACE "${old}" "${ARGV${next}}" text "${text}")
  endforeach()
  file(WRITE "${OUT}/${file}" "${text}")
  set(pairs "${pairs}    \"${YAEGI}/interp/${file}\": \"${OUT}/${file}\",\n" PARENT_SCOPE)
endfunction()

# A frame knows the run that it works for and how deep it is; both come from the caller, not from where a closure was made.
corrections(interp.go
  "	root *frame " "	work
	root *frame "
  "		f.done = anc.done" "		f.done, f.work = anc.done, anc.work"
  "		done:      f.done," "		done:      f.done,
		work:      f.work,")

# Calls from compiled code into interpreted code, recover, goroutines; the arguments of go and defer are as they were at that
# moment; a select's cases are its own.
corrections(run.go
  "func runCfg(" "func formerRunCfg("
  "		nf := newFrame(anc, len(def.types), anc.runid())" "		nf := newFrame(anc, len(def.types), 0)
		nf.calledBy(f)"
  "			fr := newFrame(f, len(def.types), f.runid())" "			fr := newFrame(f, len(def.types), 0)
			fr.calledFromOutside(n.interp)"
  "			fr2 := newFrame(fr, len(def.types), fr.runid())" "			fr2 := newFrame(fr, len(def.types), 0)
			fr2.calledFromOutside(n.interp)"
  "				go callf(in)" "				in = copied(in)
				go guarded(f, func() { callf(in) })"
  "			go callFn(value(f), in)" "			called, in := copied([]reflect.Value{value(f)})[0], copied(in)
			go guarded(f, func() { callFn(called, in) })"
  "				val[i+1] = v(f)
				inTypes" "				val[i+1] = copied([]reflect.Value{v(f)})[0]
				inTypes"
  "				val[i+1] = v(f)
			}
			f.deferred" "				val[i+1] = copied([]reflect.Value{v(f)})[0]
			}
			f.deferred"
  "val[i+1] = getBinValue(getMapType, v, f)" "val[i+1] = copied([]reflect.Value{getBinValue(getMapType, v, f)})[0]"
  "			go runCfg(def.child[3].start, nf, def, n)" "			go guarded(f, func() { runCfg(def.child[3].start, nf, def, n) })"
  "					if rtyp.String() == t.String() && implementsInterface(v, typ) {
						destValue(f).Set(elem)
						return tnext
					}
					ival := v.Interface()" "					if inner := within(elem, typ, rtyp, f); inner.IsValid() {
						destValue(f).Set(inner)
						return tnext
					}
					if rtyp.String() == t.String() && implementsInterface(v, typ) {
						destValue(f).Set(elem)
						return tnext
					}
					ival := v.Interface()"
  "if typ.cat == valueT && rtyp.Kind() == reflect.Interface && elem.IsValid() && elem.Type().Implements(rtyp) {
						destValue(f).Set(elem)
						return tnext
					}
					return fnext
				}
				if vi, ok := v.Interface().(valueInterface); ok {" "if isInterfaceBin(typ) && elem.IsValid() && elem.Type().Implements(rtyp) {
						destValue(f).Set(elem)
						return tnext
					}
					return fnext
				}
				if vi, ok := v.Interface().(valueInterface); ok {
					if fitting := vi.as(typ, f); fitting.IsValid() {
						destValue(f).Set(fitting)
						return tnext
					}"
  "	rtype := typ.rtype // type to assert" "	rtype := typ.TypeOf() // type to assert"
  "	case isFuncSrc(c.typ):
		value = genFunctionWrapper(c)
	default:
		value = genValue(c)
	}

	for _, con" "	case isFuncSrc(c.typ):
		value = genFunctionWrapper(c)
	case isInterfaceBin(n.child[0].typ):
		value = genInterfaceWrapper(c, typ)
	default:
		value = genValue(c)
	}

	for _, con"
  "		panic(value(f))" "		panic(newFault(n.child[1], value(f), f))"
  "dest(f).Set(reflect.ValueOf(f.anc.recovered))" "dest(f).Set(reflect.ValueOf(thrown(f.anc.recovered)))"
  "reflect.ValueOf(f.anc.recovered)})" "reflect.ValueOf(thrown(f.anc.recovered))})"
  "	n.exec = func(f *frame) bltn {
		f.mutex.RLock()
		cases[nbClause] = f.done" "	shared := cases
	n.exec = func(f *frame) bltn {
		cases := append([]reflect.SelectCase(nil), shared...)
		f.mutex.RLock()
		cases[nbClause] = f.done")

# The interface error is one that values must be wrapped for; generic types may have several parameters.
corrections(cfg.go
  "if dest.typ.cat == valueT && dest.typ.rtype.Kind() == reflect.Interface {" "if isInterfaceBin(dest.typ) {"
  "	case indexExpr:
		// Maybe a generic type." "	case indexExpr, indexListExpr:
		// Maybe a generic type."
  "if rc0.kind == indexExpr && rt0.cat == structT" "if (rc0.kind == indexExpr || rc0.kind == indexListExpr) && rt0.cat == structT")
corrections(value.go
  "func getBinValue(" "func formerBinValue("
  "	// Search a concrete value in fields of an emulated interface." "	if v.NumField() != 1 || v.Field(0).Kind() != reflect.Interface {
		return v // a struct of the user's own
	}
	// Search a concrete value in fields of an emulated interface.")
corrections(generic.go
  "if rtn.kind == indexExpr || (rtn.kind == starExpr && rtn.child[0].kind == indexExpr) {" "if isGenericReceiver(rtn) {"
  "if rtn.kind == starExpr && rtn.child[0].kind == indexExpr {" "if rtn.kind == starExpr {")

# Go's own library as it is, with its streams, arguments and ways to exit: the worker replaces what it must.
corrections(use.go
  "values[\"fmt/fmt\"]" "values[nothingToFix]")

file(GLOB added "${ADDED}/*.go" "${ADDED}/*.s")
foreach(file IN LISTS added)
  get_filename_component(name "${file}" NAME)
  set(pairs "${pairs}    \"${YAEGI}/interp/${name}\": \"${file}\",\n")
endforeach()
string(REGEX REPLACE ",\n$" "\n" pairs "${pairs}")
file(WRITE "${OUT}/overlay.json" "{\n  \"Replace\": {\n${pairs}  }\n}\n")
