#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// Gives a record of CloudTrail as its log files write it, whoever exported it: keys that Athena wrote small are
/// spelled as CloudTrail spells them, JSON and maps that were put into strings are values again, `readOnly` is a
/// boolean, and what is empty is not there.
[[nodiscard]] Json plain_record(const Json& exported);

/// Tells whether an object has the keys of a record, however they are spelled.
[[nodiscard]] bool is_record(const Json& value);

/// Finds the text that holds a whole record: `CloudTrailEvent` of lookup-events, `eventJson` of CloudTrail Lake. Null
/// pointer where there is none.
[[nodiscard]] const std::string* whole_record_in(const Json& value);

/// Reads a map as Athena and CloudTrail Lake print it, `{volumeId=vol-1, tagSet={"items":[]}}`; null where it is none.
[[nodiscard]] Json parse_printed_map(std::string_view text);

}  // namespace drydock::scenarios
