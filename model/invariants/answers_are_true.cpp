#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// An answer is true at the moment it is given. Judges the routes of workspaces and secrets.
class AnswersAreTrue final : public Invariant {
 public:
  AnswersAreTrue() : Invariant("answers-are-true") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void answered(Observation& seen, const RequestFacts& request, const Response& response,
                std::uint32_t event) override {
    if (!is_judged(request.route)) return;
    const std::string wrong = what_is_wrong(seen, request, response);
    if (wrong.empty()) return;
    seen.violated(*this, wrong, event, request.workspace);
  }

 private:
  static bool is_judged(Route route) {
    switch (route) {
      case Route::create:
      case Route::restart:
      case Route::pause:
      case Route::resume:
      case Route::hibernate:
      case Route::remove:
      case Route::secret_put:
      case Route::secret_delete:
      case Route::global_secret_put:
      case Route::global_secret_delete:
      case Route::model_put:
      case Route::file_put:
        return true;
      case Route::a2a:
      case Route::delegate:
      case Route::bootstrap_failed:
      case Route::admin_status:
      case Route::admin_restart:
      case Route::ensure:
      case Route::unknown:
        return false;
    }
    return false;
  }

  static std::string what_is_wrong(Observation& seen, const RequestFacts& request, const Response& response) {
    const bool refused = (response.status >= 400 && response.status < 500) || response.status == 503;
    if (refused && !request.changed.empty()) {
      return fmt::format("a request was answered {} although it had changed {}", response.status, request.changed);
    }
    if (request.route == Route::remove && response.status == 500) return wrong_about_removal(request, response);
    if (!response.accepted()) return {};
    const std::string_view says = response.body.string_at("status");
    if (says == "saved" && request.changed.empty()) return "an answer said saved, and nothing was";
    if (const auto paused = response.body.number_at("paused_count")) return wrong_about_pause(seen, request, *paused);
    const Row& row = seen.workspace(request.workspace).row;
    if (says == "purged") return row.exists ? "an answer said purged, and the row is there" : "";
    const auto claimed = parse_status(says);
    if (!claimed || (row.exists && row.status == *claimed)) return {};
    // A delete answers `removed` also for a workspace that nobody knows (docs/platform.md §7.10).
    if (*claimed == Status::removed && !row.exists) return {};
    // `pending_removal` is said of the whole cascade: the named row may owe nothing itself.
    if (*claimed == Status::pending_removal && (!row.exists || is_removed(row.status))) return {};
    return fmt::format("an answer said {} while {}'s row said {}", says, seen.alias(request.workspace),
                       row.exists ? to_text(row.status) : "nothing: it is gone");
  }

  /// Returns what is wrong about the claim that so many rows are paused and none of their instances lives; empty:
  /// nothing.
  static std::string wrong_about_pause(Observation& seen, const RequestFacts& request, std::int64_t claimed) {
    std::int64_t paused = 0;
    for (const WorkspaceKey key : request.paused) {
      const WorkspaceFacts& workspace = seen.workspace(key);
      if (workspace.row.status == Status::paused) ++paused;
      for (const sim::Name name : workspace.instances) {
        if (!cloud::is_live(seen.instance(name)->state)) continue;
        return fmt::format("a pause was answered 200 while {}'s instance {} was {}", seen.alias(key), seen.text(name),
                           cloud::to_text(seen.instance(name)->state));
      }
    }
    if (paused == claimed) return {};
    return fmt::format("a pause claimed {} paused rows, and there were {}", claimed, paused);
  }

  static std::string wrong_about_removal(const RequestFacts& request, const Response& response) {
    const auto removed = response.body.number_at("removed_count");
    const auto failed = response.body.number_at("stop_failures");
    const auto rows = static_cast<std::int64_t>(request.removed.size());
    const auto stops = static_cast<std::int64_t>(request.stops_failed.size());
    if (removed && *removed != rows)
      return fmt::format("a delete claimed {} removed rows, and there were {}", *removed, rows);
    if (failed && *failed != stops)
      return fmt::format("a delete claimed {} failed stops, and there were {}", *failed, stops);
    return {};
  }
};

}  // namespace

std::unique_ptr<Invariant> make_answers_are_true() { return std::make_unique<AnswersAreTrue>(); }

}  // namespace drydock::model
