#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

// What the EC2 Query API takes and gives below HTTP (docs/cloud.md §7).

namespace drydock::cloud::query {

using Header = std::pair<std::string, std::string>;

/// The messages of the wire, in a struct of their own because other floors have a `Request` and an `Answer` too.
struct Wire {
  struct Request {
    /// `GET`, `POST` or whatever the client sent.
    std::string method;
    /// The path and the query as on the request line, not decoded.
    std::string target;
    std::vector<Header> headers;
    std::string body;
  };

  /// Says how the answer ends on the wire.
  enum class Ending : std::uint8_t {
    whole,
    closed,  // FIN, without one byte
    reset,   // RST, without one byte
    cut,     // the headers and a part of the body, then FIN
    silent,  // nothing, and the connection stays open
  };

  struct Answer {
    /// The HTTP status, 100 to 599.
    int status = 200;
    std::vector<Header> headers;
    std::string body;
    Ending ending = Ending::whole;
  };
};

using Request = Wire::Request;
using Answer = Wire::Answer;
using Ending = Wire::Ending;

}  // namespace drydock::cloud::query
