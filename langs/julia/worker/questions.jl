# SPDX-License-Identifier: Apache-2.0
#
# The three requests about code that is not run.

# Julia's prompt knows how to complete and to document; loaded when it is first asked.
const REPL_ID = Base.PkgId(Base.UUID("3fa0cd96-eef1-5676-8a61-b3b8758bbffb"), "REPL")

repl() = Base.require(REPL_ID)

# The code, and the part of it before the cursor; bytes that are no text are kept as they are.
function split_at(request::Request)
    code = something(part(request, "code"), UInt8[])
    cursor = something(tryparse(Int, attribute(request, "cursor")), length(code))
    cursor = clamp(cursor, 0, length(code))
    return String(copy(code)), String(code[1:cursor]), cursor
end

# -- completion

function type_of(completion)
    name = string(nameof(typeof(completion)))
    name == "ModuleCompletion" && hasproperty(completion, :mod) && return type_of_name(completion.parent, completion.mod)
    kinds = ("Keyword" => "keyword", "Path" => "file", "Property" => "property", "Field" => "property", "Bslash" => "symbol",
             "Dict" => "key", "Package" => "module", "Shell" => "file")
    for (start, kind) in kinds
        startswith(name, start) && return kind
    end
    return ""
end

function type_of_name(parent, name)
    symbol = Symbol(name)
    startswith(name, "@") && return "macro"
    (parent isa Module && isdefined(parent, symbol)) || return "module"
    value = getfield(parent, symbol)
    return value isa Module ? "module" : value isa Type ? "class" : value isa Function ? "function" : "variable"
end

function completions_of(text)
    finder = repl().REPLCompletions
    found, range, _ = finder.completions(text, lastindex(text), Main)
    items = Dict{String,String}()
    for one in found
        nameof(typeof(one)) === :MethodCompletion && continue  # a signature, nothing to insert
        items[finder.completion_text(one)] = type_of(one)
    end
    return items, first(range) - 1
end

function complete(request::Request)
    _, before, cursor = split_at(request)
    items, start, offset = Dict{String,String}(), cursor, 0
    newline = findlast('\n', before)
    # The line alone, should what stands above it be in the way.
    for from in unique((1, newline === nothing ? 1 : newline + 1))
        text = before[from:end]
        (isempty(strip(text)) || !isvalid(text)) && continue
        items, first_byte = completions_of(text)
        isempty(items) && continue
        start = from - 1 + first_byte
        break
    end
    lines = sort!(["$name\t$type" for (name, type) in items if !occursin('\n', name) && !occursin('\t', name)])
    send("matches", ("start" => start, "end" => cursor), ("items" => join(lines, '\n'),))
end

# -- inspection

in_name(c) = Base.is_id_char(c) || c == '.' || c == '@'

# The dotted name around the cursor, or "".
function name_at(code, before)
    left = something(findlast(!in_name, before), 0)
    left = left == 0 ? before : before[nextind(before, left):end]
    rest = SubString(code, ncodeunits(before) + 1)
    right = findfirst(c -> !Base.is_id_char(c), rest)
    right = right === nothing ? rest : rest[1:prevind(rest, right)]
    return String(strip(left * right, '.'))
end

# What the name is bound to, through modules alone, so that no property's code is run: (module, symbol).
function binding_of(name)
    words = split(name, '.')
    holder = Main
    for word in words[1:end-1]
        symbol = Symbol(word)
        isdefined(holder, symbol) || return nothing
        holder = getfield(holder, symbol)
        holder isa Module || return nothing
    end
    return isempty(words[end]) ? nothing : (holder, Symbol(words[end]))
end

function describe(holder, symbol)
    lines = String[]
    if isdefined(holder, symbol)
        value = getfield(holder, symbol)
        if value isa Function
            push!(lines, sprint(show, MIME("text/plain"), methods(value)))
        elseif value isa Type
            push!(lines, string(value, supertype_words(value)))
        elseif value isa Union{Number,AbstractChar,Symbol,Nothing} && isbitstype(typeof(value)) || value isa Union{String,Symbol}
            push!(lines, string(symbol, "::", typeof(value), " = ", repr(value; context=:limit => true)))
        elseif !(value isa Module)
            push!(lines, string(symbol, "::", typeof(value)))
        end
    end
    return lines
end

function supertype_words(@nospecialize(type))
    type isa DataType || return ""
    fields = isconcretetype(type) ? join(("\n  $name::$kind" for (name, kind) in zip(fieldnames(type), fieldtypes(type)))) : ""
    return string(" <: ", supertype(type), fields)
end

function inspect(request::Request)
    code, before, _ = split_at(request)
    (isvalid(code) && isvalid(before)) || return nothing
    name = name_at(code, before)
    place = isempty(name) ? nothing : binding_of(name)
    place === nothing && return nothing
    holder, symbol = place
    keyword = haskey(Base.Docs.keywords, symbol)
    isdefined(holder, symbol) || keyword || return nothing
    document = keyword ? Base.Docs.parsedoc(Base.Docs.keywords[symbol]) : Base.Docs.doc(Base.Docs.Binding(holder, symbol))
    plain = sprint(show, MIME("text/plain"), document)
    markdown = sprint(show, MIME("text/markdown"), document)
    lines = describe(holder, symbol)
    send("found", (), ("text/plain" => join([lines; plain], "\n\n"), "text/markdown" => markdown))
end

# -- whether it is whole

# The parser names the block only where something stands in it already.
function is_in_block(code)
    broken = broken_part(statements(code * "\n0\n", "<check>"))
    return broken !== nothing && Base.incomplete_tag(broken[1]) === :block
end

function next_indent(code)
    last_line = split(rstrip(code), '\n')[end]
    begun = match(r"^[ \t]*", last_line).match
    return is_in_block(code) ? begun * "    " : String(begun)
end

function check(request::Request)
    code, _, _ = split_at(request)
    broken = broken_part(statements(code, "<check>"))
    state = broken === nothing ? "complete" : broken[1].head === :incomplete ? "incomplete" : "invalid"
    indent = state == "incomplete" ? next_indent(code) : ""
    send("checked", ("state" => state,), ("indent" => indent,))
end
