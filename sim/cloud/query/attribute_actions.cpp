#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/cloud/query/account.hpp"
#include "sim/cloud/query/actions.hpp"
#include "sim/cloud/query/base64.hpp"
#include "sim/cloud/query/instance_rows.hpp"
#include "sim/cloud/query/types.hpp"

// Single attributes of an instance: DescribeInstanceAttribute, ModifyInstanceAttribute, GetConsoleOutput.

namespace drydock::cloud::query {
namespace {

/// Asks the region for the one instance that a request names.
sim::Task<Result<std::vector<InstanceDescription>>> named_instance(Exchange* exchange) {
  InstanceFilter wanted;
  wanted.ids = {exchange->parameters.text("InstanceId")};
  co_return co_await exchange->ec2.describe_instances(exchange->context, std::move(wanted));
}

// --- DescribeInstanceAttribute --------------------------------------------------------------------------------------

/// An attribute: its name, and what writes it.
struct InstanceAttribute {
  std::string_view name;
  void (*write)(Element, const Exchange&, const Instance&);
};

InstanceDetails known_details(const Instance& instance) {
  return instance.details == nullptr ? InstanceDetails{} : *instance.details;
}

void write_value(Element parent, const char* name, std::string_view value) {
  parent.child(name).text_unless_empty("value", value);
}

void write_flag_value(Element parent, const char* name, bool value) { parent.child(name).flag("value", value); }

constexpr std::array<InstanceAttribute, 13> kAttributes{{
    {"blockDeviceMapping", [](Element e, const Exchange& x, const Instance& i) { write_block_devices(e, x, i); }},
    {"disableApiStop",
     [](Element e, const Exchange&, const Instance&) { write_flag_value(e, "disableApiStop", false); }},
    {"disableApiTermination",
     [](Element e, const Exchange&, const Instance& i) {
       write_flag_value(e, "disableApiTermination", known_details(i).termination_protected);
     }},
    {"ebsOptimized", [](Element e, const Exchange&,
                        const Instance& i) { write_flag_value(e, "ebsOptimized", known_details(i).ebs_optimized); }},
    {"enaSupport", [](Element e, const Exchange&, const Instance&) { write_flag_value(e, "enaSupport", true); }},
    {"groupSet", [](Element e, const Exchange&, const Instance& i) { write_groups(e, i); }},
    {"instanceInitiatedShutdownBehavior",
     [](Element e, const Exchange&, const Instance& i) {
       write_value(e, "instanceInitiatedShutdownBehavior", known_details(i).shutdown_behavior);
     }},
    {"instanceType", [](Element e, const Exchange&, const Instance& i) { write_value(e, "instanceType", type_of(i)); }},
    {"kernel", [](Element e, const Exchange&, const Instance&) { write_value(e, "kernel", ""); }},
    {"ramdisk", [](Element e, const Exchange&, const Instance&) { write_value(e, "ramdisk", ""); }},
    {"rootDeviceName",
     [](Element e, const Exchange&, const Instance& i) { write_value(e, "rootDeviceName", root_device_of(i)); }},
    {"sourceDestCheck",
     [](Element e, const Exchange&, const Instance& i) {
       write_flag_value(e, "sourceDestCheck", known_details(i).source_dest_check);
     }},
    {"userData",
     [](Element e, const Exchange&, const Instance& i) { write_value(e, "userData", to_base64(i.request.user_data)); }},
}};

const InstanceAttribute* find_attribute(std::string_view name) {
  const auto* found = std::find_if(kAttributes.begin(), kAttributes.end(),
                                   [&](const InstanceAttribute& attribute) { return attribute.name == name; });
  return found == kAttributes.end() ? nullptr : found;
}

Error unknown_attribute(std::string_view name) { return invalid_value(name, "attribute", "Unknown attribute."); }

constexpr std::array<ParameterRule, 2> kDescribeAttributeRules{
    {{"InstanceId", RuleKind::text, true}, {"Attribute", RuleKind::text, true}}};

Served describe_instance_attribute(Exchange* exchange) {
  const InstanceAttribute* attribute = find_attribute(exchange->parameters.text("Attribute"));
  if (attribute == nullptr) co_return unknown_attribute(exchange->parameters.text("Attribute"));
  Result<std::vector<InstanceDescription>> seen = co_await named_instance(exchange);
  if (!seen) co_return seen.error();
  const Instance& instance = *exchange->ec2.find(seen->front().id);
  exchange->answer.text("instanceId", instance.id);
  attribute->write(exchange->answer, *exchange, instance);
  co_return std::nullopt;
}

// --- ModifyInstanceAttribute ----------------------------------------------------------------------------------------

constexpr std::array<ParameterRule, 20> kModifyRules{{
    {"InstanceId", RuleKind::text, true},
    {"Attribute"},
    {"Value"},
    {"InstanceType.Value"},
    {"UserData.Value"},
    {"InstanceInitiatedShutdownBehavior.Value"},
    {"DisableApiTermination.Value", RuleKind::flag},
    {"DisableApiStop.Value", RuleKind::flag},
    {"SourceDestCheck.Value", RuleKind::flag},
    {"EbsOptimized.Value", RuleKind::flag},
    {"EnaSupport.Value", RuleKind::flag},
    {"SriovNetSupport.Value"},
    {"Kernel.Value"},
    {"Ramdisk.Value"},
    {"GroupId.N"},
    {"BlockDeviceMapping.N.DeviceName"},
    {"BlockDeviceMapping.N.Ebs.DeleteOnTermination", RuleKind::flag},
    {"BlockDeviceMapping.N.Ebs.VolumeId"},
    {"BlockDeviceMapping.N.VirtualName"},
    {"BlockDeviceMapping.N.NoDevice"},
}};

/// Returns the value of an attribute, which has a parameter of its own (`InstanceType.Value`) and another form
/// (`Attribute=instanceType` with `Value`).
std::optional<std::string> new_value(const ParameterTree& parameters, std::string_view own, std::string_view name) {
  std::optional<std::string> value = parameters.given(fmt::format("{}.Value", own));
  if (!value) value = parameters.given(own);
  return value || parameters.text("Attribute") != name ? value : parameters.given("Value");
}

/// Reads a flag that the rules have not checked in its second form.
Failure read_new_flag(const ParameterTree& parameters, std::string_view own, std::string_view name,
                      std::optional<bool>& out) {
  const std::optional<std::string> value = new_value(parameters, own, name);
  if (!value) return std::nullopt;
  out = read_flag(*value);
  return out ? std::nullopt : Failure{invalid_value(*value, name, "It must be true or false.")};
}

Failure read_flags(const ParameterTree& parameters, ModifyInstanceRequest& out) {
  Failure failure =
      read_new_flag(parameters, "DisableApiTermination", "disableApiTermination", out.termination_protected);
  if (!failure) failure = read_new_flag(parameters, "SourceDestCheck", "sourceDestCheck", out.source_dest_check);
  if (!failure) failure = read_new_flag(parameters, "EbsOptimized", "ebsOptimized", out.ebs_optimized);
  return failure;
}

Failure read_texts(const ParameterTree& parameters, ModifyInstanceRequest& out) {
  out.instance_type = new_value(parameters, "InstanceType", "instanceType");
  if (out.instance_type && !is_instance_type(*out.instance_type)) {
    return Error{"InvalidInstanceAttributeValue", 400,
                 fmt::format("The instance type '{}' does not exist.", *out.instance_type)};
  }
  const std::optional<std::string> user_data = new_value(parameters, "UserData", "userData");
  if (user_data) {
    out.user_data = from_base64(*user_data);
    if (!out.user_data) return Error{"InvalidUserData.Malformed", 400, "Invalid BASE64 encoding of user data."};
  }
  out.shutdown_behavior =
      new_value(parameters, "InstanceInitiatedShutdownBehavior", "instanceInitiatedShutdownBehavior");
  if (out.shutdown_behavior && *out.shutdown_behavior != "stop" && *out.shutdown_behavior != "terminate") {
    return invalid_value(*out.shutdown_behavior, "instanceInitiatedShutdownBehavior", "It must be stop or terminate.");
  }
  return std::nullopt;
}

Failure read_change(const ParameterTree& parameters, ModifyInstanceRequest& out) {
  out.id = parameters.text("InstanceId");
  const std::string& attribute = parameters.text("Attribute");
  if (!attribute.empty() && find_attribute(attribute) == nullptr) return unknown_attribute(attribute);
  for (const std::string& group : parameters.list("GroupId")) {
    if (group != kGroup) {
      return Error{"InvalidGroup.NotFound", 400, fmt::format("The security group '{}' does not exist", group)};
    }
    out.groups = {group};
  }
  for (const ParameterTree* item : parameters.items("BlockDeviceMapping")) {
    const std::optional<bool> goes = item->flag("Ebs.DeleteOnTermination");
    if (goes) out.delete_on_termination.emplace_back(item->text("DeviceName"), *goes);
  }
  Failure failure = read_flags(parameters, out);
  return failure ? failure : read_texts(parameters, out);
}

Served modify_instance_attribute(Exchange* exchange) {
  ModifyInstanceRequest request;
  Failure failure = read_change(exchange->parameters, request);
  if (failure) co_return failure;
  Result<Done> done = co_await exchange->ec2.modify_instance(exchange->context, std::move(request));
  if (!done) co_return done.error();
  write_done(exchange->answer);
  co_return std::nullopt;
}

// --- GetConsoleOutput -----------------------------------------------------------------------------------------------

constexpr std::array<ParameterRule, 2> kConsoleRules{
    {{"InstanceId", RuleKind::text, true}, {"Latest", RuleKind::flag}}};

/// The console of an instance that ran says that it booted, and no more: nothing runs on it.
Served get_console_output(Exchange* exchange) {
  Result<std::vector<InstanceDescription>> seen = co_await named_instance(exchange);
  if (!seen) co_return seen.error();
  const InstanceDescription& instance = seen->front();
  exchange->answer.text("instanceId", instance.id);
  exchange->answer.text("timestamp", exchange->time(exchange->scheduler.now()));
  const bool booted = instance.state != InstanceState::pending;
  exchange->answer.text("output", booted ? to_base64(fmt::format("{} login: \r\n", instance.id)) : std::string{});
  co_return std::nullopt;
}

constexpr std::array<QueryAction, 3> kAttributeActions{{
    {"DescribeInstanceAttribute", kDescribeAttributeRules, describe_instance_attribute},
    {"GetConsoleOutput", kConsoleRules, get_console_output},
    {"ModifyInstanceAttribute", kModifyRules, modify_instance_attribute},
}};

}  // namespace

std::span<const QueryAction> attribute_actions() { return kAttributeActions; }

}  // namespace drydock::cloud::query
