# SPDX-License-Identifier: Apache-2.0
#
# Makes one file of the worker's R code, compiled, which loads faster and does not stop amid a snippet to be compiled:
#
#   Rscript compile.R RESULT.rds FILE.R ...
arguments <- commandArgs(trailingOnly = TRUE)
code <- new.env(parent = baseenv())
for (file in arguments[-1L]) sys.source(file, envir = code)
invisible(compiler::setCompilerOptions(suppressAll = TRUE))
for (name in ls(code)) {
  if (is.function(code[[name]])) code[[name]] <- compiler::cmpfun(code[[name]])
}
code$handlers <- lapply(code$handlers, compiler::cmpfun)
saveRDS(code, arguments[1L], compress = FALSE)
