# SPDX-License-Identifier: Apache-2.0
#
# Plots. Snippets draw on a device that nobody sees; each page of it is drawn again as PNG and SVG, and displayed.

most_svg <- 1e6  # bytes; what is larger, of very many points, is shown as PNG alone

# The size as knitr's and Jupyter's users know it: options(repr.plot.width = 7, repr.plot.height = 5, repr.plot.res = 120).
plot_size <- function() {
  number <- function(name, default) {
    value <- getOption(name)
    if (is.numeric(value) && length(value) == 1L && is.finite(value) && value > 0) value else default
  }
  list(width = number("repr.plot.width", 7), height = number("repr.plot.height", 5), res = number("repr.plot.res", 120))
}

# options("device"): what R opens when something is drawn and no device is there.
open_device <- function(...) {
  size <- plot_size()
  file <- tempfile("quern-device", fileext = ".png")
  grDevices::png(file, width = size$width, height = size$height, units = "in", res = size$res, type = "cairo")
  grDevices::dev.control("enable")
  .Call("quern_adopt_device", PACKAGE = "(embedding)")
  invisible(NULL)
}

# Draws a page on a device that `open` opens on a file; the file's bytes.
draw <- function(page, extension, open) {
  file <- tempfile("quern-page", fileext = extension)
  on.exit(unlink(file))
  current <- grDevices::dev.cur()
  open(file)
  tryCatch(.Call("quern_replay", page, PACKAGE = "(embedding)"), finally = {
    grDevices::dev.off()
    if (current > 1L) grDevices::dev.set(current)
  })
  readBin(file, "raw", file.size(file))
}

# `width` and `height` are the watched device's, in inches. graphics.c calls it.
show_page <- function(page, width, height) {
  res <- plot_size()$res
  png <- draw(page, ".png", function(file) {
    grDevices::png(file, width = width, height = height, units = "in", res = res, type = "cairo")
  })
  svg <- draw(page, ".svg", function(file) grDevices::svg(file, width = width, height = height))
  plain <- sprintf("<plot, %g by %g inches>", width, height)
  parts <- list("text/plain" = plain, "image/png" = png, "image/svg+xml" = svg)
  if (length(svg) > most_svg) parts[["image/svg+xml"]] <- NULL
  send("display", "", parts)
  TRUE
}
