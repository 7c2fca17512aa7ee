#pragma once

#include <cstdint>

namespace drydock::sim::search {

/// Returns an upper bound, at 95 % confidence, of the chance per run of something that `times` of `runs` independent
/// runs showed. When none did it is 1 - 0.05^(1/runs) (about 3/runs), otherwise Wilson's upper bound.
[[nodiscard]] double upper_95(std::uint64_t runs, std::uint64_t times);

/// Bounds a chance from below and from above.
struct ChanceBounds {
  double low = 0;
  double high = 1;
};
/// Returns Wilson's interval, at 95 % confidence, of the chance per run of something that `times` of `runs` independent
/// runs showed. Without runs nothing is known.
[[nodiscard]] ChanceBounds wilson_95(std::uint64_t runs, std::uint64_t times);

/// Returns an upper bound, at 95 % confidence, of the chance that the next run shows an abstract transition that no run
/// showed before. `seen_once` is how many transitions exactly one run showed (Good and Turing; the bound is
/// McAllester's and Schapire's).
[[nodiscard]] double unseen_chance(std::uint64_t runs, std::uint64_t seen_once);

/// Estimates how many kinds there are in all, when `seen` were seen, of which `once` in one run only and `twice` in two
/// (Chao1, a lower bound).
[[nodiscard]] double estimated_kinds(std::uint64_t seen, std::uint64_t once, std::uint64_t twice);

/// Returns the chance with which one run of PCT at least finds a bug of this depth: 1 / (n · k^(d-1)) for n tasks, k
/// choices and depth d.
[[nodiscard]] double pct_bound(std::uint64_t tasks, std::uint64_t choices, std::uint32_t depth);

}  // namespace drydock::sim::search
