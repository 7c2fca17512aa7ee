#include "sim/choices.hpp"

#include <Random123/philox.h>

#include <algorithm>

#include "sim/check.hpp"
#include "sim/hash.hpp"

namespace drydock::sim {
namespace {

/// 64 bits that depend on (seed, site, occurrence) alone: changing one decision changes no other.
std::uint64_t random_bits(std::uint64_t seed, std::uint64_t site, std::uint32_t occurrence) {
  const r123::Philox4x32 philox;
  const r123::Philox4x32::ctr_type counter{
      {static_cast<std::uint32_t>(site), static_cast<std::uint32_t>(site >> 32U), occurrence, 0}};
  const r123::Philox4x32::key_type key{
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}};
  const auto out = philox(counter, key);
  return (std::uint64_t{out[1]} << 32U) | out[0];
}

/// Maps 64 random bits to [0, bound) by multiplication; the bias is below 2^-32 for any bound asked here.
std::uint32_t scale(std::uint64_t bits, std::uint32_t bound) {
  return static_cast<std::uint32_t>(((bits >> 32U) * bound) >> 32U);
}

}  // namespace

void Tape::set(std::string site, std::uint32_t occurrence, std::uint32_t value) {
  entries_[Key{std::move(site), occurrence}] = value;
}

Site Choices::site(std::string_view actor, std::string_view point) {
  scratch_.assign(actor);
  scratch_ += '/';
  scratch_ += point;
  const auto found = by_name_.find(scratch_);
  if (found != by_name_.end()) return found->second;
  const auto id = static_cast<Site>(sites_.size());
  const auto placed = by_name_.emplace(scratch_, id).first;
  const auto first = tape_.entries().lower_bound(Tape::Key{scratch_, 0});
  const bool on_tape = first != tape_.entries().end() && first->first.first == scratch_;
  sites_.push_back(
      {.name = &placed->first, .hash = hash_text(scratch_), .asked = 0, .on_tape = on_tape});
  return id;
}

std::uint32_t Choices::fill(const Cursor& cursor, std::uint32_t bound,
                            const Probability* probability) const {
  if (!tape_.seed()) return 0;
  const std::uint64_t bits = random_bits(*tape_.seed(), cursor.hash, cursor.asked);
  if (probability != nullptr) return scale(bits, Probability::kOne) < probability->ppm ? 1 : 0;
  return scale(bits, bound);
}

std::uint32_t Choices::read(const Cursor& cursor, std::uint32_t bound,
                            const Probability* probability) {
  if (cursor.on_tape) {
    const auto entry = tape_.entries().find(Tape::Key{*cursor.name, cursor.asked});
    if (entry != tape_.entries().end()) {
      if (entry->second < bound) return entry->second;
      out_of_bound_.push_back({*cursor.name, cursor.asked, entry->second});
      return 0;
    }
  }
  return fill(cursor, bound, probability);
}

std::uint32_t Choices::ask(Site site, std::uint32_t bound, const Probability* probability,
                           Meaning meaning) {
  DRYDOCK_CHECK(bound >= 2, "{} was asked with bound {}", site_name(site), bound);
  if (calm_) return 0;
  Cursor& cursor = sites_[index(site)];
  ++cursor.asked;
  const std::uint32_t value = read(cursor, bound, probability);
  asked_.push_back({.site = site,
                    .occurrence = cursor.asked,
                    .bound = bound,
                    .value = value,
                    .at = now_,
                    .meaning = meaning});
  return value;
}

std::uint32_t Choices::choose(Site site, std::uint32_t bound, Meaning meaning) {
  return ask(site, bound, nullptr, meaning);
}

Duration Choices::range_value(const DurationRange& range, std::uint32_t value) {
  if (value == 0) return range.typical();
  return range.lo + (value - 1) * (range.hi - range.lo) / (kRangeBound - 2);
}

Duration Choices::draw(Site site, const DurationRange& range) {
  if (range.is_point()) return range.lo;
  const std::uint32_t value =
      ask(site, kRangeBound, nullptr, {.kind = Meaning::Kind::delay, .amount = 0, .what = {}});
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
  return ask(site, 2, &probability, {.kind = Meaning::Kind::happens, .amount = 0, .what = what}) ==
         1;
}

std::string Choices::means(const Asked& asked) {
  switch (asked.meaning.kind) {
    case Meaning::Kind::delay:
      return format_duration(Duration{asked.meaning.amount});
    case Meaning::Kind::order:
      return fmt::format("{} goes first of {}", asked.meaning.what, asked.bound);
    case Meaning::Kind::happens:
      return asked.value != 0 ? std::string{asked.meaning.what} : "does not happen";
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
    const auto site = by_name_.find(key.first);
    const bool asked = site != by_name_.end() && key.second >= 1 &&
                       key.second <= sites_[index(site->second)].asked;
    if (!asked) out.push_back({key.first, key.second, value});
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace drydock::sim
