// Whatever the bytes, the decoders answer with a value or with diagnostics, and nothing else.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/files/request_patterns.hpp"
#include "scenarios/files/tape_file.hpp"
#include "scenarios/logs/import.hpp"
#include "scenarios/logs/mapping.hpp"

namespace {

template <typename T>
void check(const drydock::scenarios::Decoded<T>& decoded) {
  if (decoded.value.has_value() != decoded.errors.empty()) std::abort();
  for (const auto& error : decoded.errors) {
    if (error.message.empty() || drydock::scenarios::to_text(error).size() > 100'000) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(drydock::scenarios::decode_scenario("fuzz.json", text));
  check(drydock::scenarios::decode_policy("fuzz.json", text));
  check(drydock::scenarios::decode_tape("fuzz.json", text));
  check(drydock::scenarios::decode_mapping("fuzz.json", text));
  check(drydock::scenarios::import_logs({{"fuzz.log", std::string{text}}}, {}));
  (void)drydock::scenarios::parse_request(text);
  (void)drydock::scenarios::parse_deviation(text);
  return 0;
}
