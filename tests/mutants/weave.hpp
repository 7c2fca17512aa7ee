#pragma once

#include <span>
#include <string>

#include "tests/mutants/catalogue.hpp"

namespace drydock::mutants {

/// A source text with every mutant in it, each of them switched by `active(number_of(name))`; with none in effect it
/// does what the source does. Lines keep their numbers, and `path` is what the compiler calls the file. The mutants are
/// all of that file.
///
/// What is found decides how it is switched:
/// - within a string literal: that literal and its neighbours become one of two texts;
/// - ending in `;` or `}`: one or more statements become the branches of an `if`. They may await, and declare nothing
///   that is used later;
/// - else: an expression becomes one of two, and does not await.
/// What two mutants find may be the same or one within the other, but not overlap otherwise.
///
/// Throws std::invalid_argument, naming the mutant, when its text is not found exactly once (white space counts as one
/// space each, comments not at all), spans two literals, overlaps another's, or awaits within an expression.
[[nodiscard]] std::string weave(const std::string& text, const std::string& path, std::span<const Mutant> mutants);

}  // namespace drydock::mutants
