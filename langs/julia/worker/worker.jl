# SPDX-License-Identifier: Apache-2.0
#
# The worker for Julia: speaks the worker contract (langs/WORKER.md) on descriptors 3 and 4, and keeps
# the user's `Main`. It lives in a module of its own, so that of its names only that one is seen.
module QuernWorker

# What is run once or twice is not worth compiling well.
@static if isdefined(Base, :Experimental) && isdefined(Base.Experimental, Symbol("@optlevel"))
    Base.Experimental.@optlevel 0
end

include("wire.jl")
include("streams.jl")
include("forms.jl")
include("failure.jl")
include("evaluate.jl")
include("questions.jl")
include("session.jl")

end

QuernWorker.serve()
