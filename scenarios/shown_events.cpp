#include "scenarios/shown_events.hpp"

#include <algorithm>

namespace drydock::scenarios {
namespace {

/// A longer text is hardly ever the same as another one: to look for it costs more than to keep it.
constexpr std::size_t kShort = 48;

}  // namespace

std::uint32_t ShownEvents::Held::place_of(const std::string& text) {
  if (text.size() <= kShort) {
    const auto known = places.find(text);
    if (known != places.end()) return known->second;
  }
  const auto place = static_cast<std::uint32_t>(texts.size());
  texts.push_back(text);
  if (text.size() <= kShort) places.emplace(texts.back(), place);
  return place;
}

std::uint32_t ShownEvents::Held::seq(std::size_t place) const {
  return seqs.empty() ? static_cast<std::uint32_t>(place + 1) : seqs[place];
}

ShownEvents::ShownEvents(std::span<const ShownEvent> events) {
  for (const ShownEvent& event : events) push_back(event);
}

// NOLINTNEXTLINE(readability-const-return-type): see the header.
const ShownEvent ShownEvents::operator[](std::size_t place) const {
  const Packed& packed = held_->events[place];
  const auto text = [&](Part part) { return held_->texts[packed.texts[part]]; };
  return ShownEvent{.seq = held_->seq(place),
                    .cause = packed.cause,
                    .at = packed.at,
                    .kind = text(kind),
                    .actor = text(actor),
                    .workspace = text(workspace),
                    .instance = text(instance),
                    .detail = text(detail)};
}

void ShownEvents::push_back(const ShownEvent& event) {
  if (held_ == nullptr) held_ = std::make_shared<Held>();
  if (held_.use_count() > 1) {
    // The views of short texts are those of the other one's.
    ShownEvents own;
    for (const ShownEvent& shared : *this) own.push_back(shared);
    held_ = own.held_;
  }
  Held& held = *held_;
  const std::size_t place = held.events.size();
  if (held.seqs.empty() && event.seq != place + 1) {
    for (std::size_t i = 0; i < place; ++i) held.seqs.push_back(static_cast<std::uint32_t>(i + 1));
    held.seqs.push_back(event.seq);
  } else if (!held.seqs.empty()) {
    held.seqs.push_back(event.seq);
  }
  held.events.push_back(
      {.at = event.at,
       .cause = event.cause,
       .texts = {held.place_of(event.kind), held.place_of(event.actor), held.place_of(event.workspace),
                 held.place_of(event.instance), held.place_of(event.detail)}});
}

bool operator==(const ShownEvents& a, const ShownEvents& b) {
  return a.held_ == b.held_ || (a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin()));
}

}  // namespace drydock::scenarios
