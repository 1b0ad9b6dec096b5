# SPDX-License-Identifier: Apache-2.0
#
# The start of the worker's R code, which lives in an environment of its own behind which base R stands: a snippet's
# names cannot get between.

send <- function(kind, attributes = "", parts = list()) {
  .Call("quern_send", kind, attributes, parts, PACKAGE = "(embedding)")
}

# Called once, before the first request.
start <- function() {
  options(
    device = open_device,
    keep.source = TRUE,
    # There is no terminal for less or an editor.
    pager = show_files,
    help_type = "text",
    editor = function(...) stop("there is no terminal to edit in; use a context in mode \"tty\"", call. = FALSE),
    menu.graphics = FALSE,
    # What askpass and the packages that use it call.
    askpass = function(prompt = "Password: ") {
      .Call("quern_ask_password", prompt, PACKAGE = "(embedding)")
    }
  )

  # Last before base, so that any package's `display` comes first.
  attach(list(display = display, clear_output = clear_output), pos = length(search()), name = "quern", warn.conflicts = FALSE)
  NULL
}
