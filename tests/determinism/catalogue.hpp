#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/play.hpp"
#include "cli/selection.hpp"
#include "scenarios/outcome.hpp"
#include "scenarios/run.hpp"
#include "tests/support/sanitized.hpp"

// What the determinism tests play, and how two plays are compared.
namespace drydock::determinism {

using cli::Job;
using scenarios::Outcome;
using scenarios::Workbench;
using Jobs = std::vector<Job>;

using test::kSanitized;

/// Without optimisation and under a sanitizer the tests play less of the same.
#if defined(__OPTIMIZE__)
inline constexpr bool kFastBuild = !kSanitized;
#else
inline constexpr bool kFastBuild = false;
#endif

/// Every scenario that travels inside the binary, by its bare name, and `busy`, which lies beside
/// these tests and has more of everything. Builds that are slow leave out the long ones.
[[nodiscard]] std::vector<std::string> scenario_names();
/// A few of them, for what is played many times over.
[[nodiscard]] std::vector<std::string> some_names();
/// What `drydock run` takes to play it.
[[nodiscard]] std::string argument_for(const std::string& scenario);

/// The runs of `drydock run SCENARIO`.
[[nodiscard]] Jobs cases_of(const std::string& scenario);
/// The runs of `drydock run SCENARIO --policy A --policy B …`, with every preset.
[[nodiscard]] Jobs under_every_preset(const std::string& scenario);

/// Each of the jobs as it is, followed by itself with seeds 1 to `last`.
[[nodiscard]] Jobs with_seeds(const Jobs& jobs, std::uint64_t last);
[[nodiscard]] Jobs operator+(Jobs a, const Jobs& b);

/// `reprov-thrash / pre-1556, seed 3`
[[nodiscard]] std::string name_of(const Job& job);

[[nodiscard]] Outcome play(const Job& job, Workbench& workbench, bool keep_record = true);
/// On a workbench of its own.
[[nodiscard]] Outcome play(const Job& job);

/// Where two plays of one job first differ: an event, else the hash, else what a report says. Empty
/// when they are the same. Both have kept their records.
[[nodiscard]] std::string difference(const Outcome& a, const Outcome& b);

/// The first event whose head differs between a run that keeps its record and one that does not.
[[nodiscard]] std::string difference_by_record(const Job& job);

/// `--twice` itself: what it says of a job that is played by `player`; empty when both plays are
/// the same.
[[nodiscard]] std::string said_by_twice(const Job& job, const cli::JobPlayer& player);

[[nodiscard]] std::string hex(std::uint64_t hash);

}  // namespace drydock::determinism
