# SPDX-License-Identifier: Apache-2.0
#
# Snippets: how one is parsed, what its failure was, and its value in every form. evaluate.c calls these.

runs <- 0L
srcfile <- NULL   # the snippet's
sources <- NULL   # the places of its top-level expressions
failure <- NULL   # what ended it, if anything
said <- ""        # R's last error message before it

# Parses a snippet. Tells what is wrong with it and returns NULL, else its expressions.
begin <- function(code) {
  runs <<- runs + 1L
  failure <<- NULL
  said <<- geterrmessage()
  name <- paste0("<cell ", runs, ">")
  srcfile <<- srcfilecopy(name, strsplit(code, "\n", fixed = TRUE)[[1L]])
  expressions <- tryCatch(
    parse(text = code, keep.source = TRUE, srcfile = srcfile, encoding = "UTF-8"),
    error = function(condition) tell_parse_error(conditionMessage(condition), name)
  )
  sources <<- attr(expressions, "srcref")
  expressions
}

# R says "<cell 1>:2:5: unexpected ')'", with lines of context.
tell_parse_error <- function(message, name) {
  attributes <- "kind=compile"
  lines <- strsplit(message, "\n", fixed = TRUE)[[1L]]
  place <- regmatches(lines[1L], regexec("^<[^>]*>:([0-9]+):([0-9]+): *(.*)$", lines[1L], perl = TRUE))[[1L]]
  if (length(place) == 4L) {
    attributes <- sprintf("kind=compile line=%s column=%d", place[2L], max(1L, as.integer(place[3L])))
    summary <- place[4L]
  } else {
    summary <- lines[1L]
  }
  traceback <- lapply(c(paste("Error:", lines[1L]), lines[-1L]), identity)
  names(traceback) <- rep("traceback", length(traceback))
  send("error", attributes, c(list(name = "parseError", message = summary, file = name), traceback))
  NULL
}

# Called where a condition happens, above the frames that led to it. Takes note, and leaves for the top.
note <- function(condition) {
  .Call("quern_hold_interrupts", PACKAGE = "(embedding)")
  calls <- sys.calls()
  calls <- calls[seq_len(sys.nframe() - 2L)]
  # The handler's own call stands for where in the innermost function it was, if R itself had called it.
  here <- NULL
  if (length(calls) && identical(calls[[length(calls)]][[1L]], quote(.handleSimpleError))) {
    here <- attr(calls[[length(calls)]], "srcref")
    calls <- calls[-length(calls)]
  }
  failure <<- list(condition = condition, calls = calls, here = here)
  .Call("quern_set_base", ".Traceback", rev(calls), PACKAGE = "(embedding)")
}

handlers <- list(
  error = function(condition) {
    note(condition)
    user <- getOption("error")
    if (!is.null(user)) for (expression in as.list(as.expression(user))) eval(expression, globalenv())
    invokeRestart("abort")
  },
  interrupt = function(condition) {
    note(condition)
    invokeRestart("abort")
  }
)

current_handlers <- function() c(globalCallingHandlers(), handlers)

# The place of a call in a snippet, or NULL.
in_snippet <- function(place) {
  if (inherits(place, "srcref") && identical(attr(place, "srcfile"), srcfile)) place
}

# Tells what ended the snippet; TRUE when it was an interrupt. `index` is the top-level expression that did not end.
tell_failure <- function(index) {
  if (is.null(failure)) note_unheard()
  condition <- failure$condition
  interrupted <- inherits(condition, "interrupt")
  place <- in_snippet(failure$here)
  for (call in rev(failure$calls)) if (is.null(place)) place <- in_snippet(attr(call, "srcref"))
  if (is.null(place) && index <= length(sources)) place <- sources[[index]]
  attributes <- "kind=runtime"
  if (!is.null(place)) attributes <- sprintf("kind=runtime line=%d column=%d", place[1L], place[5L])
  message <- if (interrupted) "interrupted" else message_of(condition)
  lines <- c(headline(condition, message), call_lines(failure$calls))
  traceback <- structure(as.list(lines), names = rep("traceback", length(lines)))
  parts <- c(list(name = class(condition)[1L], message = message, file = srcfile$filename), traceback)
  send("error", attributes, parts)
  failure <<- NULL
  interrupted
}

# R left for the top without asking a handler: its stack was full, or the snippet has asked for it.
note_unheard <- function() {
  message <- geterrmessage()
  class <- c("stackOverflowError", "error", "condition")
  if (identical(message, said)) {
    message <- "the snippet has left for the top level"
    class <- c("abort", "condition")
  } else if (!grepl("C stack|nested", message)) {
    class <- c("simpleError", "error", "condition")
  }
  .Internal(seterrmessage(""))  # so that the same again is seen as news
  message <- sub("^Error[^\n]*?: *", "", sub("\n$", "", message), perl = TRUE)
  failure <<- list(condition = structure(class = class, list(message = message, call = NULL)), calls = NULL, here = NULL)
}

message_of <- function(condition) {
  tryCatch(
    paste(conditionMessage(condition), collapse = "\n"),
    error = function(failed) paste0("<", class(condition)[1L], " whose conditionMessage fails>")
  )
}

# As R prints it: "Error in f(x) : message", the message on a line of its own where both are long.
headline <- function(condition, message) {
  if (inherits(condition, "interrupt")) return("Interrupted")
  call <- tryCatch(conditionCall(condition), error = function(failed) NULL)
  if (is.null(call)) return(paste("Error:", message))
  text <- deparse(call, nlines = 1L)[1L]
  first <- strsplit(message, "\n", fixed = TRUE)[[1L]][1L]
  long <- nchar(text, "w") + nchar(first, "w") > 58L
  paste0("Error in ", text, if (isTRUE(long)) " : \n  " else " : ", message)
}

# The calls that led there, the innermost first, as traceback() has them.
call_lines <- function(calls) {
  count <- length(calls)
  if (count == 0L) return(character())
  shown <- rev(seq_len(count))
  left_out <- if (count > 60L) sprintf("... (%d calls left out)", count - 40L)
  if (!is.null(left_out)) shown <- c(shown[1:20], NA, shown[count - 19:0])
  vapply(shown, function(i) {
    if (is.na(i)) return(left_out)
    text <- paste(deparse(calls[[i]], nlines = 3L), collapse = "\n   ")
    place <- attr(calls[[i]], "srcref")
    file <- attr(place, "srcfile")$filename
    if (!is.null(file)) text <- paste0(text, " at ", basename(file), "#", place[1L])
    paste0(i, ": ", text)
  }, "")
}

# What R does when it is left. In C it would also forget the top level to come back to.
last_words <- function() {
  for (place in list(globalenv(), baseenv())) {
    name <- if (identical(place, globalenv())) ".Last" else ".Last.sys"
    if (exists(name, envir = place, mode = "function", inherits = FALSE)) get(name, envir = place)()
  }
  NULL
}
