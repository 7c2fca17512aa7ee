#include "sim/record.hpp"

#include <fmt/format.h>

#include <array>

#include "sim/utf8.hpp"

namespace drydock::sim {
namespace {

constexpr std::array<KindInfo, static_cast<std::size_t>(Kind::first_free)> kWorldKinds{{
    {"ec2.call", "an EC2 API call was answered with success"},
    {"ec2.error", "an EC2 API call was answered with an error"},
    {"ec2.state", "an instance entered a state"},
    {"snapshot.state", "a snapshot entered a state"},
    {"fault.injected", "a fault of the plan took effect"},
    {"process.crash", "a process lost its memory and its tasks"},
    {"process.start", "a process started"},
    {"calm.begin", "the trouble phase ended"},
    {"violation", "an invariant was broken"},
}};

std::uint64_t hash_value(const Field::Value& value) {
  struct Visitor {
    std::uint64_t operator()(std::int64_t number) const { return mix(1, static_cast<std::uint64_t>(number)); }
    std::uint64_t operator()(bool flag) const { return mix(2, flag ? 1 : 0); }
    std::uint64_t operator()(std::string_view text) const { return mix(3, hash_text(text)); }
    std::uint64_t operator()(JsonText json) const { return mix(4, hash_text(json.text)); }
  };
  return std::visit(Visitor{}, value);
}

KeptField::Value own(const Field::Value& value) {
  struct Visitor {
    KeptField::Value operator()(std::int64_t number) const { return number; }
    KeptField::Value operator()(bool flag) const { return flag; }
    KeptField::Value operator()(std::string_view text) const { return std::string{text}; }
    KeptField::Value operator()(JsonText json) const { return KeptJson{std::string{json.text}}; }
  };
  return std::visit(Visitor{}, value);
}

}  // namespace

std::span<const KindInfo> world_kinds() { return kWorldKinds; }

Record::Record(Scheduler& scheduler, std::span<const KindInfo> kinds, bool keep_details, std::size_t limit)
    : scheduler_(scheduler), kinds_(kinds), keep_details_(keep_details), limit_(limit), counts_(kinds.size()) {
  kind_hashes_.reserve(kinds.size());
  for (const KindInfo& kind : kinds) kind_hashes_.push_back(hash_text(kind.name));
  (void)name("");
}

Name Record::name(std::string_view text) {
  const auto found = by_name_.find(text);
  if (found != by_name_.end()) return found->second;
  const auto id = static_cast<Name>(names_.size());
  const auto placed = by_name_.emplace(std::string{text}, id).first;
  names_.push_back({&placed->first, hash_text(text)});
  return id;
}

std::uint32_t Record::current_cause() const {
  const Root* root = scheduler_.current();
  return root != nullptr ? root->cause : 0;
}

void Record::follow(std::uint32_t event) {
  Root* root = scheduler_.current();
  DRYDOCK_CHECK(root != nullptr, "only a task follows an event");
  root->cause = event;
}

std::uint32_t Record::emit(Kind kind, Name actor, Subject subject, std::initializer_list<Field> detail) {
  return emit_from(current_cause(), kind, actor, subject, detail);
}

std::uint32_t Record::emit_from(std::uint32_t cause, Kind kind, Name actor, Subject subject,
                                std::initializer_list<Field> detail) {
  if (events_.size() >= limit_) throw BoundReached("events");
  Event event{.seq = static_cast<std::uint32_t>(events_.size() + 1),
              .cause = cause,
              .at = scheduler_.now(),
              .kind = kind,
              .actor = actor,
              .workspace = subject.workspace,
              .instance = subject.instance,
              .details_begin = 0,
              .details_end = 0};
  add_to_hash(event, detail);
  if (keep_details_) keep(event, detail);
  ++counts_[static_cast<std::size_t>(kind)];
  scheduler_.charge(sizeof(Event));
  events_.push_back(event);
  if (listener_) listener_(event, detail);
  return event.seq;
}

void Record::add_to_hash(const Event& event, std::initializer_list<Field> detail) {
  hash_.add(static_cast<std::uint64_t>(event.at.time_since_epoch().count()));
  hash_.add(kind_hashes_[static_cast<std::size_t>(event.kind)]);
  hash_.add(event.cause);
  for (const Name part : {event.actor, event.workspace, event.instance}) {
    hash_.add(names_[static_cast<std::size_t>(part)].hash);
  }
  for (const Field& field : detail) {
    hash_.add(field.key);
    hash_.add(hash_value(field.value));
  }
}

void Record::keep(Event& event, std::initializer_list<Field> detail) {
  event.details_begin = static_cast<std::uint32_t>(details_.size());
  // A kept event is shown as well, in the outcome, with the texts of its names.
  constexpr std::size_t kShown = 256;
  std::size_t bytes = kShown;
  for (const Field& field : detail) {
    details_.push_back({field.key, own(field.value)});
    bytes += sizeof(KeptField) + field.key.size();
  }
  scheduler_.charge(bytes);
  event.details_end = static_cast<std::uint32_t>(details_.size());
}

std::span<const KeptField> Record::details(const Event& event) const {
  return std::span{details_}.subspan(event.details_begin, event.details_end - event.details_begin);
}

CauseScope::CauseScope(Record& record, std::uint32_t event) : root_(record.scheduler_.current()) {
  if (root_ == nullptr) return;
  saved_ = root_->cause;
  root_->cause = event;
}

std::string json_quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : valid_utf8(text)) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

std::string to_json(const KeptField::Value& value) {
  struct Visitor {
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const std::string& text) const { return json_quote(text); }
    std::string operator()(const KeptJson& json) const { return json.text; }
  };
  return std::visit(Visitor{}, value);
}

std::string to_json(std::span<const KeptField> fields) {
  std::string out = "{";
  for (const KeptField& field : fields) {
    if (out.size() > 1) out += ',';
    out += json_quote(field.key) + ':' + to_json(field.value);
  }
  return out + '}';
}

}  // namespace drydock::sim
