#pragma once

#include <string>
#include <vector>

#include "cli/known.hpp"
#include "reports/memory.hpp"

namespace drydock::cli {

/// A mutant that was played, and whether nothing has noticed it.
struct PlayedMutant {
  std::string name;
  std::string what;
  bool survived = false;
};

/// Mutants that are played while survivors are known. A finding is a mutant that survives: the promise is that it is
/// killed, the signature its name. There is no tape, and what a mutant breaks is no finding.
class KnownMutants {
 public:
  /// Throws as KnownFindings does.
  explicit KnownMutants(const KnownRequest& request) : known_(request, "mutate") {}

  /// Notes what became of them. Where `all` mutants that there are were played, known ones that are not among them fit
  /// no longer.
  [[nodiscard]] reports::MemoryReport end(const std::vector<PlayedMutant>& played, bool all);

 private:
  KnownFindings known_;
};

/// Tells whether one of the findings is to make a pipeline red.
[[nodiscard]] bool has_red(const reports::MemoryReport& report);

}  // namespace drydock::cli
