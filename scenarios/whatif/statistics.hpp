#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace drydock::scenarios {

/// An estimate and the interval that covers the truth in 95 % of all repetitions, or in as many as were asked for. With
/// too little to go by the interval is as wide as it can be: 0 to 1, or infinite.
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
  friend bool operator==(const Estimate&, const Estimate&) = default;
};

inline constexpr double kConfidence = 0.95;

/// Estimates the mean of independent samples; Student's t, or the point itself where all samples are equal and there
/// are at least `kEnoughEqual`. No sample: a NaN value.
[[nodiscard]] Estimate mean_of(std::span<const double> samples, double confidence = kConfidence);
inline constexpr std::size_t kEnoughEqual = 8;

/// Estimates the mean of b − a over pairs that share their randomness. The spans have one length.
[[nodiscard]] Estimate paired_difference(std::span<const double> a, std::span<const double> b,
                                         double confidence = kConfidence);

/// Estimates the mean of b less the mean of a, of samples that share nothing; Welch's interval. At least two of each,
/// or the interval is infinite.
[[nodiscard]] Estimate unpaired_difference(std::span<const double> a, std::span<const double> b,
                                           double confidence = kConfidence);

/// Estimates a probability of which `hits` of `trials` independent trials came true; Clopper and Pearson's exact
/// interval.
[[nodiscard]] Estimate proportion_of(std::uint64_t hits, std::uint64_t trials, double confidence = kConfidence);

}  // namespace drydock::scenarios
