# SPDX-License-Identifier: Apache-2.0
#
# Frames: requests in, replies out, each written whole. Owns the two descriptors, moved high and closed
# to children, so that a snippet's own first file is 3. Never touches 0, 1 and 2.

const FIRST_HIGH = Cint(200)  # above what a snippet is likely to open
const LONGEST_LINE = 64 * 1024  # the contract's
const F_DUPFD_CLOEXEC = Cint(1030)

const requests = Ref{Cint}(-1)
const replies = Ref{Cint}(-1)
const incoming = UInt8[]
const writing = ReentrantLock()

struct Request
    kind::String
    attributes::Dict{String,String}
    parts::Dict{String,Vector{UInt8}}
end

attribute(request::Request, key) = get(request.attributes, key, "")
part(request::Request, name) = get(request.parts, name, nothing)

function moved_high(fd::Integer)
    for lowest in (FIRST_HIGH, Cint(10))  # the second for a small limit of open files
        high = @ccall fcntl(fd::Cint, F_DUPFD_CLOEXEC::Cint; lowest::Cint)::Cint
        high >= 0 && return high
    end
    throw(SystemError("fcntl"))
end

close_fd(fd::Integer) = @ccall close(fd::Cint)::Cint

function open_wire()
    requests[] = moved_high(3)
    replies[] = moved_high(4)
    close_fd(3)
    close_fd(4)
end

# More bytes of requests; false at their end.
function fill_incoming()
    bytes = Vector{UInt8}(undef, 65536)
    while true
        count = @ccall read(requests[]::Cint, bytes::Ptr{UInt8}, length(bytes)::Csize_t)::Cssize_t
        if count > 0
            append!(incoming, view(bytes, 1:Int(count)))
            return true
        end
        (count == 0 || Libc.errno() != Libc.EINTR) && return false
    end
end

# The name and the size that a word says, when it is a part: `name:COUNT`.
function part_of(word)
    colon = findlast(==(':'), word)
    colon === nothing && return nothing
    digits = word[nextind(word, colon):end]
    (isempty(digits) || !all(c -> '0' <= c <= '9', digits)) && return nothing
    return String(word[1:prevind(word, colon)]), parse(Int, digits)
end

# The next request, or nothing at the end, or when what comes is no frame.
function read_request()
    newline = findfirst(==(0x0a), incoming)
    while newline === nothing
        (length(incoming) > LONGEST_LINE || !fill_incoming()) && return nothing
        newline = findfirst(==(0x0a), incoming)
    end
    words = split(String(incoming[1:newline-1]), ' ')
    attributes = Dict{String,String}()
    sizes = Tuple{String,Int}[]
    for word in words[2:end]
        known = part_of(word)
        if known !== nothing
            push!(sizes, known)
        elseif occursin('=', word)
            key, value = split(word, '='; limit=2)
            attributes[String(key)] = String(value)
        end
    end
    total = newline + sum(Int[size for (_, size) in sizes])
    while length(incoming) < total
        fill_incoming() || return nothing
    end
    parts = Dict{String,Vector{UInt8}}()
    at = newline
    for (name, size) in sizes
        parts[name] = incoming[at+1:at+size]
        at += size
    end
    deleteat!(incoming, 1:total)
    return Request(String(words[1]), attributes, parts)
end

# `attributes` and `parts` are pairs; a part's body is a String or bytes.
function send(kind::String, attributes=(), parts=())
    line = IOBuffer()
    print(line, kind)
    for (key, value) in attributes
        print(line, ' ', key, '=', value)
    end
    for (name, body) in parts
        print(line, ' ', name, ':', sizeof(body))
    end
    print(line, '\n')
    for (_, body) in parts
        write(line, body)
    end
    bytes = take!(line)
    flush_output()
    # An interrupt waits until the frame is written.
    disable_sigint() do
        lock(writing) do
            write_whole(replies[], bytes)
        end
    end
    return nothing
end

function write_whole(fd::Cint, bytes::Vector{UInt8})
    at = 0
    while at < length(bytes)
        count = GC.@preserve bytes @ccall write(fd::Cint, pointer(bytes, at + 1)::Ptr{UInt8}, (length(bytes) - at)::Csize_t)::Cssize_t
        if count > 0
            at += Int(count)
        elseif Libc.errno() != Libc.EINTR
            @ccall _exit(1::Cint)::Cvoid  # nobody listens any more
        end
    end
end
