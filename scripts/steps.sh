# Sourced by scripts/test and scripts/check: runs named steps, all of them, and closes with a table of results.

steps_failed=0
steps_table=""

# step NAME COMMAND...
step() {
  local name=$1 begin=$SECONDS result=ok
  shift
  printf '\n== %s\n' "$name"
  "$@" || result=FAILED
  [[ $result == ok ]] || steps_failed=$((steps_failed + 1))
  steps_table+=$(printf '  %-40s %-7s %5d s' "$name" "$result" $((SECONDS - begin)))$'\n'
  [[ $result == ok ]]
}

# skipped NAME REASON
skipped() { steps_table+=$(printf '  %-40s skipped (%s)' "$1" "$2")$'\n'; }

# summary TITLE: prints the table and one last line, and exits.
summary() {
  printf '\n== %s\n%s' "$1" "$steps_table"
  if ((steps_failed)); then
    echo "$1: FAILED ($steps_failed steps)"
    exit 1
  fi
  echo "$1: PASSED"
  exit 0
}

run_ctest() {
  local preset=$1
  shift
  ctest --test-dir "build/$preset" --parallel "$JOBS" --output-on-failure --no-label-summary --no-tests=ignore "$@"
}

has_python_tests() { [[ -n $(find python -name 'test_*.py' -print -quit 2>/dev/null) ]]; }

run_pytest() {
  PYTHONPATH="python:build/release/python" PYTHONDONTWRITEBYTECODE=1 \
    python3 -m pytest -q -p no:cacheprovider python
}
