# SPDX-License-Identifier: Apache-2.0
# The Bash worker: one interactive shell without a terminal, which never reads commands from fd 0.
#
# Started as `bash --noprofile --noediting +m -i --rcfile worker.sh`; speaks langs/WORKER.md. It is
# interactive because SIGINT then returns to the top level with everything kept, and the top level
# runs PROMPT_COMMAND again: that is the loop. Snippets are evaluated at the top level, not inside a
# function, so that `declare` makes globals. The worker's descriptors (40 requests, 41 replies, 42 and
# 43 the user's stdin and stderr) are closed for them; meanwhile Bash itself keeps these, close-on-exec,
# at numbers that __quern_next works out beforehand. None is near 63, from where Bash goes down for process
# substitutions and coprocesses. Outside of snippets 2 is /dev/null, for there Bash writes a newline at
# every interrupt. What can end the shell is turned into a jump to the top level: exit, and a failure
# under set -e.

PS1='' PS2='' PS4='+ '
unset HISTFILE MAILCHECK
set +o history +H +m
shopt -s execfail  # a failed exec is a failed command, not the end
exec 40<&3 41>&4 42<&0 43>&2 3<&- 4>&- 2>/dev/null

__quern_state=idle      # idle, running
__quern_status=0        # $? of the last snippet, seen by the next
__quern_exit=''         # N, when the snippet has asked to exit
__quern_failed=''       # N, when set -e has ended the snippet
__quern_line=''         # where a command failed last
__quern_asking=''       # 1 while a prompt is open
__quern_int='' __quern_err_trap='' __quern_exit_trap=''  # the user's own traps
__quern_merged=''        # 1 while 2 is what 1 is, 38 what 1 was
__quern_traced='' __quern_untraced=''  # TRACEPARENT of this run, and how to have it as before
__quern_options=E
__quern_prompts=1

# -- frames

__quern_send() {  # FD KIND-AND-ATTRIBUTES [NAME TEXT]...
  local fd=$1 line=$2 body=''
  shift 2
  (($#)) && local LC_ALL=C  # only then: changing the locale is the dearest thing here
  while (($#)); do
    line+=" $1:${#2}" body+=$2
    shift 2
  done
  builtin printf '%s\n%s' "$line" "$body" >&"$fd"
}

__quern_read() {  # one frame: __quern_kind, __quern_value[], __quern_part[], __quern_argv[]
  local IFS=' ' word text name count
  local -a words
  builtin read -r -u 40 -a words || return
  __quern_kind=${words[0]} __quern_value=() __quern_part=()
  for word in "${words[@]:1}"; do
    name=${word%:*} count=${word##*:}
    if [[ $word != *:* || $count == *[!0-9]* ]]; then
      __quern_value[${word%%=*}]=${word#*=}
    elif [[ $name == argv ]]; then
      __quern_argv=()
      while ((count > 0)) && LC_ALL=C IFS= builtin read -r -d '' -u 40 text; do
        __quern_argv+=("$text")
        __quern_size "$text"
        ((count -= __quern_bytes + 1))
      done
      __quern_part[argv]=1
    elif ((count)); then
      LC_ALL=C IFS= builtin read -r -N "$count" -u 40 text || return
      __quern_part[$name]=$text
    else
      __quern_part[$name]=''
    fi
  done
  return 0
}

__quern_size() { local LC_ALL=C; __quern_bytes=${#1}; }
declare -A __quern_value __quern_part
declare -a __quern_argv

# -- the loop: __quern_next, the snippet, __quern_end; and again, however the snippet has ended

__quern_next() {  # answer requests until one is a snippet to run
  local said=''
  builtin trap '' INT
  if [[ $__quern_state == running ]]; then  # a stray `continue`
    __quern_leave 0 "$-"
    __quern_end
  fi
  while :; do
    __quern_read || builtin exit 0
    case $__quern_kind in
      run) break ;;
      complete) __quern_complete ;;
      inspect) __quern_inspect ;;
      check) __quern_check ;;
      *) __quern_send 41 'error kind=runtime' name UnknownRequest \
           message "this worker does not know the request '$__quern_kind'" ;;
    esac
    __quern_send 41 'done status=ok'
  done
  __quern_code=${__quern_part[code]}
  __quern_source=$__quern_code
  if __quern_risky "$__quern_code" && ! __quern_parse "$__quern_code"; then
    __quern_refused=$said __quern_code=__quern_refuse
  fi
  __quern_prompts=1
  [[ ${__quern_value[stdin]} == none ]] && __quern_prompts=''
  __quern_exit='' __quern_failed='' __quern_line='' __quern_prefix=''
  __quern_err=43 __quern_merged=''
  if [[ ${__quern_value[merge]} == 1 ]]; then
    exec 38>&1
    __quern_err=1 __quern_merged=1
  fi
  [[ ${__quern_part[traceparent]} ]] && __quern_trace "${__quern_part[traceparent]}"
  local n
  exec {n}>&41
  exec {n}>&-
  __quern_reply=$n __quern_stdin=$((n + 1))
  __quern_arm
  local dashed=${__quern_options//[!aBbCefhkPTuvx]/}
  __quern_prefix=''
  [[ $dashed ]] && __quern_prefix="builtin set -${dashed}E; "
  if ((__quern_status)) && [[ $dashed != *x* ]]; then
    __quern_prefix+="__quern_give_status $__quern_status && :"  # as the left of && it fails nobody's set -e
  fi
  __quern_prefix+=$'\n'  # for Bash counts the lines of an evaluated text from 0
  __quern_state=running
  [[ $__quern_int == ignore ]] || builtin trap -- "${__quern_int:--}" INT
  __quern_arm_stand_in
  return 0
}

# SIGRTMAX stands for SIGINT while this process has children or computes: at one moment of its waiting for
# a child SIGINT would hang Bash. One whose snippet has a trap on INT gets SIGINT itself.
__quern_arm_stand_in() {
  if [[ $__quern_int ]]; then builtin trap '' RTMAX; else builtin trap -- __quern_interrupted RTMAX; fi
}

# On ERR first the user's, then ours. `case` and arithmetic leave $? alone, and cannot fail under set -e.
# What the worker itself runs is no failure of the user's.
__quern_arm() {
  builtin trap -- "case \${FUNCNAME[0]-}:\$BASH_COMMAND in *__quern_* | read:* | trap:*) ;; *) case \$((__quern_failing = \$?, __quern_line = LINENO)) in *) ${__quern_err_trap:+$__quern_err_trap
}__quern_err ;; esac ;; esac" ERR
}

# For a child that is interrupted before Bash has taken the EXIT trap from it would run it.
__quern_arm_exit() {
  [[ $__quern_exit_trap ]] || return 0
  builtin trap -- "case \$BASHPID in $__quern_exit_pid) $__quern_exit_trap
;; esac" EXIT
}

__quern_err() {  # on every failing command, before set -e would end the shell
  if [[ $- == *e* && $__quern_state == running && $BASHPID == "$$" ]]; then
    __quern_failed=$__quern_failing
    __quern_jump
  fi
  return "$__quern_failing"
}

__quern_jump() {
  builtin trap - INT
  builtin kill -INT $$
}

# Comes when the command that Bash waits for has ended, whether that has died of its SIGINT or not.
__quern_interrupted() {
  if [[ $__quern_state == running && $BASHPID == "$$" ]]; then __quern_jump; fi
  return 0
}

__quern_leave() {  # STATUS OPTIONS: the snippet is through; first of all, no signal and no option disturbs
  builtin trap '' INT RTMAX
  builtin set +aefkuvxCTn
  builtin trap - DEBUG ERR RETURN
  builtin jobs >/dev/null  # forgets what has ended, which a prompt would do: %1 is the first alive
  __quern_options=$2 __quern_status=${__quern_failed:-$1}
  [[ $__quern_state == idle ]] || __quern_state=left
}

__quern_end() {  # tell how it ended; still `running` means that a jump, and no __quern_leave, led here
  local status=$__quern_status
  case $__quern_state in
    idle) return 0 ;;
    running)
      __quern_leave "$1" "$2"
      status=${__quern_failed:-interrupted} ;;
  esac
  local line=''
  [[ $__quern_line ]] && line=" line=$__quern_line"
  __quern_state=idle
  [[ $__quern_merged ]] && exec 38>&-
  [[ $__quern_traced ]] && __quern_untrace
  if [[ $__quern_asking ]]; then
    __quern_asking=''
    __quern_send 41 taken
  fi
  if [[ $__quern_exit ]]; then
    __quern_status=$__quern_exit
    if ((__quern_exit)); then
      __quern_send 41 "done status=error exit=$__quern_exit"
    else
      __quern_send 41 'done status=ok exit=0'
    fi
  elif [[ $status == interrupted ]]; then
    __quern_status=130
    __quern_send 41 'error kind=runtime' name Interrupted message 'interrupted by SIGINT'
    __quern_send 41 'done status=interrupted'
  else
    __quern_status=$status
    if ((status == 0)); then
      __quern_send 41 'done status=ok'
    else
      ((status == 2)) && __quern_syntax_error ||
        __quern_send 41 "error kind=runtime$line" name ExitStatus message "exit status $status"
      __quern_send 41 "done status=error exit=$status"
    fi
  fi
  if [[ ${PROMPT_COMMAND[*]} != "${__quern_loop[*]}" ]]; then
    unset PROMPT_COMMAND
    PROMPT_COMMAND=("${__quern_loop[@]}")
  fi
}

__quern_trace() {  # TRACEPARENT is of one run
  __quern_untraced='unset TRACEPARENT'
  [[ ${TRACEPARENT+set} ]] && __quern_untraced="declare -g TRACEPARENT=${TRACEPARENT@Q}"
  [[ ${TRACEPARENT@a} == *x* ]] && __quern_untraced="export TRACEPARENT=${TRACEPARENT@Q}"
  __quern_traced=$1
  builtin export "TRACEPARENT=$1" 2>/dev/null
}

__quern_untrace() {
  [[ $TRACEPARENT == "$__quern_traced" ]] && builtin eval "builtin $__quern_untraced" 2>/dev/null
  __quern_traced=''
}

__quern_syntax_error() {  # whether the snippet was one; then says so
  local said=''
  __quern_parse "$__quern_source" && return 1
  [[ $said =~ line\ ([0-9]+):\ ([^$'\n']*) ]] || return 1
  __quern_send 41 "error kind=compile line=${BASH_REMATCH[1]}" name SyntaxError message "${BASH_REMATCH[2]}" \
    traceback "line ${BASH_REMATCH[1]}: ${BASH_REMATCH[2]}"
}

# Bash ends, rather than failing, at an evaluated `$(` without its end: only there the snippet is parsed
# before it runs. Where as many parentheses open as close, and no `case` has odd ones, there is none.
__quern_risky() {
  [[ $1 == *'$('* ]] || return 1
  ((${#1} < 20000)) || return 0
  local open=${1//[!\(]/} close=${1//[!\)]/}
  [[ ${#open} != "${#close}" || $1 == *case* ]]
}

__quern_parse() {  # CODE: whether it parses; what the parser said in the caller's `said`
  said=$(LC_ALL=C "$BASH" --norc -O extglob -n 2>&1 >/dev/null 40<&- 41>&- 42<&- 43>&- <<<"$1")
}

__quern_refuse() { builtin printf '%s\n' "$__quern_refused" >&2; return 2; }
__quern_give_status() { return "$1"; }

# -- what snippets see instead of the builtins that would end or bypass the worker

exit() {
  local __quern_n=${1:-$?}
  [[ $BASHPID == "$$" ]] || builtin exit "$__quern_n"
  if [[ $__quern_n == *[!0-9-]* ]]; then
    builtin printf 'bash: exit: %s: numeric argument required\n' "$__quern_n" >&2
    __quern_n=2
  fi
  __quern_exit=$((__quern_n & 255))
  __quern_jump
}

trap() {
  local __quern_a __quern_new
  (($# == 1)) && [[ $1 != -* ]] && set -- - "$1"
  if (($# > 1)) && [[ $1 != -[lp]* ]]; then
    [[ $1 == -- ]] && shift
    __quern_new=$1
    for __quern_a in "${@:2}"; do
      case ${__quern_a^^} in
        INT | SIGINT | 2)
          __quern_int=${__quern_new:-ignore}
          [[ $__quern_new == - ]] && __quern_int='' ;;
        ERR) __quern_err_trap=${__quern_new#-} ;;
        EXIT | SIGEXIT | 0) __quern_exit_trap=${__quern_new#-} __quern_exit_pid=$BASHPID ;;
        RTMAX | SIGRTMAX | 64)
          builtin printf 'bash: trap: %s: this signal is the worker'"'"'s, by which it is interrupted\n' "$__quern_a" >&2
          return 1 ;;
      esac
    done
    builtin trap -- "$@" || return
    __quern_arm
    [[ $__quern_state == running ]] && __quern_arm_stand_in
    __quern_arm_exit
  else
    builtin trap - ERR
    [[ $__quern_err_trap ]] && builtin trap -- "$__quern_err_trap" ERR
    [[ $__quern_exit_trap ]] && builtin trap -- "$__quern_exit_trap" EXIT
    __quern_new=0
    (($#)) || set -- -p
    [[ $1 == -p && $# == 1 ]] && set -- -p {0..63} DEBUG ERR RETURN
    for __quern_a; do  # all but our own
      shift
      [[ ${__quern_a^^} == @(RTMAX|SIGRTMAX|64) ]] || set -- "$@" "$__quern_a"
    done
    [[ $1 == -p && $# == 1 ]] || builtin trap "$@" || __quern_new=$?
    __quern_arm
    __quern_arm_exit
    return "$__quern_new"
  fi
}

read() {
  if [[ $* != *-*p* || $BASHPID != "$$" || ! /dev/fd/0 -ef /proc/$$/fd/$__quern_stdin ]]; then
    builtin read "$@" || return  # so that set -e sees the call fail, not what it does in here
    return 0
  fi
  local __quern_o __quern_text='' __quern_secret=0 __quern_has='' OPTIND=1 OPTARG OPTERR=0
  while getopts :a:d:ei:n:N:p:rst:u: __quern_o; do
    case $__quern_o in
      p) __quern_text=$OPTARG __quern_has=${__quern_has:-yes} ;;
      s) __quern_secret=1 ;;
      u) [[ $OPTARG == 0 ]] || __quern_has=no ;;
    esac
  done
  if [[ $__quern_has != yes ]]; then
    builtin read "$@" || return
    return 0
  fi
  if [[ ! $__quern_prompts ]]; then
    builtin printf 'bash: read: this run has no input: it was started with stdin "none"\n' >&2
    return 1
  fi
  builtin printf %s "$__quern_text"
  __quern_asking=1
  __quern_send "$__quern_reply" "prompt password=$__quern_secret" prompt "$__quern_text"
  __quern_o=0
  builtin read "$@" || __quern_o=$?
  __quern_asking=''
  __quern_send "$__quern_reply" taken
  return "$__quern_o"
}

# -- questions; the work is done in subshells, so that the context stays as it is

# Where the cursor stands: sets in the caller `start` (of what the matches replace), `plain` (what they
# begin with, without quotes), `quote` (an open one), `place` (command, file or variable) and `command`.
__quern_locate() {  # CODE
  local LC_ALL=C text=${1//\\$'\n'/  } line at=0 char was=command
  line=${text##*$'\n'}
  local offset=$((${#text} - ${#line})) dollar=-1
  start=$offset plain='' quote='' place=command command=''
  for ((at = 0; at < ${#line}; at++)); do
    char=${line:at:1}
    if [[ $quote == \' ]]; then
      if [[ $char == \' ]]; then quote=''; else plain+=$char; fi
      continue
    fi
    case $char in
      \\) ((++at)); plain+=${line:at:1}; continue ;;
      \" | \')
        if [[ $quote ]]; then quote=''; else quote=$char; [[ $plain ]] || start=$((offset + at + 1)); fi
        continue ;;
      \$) dollar=$((at + 1)) ;;
    esac
    if [[ $quote ]]; then
      plain+=$char
      continue
    fi
    case $char in
      [[:space:]])
        if [[ $plain ]]; then
          case $place:$plain in
            redirected:*) place=$was ;;
            assigned:*) place=command ;;
            command:if | command:then | command:else | command:elif | command:do | command:while | command:until | \
              command:! | command:\{ | command:time | command:sudo | command:command | command:builtin | \
              command:exec | command:env | command:nohup | command:coproc) ;;
            command:*) command=$plain place=file ;;
          esac
        fi
        plain='' start=$((offset + at + 1)) ;;
      [\;\|\&\(\)\`]) plain='' place=command command='' start=$((offset + at + 1)) ;;
      [\<\>])
        [[ $place == redirected ]] || was=$place
        plain='' place=redirected start=$((offset + at + 1)) ;;
      =)
        [[ $place == command && $plain =~ ^[a-zA-Z_][a-zA-Z0-9_]*$ ]] && place=assigned
        plain='' start=$((offset + at + 1)) ;;
      \#) [[ $plain ]] || { place=comment; return; }; plain+=$char ;;
      *) plain+=$char ;;
    esac
  done
  if ((dollar >= 0)) && [[ $quote != \' && ${line:dollar} =~ ^\{?[a-zA-Z0-9_]*$ ]]; then
    plain=${line:dollar} place=variable
    plain=${plain#\{}
    start=$((offset + ${#line} - ${#plain}))
  fi
}

__quern_complete() {
  local LC_ALL=C cursor=${__quern_value[cursor]:-0} start plain quote place command items
  local code=${__quern_part[code]:0:cursor}
  items=$(
    exec 40<&- 41>&- 42<&- 43>&- 2>/dev/null
    __quern_locate "$code"
    builtin printf '%s\n' "$start"
    case $place:$command:$plain in
      comment:*) ;;
      variable:*) __quern_marked variable -v ;;
      command:*:*/*) __quern_files -x ;;
      command:* | file:type:* | file:command:* | file:which:* | file:man:* | file:help:*)
        __quern_marked function -A function
        __quern_marked keyword -k
        __quern_marked builtin -b
        __quern_marked alias -a
        __quern_marked command -c ;;
      file:cd:* | file:pushd:* | file:rmdir:*) __quern_files -d ;;
      file:unset:* | file:export:* | file:declare:* | file:typeset:* | file:readonly:* | file:local:* | file:read:*)
        __quern_marked variable -v
        __quern_marked function -A function ;;
      file:alias:* | file:unalias:*) __quern_marked alias -a ;;
      *) __quern_files -e ;;
    esac
  )
  start=${items%%$'\n'*} items=${items#"$start"}
  __quern_send 41 "matches start=$start end=$cursor" items "${items#$'\n'}"
}

__quern_marked() {  # TYPE ACTION…: what compgen finds, each name once
  local name
  [[ ${__quern_seen@a} == *A* ]] || declare -gA __quern_seen=()
  while IFS= builtin read -r name; do
    [[ $name == __quern* || ! $name || ${__quern_seen[$name]} ]] && continue
    __quern_seen[$name]=1
    [[ $1 == function ]] && ! __quern_is_own "$name" && unset "__quern_seen[$name]" && continue
    builtin printf '%s\t%s\n' "$name" "$1"
  done < <(compgen "${@:2}" -- "$plain")
}

__quern_files() {  # TEST: the files there, as they must be written at the cursor
  local name path char at text
  while IFS= builtin read -r name; do
    path=${name/#\~\//$HOME/}
    [[ $name == *[[:cntrl:]]* || ! -d $path && (${1#-} == d || ${1#-} == x && ! -x $path) ]] && continue
    text=''
    case $quote in
      \') [[ $name == *\'* ]] && continue; text=$name ;;
      *)
        for ((at = 0; at < ${#name}; at++)); do
          char=${name:at:1}
          case $quote$char in
            \"[\"\\\$\`] | [][\ \'\"\\\$\`\|\&\;\(\)\<\>\*\?\#\!\{\}]) text+=\\ ;;
          esac
          text+=$char
        done ;;
    esac
    if [[ -d $path ]]; then builtin printf '%s/\tdirectory\n' "$text"; else builtin printf '%s\tfile\n' "$text"; fi
  done < <(compgen -f -- "$plain" | sort)
}

# Whether the user has a function of his own in the place of the worker's.
__quern_is_own() { [[ $(declare -f -- "$1") != *__quern_* ]]; }

__quern_inspect() {
  local LC_ALL=C code=${__quern_part[code]} cursor=${__quern_value[cursor]:-0} detail=${__quern_value[detail]:-0}
  local tail word text=''
  tail=${code:cursor} tail=${tail%%[!a-zA-Z0-9_.+\[-]*}
  word=${code:0:cursor} word=${word##*[!a-zA-Z0-9_.+\[-]}$tail
  [[ $word ]] || return 0
  text=$(
    exec 40<&- 41>&- 42<&- 43>&- 2>/dev/null
    if [[ ${code:0:cursor} =~ \$\{?[a-zA-Z0-9_]*$ ]]; then
      declare -p -- "$word"
      exit
    fi
    kind=$(builtin type -t -- "$word") || { declare -p -- "$word"; exit; }
    [[ $kind == function ]] && ! __quern_is_own "$word" && kind=builtin
    case $kind in
      function)
        builtin printf '%s is a function\n' "$word"
        ((detail)) && declare -f -- "$word" ;;
      builtin | keyword)
        [[ $word == '[[' ]] && word='[[ ... ]]'
        builtin help -- "$word" ;;
      alias) builtin alias -- "$word" ;;
      *)
        builtin printf '%s is %s\n' "$word" "$(builtin type -P -- "$word")"
        whatis -- "$word"
        ((detail)) && MANPAGER=cat MANWIDTH=80 man -- "$word" | head -c 100000 ;;
    esac
  ) </dev/null
  [[ $text ]] && __quern_send 41 found text/plain "$text"
  return 0
}

__quern_check() {
  local said='' code=${__quern_part[code]} state=complete indent=''
  if ! __quern_parse "$code"; then
    state=invalid
    case $said in
      *'unexpected end of file'* | *'unexpected EOF'*) state=incomplete ;;
    esac
  fi
  local slashes=${code%$'\n'}
  slashes=${slashes##*[!\\]}
  [[ $said == *here-document*'delimited by end-of-file'* ]] || ((${#slashes} % 2)) && state=incomplete
  [[ $said == *conditional* && $code =~ (&&|\|\|)[[:space:]]*$ ]] && state=incomplete
  if [[ $state == incomplete ]]; then
    local last=${code%$'\n'}
    last=${last##*$'\n'}
    indent=${last%%[![:space:]]*}
    [[ $last =~ (^|[[:space:];])(then|do|else|in)[[:space:]]*$|\{[[:space:]]*$ ]] && indent+='  '
  fi
  __quern_send 41 "checked state=$state" indent "$indent"
}

# The first element serves; the second is reached when a snippet's stray `break` has left the first.
# A child that an interrupt has thrown to the top level before its exec is no worker: it ends.
# All on one line, so that the snippets' lines count from 1. Descriptor 39 carries a lasting `exec 2>`, and 38 stands for 43 in a run that merges.
__quern_loop=(
  '[[ $BASHPID == "$$" ]] || builtin exit 130; __quern_end "$?" "$-"; while __quern_next; do [[ ${__quern_part[argv]} ]] && set -- "${__quern_argv[@]}"; { eval "$__quern_prefix$__quern_code"; { __quern_leave "$?" "$-"; } 2>/dev/null; exec 39>&2; } 41>&- 42<&- 40<&- 2>&"$__quern_err" 43>&- 38>&-; [[ $__quern_merged && /dev/fd/39 -ef /dev/fd/38 ]] || exec 43>&39; exec 39>&-; __quern_end; done'
  '[[ $BASHPID == "$$" ]] || builtin exit 130; __quern_leave 0 "$-"; __quern_end; __quern_jump'
)
PROMPT_COMMAND=("${__quern_loop[@]}")
builtin trap '' INT RTMAX
builtin trap '' XFSZ  # as it was at the start, which an interactive shell changes: such a write is to fail, not to kill
__quern_send 41 "ready version=${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}.${BASH_VERSINFO[2]}" title "Bash ${BASH_VERSION%%(*}"
