# SPDX-License-Identifier: Apache-2.0
#
# Julia's stdin and stdout as the user sees them. Both stand in front of Julia's own streams: the one to
# tell when `readline` asks, the other to know the question, which Julia's programs print themselves.

# What is written goes on at once; the last unfinished line is kept.
struct Output <: Base.AbstractPipe
    under::IO
    line::Vector{UInt8}
end

mutable struct Input <: Base.AbstractPipe
    under::IO
    allowed::Bool  # whether this run has an input
end

const LONGEST_QUESTION = 4096
const TRACE = "TRACEPARENT"

const output = Ref{Output}()
const input = Ref{Input}()
const parted = Ref{Any}(nothing)  # what stderr was, during a merge
const traced = Ref{Any}(nothing)  # TRACEPARENT as the run has it, and as it was

Base.pipe_reader(io::Output) = io.under
Base.pipe_writer(io::Output) = io.under
Base.pipe_reader(io::Input) = io.under
Base.pipe_writer(io::Input) = io.under
Base.isopen(io::Union{Input,Output}) = isopen(io.under)
Base.lock(io::Output) = lock(io.under)
Base.unlock(io::Output) = unlock(io.under)
Base.displaysize(::Output) = (24, 80)
Base.setup_stdio(io::Union{Input,Output}, readable::Bool) = Base.setup_stdio(io.under, readable)

function note(io::Output, bytes)
    newline = findlast(==(0x0a), bytes)
    newline === nothing || empty!(io.line)
    append!(io.line, bytes[(newline === nothing ? 1 : newline + 1):end])
    length(io.line) > LONGEST_QUESTION && deleteat!(io.line, 1:length(io.line)-LONGEST_QUESTION)
    return nothing
end

function Base.unsafe_write(io::Output, from::Ptr{UInt8}, count::UInt)
    note(io, unsafe_wrap(Array, from, Int(count)))
    return unsafe_write(io.under, from, count)
end

function Base.write(io::Output, byte::UInt8)
    note(io, [byte])
    return write(io.under, byte)
end

# So that `redirect_stdout() do … end` finds back to it.
@static if isdefined(Base, :RedirectStdStream)
    function (redirect::Base.RedirectStdStream)(io::Output)
        redirect(io.under)
        redirect.unix_fd == 1 && install(io)
        return io
    end
    function (redirect::Base.RedirectStdStream)(io::Input)
        redirect(io.under)
        install(io)
        return io
    end
else
    Base.redirect_stdout(io::Output) = (redirect_stdout(io.under); install(io); io)
    Base.redirect_stderr(io::Output) = (redirect_stderr(io.under); io)
    Base.redirect_stdin(io::Input) = (redirect_stdin(io.under); install(io); io)
end

install(io::Output) = Core.eval(Base, :(global stdout = $io))
install(io::Input) = Core.eval(Base, :(global stdin = $io))

function open_streams()
    output[] = Output(Base.stdout, UInt8[])
    input[] = Input(Base.stdin, true)
    install(output[])
    install(input[])
end

function flush_output()
    isassigned(output) && flush(output[].under)
    flush(Base.stderr)
    @ccall fflush(C_NULL::Ptr{Cvoid})::Cint  # what C libraries have printed
    return nothing
end

# -- asking

refuse(name) = error("$name() has nothing to read: this run was started without an input")

function asked(read, question, password)
    send("prompt", ("password" => (password ? 1 : 0),), ("prompt" => question,))
    try
        return read()
    finally
        send("taken")
    end
end

function Base.readline(io::Input; keep::Bool=false)
    io.allowed || refuse("readline")
    bytesavailable(io.under) > 0 && return readline(io.under; keep=keep)
    question = String(copy(output[].line))
    return asked(() -> readline(io.under; keep=keep), question, false)
end

function Base.getpass(io::Input, out::IO, prompt::AbstractString; with_suffix::Bool=true)
    io.allowed || refuse("getpass")
    question = with_suffix ? prompt * ": " : String(prompt)
    print(out, question)
    return asked(() -> Base.SecretBuffer(readline(io.under)), question, true)
end

# -- a run's beginning and end

function enter(request::Request)
    input[].allowed = attribute(request, "stdin") != "none"
    words = part(request, "argv")
    if words !== nothing
        empty!(ARGS)
        append!(ARGS, split(String(copy(words)), '\0')[1:end-1])
    end
    parent = part(request, "traceparent")
    if parent !== nothing
        now = String(copy(parent))
        traced[] = (now, get(ENV, TRACE, nothing))
        ENV[TRACE] = now
    end
    if attribute(request, "merge") == "1"
        # Julia's own streams are on duplicates of 1 and 2, so both have to be turned.
        parted[] = Base.stderr
        redirect_stderr(output[].under)
    end
    return nothing
end

function leave_run()
    flush_output()
    if parted[] !== nothing
        # Unless the snippet has itself put something else there.
        Base.stderr === output[].under && redirect_stderr(parted[])
        parted[] = nothing
    end
    if traced[] !== nothing
        now, before = traced[]
        traced[] = nothing
        if get(ENV, TRACE, nothing) == now  # else the snippet has set its own
            before === nothing ? delete!(ENV, TRACE) : (ENV[TRACE] = before)
        end
    end
    forget_input()
    empty!(output[].line)
    return nothing
end

# What was read ahead belonged to the run, and so did an end of input: the next one reads afresh.
function forget_input()
    under = input[].under
    under isa Base.LibuvStream || return nothing
    bytesavailable(under) > 0 && readavailable(under)
    Base.stop_reading(under)
    if !isreadable(under)
        close(under)
        input[].under = open(Libc.dup(RawFD(0)))
    end
    return nothing
end
