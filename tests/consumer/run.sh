#!/usr/bin/env bash
# run.sh BUILD COMPILER: installs what stands in BUILD into a directory of its own; this folder's project is then
# configured, built and run against it, as somebody else's would be.
set -euo pipefail
readonly BUILD=$1 COMPILER=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  printf 'consumer: %s\n' "$*" >&2
  exit 1
}

cmake --install "$BUILD" --prefix "$work/prefix" --strip >/dev/null
for file in bin/drydock share/man/man1/drydock.1.gz share/bash-completion/completions/drydock \
  share/zsh/vendor-completions/_drydock share/fish/vendor_completions.d/drydock.fish \
  share/drydock/scenarios/reprov-thrash.json share/drydock/scenarios/policies/latest.json; do
  [[ -s $work/prefix/$file ]] || fail "$file is not installed"
done
"$work/prefix/bin/drydock" run reprov-thrash --quiet

cmake -S "$here" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_CXX_COMPILER="$COMPILER" >/dev/null
cmake --build "$work/build"
ctest --test-dir "$work/build" --output-on-failure --no-tests=error

# Taken into another build the project brings its libraries, and neither tests nor benches nor anything to install.
mkdir "$work/parent"
cat >"$work/parent/CMakeLists.txt" <<EOF
cmake_minimum_required(VERSION 3.25)
project(parent LANGUAGES CXX)
add_subdirectory("$here/../.." drydock)
add_executable(parent "$here/test.cpp")
target_link_libraries(parent drydock::reports)
if(TARGET sim_tests OR TARGET drydock_bench OR TARGET drydock-mutants)
  message(FATAL_ERROR "tests, benches or mutants came along")
endif()
EOF
cmake -S "$work/parent" -B "$work/parent/build" -DCMAKE_CXX_COMPILER="$COMPILER" >/dev/null
