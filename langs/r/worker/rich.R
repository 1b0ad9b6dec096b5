# SPDX-License-Identifier: Apache-2.0
#
# Values in more forms than text, and what a snippet may show on its way.

tell_value <- function(value, plain) {
  send("result", "", c(list("text/plain" = plain), forms(value)))
  TRUE
}

# The forms of a value beside text: a named list, empty for most.
forms <- function(value) {
  if (!is.object(value)) return(list())
  tryCatch(
    if (is.data.frame(value)) {
      list("text/html" = html_table(value))
    } else if (inherits(value, c("html", "shiny.tag", "shiny.tag.list"))) {
      list("text/html" = paste(as.character(value), collapse = "\n"))
    } else if (inherits(value, "json")) {
      list("application/json" = paste(unclass(value), collapse = "\n"))
    } else {
      list()
    },
    error = function(failed) {
      message("only text can be shown of this value: ", conditionMessage(failed))
      list()
    }
  )
}

escape <- function(text) {
  text <- gsub("&", "&amp;", text, fixed = TRUE)
  text <- gsub("<", "&lt;", text, fixed = TRUE)
  gsub(">", "&gt;", text, fixed = TRUE)
}

most_rows <- 60L
most_columns <- 20L

html_table <- function(data) {
  rows <- nrow(data)
  columns <- ncol(data)
  shown <- data[seq_len(min(rows, most_rows)), seq_len(min(columns, most_columns)), drop = FALSE]
  # format() is asked for each column alone, so that numbers are aligned as R prints them.
  cells <- lapply(shown, function(column) escape(cell_texts(column)))
  number <- vapply(shown, is.numeric, NA)
  head <- paste0("<th>", escape(c("", names(shown))), "</th>", collapse = "")
  body <- character()
  if (nrow(shown)) {
    align <- ifelse(number, "<td style=\"text-align:right\">", "<td>")
    marked <- mapply(function(column, open) paste0(open, column, "</td>"), cells, align, SIMPLIFY = FALSE)
    body <- do.call(paste0, c(list("<tr><th>", escape(row.names(shown)), "</th>"), unname(marked), list("</tr>\n")))
  }
  note <- if (nrow(shown) < rows || ncol(shown) < columns) {
    sprintf("<caption>the first %d of %d rows, %d of %d columns</caption>\n", nrow(shown), rows, ncol(shown), columns)
  }
  paste0("<table>\n", note, "<thead><tr>", head, "</tr></thead>\n<tbody>\n", paste(body, collapse = ""), "</tbody>\n</table>")
}

cell_texts <- function(column) {
  if (is.matrix(column) || is.data.frame(column)) {
    return(do.call(paste, lapply(as.data.frame(column), cell_texts)))
  }
  trimws(format(column))
}

# A value in its forms; or, with `mime`, a text or raw vector of that type, with `plain` for those who cannot show it.
display <- function(value, mime = NULL, plain = NULL, id = NULL, update = FALSE) {
  if (is.null(mime)) {
    text <- paste(utils::capture.output(print(value)), collapse = "\n")
    parts <- c(list("text/plain" = text), forms(value))
  } else {
    if (!is.character(mime) || length(mime) != 1L || !grepl("^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+$", mime)) {
      stop("`mime` is to be one MIME type, such as \"text/html\"")
    }
    if (!is.raw(value)) value <- paste(as.character(value), collapse = "\n")
    if (is.null(plain)) plain <- if (is.raw(value)) paste0("<", mime, ">") else value
    parts <- list("text/plain" = paste(plain, collapse = "\n"))
    parts[[mime]] <- value
  }
  attributes <- character()
  if (!is.null(id)) attributes <- paste0("display=", utils::URLencode(as.character(id), reserved = TRUE))
  if (isTRUE(update)) attributes <- c(attributes, "update=1")
  send("display", paste(attributes, collapse = " "), parts)
  invisible(NULL)
}

# Forgets what was displayed; with `wait`, when the next thing is.
clear_output <- function(wait = FALSE) {
  send("clear", if (isTRUE(wait)) "wait=1" else "wait=0")
  invisible(NULL)
}

# What R would give to a pager: printed. Help has its bold and underlined letters overstruck.
show_files <- function(files, header, title, delete.file) {
  for (i in seq_along(files)) {
    if (length(header) >= i && nzchar(header[i])) cat(header[i], "\n\n", sep = "")
    lines <- readLines(files[i], warn = FALSE, encoding = "UTF-8")
    cat(gsub(".\b", "", lines), sep = "\n")
  }
  if (isTRUE(delete.file)) unlink(files)
  invisible(NULL)
}
