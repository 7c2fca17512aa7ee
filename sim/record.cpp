#include "sim/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/packing.hpp"
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

/// Packs a value behind the number of its alternative.
struct Packed {
  Packer& packer;
  void operator()(std::int64_t number) const { packer.integer(number); }
  void operator()(bool flag) const { packer.number(flag ? 1 : 0); }
  void operator()(std::string_view text) const { packer.text(text); }
  void operator()(JsonText json) const { packer.text(json.text); }
};

KeptField::Value unpack_value(Unpacker& in) {
  switch (in.number()) {
    case 0:
      return in.integer();
    case 1:
      return in.number() != 0;
    case 2:
      return std::string{in.text()};
    default:
      return KeptJson{std::string{in.text()}};
  }
}

/// Details are kept in chunks: a place has the number of its chunk above, and where in the chunk it is below.
constexpr unsigned kChunkShift = 16;
constexpr std::size_t kBytesOfChunk = std::size_t{1} << kChunkShift;
constexpr std::size_t kMostChunks = std::size_t{1} << kChunkShift;

/// What an event and a field of it take, here and in the run's outcome, with what the model remembers of a request.
/// They are numbers, and not sizeof: a bound ends a run at the same event everywhere.
constexpr std::size_t kBytesOfEvent = 256;
constexpr std::size_t kBytesOfField = 128;

/// Gives the bytes of a text; 0 for another value.
std::size_t length_of(const Field::Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return text->size();
  if (const auto* json = std::get_if<JsonText>(&value)) return json->text.size();
  return 0;
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
  scheduler_.keep_bytes(kBytesOfEvent);
  Event event{.seq = static_cast<std::uint32_t>(events_.size() + 1),
              .cause = cause,
              .at = scheduler_.now(),
              .kind = kind,
              .actor = actor,
              .workspace = subject.workspace,
              .instance = subject.instance,
              .details = 0};
  add_to_hash(event, detail);
  if (keep_details_) keep(event, detail);
  ++counts_[static_cast<std::size_t>(kind)];
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
  for (const Field& field : detail) scheduler_.keep_bytes(kBytesOfField + 2 * length_of(field.value));
  if (detail.size() != 0) event.details = details_.add(detail);
}

std::vector<KeptField> Record::details(const Event& event) const {
  return event.details == 0 ? std::vector<KeptField>{} : details_.at(event.details);
}

// --- KeptDetails ----------------------------------------------------------------------------------------------------

std::size_t KeptDetails::key(std::string_view name) {
  const auto [known, is_new] = key_places_.try_emplace(name, keys_.size());
  if (is_new) keys_.push_back(name);
  return known->second;
}

std::uint32_t KeptDetails::add(std::initializer_list<Field> fields) {
  scratch_.clear();
  Packer packer(scratch_);
  packer.number(fields.size());
  for (const Field& field : fields) {
    packer.number(key(field.key)).number(field.value.index());
    std::visit(Packed{packer}, field.value);
  }
  if (chunks_.empty() || chunks_.back().size() + scratch_.size() > kBytesOfChunk) {
    DRYDOCK_CHECK(chunks_.size() < kMostChunks, "the details of events are too many");
    chunks_.emplace_back().reserve(std::max(kBytesOfChunk, scratch_.size() + 1));
    chunks_.back() += '\0';  // so that no place is 0
  }
  const std::size_t place = ((chunks_.size() - 1) << kChunkShift) | chunks_.back().size();
  chunks_.back() += scratch_;
  return static_cast<std::uint32_t>(place);
}

std::vector<KeptField> KeptDetails::at(std::uint32_t place) const {
  Unpacker in(std::string_view{chunks_[place >> kChunkShift]}.substr(place & (kBytesOfChunk - 1)));
  std::vector<KeptField> fields(in.number());
  for (KeptField& field : fields) {
    field.key = keys_[in.number()];
    field.value = unpack_value(in);
  }
  return fields;
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
