# SPDX-License-Identifier: Apache-2.0
#
# What a value looks like: as text first, then in each richer form that it can be shown in.

const TEXTS = ("text/html", "text/latex", "text/markdown", "application/json")
const IMAGES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif")

context(io) = IOContext(io, :limit => true, :color => false, :displaysize => (24, 80), :module => Main)

function form(mime::String, value)
    io = IOBuffer()
    show(context(io), MIME(mime), value)
    return take!(io)
end

# Pairs of MIME type and bytes. Of images the first will do: each may be drawn anew.
function forms(value)
    found = Pair{String,Vector{UInt8}}["text/plain" => form("text/plain", value)]
    for mime in TEXTS
        showable(MIME(mime), value) && push!(found, mime => form(mime, value))
    end
    for mime in IMAGES
        if showable(MIME(mime), value)
            push!(found, mime => form(mime, value))
            break
        end
    end
    return found
end

# Text in a textual form, and bytes in another, are taken to be it already, as `repr` takes them.
is_in(mime, value) = istextmime(mime) ? value isa String : value isa Vector{UInt8}

# Julia's own way of showing on the way: `display(x)`, `display("text/html", x)`.
struct FrameDisplay <: AbstractDisplay end

Base.Multimedia.display(::FrameDisplay, @nospecialize(value)) = send("display", (), Base.invokelatest(forms, value))

function Base.Multimedia.display(d::FrameDisplay, mime::MIME, @nospecialize(value))
    type = string(mime)
    body = is_in(mime, value) ? value : Base.invokelatest(form, type, value)
    send("display", (), type == "text/plain" ? (type => body,) : ("text/plain" => "[$type]", type => body))
end

Base.Multimedia.display(d::FrameDisplay, mime::AbstractString, @nospecialize(value)) = display(d, MIME(mime), value)
Base.Multimedia.displayable(::FrameDisplay, ::MIME) = true
