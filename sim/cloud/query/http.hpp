#pragma once

#include <string>
#include <string_view>

#include "sim/cloud/ec2.hpp"
#include "sim/cloud/query/message.hpp"
#include "sim/cloud/query/xml.hpp"

// What whoever takes requests of the wire, or answers them, has in common.

namespace drydock::cloud::query {

/// Returns the value of the first header of this name, whatever its case; null where there is none.
[[nodiscard]] const std::string* find_header(const Request& request, std::string_view name);

/// Returns the region of a credential scope (`AKID/20260519/us-east-1/ec2/aws4_request`), which may be followed by
/// anything; empty when there is none. It is whatever the client wrote there.
[[nodiscard]] std::string_view region_of_scope(std::string_view scope);
/// Returns the region that an Authorization header is signed for (`… Credential=SCOPE, …`); empty when there is none.
[[nodiscard]] std::string_view region_of_authorization(std::string_view authorization);

/// Makes an answer of a document, and finishes it.
[[nodiscard]] Answer xml_answer(int status, Document& document, const std::string& request_id);
/// Makes EC2's document of an error (docs/cloud.md §7.3). `action` is the one that failed; empty: none did.
[[nodiscard]] Answer error_document(const Error& error, std::string_view action, const std::string& request_id);

/// The id of a request that is refused before the region hears of it.
inline constexpr const char* kNoRequestId = "00000000-0000-0000-0000-000000000000";

/// Makes an answer whose body is JSON.
[[nodiscard]] Answer json_answer(int status, std::string body);

}  // namespace drydock::cloud::query
