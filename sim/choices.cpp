#include "sim/choices.hpp"

#include <Random123/philox.h>

#include <algorithm>

#include "sim/arena.hpp"
#include "sim/check.hpp"
#include "sim/hash.hpp"

namespace drydock::sim {

std::uint64_t random_bits(std::uint64_t seed, std::uint64_t site, std::uint32_t occurrence) {
  const r123::Philox4x32 philox;
  const r123::Philox4x32::ctr_type counter{
      {static_cast<std::uint32_t>(site), static_cast<std::uint32_t>(site >> 32U), occurrence, 0}};
  const r123::Philox4x32::key_type key{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}};
  const auto out = philox(counter, key);
  return (std::uint64_t{out[1]} << 32U) | out[0];
}

std::uint32_t scale_bits(std::uint64_t bits, std::uint32_t bound) {
  return static_cast<std::uint32_t>(((bits >> 32U) * bound) >> 32U);
}

Tape Tape::of(const std::vector<Decision>& decisions) {
  Tape tape;
  for (const Decision& each : decisions) tape.set(each.site, each.occurrence, each.value);
  return tape;
}

void Tape::set(std::string site, std::uint32_t occurrence, std::uint32_t value) {
  entries_[Key{std::move(site), occurrence}] = value;
}

Site Choices::site(std::string_view actor, std::string_view point) {
  scratch_.assign(actor);
  scratch_ += '/';
  scratch_ += point;
  const std::uint64_t hash = hash_text(scratch_);
  if (sites_.size() * 2 >= slots_.size()) grow_slots();
  std::uint32_t& slot = slots_[slot_of(hash, scratch_)];
  if (slot == 0) {
    const std::string& name = names_.emplace_back(scratch_);
    sites_.push_back({.name = &name, .hash = hash, .asked = 0, .on_tape = is_on_tape(name)});
    slot = static_cast<std::uint32_t>(sites_.size());
  }
  return static_cast<Site>(slot - 1);
}

/// Returns the slot that holds the site of this name, or the empty one that would.
std::size_t Choices::slot_of(std::uint64_t hash, std::string_view name) const {
  std::size_t slot = hash & (slots_.size() - 1);
  while (slots_[slot] != 0) {
    const Cursor& cursor = sites_[slots_[slot] - 1];
    if (cursor.hash == hash && *cursor.name == name) break;
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

/// Returns the site of this name; empty where none was named so.
std::optional<Site> Choices::known(std::string_view name) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t slot = slots_[slot_of(hash_text(name), name)];
  return slot != 0 ? std::optional{static_cast<Site>(slot - 1)} : std::nullopt;
}

void Choices::grow_slots() {
  constexpr std::size_t kFirst = 128;  // a power of two
  slots_.assign(std::max(kFirst, slots_.size() * 2), 0);
  for (std::size_t site = 0; site < sites_.size(); ++site)
    slots_[slot_of(sites_[site].hash, *sites_[site].name)] = static_cast<std::uint32_t>(site + 1);
}

bool Choices::is_on_tape(const std::string& site) const {
  const auto first = tape_.entries().lower_bound(Tape::Key{site, 0});
  return first != tape_.entries().end() && first->first.first == site;
}

void Choices::answer_from(Tape tape, Fill* fill) {
  tape_ = std::move(tape);
  fill_ = fill;
  for (Cursor& cursor : sites_) cursor.on_tape = false;
  for (const auto& [key, value] : tape_.entries()) {
    if (const auto site = known(key.first)) sites_[index(*site)].on_tape = true;
  }
}

std::uint32_t Choices::fill(Question& question) const {
  if (fill_ != nullptr) {
    const Arena::Outside outside;  // a fill keeps what it makes
    const std::uint32_t value = fill_->answer(question);
    return value < question.bound ? value : 0;
  }
  const bool searched = question.kind == Meaning::Kind::fault || question.kind == Meaning::Kind::request;
  if (!tape_.seed() || searched) return 0;
  const std::uint64_t bits = random_bits(*tape_.seed(), question.site_hash, question.occurrence);
  if (question.kind == Meaning::Kind::happens) return scale_bits(bits, Probability::kOne) < question.odds.ppm ? 1 : 0;
  return scale_bits(bits, question.bound);
}

std::uint32_t Choices::read(const Cursor& cursor, Question& question) {
  if (cursor.on_tape) {
    const auto entry = tape_.entries().find(Tape::Key{*cursor.name, cursor.asked});
    if (entry != tape_.entries().end()) {
      if (entry->second < question.bound) return entry->second;
      out_of_bound_.push_back({*cursor.name, cursor.asked, entry->second});
      return 0;
    }
  }
  return fill(question);
}

std::uint32_t Choices::ask(Site site, Question question, Meaning meaning) {
  DRYDOCK_CHECK(question.bound >= 2, "{} was asked with bound {}", site_name(site), question.bound);
  if (calm_) return 0;
  Cursor& cursor = sites_[index(site)];
  question.site = *cursor.name;
  question.site_hash = cursor.hash;
  question.occurrence = ++cursor.asked;
  question.kind = meaning.kind;
  question.at = now_;
  const std::uint32_t value = read(cursor, question);
  asked_.push_back({.site = site,
                    .occurrence = cursor.asked,
                    .bound = question.bound,
                    .value = value,
                    .at = now_,
                    .meaning = meaning});
  return value;
}

std::uint32_t Choices::choose(Site site, std::uint32_t bound, Meaning meaning) {
  Question question;
  question.bound = bound;
  return ask(site, question, meaning);
}

std::uint32_t Choices::offer(Site site, const Offer& offered) {
  Question question;
  question.bound = static_cast<std::uint32_t>(offered.families.size()) + 1;
  question.odds = offered.odds;
  question.families = offered.families;
  return ask(site, question, {.kind = offered.kind, .amount = 0, .what = "nothing"});
}

std::uint32_t Choices::order(Site site, std::uint32_t ready, std::span<const std::uint64_t> candidates) {
  Question question;
  question.bound = ready;
  question.candidates = candidates;
  return ask(site, question, {.kind = Meaning::Kind::order, .amount = 0, .what = {}});
}

Duration Choices::range_value(const DurationRange& range, std::uint32_t value) {
  if (value == 0) return range.typical();
  return range.lo + (value - 1) * (range.hi - range.lo) / (kRangeBound - 2);
}

Duration Choices::draw(Site site, const DurationRange& range) {
  if (range.is_point()) return range.lo;
  const std::uint32_t value = choose(site, kRangeBound, {.kind = Meaning::Kind::delay, .amount = 0, .what = {}});
  const Duration drawn = range_value(range, value);
  if (!calm_) asked_.back().meaning.amount = drawn.count();
  return drawn;
}

Duration Choices::draw(std::string_view actor, std::string_view point, const DurationRange& range) {
  if (range.is_point()) return range.lo;
  return draw(site(actor, point), range);
}

bool Choices::happens(Site site, Probability probability, std::string_view what) {
  if (probability.ppm == 0) return false;
  if (probability.certain()) return true;
  Question question;
  question.bound = 2;
  question.odds = probability;
  return ask(site, question, {.kind = Meaning::Kind::happens, .amount = 0, .what = what}) == 1;
}

std::string Choices::means(const Asked& asked) {
  switch (asked.meaning.kind) {
    case Meaning::Kind::delay:
      return format_duration(Duration{asked.meaning.amount});
    case Meaning::Kind::order:
      return fmt::format("{} goes first of {}", asked.meaning.what, asked.bound);
    case Meaning::Kind::happens:
      return asked.value != 0 ? std::string{asked.meaning.what} : "does not happen";
    case Meaning::Kind::fault:
    case Meaning::Kind::request:
      return std::string{asked.meaning.what};
    case Meaning::Kind::plain:
      return fmt::format("{} of {}", asked.value, asked.bound);
  }
  return {};
}

std::vector<Decision> Choices::consumed() const {
  std::vector<Decision> out;
  for (const Asked& asked : asked_) {
    if (asked.value != 0) out.push_back({site_name(asked.site), asked.occurrence, asked.value});
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<Decision> Choices::misaligned() const {
  std::vector<Decision> out = out_of_bound_;
  for (const auto& [key, value] : tape_.entries()) {
    const auto site = known(key.first);
    const bool asked = site && key.second >= 1 && key.second <= sites_[index(*site)].asked;
    if (!asked) out.push_back({key.first, key.second, value});
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace drydock::sim
