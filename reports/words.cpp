#include "reports/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace drydock::reports {
namespace {

using scenarios::Json;
using scenarios::ShownEvent;

struct Sentence {
  std::string_view kind;
  /// `{key}` is `workspace`, `instance`, `actor` or a key of the event's detail. Of `[a|b|c]` the
  /// first alternative is taken whose keys are all there, and nothing where there is none; brackets
  /// do not nest.
  std::string_view text;
};

constexpr std::array kSentences = std::to_array<Sentence>({
    {"http.request", "[{method} {path}|a request] arrived[ (as {as})]"},
    {"http.response", "the platform answered[ {status}][ to {method} {path}]"},
    {"provision.start", "a provision of {workspace} began and read its configuration"},
    {"provision.ec2_started", "the control plane launched {instance} for {workspace}"},
    {"provision.ec2_stopped", "stopping {instance} of {workspace} succeeded"},
    {"restart.triggered", "restart_by_id was called for {workspace}[ by {source}]"},
    {"restart.dropped", "a restart of {workspace}[ by {source}] was dropped[: {reason}]"},
    {"restart.coalesced", "a restart of {workspace} was put behind[ the {into}| what is running]"},
    {"restart.cycle", "a restart cycle of {workspace} began"},
    {"restart.pre_stop", "a restart of {workspace} is about to stop its instance"},
    {"probe.sent", "a call to {workspace} failed: the platform asks whether its instance runs"},
    {"probe.dead", "{workspace} was taken for dead"},
    {"probe.skipped", "the {probe} probe of {workspace} was skipped: it is restarting"},
    {"context.sent", "the restart context was sent to {workspace}"},
    {"context.dropped", "the restart context for {workspace} was given up[: {reason}]"},
    {"stop.attempt", "the platform asked to stop {instance} of {workspace}[ ({source})]"},
    {"stop.failed", "stopping {instance} of {workspace} failed[: {http} {error}]"},
    {"stop.exhausted", "the platform gave up stopping {workspace}[ ({source})][: {last_err}]"},
    {"workspace.status", "{workspace} became {to}[ (was {from})]"},
    {"structure_event", "the platform noted {type}[ for {workspace}]"},
    {"agent.register", "the agent of {workspace} registered[ from {instance}]"},
    {"agent.heartbeat", "the agent of {workspace} sent a heartbeat"},
    {"agent.rejected", "a call of {workspace}'s agent[ on {instance}] was rejected (401)"},
    {"secret.saved", "[the secret {key}|a secret][ of {workspace}| of every workspace] was [{change}|saved]"},
    {"sweep.tick", "the loop[ {sweeper}| of {actor}] ran[ and selected {selected}]"},
    {"sweep.reaped", "a sweeper terminated {instance}[ of {workspace}]"},
    {"report.not_running", "the orphan report saw {workspace} online without an instance"},
    {"file.written", "[the file {path}|a file] of {workspace} was [{change}|written]"},
    {"platform.log", "the platform logged[: {message}| a line][ ({error})]"},
    {"ec2.call", "EC2 accepted[ {action}| a call][ for {instance}]"},
    {"ec2.error", "EC2 refused[ {action}| a call][ for {instance}][: {code}]"},
    {"ec2.state", "{instance}[ of {workspace}] became {to}[ (was {from})]"},
    {"snapshot.state", "snapshot[ {snapshot}| of {workspace}] entered the state {state}"},
    {"backup.attempt", "a backup of {workspace} was asked for"},
    {"wire.request", "a client asked {method} {target}[: {action}]"},
    {"wire.answer", "a client was told {status}, by an answer that came {ending}"},
    {"backup.failed", "a backup of {workspace} failed[: {error}]"},
    {"fault.injected", "the fault {name} struck[ {workspace}][ ({on}: {error})]"},
    {"process.crash", "the process[ {process}| {actor}] crashed[ ({why})]"},
    {"process.start", "the process[ {process}| {actor}] started[ ({why})]"},
    {"calm.begin", "the trouble phase ended and calm began"},
    {"violation", "the promise[ {invariant}] was broken[ for {workspace}]"},
});

const Sentence* find_sentence(std::string_view kind) {
  const auto found = std::find_if(kSentences.begin(), kSentences.end(),
                                  [kind](const Sentence& sentence) { return sentence.kind == kind; });
  return found == kSentences.end() ? nullptr : &*found;
}

std::string as_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Finds an event's values by the names that sentences use.
class Values {
 public:
  explicit Values(const ShownEvent& event) : event_(event), detail_(Json::parse(event.detail, nullptr, false)) {}

  [[nodiscard]] std::optional<std::string> find(std::string_view key) const {
    if (key == "workspace") return if_any(event_.workspace);
    if (key == "instance") return if_any(event_.instance);
    if (key == "actor") return if_any(event_.actor);
    if (!detail_.is_object()) return std::nullopt;
    const auto found = detail_.find(std::string{key});
    if (found == detail_.end() || found->is_null()) return std::nullopt;
    return if_any(as_text(*found));
  }

 private:
  static std::optional<std::string> if_any(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional{text};
  }

  const ShownEvent& event_;
  Json detail_;
};

/// Fills in the `{key}`s of the text; empty when one of them has no value.
std::optional<std::string> fill(std::string_view text, const Values& values) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    const auto value = values.find(text.substr(open + 1, close - open - 1));
    if (!value) return std::nullopt;
    out += *value;
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string first_alternative(std::string_view choices, const Values& values) {
  while (true) {
    const auto bar = choices.find('|');
    if (auto filled = fill(choices.substr(0, bar), values)) return *filled;
    if (bar == std::string_view::npos) return {};
    choices.remove_prefix(bar + 1);
  }
}

std::optional<std::string> fill_sentence(std::string_view text, const Values& values) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('[');
    const auto plain = fill(text.substr(0, open), values);
    if (!plain) return std::nullopt;
    out += *plain;
    if (open == std::string_view::npos) break;
    const auto close = text.find(']', open);
    out += first_alternative(text.substr(open + 1, close - open - 1), values);
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string fallback(const ShownEvent& event) {
  std::string out = event.kind;
  for (const std::string* part : {&event.workspace, &event.instance, &event.detail}) {
    if (!part->empty() && *part != "{}") out += " " + *part;
  }
  return out;
}

}  // namespace

std::string in_words(const ShownEvent& event) {
  if (const Sentence* sentence = find_sentence(event.kind)) {
    // A sentence whose subject is missing would be wrong rather than short.
    if (auto words = fill_sentence(sentence->text, Values{event})) return *words;
  }
  return fallback(event);
}

std::string in_words(const scenarios::ShownDecision& decision) {
  if (decision.means.empty()) return decision_key(decision);
  // A bare duration says nothing without its site; other meanings are sentences.
  if (!sim::parse_duration(decision.means)) return decision.means;
  const auto slash = decision.site.find('/');
  if (slash == std::string::npos) return decision.site + " is " + decision.means;
  return fmt::format("{}: {} is {}", decision.site.substr(0, slash), decision.site.substr(slash + 1), decision.means);
}

std::string since_start(sim::Instant at) {
  using std::chrono::milliseconds;
  // Always three digits, so that a column of times lines up.
  const auto ms = std::chrono::floor<milliseconds>(at.time_since_epoch()).count();
  const auto size = std::abs(ms);
  return fmt::format("{}{}.{:03}s", ms < 0 ? '-' : '+', size / 1000, size % 1000);
}

std::string date_of(const scenarios::Outcome& outcome, sim::Instant at) {
  return sim::format_rfc3339(outcome.start_unix_us + at.time_since_epoch().count());
}

std::string time_of_day(const scenarios::Outcome& outcome, sim::Instant at) {
  const std::string date = date_of(outcome, at);
  return date.substr(date.find('T') + 1, std::string_view{"00:05:30"}.size()) + "Z";
}

std::string length_text(sim::Duration length) {
  return sim::format_duration(std::chrono::floor<std::chrono::seconds>(length));
}

std::string decision_key(const scenarios::ShownDecision& decision) {
  return fmt::format("{}#{}={}", decision.site, decision.occurrence, decision.value);
}

std::string counted(std::uint64_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string percent(double share) { return fmt::format("{:.1f}%", 100 * share); }

std::string short_number(double value, int digits) {
  constexpr double kWhole = 1000;
  constexpr double kLeast = 1e-6;
  if (!std::isfinite(value)) return "?";
  if (std::abs(value) >= kWhole || std::trunc(value) == value) return fmt::format("{:.0f}", value);
  if (std::abs(value) < kLeast) return value < 0 ? "> -0.000001" : "< 0.000001";
  std::string text = fmt::format("{:.{}g}", value, digits);
  if (text.find('e') == std::string::npos) return text;
  text = fmt::format("{:.6f}", value);
  return std::abs(value) < 1 ? text : fmt::format("{:.0f}", value);
}

std::string small_percent(double share) { return short_number(share * 100) + " %"; }

bool has_words(std::string_view kind) { return find_sentence(kind) != nullptr; }

}  // namespace drydock::reports
