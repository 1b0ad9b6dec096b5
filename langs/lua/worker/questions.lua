-- SPDX-License-Identifier: Apache-2.0
--
-- Completion, inspection and indentation, for Lua 5.1 to 5.4: loaded by the worker with the texts of the snippets, by the names
-- of their chunks, and with the path of this file.
--
-- Looks at values without asking them: no metamethod runs. And it lives in the user's own state: whatever it uses is kept in
-- locals, for a snippet may have replaced it, and strings' methods too.
local sources, script = ...
local find, match, sub, gsub, gmatch = string.find, string.match, string.sub, string.gsub, string.gmatch
local format, rep = string.format, string.rep
local concat, sort, next, type, rawget, tostring, tonumber = table.concat, table.sort, next, type, rawget, tostring, tonumber
local getmetatable, getinfo, getlocal = debug.getmetatable, debug.getinfo, debug.getlocal
local globals, loaded, load_file, version = _G, package.loaded, loadfile, _VERSION
local strings = string

local KEYWORDS = "and break do else elseif end false for function if in local nil not or repeat return then true until while"
if version ~= "Lua 5.1" then KEYWORDS = KEYWORDS .. " goto" end

-- The text with its strings and comments blanked, and what it ends in: "code", "string" or "comment".
local function blanked(text)
  local out, at = {}, 1
  while true do
    local start = find(text, "[\"'%-%[]", at)
    if not start then
      out[#out + 1] = sub(text, at)
      return concat(out), "code"
    end
    out[#out + 1] = sub(text, at, start - 1)
    local comment = find(text, "^%-%-", start)
    local equals = match(text, "^%[(=*)%[", comment and start + 2 or start)
    local mark, stop, _ = sub(text, start, start)
    if equals then
      _, stop = find(text, "]" .. equals .. "]", start, true)
    elseif comment then
      stop = find(text, "\n", start, true)
    elseif mark == '"' or mark == "'" then
      local from = start + 1
      repeat
        stop = find(text, "[\\\n" .. mark .. "]", from)
        local escaped = stop and sub(text, stop, stop) == "\\"
        from = escaped and stop + 2 or from
      until not escaped
    else
      stop = start
      out[#out + 1] = mark
    end
    if not stop then return concat(out), comment and "comment" or "string" end
    if equals or comment or stop > start then out[#out + 1] = rep(comment and " " or "\1", stop - start + 1) end
    at = stop + 1
  end
end

-- What holds the members of a value, the value itself first.
local function holders(value)
  local found, seen = {}, {}
  while value ~= nil and not seen[value] and #found < 20 do
    seen[value] = true
    if type(value) == "table" then found[#found + 1] = value end
    local meta = getmetatable(value)
    value = type(meta) == "table" and rawget(meta, "__index") or nil
    if type(value) == "function" then value = nil end
  end
  return found
end

local function member(value, key)
  for _, holder in next, holders(value) do
    local found = rawget(holder, key)
    if found ~= nil then return found end
  end
end

-- The operand that ends the text, as keys from the globals on: {"a", "b", 1}; nil where it is more than names and literals.
local function operand(text, masked)
  local keys = {}
  local function put(key, start)
    for i = #keys, 1, -1 do keys[i + 1] = keys[i] end
    keys[1] = key
    text, masked = sub(text, 1, start - 1), sub(masked, 1, start - 1)
  end
  while true do
    local start = find(masked, "%[[^%[%]]*%]%s*$")
    if start then
      local inner = match(sub(text, start), "^%[%s*(.-)%s*%]%s*$")
      local key = tonumber(inner) or match(inner, "^\"([^\"\\]*)\"$") or match(inner, "^'([^'\\]*)'$")
      if not key then return nil end
      put(key, start)
    else
      start = find(masked, "[%a_][%w_]*%s*$")
      if not start then return nil end
      put(match(sub(text, start), "^[%w_]+"), start)
      if not find(masked, "[%.:]%s*$") or find(masked, "%.%.%s*$") then return keys end
      local dot = find(masked, "[%.:]%s*$")
      text, masked = sub(text, 1, dot - 1), sub(masked, 1, dot - 1)
    end
  end
end

local function resolve(keys)
  local value = globals
  for _, key in next, keys do
    value = member(value, key)
    if value == nil then return nil end
  end
  return value
end

local function sort_of(value)
  if type(value) == "table" then
    for _, module in next, loaded do
      if module == value then return "module" end
    end
  end
  return type(value)
end

local function add_members(items, value, start, functions_only)
  for _, holder in next, holders(value) do
    for key, found in next, holder do
      local fits = type(key) == "string" and sub(key, 1, #start) == start and find(key, "^[%a_][%w_]*$")
      if fits and not items[key] and (type(found) == "function" or not functions_only) then items[key] = sort_of(found) end
    end
  end
end

local function add_locals(items, masked, start)
  local function add(names)
    for name in gmatch(names, "[%a_][%w_]*") do
      if sub(name, 1, #start) == start and name ~= "function" then items[name] = items[name] or "variable" end
    end
  end
  for names in gmatch(masked, "%f[%w_]local%s+([%w_%s,]-)%s*[=\n;]") do add(names) end
  for name in gmatch(masked, "%f[%w_]local%s+function%s+([%w_]+)") do add(name) end
  for names in gmatch(masked, "%f[%w_]function%s*[%w_%.:]*%s*%(([%w_%s,]*)") do add(names) end
  for names in gmatch(masked, "%f[%w_]for%s+([%w_%s,]-)%s+in%f[%W]") do add(names) end
  for name in gmatch(masked, "%f[%w_]for%s+([%w_]+)%s*=") do add(name) end
end

local function complete(code, cursor)
  local text = sub(code, 1, cursor)
  local masked, place = blanked(text)
  local items, names = {}, {}
  local start = match(text, "[%w_]*$")
  local module = place == "string" and match(text, "require%s*%(?%s*[\"']([%w_%.%-]*)$")
  if module then
    start = module
    for name in next, loaded do
      if sub(name, 1, #start) == start then items[name] = "module" end
    end
  elseif place == "code" and not find(start, "^%d") then
    local rest, hidden = sub(text, 1, #text - #start), sub(masked, 1, #masked - #start)
    local dot = not find(hidden, "%.%.%s*$") and find(hidden, "[%.:]%s*$")
    if dot then
      local colon = sub(hidden, dot, dot) == ":"
      local keys = operand(sub(rest, 1, dot - 1), sub(hidden, 1, dot - 1))
      if keys then add_members(items, resolve(keys), start, colon)
      elseif colon and find(sub(hidden, 1, dot - 1), "\1%s*%)?%s*$") then add_members(items, strings, start, true) end
    else
      add_members(items, globals, start)
      add_locals(items, hidden, start)
      for word in gmatch(KEYWORDS, "%a+") do
        if sub(word, 1, #start) == start then items[word] = "keyword" end
      end
    end
  end
  for name, kind in next, items do names[#names + 1] = name .. "\t" .. kind end
  sort(names)
  return #text - #start, concat(names, "\n")
end

-- The lines of a function as it was written, with the comment right above it; nil where that is not known.
local function written(info)
  local source = sources[info.source]
  if not source or info.linedefined < 1 then return nil end
  local lines, first = {}, info.linedefined
  for line in gmatch(source .. "\n", "(.-)\n") do lines[#lines + 1] = line end
  while first > 1 and find(lines[first - 1], "^%s*%-%-") do first = first - 1 end
  local comment = {}
  for i = first, info.linedefined - 1 do comment[#comment + 1] = gsub(lines[i], "^%s*%-%-+%[*%s?", "") end
  return concat(lines, "\n", first, info.lastlinedefined), concat(comment, "\n"), lines[info.linedefined]
end

local function parameters(value, info, line)
  if version == "Lua 5.1" then return line and match(line, "function[^%(]*(%b())") or "(...)" end
  local names = {}
  for i = 1, info.nparams do names[i] = getlocal(value, i) end
  if info.isvararg then names[#names + 1] = "..." end
  return "(" .. concat(names, ", ") .. ")"
end

local manual
local function manual_entry(value)
  manual = manual or load_file((gsub(script, "questions%.lua$", "manual.lua")))(gmatch)
  for name, entry in next, manual do
    local keys = {}
    for key in gmatch(name, "[^%.:]+") do keys[#keys + 1] = key end
    if resolve(keys) == value then return entry end
  end
end

local function describe_function(name, value, detail)
  local info = getinfo(value, version == "Lua 5.1" and "S" or "Su")
  if info.what == "C" then
    local entry = manual_entry(value)
    return entry or name .. ": a function written in C"
  end
  local source, comment, line = written(info)
  local text = name .. " " .. parameters(value, info, line)
  if comment and comment ~= "" then text = text .. "\n" .. comment end
  text = text .. format("\ndefined in %s, line %d", info.short_src, info.linedefined)
  if detail and source then text = text .. "\n\n" .. source end
  return text
end

local function brief(value)
  if type(value) == "string" then return format("%q", #value > 200 and sub(value, 1, 200) .. "…" or value) end
  if type(value) == "number" or type(value) == "boolean" or value == nil then return tostring(value) end
  return "a " .. type(value)
end

local function describe_table(name, value)
  local keys, count = {}, 0
  for key, found in next, value do
    count = count + 1
    if count <= 40 then keys[count] = "  " .. (type(key) == "string" and key or "[" .. brief(key) .. "]") .. " = " .. brief(found) end
  end
  sort(keys)
  if count > 40 then keys[41] = format("  … and %d more", count - 40) end
  return format("%s: a table with %d keys\n%s", name, count, concat(keys, "\n"))
end

local function inspect(code, cursor, detail)
  cursor = cursor + #match(code, "^[%w_]*", cursor + 1)
  local text = sub(code, 1, cursor)
  local masked, place = blanked(text)
  if place ~= "code" then return nil end
  local stop = find(masked, "%(%s*$") or #masked + 1
  local keys = operand(sub(text, 1, stop - 1), sub(masked, 1, stop - 1))
  local value = keys and resolve(keys)
  if value == nil then return nil end
  local name = concat(keys, ".")
  if type(value) == "function" then return describe_function(name, value, detail) end
  if type(value) == "table" then return describe_table(name, value) end
  return format("%s: %s = %s", name, type(value), brief(value))
end

-- The space with which the next line begins.
local function indent(code)
  local last = match((blanked(code)), "([^\n]*%S[^\n]*)%s*$") or ""
  local opens = find(last, "%f[%w_]then%s*$") or find(last, "%f[%w_]do%s*$") or find(last, "%f[%w_]else%s*$")
    or find(last, "%f[%w_]repeat%s*$") or find(last, "[%({]%s*$") or find(last, "%f[%w_]function[^%(]*%b()%s*$")
  return match(last, "^%s*") .. (opens and "  " or "")
end

return {complete = complete, inspect = inspect, indent = indent}
