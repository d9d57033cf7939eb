# What Tools/test and Tools/conformance share: counting, and published suites. Sourced at the root of the package.
#
# Published suites are looked for in VARVE_VECTORS, else in ../shared/vectors. Where they are missing, what needs them is
# skipped and said so; with CI set it fails.

passed=0 failed=0 skipped=0
vectors=${VARVE_VECTORS:-../shared/vectors}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$*"; }

# suite NAME: unpacks a published suite to $work, and says whether it is there. One that does not unpack has failed: who
# asks with `if` or `||` turns `set -e` off in here.
suite() {
  if [ -f "$vectors/$1.tar.zst" ]; then
    "$vectors/unpack" "$work" "$1" && return 0
    failed=$((failed + 1))
    echo "FAIL  published suite '$1' cannot be unpacked from $vectors"
  elif [ -n "${CI:-}" ]; then
    failed=$((failed + 1))
    echo "FAIL  published suite '$1' is not in $vectors, and this is CI"
  else
    skipped=$((skipped + 1))
    echo "SKIP  published suite '$1' is not in $vectors; set VARVE_VECTORS to the folder that has it"
  fi
  return 1
}

# build_varve: builds the tool for release, and sets varve to it.
build_varve() {
  swift build -c release --product varve
  varve=$(swift build -c release --show-bin-path)/varve
}

# closing: prints the counts, and ends with whether nothing failed.
closing() {
  say "$1 in $((SECONDS / 60)) m $((SECONDS % 60)) s"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}
