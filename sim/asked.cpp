#include "sim/asked.hpp"

#include "sim/packing.hpp"

namespace drydock::sim {
namespace {

/// What a packed decision begins with: its kind, which of its parts are there, and its site.
struct Head {
  static constexpr unsigned kKind = 7;
  static constexpr unsigned kValue = 1U << 3U;
  static constexpr unsigned kAt = 1U << 4U;          // it is asked later than the one before
  static constexpr unsigned kOccurrence = 1U << 5U;  // it is not the next of its site in this block
  static constexpr unsigned kAmount = 1U << 6U;
  static constexpr unsigned kSiteShift = 7;
};

/// Returns the occurrence that follows the site's last one in a block up to `size`; 0 where it has none.
std::uint32_t next_occurrence(const Asked* block, std::size_t size, Site site) {
  while (size > 0) {
    const Asked& before = block[--size];
    if (before.site == site) return before.occurrence + 1;
  }
  return 0;
}

}  // namespace

std::size_t AskedLog::word(std::string_view what) {
  const auto [known, is_new] = word_places_.try_emplace(what, words_.size());
  if (is_new) words_.push_back(what);
  return known->second;
}

std::string AskedLog::pack(const Asked* block) {
  std::string out;
  Packer packer(out);
  std::int64_t before = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const Asked& asked = block[i];
    const std::int64_t at = asked.at.time_since_epoch().count();
    const bool jumps = asked.occurrence != next_occurrence(block, i, asked.site);
    const unsigned parts = (asked.value != 0 ? Head::kValue : 0) | (at != before ? Head::kAt : 0) |
                           (jumps ? Head::kOccurrence : 0) | (asked.meaning.amount != 0 ? Head::kAmount : 0);
    const auto site = static_cast<std::uint64_t>(asked.site);
    packer.number((site << Head::kSiteShift) | parts | static_cast<unsigned>(asked.meaning.kind));
    packer.number(asked.bound).number(word(asked.meaning.what));
    if (asked.value != 0) packer.number(asked.value);
    if (at != before) packer.integer(at - before);
    if (jumps) packer.number(asked.occurrence);
    if (asked.meaning.amount != 0) packer.integer(asked.meaning.amount);
    before = at;
  }
  out.shrink_to_fit();
  return out;
}

std::vector<Asked> AskedLog::unpack(const std::string& packed) const {
  std::vector<Asked> block(kBlock);
  Unpacker in(packed);
  std::int64_t at = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    Asked& asked = block[i];
    const std::uint64_t head = in.number();
    asked.site = static_cast<Site>(head >> Head::kSiteShift);
    asked.meaning.kind = static_cast<Meaning::Kind>(head & Head::kKind);
    asked.bound = static_cast<std::uint32_t>(in.number());
    asked.meaning.what = words_[in.number()];
    if ((head & Head::kValue) != 0) asked.value = static_cast<std::uint32_t>(in.number());
    if ((head & Head::kAt) != 0) at += in.integer();
    asked.at = Instant{Duration{at}};
    asked.occurrence = (head & Head::kOccurrence) != 0 ? static_cast<std::uint32_t>(in.number())
                                                       : next_occurrence(block.data(), i, asked.site);
    if ((head & Head::kAmount) != 0) asked.meaning.amount = in.integer();
  }
  return block;
}

void AskedLog::pack_recent() {
  for (std::size_t i = 0; i < recent_.size(); i += kBlock) blocks_.push_back(pack(&recent_[i]));
  recent_.clear();
}

Asked AskedLog::operator[](std::size_t place) const {
  if (place >= packed()) return recent_[place - packed()];
  return unpack(blocks_[place / kBlock])[place % kBlock];
}

AskedLog::Iterator::reference AskedLog::Iterator::operator*() const {
  if (place_ >= log_->packed()) return log_->recent_[place_ - log_->packed()];
  if (block_.empty() || place_ < begin_ || place_ >= begin_ + kBlock) {
    begin_ = place_ / kBlock * kBlock;
    block_ = log_->unpack(log_->blocks_[begin_ / kBlock]);
  }
  return block_[place_ - begin_];
}

}  // namespace drydock::sim
