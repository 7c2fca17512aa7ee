#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/files/tape_file.hpp"
#include "scenarios/outcome.hpp"
#include "sim/search/corpus.hpp"
#include "sim/search/lines.hpp"
#include "sim/search/run_rows.hpp"

namespace drydock::scenarios {

/// The session of a client that was played for a search: the run that it was, and its log as `drydock serve --record`
/// writes it.
struct RecordedSession {
  TapeFile file;
  std::string log;
};

/// A decision, and the other answers with which the same promise is broken in the same way: `any from 31s to 40s`.
struct ExplainedDecision {
  ShownDecision decision;
  std::string others;  // in words; empty when no other value that was tried breaks it
  std::uint32_t tried = 0;
  std::uint32_t still_break = 0;
};

/// One way in which a promise can be broken, with the smallest tape that was found for it.
struct Finding {
  std::string invariant;
  std::string signature;
  std::string message;
  std::uint64_t first_run = 0;  // the number of the run that found it
  std::uint64_t times = 0;      // in how many runs it was seen
  double found_after_s = 0;     // wall time of the search until then
  std::size_t size_found = 0;   // decisions of the tape that found it
  std::uint64_t shrink_runs = 0;
  double shrink_s = 0;
  bool minimal = false;  // no decision can be left out (false: the shrinker's bound was hit, or time was over)
  /// The run of the smallest tape, with its record kept; `outcome.tape` are its decisions.
  Outcome outcome;
  /// Index into `outcome.violations` of the violation that this is about.
  std::size_t violation = 0;
  std::vector<ExplainedDecision> explained;
  /// The session in which a client broke the promise; null where no client was played.
  std::shared_ptr<const RecordedSession> session;
};

/// A finding that was expected: a memory of findings has it, and a tape that breaks it. It is not shrunk.
struct ExpectedFinding {
  std::string invariant;
  std::string signature;
  std::uint64_t first_run = 0;
  std::uint64_t times = 0;
};

/// What became of the clients that a search played (`drydock explore --client`).
struct ClientUse {
  std::string command;
  std::uint64_t played = 0;
  std::map<std::string, std::uint64_t>
      ends;                    // how they ended (`exit code 0`, `signal 9`, `killed after 10s`) → how many
  std::uint64_t compared = 0;  // runs that were played a second time
  std::uint64_t differed = 0;  // of these, runs in which the client asked something else
  std::string difference;      // of the first of those, in words
};

/// The account of a listed fault over a whole search.
struct FaultUse {
  std::string name;         // as `explore` lists it: `cp.stop:http-503`
  std::uint64_t runs = 0;   // in how many it was injected
  std::uint64_t fired = 0;  // how often
  std::uint64_t noticed = 0;
  std::optional<bool> mattered;  // empty where it never fired, or where the user interrupted first
};

/// A site that an exhaustive search counted through, and how far.
struct SiteBound {
  std::string site;
  std::uint32_t occurrences = 0;  // the most that one run asked
  std::uint32_t bound = 0;        // the largest
};

struct Certificate {
  std::uint32_t deviations = 0;  // every tape with at most so many non-zero decisions
  std::vector<SiteBound> sites;
  std::uint64_t hash = 0;  // over all tapes and verdicts, in order
};

/// PCT's guarantee for this search: a bug that needs d ordering constraints among n tasks and the first k choices of
/// one instant is found by one run that comes to this instant with at least this probability.
struct PctBound {
  std::uint64_t tasks = 0;
  std::uint64_t choices = 0;
  std::uint32_t depth = 0;
  double per_run = 0;
};

/// Numbers about what a search did not see.
struct Residual {
  std::map<std::string, double> upper_95;  // per invariant: chance per run of breaking it, at most
  std::string law;                         // how runs were drawn, in one line
  std::uint64_t states = 0;                // distinct abstract states
  std::uint64_t transitions = 0;
  std::uint64_t seen_once = 0;             // transitions seen in one run only
  double unseen_transition = 0;            // Good-Turing: chance that the next run shows a new one, at most
  double unseen_transitions_estimate = 0;  // Chao1
  std::optional<PctBound> pct;
};

/// Says how much there is of a search that is kept (sim/search/lines.hpp). Counts are runs; of an exhaustive search
/// they are sections.
struct KeptExtent {
  std::optional<std::uint64_t> of;  // how many are wanted; empty: as many as there is time for
  std::vector<sim::search::Interval> missing;
};

/// Everything a search says.
struct Exploration {
  std::string scenario;
  std::string policy;
  std::string strategy;
  std::uint64_t seed = 0;
  std::uint32_t shard = 1;
  std::uint32_t shards = 1;
  std::uint64_t runs = 0;
  std::uint64_t distinct = 0;
  std::uint64_t pruned = 0;
  std::uint64_t cut_short = 0;  // runs that a bound ended: they say nothing
  bool complete = false;        // exhaustive: every tape within the bound was played or pruned
  bool interrupted = false;
  double wall_s = 0;    // of the search
  double shrink_s = 0;  // of the shrinking that follows it
  std::vector<Finding> findings;
  std::uint64_t findings_not_shrunk = 0;  // beyond the bound on findings that are kept
  std::vector<ExpectedFinding> expected;  // those of `ExploreOptions::expected` that some run showed
  std::uint64_t known = 0;                // findings that the search was to go beyond
  std::uint64_t known_runs = 0;           // that broke something, all of it known
  std::vector<FaultUse> faults;
  std::map<std::string, std::uint64_t> requests;  // how often each was sent
  std::vector<std::string> listed_requests;       // the same requests, in the order of the list
  Residual residual;
  /// Counts the runs that were drawn independently of each other by one law, and, for each promise, those of them that
  /// broke it.
  std::uint64_t independent_runs = 0;
  std::map<std::string, std::uint64_t, std::less<>> broken_runs;
  sim::search::Coverage coverage;         // empty where several results were merged
  std::vector<sim::search::RunRow> rows;  // of the sampled runs, in the order of their numbers
  std::uint64_t sample = 0;               // the row of one run in so many was kept; 0: of none
  std::optional<Certificate> certificate;
  std::optional<ClientUse> client;  // empty where no client was played
  std::optional<KeptExtent> kept;   // empty where the search was not kept
  std::string internal_error;
};

}  // namespace drydock::scenarios
