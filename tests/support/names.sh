# shellcheck shell=bash
# The names of tests, for `./dev test NAME...`; ./dev sources this.

# `FOLDER/SUITE.NAME STEM` of every test in the sources. A name in CTest may have more: the instance of a suite and
# the parameter of a test.
tests_in_sources() {
  # shellcheck disable=SC2016  # the dollars are awk's
  find tests -name '*_test.cpp' -print0 | sort -z | xargs -0 awk '
    FNR == 1 {
      split(FILENAME, part, "/")
      stem = FILENAME
      sub(/.*\//, "", stem)
      sub(/_test\.cpp$/, "", stem)
    }
    /^(TEST|TEST_F|TEST_P|RC_GTEST_PROP)\(/ {
      macro = $0
      while (macro !~ /,[ \t]*[A-Za-z0-9_]+[ \t]*[,)]/ && (getline next_line) > 0) macro = macro next_line
      sub(/^[^(]*\([ \t]*/, "", macro)
      split(macro, word, /[ \t]*[,)][ \t]*/)
      print part[2] "/" word[1] "." word[2], stem
    }'
  local folder script
  for folder in browser campaigns clients; do
    for script in "tests/$folder"/*_test.py; do
      script=$(basename "$script" _test.py)
      printf '%s/%s %s\n' "$folder" "$script" "$script"
    done
  done
  printf 'install/consumer consumer\n'
}

# tests_named NAME <TESTS: the tests of that folder; where there is none, those of that file, or those with that in
# their names. Capitals and underscores make no difference.
tests_named() {
  awk -v name="$1" '
    function plain(text) { text = tolower(text); gsub(/_/, "", text); return text }
    BEGIN {
      sub(/^tests\//, "", name)
      sub(/\/$/, "", name)
      file = name
      sub(/\.(cpp|py)$/, "", file)
      sub(/_test$/, "", file)
      file = plain(file)
      # As CTest names it, `regress/Each/RegressTapes.NeedEachDecision/no_orphan_hibernate`: only the sources count here.
      if (name ~ /\..*\//) sub(/\/[^.]*$/, "", name)
      if (name ~ /\/.*\/.*\./) sub(/\/.*\//, "/", name)
      name = plain(name)
    }
    {
      folder = $1
      sub(/\/.*/, "", folder)
      if (plain(folder) == name) of_folder = of_folder $0 "\n"
      if (plain($2) == file || plain(folder "/" $2) == file) of_file = of_file $0 "\n"
      if (index(plain($1), name)) of_name = of_name $0 "\n"
    }
    END { printf "%s", of_folder != "" ? of_folder : of_file != "" ? of_file : of_name }'
}

# nearest_name NAME <TESTS: the folder, file, suite or test that takes the fewest changes of a letter. Of a test's name
# with a dot the nearest part counts.
nearest_name() {
  awk -v name="$1" '
    function plain(text) { text = tolower(text); gsub(/_/, "", text); return text }
    function least(a, b) { return a < b ? a : b }
    function distance(a, b, of_part,   i, j, above, here, best_end) {
      for (j = 0; j <= length(b); ++j) row[j] = of_part ? 0 : j
      for (i = 1; i <= length(a); ++i) {
        above = row[0]
        row[0] = i
        for (j = 1; j <= length(b); ++j) {
          here = above + (substr(a, i, 1) != substr(b, j, 1))
          above = row[j]
          row[j] = least(here, 1 + least(row[j], row[j - 1]))
        }
      }
      best_end = row[length(b)]
      for (j = 0; of_part && j < length(b); ++j) best_end = least(best_end, row[j])
      return best_end
    }
    function consider(other, of_part,   far) {
      if (other in seen) return
      seen[other] = 1
      far = distance(plain(name), plain(other), of_part)
      if (best == "" || far < best_far) {
        best = other
        best_far = far
      }
    }
    BEGIN {
      sub(/^tests\//, "", name)
      sub(/\/$/, "", name)
      sub(/\.(cpp|py)$/, "", name)
      sub(/_test$/, "", name)
    }
    {
      split($1, part, "/")
      consider(part[1])
      consider(index(name, "/") ? part[1] "/" $2 : $2)
      suite = part[2]
      sub(/\..*/, "", suite)
      if (index(name, ".")) consider(index(name, "/") ? $1 : part[2], 1)
      else consider(index(name, "/") ? part[1] "/" suite : suite)
    }
    END { print best }'
}

# ctest_numbers WANTED CTEST-OPTION...: the numbers that CTest gives to the tests of the file WANTED.
ctest_numbers() {
  local wanted=$1
  shift
  ctest --test-dir build/dev -N "$@" | sed -nE 's/^ *Test +#([0-9]+): (.*)$/\1 \2/p' | awk -v wanted="$wanted" '
    BEGIN { while ((getline line < wanted) > 0) { split(line, word, " "); is_wanted[word[1]] = 1 } }
    {
      name = $2
      if (name ~ /\./) {
        sub(/\/[^.]*$/, "", name)
        if (name ~ /\/.*\//) sub(/\/.*\//, "/", name)
      }
      if (name in is_wanted) print $1
    }'
}
