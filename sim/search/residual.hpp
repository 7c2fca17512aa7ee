#pragma once

#include <cstdint>

namespace drydock::sim::search {

/// The chance per run, at most, of what was not seen in `runs` independent runs, at 95 % confidence: 1 - 0.05^(1/runs)
/// (about 3/runs); seen `times` of them: Wilson's upper bound.
[[nodiscard]] double upper_95(std::uint64_t runs, std::uint64_t times);

/// The chance that the next run shows an abstract transition that no run showed (Good and Turing), at most, at 95 %
/// confidence (McAllester and Schapire).
[[nodiscard]] double unseen_chance(std::uint64_t runs, std::uint64_t seen_once);

/// How many kinds there are in all, of which `seen` were seen, `once` in one run and `twice` in two (Chao1, a lower
/// bound).
[[nodiscard]] double estimated_kinds(std::uint64_t seen, std::uint64_t once, std::uint64_t twice);

/// PCT: a bug of depth d among n tasks and k choices is found by one run with at least 1 / (n · k^(d-1)).
[[nodiscard]] double pct_bound(std::uint64_t tasks, std::uint64_t choices, std::uint32_t depth);

}  // namespace drydock::sim::search
