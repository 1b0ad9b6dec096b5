# SPDX-License-Identifier: Apache-2.0
#
# Looking at code and names without running anything of the snippets': no promise is forced, no active binding asked,
# no method dispatched on. Also the answer to `check`.

# list(value) of a name in one environment, or NULL.
peek <- function(name, environment) {
  .Call("quern_peek", name, environment, PACKAGE = "(embedding)")
}

# list(value, place) of a name as a snippet would find it, or NULL.
find_name <- function(name) {
  for (place in search()) {
    found <- peek(name, as.environment(place))
    if (!is.null(found)) return(list(value = found[[1L]], place = place))
    # A binding that may not be asked hides those behind it.
    if (exists(name, envir = as.environment(place), inherits = FALSE) && !startsWith(place, "package:")) return(NULL)
    if (startsWith(place, "package:") && exists(name, envir = as.environment(place), inherits = FALSE)) {
      return(list(value = get(name, envir = as.environment(place), inherits = FALSE), place = place))
    }
  }
  NULL
}

# The elements' names of a value; and one of them, as list(value) or NULL.
member_names <- function(value, operator) {
  if (operator == "@") return(setdiff(names(attributes(value)), "class"))
  if (is.environment(value)) return(ls(value, all.names = TRUE))
  if (typeof(value) %in% c("list", "pairlist")) return(attributes(value)$names)
  character()
}

member <- function(value, name, operator) {
  if (operator == "@") {
    found <- attributes(value)[[name]]
    return(if (!is.null(found)) list(found))
  }
  if (is.environment(value)) return(peek(name, value))
  if (!name %in% member_names(value, "$")) return(NULL)
  list(.subset2(value, name))
}

name_pattern <- "(?:`[^`]+`|[\\p{L}.][\\p{L}\\p{N}._]*)"

# list(value) that a chain such as  a$b@c  stands for, or NULL.
follow <- function(chain) {
  words <- regmatches(chain, gregexpr(paste0(name_pattern, "|[$@]"), chain, perl = TRUE))[[1L]]
  bare <- gsub("`", "", words, fixed = TRUE)
  found <- find_name(bare[1L])
  for (i in seq_along(bare)[-1L]) {
    if (is.null(found)) return(NULL)
    if (i %% 2L == 1L) found <- member(found[[1L]], bare[i], words[i - 1L])
  }
  found
}

kind_of <- function(value) if (is.function(value)) "function" else "variable"

# The code with strings and comments blanked; an opened string stays, as what is behind its quote.
strip <- function(code) {
  strings <- "\"(?:[^\"\\\\]|\\\\.)*+\"|'(?:[^'\\\\]|\\\\.)*+'|#[^\n]*+"
  gsub(strings, "\"\"", code, perl = TRUE)
}

answer_check <- function(code, before, detail) {
  state <- tryCatch(
    .Call("quern_parse_state", code, PACKAGE = "(embedding)"),
    error = function(condition) "invalid"
  )
  indent <- ""
  if (state == "incomplete") {
    stripped <- strip(code)
    if (!grepl("[\"'`]", gsub("\"\"|`[^`\n]*`", "", stripped))) {
      count <- function(pattern) sum(gregexpr(pattern, stripped, perl = TRUE)[[1L]] > 0L)
      indent <- strrep("  ", max(0L, count("[({\\[]") - count("[)}\\]]")))
    }
  }
  send("checked", paste0("state=", state), list(indent = indent))
  TRUE
}
