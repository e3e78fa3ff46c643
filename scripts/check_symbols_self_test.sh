#!/usr/bin/env bash
# usage: check_symbols_self_test.sh PLANTED_OBJECT CLEAN_OBJECT
# The check fires on every kind planted in the first object, alone or in an archive, and is silent on the second.
set -euo pipefail
planted=$1
clean=$2
check=$(dirname "$0")/check_symbols.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() { echo "self-test: $1" >&2; exit 1; }

status=0
"$check" "$clean" || status=$?
((status == 0)) || fail "exit $status on an object without findings"

ar rcs "$scratch/planted.a" "$clean" "$planted"
for file in "$planted" "$scratch/planted.a"; do
  status=0
  output=$("$check" "$file" 2>/dev/null) || status=$?
  ((status == 1)) || fail "exit $status on $file, expected 1"
  for symbol in clock_gettime gettimeofday time localtime rand getenv setlocale \
    'std::chrono::_V2::system_clock::now()' 'std::chrono::_V2::steady_clock::now()' 'std::random_device::' \
    'std::thread::' 'std::locale::global('; do
    grep -qF "$(basename "$planted"): $symbol" <<<"$output" || fail "$symbol in $file was not found"
  done
done

status=0
"$check" "$scratch/absent.a" 2>/dev/null || status=$?
((status == 2)) || fail "exit $status on a missing file, expected 2"
