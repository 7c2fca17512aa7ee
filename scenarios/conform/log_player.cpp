#include "scenarios/conform/log_player.hpp"

#include <algorithm>

#include "model/kinds.hpp"
#include "scenarios/world.hpp"

namespace drydock::scenarios {
namespace {

/// No more decisions than these are tried at one place.
constexpr std::size_t kMostOpen = 400;

Json value_of(const sim::KeptField::Value& value) {
  struct Visitor {
    Json operator()(std::int64_t number) const { return number; }
    Json operator()(bool flag) const { return flag; }
    Json operator()(const std::string& text) const { return text; }
    Json operator()(const sim::KeptJson& json) const { return Json::parse(json.text, nullptr, false); }
  };
  return std::visit(Visitor{}, value);
}

Json detail_of(const sim::Record& record, const sim::Event& event) {
  Json detail = Json::object();
  for (const sim::KeptField& field : record.details(event)) detail[std::string{field.key}] = value_of(field.value);
  return detail;
}

/// Tells whether a step sent the request; requests of traffic have no step's name.
bool is_asked(const sim::Record& record, const sim::Event& request) {
  const std::vector<sim::KeptField> fields = record.details(request);
  return std::any_of(fields.begin(), fields.end(), [](const sim::KeptField& field) {
    const auto* text = std::get_if<std::string>(&field.value);
    return field.key == "step" && text != nullptr && !text->empty();
  });
}

/// Tells whether an event is no line of the log though its kind is shown: an answer to traffic, where the log's own
/// requests are asked, and a fault that stands behind another line.
bool is_background(const sim::Record& record, const sim::Event& event, const LogWorld& world, const Json& detail) {
  if (event.kind == model::kind::http_response) {
    return world.asks_as_logged && event.cause != 0 && record.event(event.cause).kind == model::kind::http_request &&
           !is_asked(record, record.event(event.cause));
  }
  if (event.kind != sim::Kind::fault_injected) return false;
  return !world.injected_names.contains(detail.value("name", ""));
}

bool is_shown(const std::vector<const VisibleKind*>& visible, const Json& detail) {
  return std::any_of(visible.begin(), visible.end(),
                     [&](const VisibleKind* kind) { return holds_detail(kind->where, detail); });
}

void read_decisions(const sim::Choices& choices, Instant until, LogRun& run) {
  for (const sim::Asked& asked : choices.asked()) {
    if (asked.value != 0) run.answers[{choices.site_name(asked.site), asked.occurrence}] = asked.value;
  }
  const auto& all = choices.asked();
  for (std::size_t place = all.size(); place > 0 && run.open.size() < kMostOpen; --place) {
    const sim::Asked asked = all[place - 1];
    if (asked.at > until) continue;
    run.open.push_back({.key = {choices.site_name(asked.site), asked.occurrence},
                        .bound = asked.bound,
                        .value = asked.value,
                        .at = asked.at,
                        .kind = asked.meaning.kind});
  }
}

}  // namespace

std::uint32_t LogFill::answer(const sim::Question& question) {
  if (question.kind == sim::Meaning::Kind::happens) return 1;
  if (!seed_ || question.kind != sim::Meaning::Kind::delay) return 0;
  return sim::scale_bits(sim::random_bits(*seed_, question.site_hash, question.occurrence), question.bound);
}

std::vector<Happening> visible_happenings(const LogWorld& world, const sim::Record& record) {
  std::vector<std::vector<const VisibleKind*>> by_kind(record.kinds().size());
  for (const VisibleKind& visible : world.visible) {
    for (std::size_t kind = 0; kind < by_kind.size(); ++kind) {
      if (record.kinds()[kind].name == visible.kind) by_kind[kind].push_back(&visible);
    }
  }
  std::vector<Happening> seen;
  for (const sim::Event& event : record.events()) {
    const auto& visible = by_kind[static_cast<std::size_t>(event.kind)];
    if (visible.empty()) continue;
    Json detail = detail_of(record, event);
    if (!is_shown(visible, detail) || is_background(record, event, world, detail)) continue;
    seen.push_back({.seq = event.seq,
                    .at = event.at,
                    .kind = std::string{record.kind_name(event.kind)},
                    .workspace = record.text(event.workspace),
                    .detail = std::move(detail)});
  }
  return seen;
}

LogRun play_log(const LogWorld& world, const sim::Tape& tape, std::optional<std::uint64_t> seed, Workbench& workbench) {
  LogFill fill(seed);
  RunOptions options;
  options.fill = &fill;
  options.limits.stop = workbench.stop();
  World played(world.quick, world.quick_case(), tape, options, workbench.database());
  // Where a bound stops the run, what happened until then is compared as it is.
  (void)played.play();
  LogRun run;
  run.happenings = visible_happenings(world, played.record());
  run.events = played.record().events().size();
  run.match = match(world.sightings, run.happenings);
  const Instant until = run.match.explained() ? sim::kTimeZero : run.match.agree_until + world.sightings.skew;
  read_decisions(played.choices(), until, run);
  return run;
}

}  // namespace drydock::scenarios
