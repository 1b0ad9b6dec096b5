# SPDX-License-Identifier: Apache-2.0
#
# Inspection: what the word at the cursor is, from its help, its source or its value.

answer_inspect <- function(code, before, detail) {
  pattern <- paste0("(?:[A-Za-z][A-Za-z0-9.]*:::?)?", name_pattern, "(?:[$@]", name_pattern, ")*")
  starts <- gregexpr(pattern, code, perl = TRUE)[[1L]]
  at <- nchar(before)
  ends <- starts + attr(starts, "match.length") - 1L
  # The word that the cursor is in or behind; in an argument list, the function's.
  hit <- which(starts > 0L & starts - 1L <= at & ends >= at)
  word <- if (length(hit)) substr(code, starts[hit[1L]], ends[hit[1L]]) else called_before(before)
  text <- if (!is.null(word)) describe(word, detail)
  if (!is.null(text)) send("found", "", list("text/plain" = paste(text, collapse = "\n")))
  TRUE
}

called_before <- function(before) {
  call <- regmatches(strip(before), regexec(paste0("(", name_pattern, ")\\s*\\([^()]*$"), strip(before), perl = TRUE))[[1L]]
  if (length(call)) call[2L]
}

describe <- function(word, detail) {
  package <- NULL
  if (grepl("::", word, fixed = TRUE)) {
    parts <- strsplit(word, ":::?", perl = TRUE)[[1L]]
    package <- parts[1L]
    word <- parts[2L]
    if (!isNamespaceLoaded(package)) return(help_text(word, package, detail))
    value <- get0(word, envir = asNamespace(package), inherits = FALSE)
    found <- if (!is.null(value)) list(value = value, place = paste0("package:", package))
  } else {
    if (word %in% keywords) return(help_text(word, "base", detail))
    found <- follow(word)
  }
  if (is.null(found)) return(NULL)
  value <- found[[1L]]
  if (!is.function(value)) return(c(sketch(word, value), if (is_package(found$place)) help_text(word, NULL, detail)))
  signature <- signature_of(word, value)
  if (is_package(found$place)) {
    help <- help_text(word, sub("^package:", "", found$place), detail)
    return(c(signature, "", if (is.null(help)) deparse(value, nlines = 200L) else help))
  }
  # A function of the user's: all that he has written.
  source <- attr(value, "srcref")
  c(signature, "", if (inherits(source, "srcref")) source_lines(source) else deparse(value, nlines = 200L))
}

is_package <- function(place) is.character(place) && startsWith(place, "package:")

# A srcref's lines, with the comment that stands above them.
source_lines <- function(source) {
  lines <- attr(source, "srcfile")$lines
  first <- source[1L]
  while (first > 1L && grepl("^\\s*#", lines[first - 1L])) first <- first - 1L
  lines[first:min(source[3L], length(lines))]
}

signature_of <- function(word, value) {
  if (is.primitive(value)) value <- args(value)
  if (is.null(value)) return(paste0(word, "(...)"))
  text <- deparse(args(value), width.cutoff = 100L)
  text <- sub("^function ", word, paste(text[-length(text)], collapse = "\n"))
  trimws(text)
}

# What kind of thing a value is, without asking it: the classes are taken off, so that no method of theirs is called.
sketch <- function(word, value) {
  classes <- attributes(value)$class
  if (is.null(classes)) classes <- class(value)
  size <- if (is.data.frame(value)) {
    sprintf(", %d rows, %d columns", length(attributes(value)$row.names), length(unclass(value)))
  } else if (is.numeric(dim <- attributes(value)$dim)) {
    paste0(", ", paste(dim, collapse = " x "))
  }
  bare <- bare_copy(value, 3L)
  structure <- tryCatch(
    utils::capture.output(utils::str(bare, max.level = 2L, list.len = 30L, give.attr = FALSE)),
    error = function(failed) typeof(value)
  )
  c(paste0(word, ": ", paste(classes, collapse = "/"), size), structure)
}

bare_copy <- function(value, depth) {
  if (is.environment(value) || is.function(value) || isS4(value) || typeof(value) == "externalptr") return(typeof(value))
  attributes <- attributes(value)
  if ("factor" %in% attributes$class && is.character(attributes$levels)) {
    return(attributes$levels[unclass(value)])
  }
  attributes(value) <- attributes[intersect(names(attributes), c("names", "dim"))]
  if (typeof(value) != "list") return(value)
  if (depth == 0L) return(sprintf("list of %d", length(value)))
  if (length(value) > 200L) value <- value[1:200]
  lapply(value, bare_copy, depth - 1L)
}

# The help of a topic as text: the title and what it is for, or all of it; NULL where there is none.
help_text <- function(topic, package, detail) {
  tryCatch({
    files <- if (is.null(package)) utils::help((topic)) else utils::help((topic), package = (package))
    if (!length(files)) return(NULL)
    page <- utils:::.getHelpFile(files[1L])
    lines <- utils::capture.output(tools::Rd2txt(page, options = list(underline_titles = FALSE), package = package))
    lines <- gsub(".\b", "", lines)
    if (detail) return(lines)
    # Up to the section behind the description.
    heads <- grep("^[A-Z][A-Za-z ]*:$", lines)
    usage <- heads[lines[heads] != "Description:"]
    if (length(usage)) trimws(lines[seq_len(usage[1L] - 1L)], "right") else lines
  }, error = function(failed) NULL)
}
