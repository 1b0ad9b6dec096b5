# SPDX-License-Identifier: Apache-2.0
#
# One snippet in `Main`: parsed whole, then evaluated statement by statement as Julia's prompt does it.

const snippets = Ref(0)

# As at Julia's prompt, a loop at top level may assign to a global variable.
function softened(@nospecialize(expression))
    expression isa Expr || return expression
    expression.head === :toplevel && return Expr(:toplevel, map(softened, expression.args)...)  # several on a line
    expression.head in (:meta, :import, :using, :export, :public, :module, :error, :incomplete, :thunk) && return expression
    expression.head === :global && all(word -> word isa Symbol, expression.args) && return expression
    return Expr(:block, Expr(:softscope, true), expression)
end

# Its name ends the user's part of a backtrace: see user_frames.
@noinline evaluate_in_main(@nospecialize(expression)) = Core.eval(Main, expression)

is_broken(@nospecialize(expression)) = expression isa Expr && expression.head in (:error, :incomplete)

# Before Julia 1.6 there is only what its own prompt parses with, which makes no list of nothing.
@static if isdefined(Meta, :parseall)
    statements(code, cell) = Meta.parseall(code; filename=cell).args
else
    function statements(code, cell)
        parsed = Base.parse_input_line(code; filename=cell)
        return parsed isa Expr && parsed.head === :toplevel ? parsed.args : Any[parsed]
    end
end

# The first thing that the parser could not take, with its line.
function broken_part(parsed)
    line = 1
    for expression in parsed
        if expression isa LineNumberNode
            line = expression.line
        elseif is_broken(expression)
            return expression, line
        end
    end
    return nothing
end

is_whole(code) = broken_part(statements(code, "<end>")) === nothing

# A semicolon at the end hides the value, also before a comment; not one within a comment, where a
# bracket too much would do no harm, or a string, before which the code is not whole.
function hides_value(code)
    found = match(r";[ \t]*(#[^\n]*)?\s*$", code)
    found === nothing && return false
    before = code[1:prevind(code, found.offset)]
    return !is_whole(before * ")") && is_whole(before * ";")
end

function evaluate(parsed)
    value = nothing
    line = LineNumberNode(1)
    for expression in parsed
        if expression isa LineNumberNode
            line = expression
        else
            value = evaluate_in_main(Expr(:toplevel, line, softened(expression)))
        end
    end
    return value
end

# Where Julia's own prompt keeps it.
@static if VERSION >= v"1.9"
    keep_answer(value) = setglobal!(Base.MainInclude, :ans, value)
else
    keep_answer(value) = Core.eval(Main, Expr(:(=), :ans, QuoteNode(value)))
end

function show_value(value)
    keep_answer(value)
    send("result", (), Base.invokelatest(forms, value))
end

# What `done` says.
function run_snippet(code::String, silent::Bool)
    snippets[] += 1
    cell = "<cell $(snippets[])>"
    parsed = statements(code, cell)
    broken = broken_part(parsed)
    if broken !== nothing
        tell_syntax(broken..., cell)
        return ("status" => "error",)
    end
    shows = !silent && !hides_value(code)
    failure = nothing
    drop_interrupts()
    try
        Base.sigatomic_end()  # from here to the end of `try` interrupts count
        value = evaluate(parsed)
        shows && value !== nothing && show_value(value)
        flush_output()
    catch error
        failure = (error, catch_backtrace())
    end
    return failure === nothing ? ("status" => "ok",) : conclude(failure..., cell)
end

function conclude(error, backtrace, cell)
    if cause(error) isa ExitRequest
        code = cause(error).code & 0xff
        return ("status" => (code == 0 ? "ok" : "error"), "exit" => code)
    end
    tell_exception(error, backtrace, cell)
    return ("status" => (is_interrupt(error) ? "interrupted" : "error"),)
end

# Interrupts are put off wherever no snippet runs; one that came meanwhile must not meet the next.
# The end of a `try` puts back what was when it began.
function drop_interrupts()
    try
        Base.sigatomic_end()
        GC.safepoint()
    catch error
        error isa InterruptException || rethrow()
    end
    return nothing
end
