-- SPDX-License-Identifier: Apache-2.0
--
-- What inspection says of the library's functions: how each is called, and what it does. Those that a version of Lua does
-- not have are not found there.
local entries = {}
local gmatch = ...

for name, call, says in gmatch([==[
assert (v [, message]) | fails with the message when v is false or nil; gives its arguments back
collectgarbage ([option [, argument]]) | runs or tunes the garbage collector: "collect", "count", "step", "stop", "restart", …
dofile ([filename]) | runs a file
error (message [, level]) | ends the last protected call with that error; the level tells whose line is named
getmetatable (object) | its metatable, or that one's __metatable
ipairs (t) | iterates over t[1], t[2], … up to the first nil
load (chunk [, name [, mode [, env]]]) | compiles a string, or the pieces that a function gives; a function, or nil and a message
loadfile ([filename [, mode [, env]]]) | compiles a file
loadstring (string [, name]) | compiles a string
next (table [, key]) | the key behind that one and its value, nil at the end
pairs (t) | iterates over all keys and values
pcall (f, ...) | calls f protected: true and its results, or false and the error
print (...) | writes its arguments to stdout as by tostring, between tabs, and a newline
rawequal (a, b) | equality without metamethods
rawget (table, key) | the value of that key without metamethods
rawlen (v) | the length without metamethods
rawset (table, key, value) | sets that key without metamethods
require (name) | loads a module, once, and gives it
select (n, ...) | the arguments from the n-th on; with "#" their number
setmetatable (table, metatable) | sets it, and gives the table back
setfenv (f, table) | sets a function's environment
getfenv ([f]) | a function's environment
tonumber (v [, base]) | v as a number, or nil
tostring (v) | v as text, by its __tostring if it has one
type (v) | the name of its type
unpack (list [, i [, j]]) | list[i], …, list[j]
warn (message, ...) | emits a warning
xpcall (f, handler, ...) | like pcall, the error given to the handler first
coroutine.close (co) | closes a suspended or dead coroutine
coroutine.create (f) | a new coroutine with that body
coroutine.isyieldable () | whether the running one can yield
coroutine.resume (co, ...) | starts or continues it: true and what it yields or returns, or false and the error
coroutine.running () | the running coroutine, and whether it is the main one
coroutine.status (co) | "suspended", "running", "normal" or "dead"
coroutine.wrap (f) | a function that resumes a new coroutine and hands its errors on
coroutine.yield (...) | suspends the running coroutine; the arguments are resume's results
debug.getinfo ([thread,] f [, what]) | a table about a function or a level of the stack
debug.getlocal ([thread,] f, local) | the name and value of a local variable
debug.sethook ([thread,] hook, mask [, count]) | calls the hook on calls, returns, lines or every so many instructions
debug.traceback ([thread,] [message [, level]]) | the stack as text
io.close ([file]) | closes a file, or the default output
io.flush () | writes out what the default output has buffered
io.input ([file]) | the default input; sets it
io.lines ([filename, ...]) | iterates over a file's lines
io.open (filename [, mode]) | an open file, or nil and a message
io.output ([file]) | the default output; sets it
io.popen (command [, mode]) | a file that reads a command's output, or writes its input
io.read (...) | reads from the default input: "l" a line, "n" a number, "a" all, or so many bytes
io.tmpfile () | a file that is removed when the program ends
io.type (v) | "file", "closed file" or nil
io.write (...) | writes strings and numbers to the default output
math.abs (x) | the absolute value
math.ceil (x) | the least integer not below x
math.exp (x) | e to the power x
math.floor (x) | the greatest integer not above x
math.fmod (x, y) | the remainder that rounds towards zero
math.log (x [, base]) | the logarithm, natural unless there is a base
math.max (x, ...) | the greatest
math.min (x, ...) | the least
math.modf (x) | the integral part and the rest
math.random ([m [, n]]) | a random number: in [0, 1), in 1 to m, in m to n
math.randomseed ([x]) | seeds the random numbers
math.sqrt (x) | the square root
math.tointeger (x) | x as an integer, or nil
math.type (x) | "integer", "float" or nil
os.clock () | seconds of processor time used
os.date ([format [, time]]) | a time as text or as a table
os.difftime (t2, t1) | seconds between them
os.execute ([command]) | runs a command in the shell
os.exit ([code [, close]]) | ends the snippet; with close also the context
os.getenv (name) | an environment variable, or nil
os.remove (filename) | deletes a file
os.rename (from, to) | renames a file
os.setlocale (locale [, category]) | sets the locale
os.time ([table]) | the time as a number
os.tmpname () | a name for a temporary file
package.loadlib (path, name) | links a C library, and gives that function of it
package.searchpath (name, path [, sep [, rep]]) | where a module would be found
string.byte (s [, i [, j]]) | the codes of its bytes
string.char (...) | a string of bytes with those codes
string.dump (f [, strip]) | a function in binary form
string.find (s, pattern [, init [, plain]]) | where it matches first: start, end and captures, or nil
string.format (format, ...) | text as by C's printf; %q quotes for Lua
string.gmatch (s, pattern) | iterates over all matches
string.gsub (s, pattern, repl [, n]) | s with matches replaced by a string, a table's values or a function's results; and their number
string.len (s) | its length in bytes
string.lower (s) | in lower case
string.match (s, pattern [, init]) | the captures of the first match, or nil
string.pack (format, ...) | values in binary form
string.packsize (format) | the size of what pack makes
string.rep (s, n [, sep]) | s repeated n times, with sep between
string.reverse (s) | its bytes in reverse order
string.sub (s, i [, j]) | the bytes i to j; negative ones count from the end
string.unpack (format, s [, pos]) | the values in a binary string, and the place behind
string.upper (s) | in upper case
table.concat (list [, sep [, i [, j]]]) | its strings and numbers as one text
table.insert (list, [pos,] value) | puts a value at the end, or at a place
table.move (a1, f, e, t [, a2]) | copies a1[f], …, a1[e] to t, …
table.pack (...) | a table of its arguments, with their number as n
table.remove (list [, pos]) | takes a value out, the last unless there is a place, and gives it
table.sort (list [, less]) | sorts it in place
table.unpack (list [, i [, j]]) | list[i], …, list[j]
utf8.char (...) | a string of characters with those codes
utf8.codepoint (s [, i [, j]]) | the codes of its characters
utf8.codes (s) | iterates over places and codes
utf8.len (s [, i [, j]]) | the number of its characters
utf8.offset (s, n [, i]) | where the n-th character begins
]==], "([%w_%.]+) (%b()) | ([^\n]+)\n") do
  entries[name] = name .. " " .. call .. "\n" .. says
end
return entries
