#include "reports/chrome_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace drydock::reports {
namespace {

std::int64_t micros(sim::Instant at) { return at.time_since_epoch().count(); }

}  // namespace

/// Puts the slices on rows and writes everything in the order of time.
class ChromeTrace::Document {
 public:
  explicit Document(const ChromeTrace& trace) : trace_(trace), slices_(trace.slices_), rows_(trace.tracks_.size(), 1) {}

  std::string write(const Ordered& about) && {
    arrange();
    name_everything();
    add_flows();
    for (const std::size_t index : order_) add_slice(index);
    for (const Point& point : trace_.instants_) add_instant(point);
    for (const Count& count : trace_.counts_) add_count(count);
    std::stable_sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.at < b.at; });
    std::string out = "{\"displayTimeUnit\":\"ms\",\"otherData\":" + compact_json(about) + ",\n\"traceEvents\":[\n";
    for (std::size_t i = 0; i < items_.size(); ++i) out += items_[i].text + (i + 1 < items_.size() ? ",\n" : "\n");
    return out + "]}\n";
  }

 private:
  struct Item {
    std::int64_t at = 0;
    std::string text;
  };

  void add(std::int64_t at, const Ordered& json) { items_.push_back({at, compact_json(json)}); }

  /// Sorts the slices by their beginning and gives each the first row of its track in which it nests (`fits`).
  void arrange() {
    order_.resize(slices_.size());
    for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = i;
    std::stable_sort(order_.begin(), order_.end(), [this](std::size_t a, std::size_t b) {
      const Part& x = slices_[a];
      const Part& y = slices_[b];
      return std::tie(x.begin, x.order, y.end) < std::tie(y.begin, y.order, x.end);
    });
    std::vector<std::vector<std::vector<std::int64_t>>> open(trace_.tracks_.size());
    for (const std::size_t index : order_) {
      Part& slice = slices_[index];
      auto& rows = open[slice.track];
      while (!fits(slice, rows)) ++slice.row;
      rows[slice.row].push_back(slice.end);
      rows_[slice.track] = std::max(rows_[slice.track], slice.row + 1);
    }
  }

  /// Tells whether the slice nests in its row. The ends of the slices that are open in a row are a stack.
  static bool fits(const Part& slice, std::vector<std::vector<std::int64_t>>& rows) {
    if (rows.size() <= slice.row) rows.resize(slice.row + 1);
    auto& ends = rows[slice.row];
    while (!ends.empty() && ends.back() <= slice.begin) ends.pop_back();
    return ends.empty() || slice.end <= ends.back();
  }

  void name_everything() {
    for (std::size_t i = 0; i < trace_.processes_.size(); ++i) {
      add_metadata("process_name", i, 0, "name", trace_.processes_[i]);
      add_metadata("process_sort_index", i, 0, "sort_index", i);
    }
    first_thread_.resize(trace_.tracks_.size());
    std::size_t thread = 1;
    for (std::size_t i = 0; i < trace_.tracks_.size(); ++i) {
      first_thread_[i] = thread;
      const Lane& lane = trace_.tracks_[i];
      for (std::size_t row = 0; row < rows_[i]; ++row, ++thread) {
        const std::string name = row == 0 ? lane.name : fmt::format("{} ({})", lane.name, row + 1);
        add_metadata("thread_name", lane.process, thread, "name", name);
        add_metadata("thread_sort_index", lane.process, thread, "sort_index", thread);
      }
    }
  }

  void add_metadata(std::string_view what, std::size_t process, std::size_t thread, const std::string& key,
                    const Ordered& value) {
    Ordered json{{"ph", "M"}, {"name", what}, {"pid", process + 1}};
    if (thread != 0) json["tid"] = thread;
    json["ts"] = 0;
    json["args"] = {{key, value}};
    add(0, json);
  }

  [[nodiscard]] Ordered head(std::string_view phase, std::size_t track, std::size_t row, std::int64_t at) const {
    return {{"ph", phase}, {"pid", trace_.tracks_[track].process + 1}, {"tid", first_thread_[track] + row}, {"ts", at}};
  }

  static void add_label(Ordered& json, const Label& label) {
    json["name"] = label.name;
    json["cat"] = label.category;
    if (!label.colour.empty()) json["cname"] = label.colour;
    json["args"] = label.args;
  }

  /// A flow's end binds to the slice that was opened last, so it is written right behind its own.
  void add_slice(std::size_t index) {
    const Part& slice = slices_[index];
    Ordered json = head("X", slice.track, slice.row, slice.begin);
    json["dur"] = slice.end - slice.begin;
    add_label(json, slice.label);
    add(slice.begin, json);
    for (auto [at, end] = ends_.equal_range(index); at != end; ++at) {
      const Arrow& arrow = trace_.flows_[at->second];
      const bool starts = arrow.from == index;
      Ordered flow = head(starts ? "s" : "f", slice.track, slice.row, slice.begin);
      flow["id"] = at->second + 1;
      flow["name"] = arrow.category;
      flow["cat"] = arrow.category;
      if (!starts) flow["bp"] = "e";
      add(slice.begin, flow);
    }
  }

  void add_flows() {
    for (std::size_t i = 0; i < trace_.flows_.size(); ++i) {
      ends_.emplace(trace_.flows_[i].from, i);
      ends_.emplace(trace_.flows_[i].to, i);
    }
  }

  void add_instant(const Point& point) {
    Ordered json = head("i", point.track, 0, point.at);
    json["s"] = "t";
    add_label(json, point.label);
    add(point.at, json);
  }

  void add_count(const Count& count) {
    add(count.at, {{"ph", "C"},
                   {"pid", count.process + 1},
                   {"ts", count.at},
                   {"name", count.name},
                   {"args", {{"value", count.value}}}});
  }

  const ChromeTrace& trace_;
  std::vector<Part> slices_;
  std::vector<std::size_t> rows_;                 // of each track
  std::vector<std::size_t> order_;                // of the slices
  std::vector<std::size_t> first_thread_;         // of each track
  std::multimap<std::size_t, std::size_t> ends_;  // slice → flow
  std::vector<Item> items_;
};

std::size_t ChromeTrace::process_of(const std::string& name) {
  const auto found = std::find(processes_.begin(), processes_.end(), name);
  if (found != processes_.end()) return static_cast<std::size_t>(found - processes_.begin());
  processes_.push_back(name);
  return processes_.size() - 1;
}

ChromeTrace::Track ChromeTrace::track(const std::string& process_name, const std::string& name) {
  const std::size_t owner = process_of(process_name);
  const auto [found, is_new] = by_name_.try_emplace({owner, name}, tracks_.size());
  if (is_new) tracks_.push_back({owner, name});
  return Track{found->second};
}

ChromeTrace::Slice ChromeTrace::slice(Track track, sim::Instant begin, sim::Instant end, Label label,
                                      std::uint32_t order) {
  slices_.push_back({.track = static_cast<std::size_t>(track),
                     .begin = micros(begin),
                     .end = std::max(micros(end), micros(begin) + 1),
                     .order = order,
                     .label = std::move(label)});
  return Slice{slices_.size() - 1};
}

void ChromeTrace::instant(Track track, sim::Instant at, Label label) {
  instants_.push_back({static_cast<std::size_t>(track), micros(at), std::move(label)});
}

void ChromeTrace::flow(Slice from, Slice to, std::string_view category) {
  flows_.push_back({static_cast<std::size_t>(from), static_cast<std::size_t>(to), category});
}

void ChromeTrace::counter(const std::string& process_name, const std::string& name, sim::Instant at,
                          std::int64_t value) {
  counts_.push_back({process_of(process_name), name, micros(at), value});
}

std::string ChromeTrace::text(const Ordered& about) const { return Document(*this).write(about); }

}  // namespace drydock::reports
