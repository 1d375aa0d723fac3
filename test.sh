#!/usr/bin/env bash
# Installs what the tests need beyond the .NET 10 SDK, Node.js and Python 3 (packages come from NuGet and npm, as the lock files
# name them), builds the solution in Debug once, and runs every test project. Ends with a line "N passed, N failed"; fails on any
# failure and on any skipped test.
#
#   ./test.sh                                    everything
#   ./test.sh --filter FullyQualifiedName~Audit  some; the rest of the line goes to `dotnet test` as it is
#   CI=true ./test.sh                            packages only as the lock files name them
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

solution=SelfImprove.Functions.sln
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

stop() {
  printf '%s\n' "$@" >&2
  echo "0 passed, 1 failed"
  exit 1
}

# A bare machine may have neither a home nor a place of its own for .NET's and NuGet's files.
scratch=$(mktemp -d) || stop "No temporary folder can be made: is the disk full?"
trap 'rm -rf "$scratch"' EXIT
[ -n "${HOME:-}" ] && [ -w "${HOME:-}" ] || export HOME="$scratch/home" DOTNET_CLI_HOME="$scratch/home"
mkdir -p "$HOME"

# The SDK: from the path, or where its installers put it.
for place in "${DOTNET_ROOT:-}" "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet; do
  command -v dotnet >/dev/null && break
  [ -n "$place" ] && [ -x "$place/dotnet" ] && export DOTNET_ROOT="$place" PATH="$place:$PATH"
done
command -v dotnet >/dev/null || stop \
  "The .NET 10 SDK is missing: there is no 'dotnet' on the path." \
  "Install it from https://dotnet.microsoft.com/download/dotnet/10.0 (or with your system's packages: dotnet-sdk-10.0), and run this again."
version=$(dotnet --version 2>"$scratch/sdk") || stop \
  "The .NET 10 SDK is missing; global.json asks for 10.0.100 or later of 10.0, and 'dotnet --list-sdks' shows:" \
  "$(dotnet --list-sdks 2>&1)" "$(cat "$scratch/sdk")" \
  "Install it from https://dotnet.microsoft.com/download/dotnet/10.0, and run this again."
node=$(node --version 2>/dev/null | sed 's/^v//')
[ "${node%%.*}" -ge 20 ] 2>/dev/null && command -v npm >/dev/null || stop \
  "Node.js 20 or later with npm is missing (found: ${node:-none}): the tests run Azurite and other servers of npm." \
  "Install it from https://nodejs.org, and run this again."
command -v python3 >/dev/null || stop "Python 3 is missing: the tests run the checks of the training script. Install it (package python3), and run this again."
echo "SDK $version, Node.js $node, $(nproc 2>/dev/null || sysctl -n hw.ncpu) cores"

# Servers that outlive a build would hold memory, files and the caller's output.
build_options=(-nologo -v quiet -nodeReuse:false -p:UseSharedCompilation=false)
restore_options=()
[ "${CI:-}" = true ] && restore_options=(--locked-mode)
began=$SECONDS
dotnet restore "$solution" "${build_options[@]}" ${restore_options[@]+"${restore_options[@]}"} || stop \
  "Restoring the packages failed. With CI=true they must be as packages.lock.json names them:" \
  "after a change of packages run 'dotnet restore $solution --force-evaluate' and commit the lock files."
npm ci --prefix tests/SelfImprove.Azure.Tests/node --no-fund --no-audit --ignore-scripts --loglevel=error >"$scratch/npm" 2>&1 || stop \
  "$(cat "$scratch/npm")" "Installing the npm packages of tests/SelfImprove.Azure.Tests/node failed: is npm's registry reachable?"
cp tests/SelfImprove.Azure.Tests/node/package-lock.json tests/SelfImprove.Azure.Tests/node/node_modules/.installed
echo "restored in $((SECONDS - began)) s"
began=$SECONDS
dotnet build "$solution" -c Debug --no-restore "${build_options[@]}" || stop "The build failed."
echo "built in $((SECONDS - began)) s"

# Some tests compare with published reference data that stands beside the checkout where the product is developed and is no part of
# it. Without it those tests are left out, and said so; with REFERENCE_DATA=required they have to run.
without=()
if [ ! -d ../shared/vectors ] && [ "${REFERENCE_DATA:-}" != required ] && [ $# -eq 0 ]; then
  without=(--filter "Data!=reference")
  echo "The reference data (../shared) is not here: the tests that compare with it are left out."
fi

began=$SECONDS
results="$scratch/results"
dotnet test "$solution" -c Debug --no-build -nologo -v minimal -nodeReuse:false --logger trx --logger "console;verbosity=minimal" \
  --results-directory "$results" ${without[@]+"${without[@]}"} "$@"
outcome=$?
echo "tested in $((SECONDS - began)) s"

# The counters of every results file: <Counters total="9" executed="9" passed="9" failed="0" .../>; what was not executed was skipped.
shopt -s nullglob
files=("$results"/*.trx)
[ ${#files[@]} -gt 0 ] || stop "No test project gave results (dotnet test ended with $outcome)."
read -r projects total executed passed < <(grep -ho '<Counters [^>]*>' "${files[@]}" | awk '
  function counter(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0 }
  { projects++; total += counter("total"); executed += counter("executed"); passed += counter("passed") }
  END { print projects + 0, total + 0, executed + 0, passed + 0 }')
failed=$((executed - passed))
skipped=$((total - executed))
if [ "$skipped" -gt 0 ]; then
  echo "$skipped skipped, which counts as a failure: a test that does not run proves nothing."
  failed=$((failed + skipped))
fi
# The Functions host is built with the solution's Release configuration, from packages that not every registry serves. Where their
# declarations stand beside the checkout, it is compiled against these and its tests run over them.
if [ -x ../shared/functions-sdk/type-check ] && [ $# -eq 0 ]; then
  if ! ../shared/functions-sdk/type-check --test tests/SelfImprove.Functions.Tests >"$scratch/functions" 2>&1; then
    cat "$scratch/functions"
    failed=$((failed + 1))
  fi
  read -r broke right left < <(sed -nE 's/.*Failed: *([0-9]+), Passed: *([0-9]+), Skipped: *([0-9]+).*/\1 \2 \3/p' "$scratch/functions" | tail -1)
  passed=$((passed + ${right:-0})) total=$((total + ${right:-0} + ${broke:-0})) projects=$((projects + 1))
  [ "${broke:-0}" -gt 0 ] && failed=$((failed + broke - 1))
  [ "${left:-0}" -gt 0 ] && failed=$((failed + left)) && echo "$left tests of the Functions host were skipped."
  [ -n "${right:-}" ] || { [ "$failed" -gt 0 ] || failed=1; }
elif [ "${REFERENCE_DATA:-}" = required ]; then
  echo "../shared/functions-sdk is not here: the Functions host could not be tested."
  failed=$((failed + 1))
else
  echo "The Functions host is not tested here; build it with: dotnet build $solution -c Release"
fi

# A project that crashed has no counters of the tests that it did not come to.
if [ "$outcome" -ne 0 ] && [ "$failed" -eq 0 ]; then
  echo "dotnet test ended with $outcome though no test is reported as failed: see above."
  failed=1
fi
[ "$total" -gt 0 ] || { echo "No test matches."; failed=1; }
echo "$projects test projects in $SECONDS s"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
