#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "scenarios/files/diagnostic.hpp"
#include "scenarios/outcome.hpp"
#include "scenarios/run.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// One run, as a test asks for it. The members say what the options of `drydock run` say.
struct Play {
  std::string case_name;         // one of the file's cases, or
  std::string policy;            // a policy instead of them: a preset's name, a file, or a variant `NAME,KEY=VALUE,…`
  std::vector<std::string> set;  // `restart.debounce_window=5s`
  std::optional<std::uint64_t> seed;
  std::vector<std::string> deviate;  // `reviewer/ec2.run.pending#1=8`
};

/// Makes the case that a policy plays of a scenario in place of the file's cases: nothing is expected of it but its
/// promises.
[[nodiscard]] CaseSpec case_under(const Scenario& scenario, const model::Policy& policy);

/// A run and how it was asked for; reports/explain.hpp says in words what came of it.
struct Played {
  Outcome outcome;
  std::string file;  // of the scenario, or its name
  Play play;
};

/// Thrown where what was asked for does not exist or does not read. `what()` has a line for each mistake, as
/// `drydock validate` prints it.
class BadInput : public std::runtime_error {
 public:
  explicit BadInput(std::vector<Diagnostic> diagnostics);

  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

/// A scenario to be played from somebody's own tests. A bench serves one thread; any number of benches run side by
/// side.
class Bench {
 public:
  /// Opens a scenario's file, or the built-in scenario of that name. Throws BadInput.
  explicit Bench(const std::string& file_or_name);

  [[nodiscard]] const Scenario& scenario() const { return scenario_; }

  /// Plays one run: a pure function of scenario and `play`. Throws BadInput for names that do not exist, and
  /// sim::InternalError where Drydock itself is broken.
  [[nodiscard]] Played run(const Play& play);

 private:
  [[nodiscard]] CaseSpec case_of(const Play& play) const;

  std::string file_;
  Scenario scenario_;
  std::unique_ptr<Workbench> workbench_ = std::make_unique<Workbench>();
};

}  // namespace drydock::scenarios
