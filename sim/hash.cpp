#include "sim/hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace drydock::sim {

std::uint64_t hash_text(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

}  // namespace drydock::sim
