#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drydock::mutants {

/// One place in which a mutant's source differs.
struct Change {
  std::string in;       // a text that begins the function in which it is; empty: anywhere in the file
  std::string find;     // a piece of the source, which stands there exactly once
  std::string replace;  // what stands there instead; empty: nothing
};

/// One deliberate mistake, as a file of tests/mutants/catalogue/ describes it.
struct Mutant {
  std::string name;  // in kebab case
  std::string kind;  // one of `kinds()`
  std::string what;  // what the mistaken platform does, one sentence
  std::string file;  // the source that it changes, from the root of the tree
  std::vector<Change> changes;
  /// Why nobody can tell it from the program as it is; empty where it is to be killed.
  std::string equivalent;
};

/// The kinds of mistake: skip-write, drop-guard, swap-effects, …
[[nodiscard]] const std::vector<std::string>& kinds();

/// Reads one catalogue file's text. Throws std::invalid_argument with `name:line: message`.
///
///     file model/platform/pause.cpp
///
///     mutant pause-skips-the-row
///     kind skip-write
///     what Pause stops the instance and leaves the row as it was.
///     - co_await deps_.store.set_paused(context, key);
///     + co_return;
///
/// `file` holds for the mutants after it. `-` lines are what is found and `+` lines what replaces it, joined with one
/// space each; how a text is broken into lines never matters. A `-` after a `+` begins another change. `in TEXT` before
/// a change: what is found is in the function that begins with TEXT. `equivalent` and a reason may follow. `#`: a
/// comment.
[[nodiscard]] std::vector<Mutant> read_catalogue(const std::string& name, std::string_view text);

/// What `active` knows a mutant by: from its name alone, so that a new mutant does not renumber, and so rebuild, the
/// others. Never 0.
[[nodiscard]] int number_of(std::string_view name);

/// Joins the files' mutants. Throws std::invalid_argument when two have one name, or one number.
[[nodiscard]] std::vector<Mutant> join(std::vector<std::vector<Mutant>> files);

}  // namespace drydock::mutants
