#!/usr/bin/env bash
# usage: check_symbols.sh [ARCHIVE|OBJECT]...
# Fails when one of the files refers to an ambient clock, entropy, thread, environment or locale: a run must be
# a function of its plan. Prints object and symbol of each finding. Exit 1: found; exit 2: could not look.
set -euo pipefail

# Whole undefined symbols, demangled. C functions have no parentheses, so a method called time() is not time.
forbidden=(
  # clocks and waiting
  'time' 'clock' 'times' 'ftime' 'getrusage' '(__)?clock_(gettime|getres|settime|nanosleep)' 'gettimeofday'
  'timespec_get' '(u|nano)?sleep' 'alarm' 'setitimer' 'timer_create' 'timerfd_.*'
  'std::chrono::.*_clock::now\(\)' 'std::filesystem::.*::now\(\)'
  # the machine's time zone
  'localtime(_r)?' 'mktime' 'timelocal' 'tzset' 'timezone' 'daylight' 'tzname' 'c?time(_r)?'
  'std::chrono::(current_zone|get_tzdb.*|locate_zone)\(.*' 'date::(current_zone|get_tzdb.*|locate_zone|reload_tzdb)\(.*'
  # entropy
  's?rand(_r)?' 's?random(_r)?' 'initstate(_r)?' '[delmnjs](rand|eed)48(_r)?' 'lcong48(_r)?' 'getrandom' 'getentropy'
  'arc4random.*' 'std::random_device::.*' '__(rdrand|rdseed).*'
  # threads and processes
  'pthread_(create|self|setaffinity_np|getaffinity_np|cond_.*wait)' 'thrd_.*' 'std::(j?thread|this_thread)::.*'
  'std::condition_variable(_any)?::.*' 'std::__atomic_futex.*' 'std::__future_base::_Async.*' 'sched_.*' 'v?fork' 'clone'
  'posix_spawnp?' 'exec[vlpe]+' 'system' 'popen' 'getp?pid' 'gettid' 'sysconf' 'get_nprocs(_conf)?'
  # environment and machine
  '(secure_|__secure_)?getenv' '(set|un|put|clear)env' '(__)?environ' '(__)?gethostname(_chk)?' 'uname' 'getuid' 'getcwd'
  'std::filesystem::(current_path|temp_directory_path)\(.*' 'program_invocation(_short)?_name' 'getauxval'
  # locales other than the classic one
  '(set|new|use|dup)locale' 'localeconv' 'nl_langinfo(_l)?' 'std::locale::global\(.*' 'std::locale::locale\(char const\*.*'
  'std::locale::locale\(std::__cxx11::.*'
)
pattern=$(IFS='|'; echo "${forbidden[*]}")

found=0
for file in "$@"; do
  listing=$("${NM:-nm}" --print-file-name --undefined-only --demangle "$file") || exit 2
  findings=$(sed -nE "s/^(.*): +[Uwv] ($pattern)\$/\1: \2/p" <<<"$listing")
  if [[ -n $findings ]]; then
    echo "$findings"
    found=1
  fi
done
if ((found)); then
  echo "ambient state is out of bounds here: take it from a port" >&2
  exit 1
fi
