#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/json_parts.hpp"
#include "sim/time.hpp"

namespace drydock::reports {

/// A trace in Chrome's JSON format, as ui.perfetto.dev reads it: processes, their tracks, and on each track slices,
/// instants and the ends of flows. It knows no workspaces. Slices of one track may overlap as they like: those that
/// would cross are moved to tracks of their own below it, because the format wants them nested.
class ChromeTrace {
 public:
  enum class Track : std::size_t {};
  enum class Slice : std::size_t {};

  /// A `Label` is what a slice or an instant says of itself.
  struct Label {
    std::string name;
    std::string category;
    Ordered args = Ordered::object();
    std::string_view colour;  // of Chrome's palette; empty: the viewer's choice
  };

  /// Names a process before its tracks are, so that it has its place on the screen.
  void process(const std::string& name) { process_of(name); }
  /// Gives the track of that name in the process of that name. Processes and tracks are shown in the order in which
  /// they were first named.
  Track track(const std::string& process, const std::string& name);

  /// Adds a slice that lasts from `begin` to just before `end`, and for at least a microsecond. Of slices that begin
  /// together the one with the lower `order` is written first, because an arrow must have begun before it ends. Of
  /// slices with the same `order` the longer is written first, and the shorter lies within it.
  Slice slice(Track track, sim::Instant begin, sim::Instant end, Label label, std::uint32_t order = 0);
  void instant(Track track, sim::Instant at, Label label);
  /// Adds an arrow from the beginning of one slice to the beginning of another. The second slice begins later, or
  /// begins together with the first and has a higher `order`.
  void flow(Slice from, Slice to, std::string_view category);
  void counter(const std::string& process, const std::string& name, sim::Instant at, std::int64_t value);

  /// Writes the document. `about` is what the document says of itself.
  [[nodiscard]] std::string text(const Ordered& about) const;

 private:
  struct Lane {
    std::size_t process = 0;
    std::string name;
  };
  struct Part {
    std::size_t track = 0;
    std::int64_t begin = 0;  // microseconds
    std::int64_t end = 0;
    std::uint32_t order = 0;
    Label label;
    std::size_t row = 0;  // which of its track's rows; set when the document is written
  };
  struct Point {
    std::size_t track = 0;
    std::int64_t at = 0;
    Label label;
  };
  struct Arrow {
    std::size_t from = 0;
    std::size_t to = 0;
    std::string_view category;
  };
  struct Count {
    std::size_t process = 0;
    std::string name;
    std::int64_t at = 0;
    std::int64_t value = 0;
  };
  class Document;

  std::size_t process_of(const std::string& name);

  std::vector<std::string> processes_;
  std::vector<Lane> tracks_;
  std::map<std::pair<std::size_t, std::string>, std::size_t> by_name_;
  std::vector<Part> slices_;
  std::vector<Point> instants_;
  std::vector<Arrow> flows_;
  std::vector<Count> counts_;
};

}  // namespace drydock::reports
