# SPDX-License-Identifier: Apache-2.0
#
# What becomes of a snippet that failed: the `error` frame in Julia's own words.

# What `exit` throws, so that the context stays.
struct ExitRequest <: Exception
    code::Int
end

# A loaded file or a task wraps what went wrong in it.
cause(error) = error
cause(error::LoadError) = cause(error.error)
cause(error::TaskFailedException) = cause(error.task.result)
cause(error::CompositeException) = isempty(error.exceptions) ? error : cause(first(error.exceptions))

is_interrupt(error) = cause(error) isa InterruptException

# Those of the user: up to the function through which the worker evaluates.
function user_frames(backtrace)
    frames = stacktrace(backtrace)
    own = findfirst(frame -> frame.func === :evaluate_in_main, frames)
    own === nothing || (frames = frames[1:own-1])
    while !isempty(frames) && frames[end].func === :eval
        pop!(frames)
    end
    return frames
end

function words(show_it)
    try
        return Base.invokelatest(sprint, show_it)
    catch  # of a type of the user's whose `showerror` fails
        return nothing
    end
end

line_in(frames, cell) = (at = findfirst(frame -> String(frame.file) == cell, frames); at === nothing ? 0 : frames[at].line)

function tell(kind, name, message, text, line, column=0)
    attributes = Pair{String,Any}["kind" => kind]
    line > 0 && push!(attributes, "line" => line)
    column > 0 && push!(attributes, "column" => column)
    parts = Pair{String,String}["name" => name, "message" => message]
    append!(parts, ["traceback" => String(entry) for entry in split(chomp(text), '\n')])
    send("error", attributes, parts)
end

function tell_exception(error, backtrace, cell)
    # A macro of the snippet's own that fails is wrapped too.
    shown = error isa LoadError && error.file == cell ? error.error : error
    frames = user_frames(backtrace)
    name = string(nameof(typeof(shown)))
    message = something(words(io -> showerror(context(io), shown)), name)
    text = something(words(io -> showerror(context(io), shown, frames)), message)
    syntax = startswith(message, "syntax: ")  # what Julia finds only after parsing
    line = error isa LoadError && error.file == cell ? error.line : line_in(frames, cell)
    tell(syntax ? "compile" : "runtime", syntax ? "ParseError" : name, message, "ERROR: " * text, line)
end

# `broken` is the expression that the parser left where it failed.
function tell_syntax(broken::Expr, line, cell)
    detail = isempty(broken.args) ? "the code cannot be parsed" : first(broken.args)
    text = detail isa AbstractString ? "syntax: $detail" : something(words(io -> showerror(io, detail)), string(detail))
    message = replace(text, r"^ParseError:\s*" => "")
    place = match(r"@ .*?:(\d+):(\d+)", text)
    column = 0
    if place !== nothing
        line, column = parse(Int, place[1]), parse(Int, place[2])
    end
    tell("compile", "ParseError", String(message), "ERROR: " * text, line, column)
end
