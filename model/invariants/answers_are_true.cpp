#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// What an answer claims is so at the moment it is given. Judged for the workspace and secrets routes.
class AnswersAreTrue final : public Invariant {
 public:
  AnswersAreTrue() : Invariant("answers-are-true") {}

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
      case Route::restart:
      case Route::secret_put:
      case Route::secret_delete:
      case Route::model_put:
      case Route::file_put:
        return true;
      case Route::a2a:
      case Route::delegate:
      case Route::admin_status:
      case Route::unknown:
        return false;
    }
    return false;
  }

  static std::string what_is_wrong(Observation& seen, const RequestFacts& request,
                                   const Response& response) {
    const bool refused =
        (response.status >= 400 && response.status < 500) || response.status == 503;
    if (refused && !request.changed.empty()) {
      return fmt::format("a request was answered {} although it had changed {}", response.status,
                         request.changed);
    }
    if (!response.accepted()) return {};
    const std::string_view says = response.body.string_at("status");
    if (says == "saved" && request.changed.empty()) return "an answer said saved, and nothing was";
    const auto claimed = parse_status(says);
    if (!claimed) return {};
    const Row& row = seen.workspace(request.workspace).row;
    if (row.exists && row.status == *claimed) return {};
    return fmt::format("an answer said {} while {}'s row said {}", says,
                       seen.alias(request.workspace),
                       row.exists ? to_text(row.status) : "nothing: it is gone");
  }
};

}  // namespace

std::unique_ptr<Invariant> make_answers_are_true() { return std::make_unique<AnswersAreTrue>(); }

}  // namespace drydock::model
