#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/cloud/query/exchange.hpp"

// Instances as the wire shows them: their elements and their filters.

namespace drydock::cloud::query {

/// An instance as one reader sees it.
struct InstanceRow {
  std::uint64_t number = 0;  // in the order of launching
  const Exchange* exchange = nullptr;
  const Instance* instance = nullptr;
  InstanceState state = InstanceState::pending;
  std::string state_reason;  // the code; empty: none

  template <typename Visit>
  void each_tag(Visit visit) const {
    exchange->ec2.each_tag(instance->id, visit);
  }
};

[[nodiscard]] InstanceRow row_of(const Exchange& exchange, const InstanceDescription& seen);
/// Returns an instance as it is.
[[nodiscard]] InstanceRow row_of(const Exchange& exchange, const Instance& instance);
[[nodiscard]] std::span<const FilterRule<InstanceRow>> instance_filters();

/// Writes reservations with their instances (`item` elements with `instancesSet`). Rows of one launch stand together.
void write_reservations(Element set, const std::vector<InstanceRow>& rows);
/// Writes the fields of the reservation that an instance is in, and its instances.
void write_reservation(Element element, std::span<const InstanceRow> rows);
/// Writes `code` and `name`.
void write_state(Element element, InstanceState state);

[[nodiscard]] std::string type_of(const Instance& instance);
[[nodiscard]] std::string root_device_of(const Instance& instance);
/// Returns the volumes that the instance has now, its root volume first.
[[nodiscard]] std::vector<const Volume*> attached_volumes(const Instance& instance);
/// Writes the element `blockDeviceMapping`.
void write_block_devices(Element element, const Exchange& exchange, const Instance& instance);
/// Writes the element `groupSet`.
void write_groups(Element element, const Instance& instance);

}  // namespace drydock::cloud::query
