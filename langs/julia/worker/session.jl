# SPDX-License-Identifier: Apache-2.0
#
# The loop: one request at a time until the end of requests.

const SECONDS_FOR_HOOKS = 1  # the contract's, for `atexit`
const SIGALRM = 14
const running = Ref(false)

end_now(::Cint) = (@ccall _exit(0::Cint)::Cvoid; nothing)

# In a snippet `exit` ends that alone; elsewhere, in a hook, it is Julia's own.
function leave(code)
    running[] && throw(ExitRequest(Int(code)))
    @ccall jl_exit(code::Cint)::Cvoid
end

Base.exit(code) = leave(code)
Base.exit() = leave(0)

without_mark(code) = startswith(code, "\ufeff") ? code[nextind(code, 1):end] : code

function answer_run(request::Request)
    code = without_mark(String(copy(something(part(request, "code"), UInt8[]))))
    enter(request)
    running[] = true
    done = run_snippet(code, attribute(request, "silent") == "1")
    running[] = false
    leave_run()
    send("done", done)
end

function answer_question(request::Request)
    kinds = Dict("complete" => complete, "inspect" => inspect, "check" => check)
    status = "ok"
    try
        if haskey(kinds, request.kind)
            request.kind == "check" || repl()
            # In the world in which what was loaded or defined last is known.
            Base.invokelatest(kinds[request.kind], request)
        else
            tell("runtime", "UnknownRequest", "this worker does not know the request", "UnknownRequest", 0)
            status = "error"
        end
    catch error  # of a library that does not like to be looked at
        tell("runtime", string(nameof(typeof(error))), "the question could not be answered", string(typeof(error)), 0)
        status = "error"
    end
    send("done", ("status" => status,))
end

function serve()
    Base.exit_on_sigint(false)
    Base.sigatomic_begin()  # interrupts count only while a snippet runs
    open_wire()
    open_streams()
    pushdisplay(FrameDisplay())
    send("ready", ("version" => VERSION,), ("title" => "Julia $VERSION",))
    while (request = read_request()) !== nothing
        request.kind == "run" ? answer_run(request) : answer_question(request)
    end
    # The user's `atexit` hooks run; whatever they do, the end comes, and it is a good one.
    handler = @cfunction(end_now, Cvoid, (Cint,))
    @ccall signal(SIGALRM::Cint, handler::Ptr{Cvoid})::Ptr{Cvoid}
    @ccall alarm(SECONDS_FOR_HOOKS::Cuint)::Cuint
    @ccall jl_exit(0::Cint)::Cvoid
end
