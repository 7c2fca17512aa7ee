#include "model/service.hpp"

namespace drydock::model {

std::string_view to_text(TransportError error) {
  switch (error) {
    case TransportError::deadline:
      return "context deadline exceeded";
    case TransportError::reset:
      return "connection reset by peer";
    case TransportError::refused:
      return "connection refused";
  }
  return "unknown";
}

}  // namespace drydock::model
