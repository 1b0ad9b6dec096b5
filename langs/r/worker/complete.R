# SPDX-License-Identifier: Apache-2.0
#
# Completion.

keywords <- c("break", "else", "FALSE", "for", "function", "if", "in", "Inf", "NA", "NA_character_", "NA_complex_",
  "NA_integer_", "NA_real_", "NaN", "next", "NULL", "repeat", "TRUE", "while")

answer_complete <- function(code, before, detail) {
  matches <- matches_for(before)
  size <- nchar(before, "bytes")
  rows <- sprintf("%s\t%s", matches$text, matches$type)
  start <- size - nchar(matches$token, "bytes")
  send("matches", sprintf("start=%d end=%d", start, size), list(items = paste(rows, collapse = "\n")))
  TRUE
}

found <- function(token, text = character(), type = character()) {
  if (length(text)) type <- rep_len(type, length(text))
  fits <- startsWith(text, token) & !grepl("[\t\n]", text)
  list(token = token, text = text[fits], type = type[fits])
}

most_context <- 20000L  # characters

# As much of the code as says where the cursor is, from the beginning of a line on.
tail_of <- function(before) {
  size <- nchar(before)
  if (size <= most_context) return(before)
  sub("^[^\n]*\n", "", substr(before, size - most_context + 1L, size))
}

# What stands before the cursor, in the order of how particular it is.
matches_for <- function(before) {
  before <- tail_of(enc2utf8(before))
  stripped <- strip(before)
  line <- sub("(?s).*\n", "", stripped, perl = TRUE)
  opened <- regmatches(stripped, regexpr("[\"'](?!\"$)[^\"']*$", gsub("\"\"", "  ", stripped, fixed = TRUE), perl = TRUE))
  comment <- grepl("#[^\n]*$", gsub("\"(?:[^\"\\\\]|\\\\.)*+\"|'(?:[^'\\\\]|\\\\.)*+'", "", before, perl = TRUE), perl = TRUE)
  if (comment) return(found(""))
  if (length(opened)) return(in_string(before))
  token <- regmatches(before, regexpr("[\\p{L}\\p{N}._]*$", before, perl = TRUE))
  if (!length(token)) token <- ""
  lead <- substr(before, 1L, nchar(before) - nchar(token))
  if (grepl("[$@]$", lead)) return(members(lead, token))
  if (grepl(":::?$", lead)) return(exports(lead, token))
  if (grepl("^[0-9]", token)) return(found(token))
  if (grepl("\\b(library|require|requireNamespace|loadNamespace|attachNamespace)\\s*\\(\\s*$", lead)) {
    return(found(token, packages(), "package"))
  }
  names_and_arguments(lead, token)
}

members <- function(lead, token) {
  pattern <- paste0(name_pattern, "(?:[$@]", name_pattern, ")*[$@]$")
  chain <- regmatches(lead, regexpr(pattern, lead, perl = TRUE))
  if (!length(chain)) return(found(token))
  operator <- substr(chain, nchar(chain), nchar(chain))
  value <- follow(substr(chain, 1L, nchar(chain) - 1L))
  if (is.null(value)) return(found(token))
  names <- member_names(value[[1L]], operator)
  names <- names[nzchar(names) & startsWith(names, token)]
  type <- vapply(names, function(name) {
    element <- member(value[[1L]], name, operator)
    if (is.null(element)) "variable" else kind_of(element[[1L]])
  }, "")
  plain <- make.names(names) == names
  result <- list(token = token, text = ifelse(plain, names, paste0("`", names, "`")), type = unname(type))
  if (length(names)) result else found(token)
}

# The exports of a package: as they are when it is loaded, else as they are written down, for nothing is loaded here.
exports <- function(lead, token) {
  words <- regmatches(lead, regexec("([A-Za-z][A-Za-z0-9.]*)(:::?)$", lead, perl = TRUE))[[1L]]
  if (length(words) != 3L) return(found(token))
  package <- words[2L]
  if (isNamespaceLoaded(package)) {
    namespace <- asNamespace(package)
    names <- if (words[3L] == ":::") ls(namespace, all.names = TRUE) else getNamespaceExports(namespace)
    if (package == "base") names <- ls(baseenv(), all.names = TRUE)
  } else {
    file <- system.file("Meta", "nsInfo.rds", package = package)
    names <- if (nzchar(file)) as.character(readRDS(file)$exports)
  }
  found(token, sort(as.character(names)), "function")
}

packages <- function() {
  folders <- list.dirs(.libPaths(), recursive = FALSE)
  sort(unique(basename(folders[file.exists(file.path(folders, "DESCRIPTION"))])))
}

in_string <- function(before) {
  quote <- regmatches(before, regexpr("[^\"']*$", before))
  lead <- substr(before, 1L, nchar(before) - nchar(quote) - 1L)
  if (grepl("\\b(library|require|requireNamespace|loadNamespace)\\s*\\(\\s*$", lead)) return(found(quote, packages(), "package"))
  chain <- regmatches(lead, regexec(paste0("(", name_pattern, "(?:[$@]", name_pattern, ")*)\\[\\[$"), lead, perl = TRUE))[[1L]]
  if (length(chain)) {
    value <- follow(chain[2L])
    return(found(quote, as.character(if (!is.null(value)) member_names(value[[1L]], "$")), "variable"))
  }
  files_for(quote)
}

files_for <- function(text) {
  folder <- sub("[^/]*$", "", text)
  look <- path.expand(if (nzchar(folder)) folder else ".")
  names <- list.files(look, all.files = grepl("(^|/)\\.[^/]*$", text), no.. = TRUE)
  paths <- paste0(folder, names)
  directory <- dir.exists(file.path(look, names))
  found(text, paste0(paths, ifelse(directory, "/", "")), ifelse(directory, "directory", "file"))
}

names_and_arguments <- function(lead, token) {
  arguments <- argument_names(lead)
  own <- if (length(arguments)) found(token, paste0(arguments, " = "), "argument") else found(token)
  text <- character()
  type <- character()
  for (place in search()) {
    environment <- as.environment(place)
    names <- ls(environment, all.names = startsWith(token, "."), sorted = FALSE)
    names <- names[startsWith(names, token)]
    # With nothing typed, what the user has made is enough.
    if (!nzchar(token) && place != ".GlobalEnv") names <- character()
    text <- c(text, names)
    type <- c(type, vapply(names, function(name) type_in(name, environment, place), ""))
  }
  first <- !duplicated(text)
  text <- text[first]
  type <- unname(type[first])
  odd <- make.names(text) != text
  text <- ifelse(odd, paste0("`", text, "`"), text)
  words <- if (nzchar(token)) keywords[startsWith(keywords, token)]
  order <- order(text)
  list(token = token, text = c(own$text, text[order], words),
    type = c(own$type, type[order], rep("keyword", length(words))))
}

type_in <- function(name, environment, place) {
  value <- peek(name, environment)
  if (!is.null(value)) return(kind_of(value[[1L]]))
  # What a package loads lazily is nearly always a function, but for those of data sets.
  if (place == "package:datasets" || !startsWith(place, "package:")) "variable" else "function"
}

# The names of the arguments of the call that the cursor is in.
argument_names <- function(lead) {
  text <- strip(lead)
  repeat {
    shorter <- gsub("\\([^()\\[\\]{}]*\\)|\\[[^()\\[\\]{}]*\\]|\\{[^()\\[\\]{}]*\\}", "", text, perl = TRUE)
    if (shorter == text) break
    text <- shorter
  }
  call <- regmatches(text, regexec(paste0("(", name_pattern, "(?:::?:?", name_pattern, ")?)\\s*\\(([^()\\[\\]{}]*)$"),
    text, perl = TRUE))[[1L]]
  # Behind = comes a value and no name.
  if (!length(call) || grepl("=[^,]*$", call[3L])) return(character())
  fun <- function_named(call[2L])
  if (is.null(fun)) return(character())
  if (is.primitive(fun)) fun <- args(fun)
  names <- names(formals(fun))
  generic <- sub("^.*:", "", call[2L])
  method <- find_name(paste0(generic, ".default"))
  if (is.function(method$value)) names <- c(names, names(formals(method$value)))
  setdiff(unique(names), "...")
}

function_named <- function(name) {
  words <- strsplit(name, ":::?", perl = TRUE)[[1L]]
  value <- if (length(words) == 1L) {
    find_name(name)$value
  } else if (isNamespaceLoaded(words[1L])) {
    get0(words[2L], envir = asNamespace(words[1L]), inherits = FALSE)
  }
  if (is.function(value)) value
}
