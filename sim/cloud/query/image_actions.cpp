#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/cloud/ids.hpp"
#include "sim/cloud/query/account.hpp"
#include "sim/cloud/query/actions.hpp"

// DescribeImages: some public images, and whatever image is named.

namespace drydock::cloud::query {
namespace {

struct ImageRow {
  std::uint64_t number = 0;
  std::string id;
  ImageFacts facts;

  template <typename Visit>
  void each_tag(Visit /*visit*/) const {}
};

constexpr std::array<FilterRule<ImageRow>, 18> kImageFilters{{
    {"architecture", [](const ImageRow& row, FilterMatch& m) { m.value(row.facts.architecture); }},
    {"block-device-mapping.device-name", [](const ImageRow& row, FilterMatch& m) { m.value(row.facts.root_device); }},
    {"block-device-mapping.volume-type", [](const ImageRow&, FilterMatch& m) { m.value("gp2"); }},
    {"creation-date", [](const ImageRow& row, FilterMatch& m) { m.value(row.facts.created); }},
    {"description", [](const ImageRow& row, FilterMatch& m) { m.value(row.facts.description); }},
    {"ena-support", [](const ImageRow&, FilterMatch& m) { m.flag(true); }},
    {"hypervisor", [](const ImageRow&, FilterMatch& m) { m.value("xen"); }},
    {"image-id", [](const ImageRow& row, FilterMatch& m) { m.value(row.id); }},
    {"image-type", [](const ImageRow&, FilterMatch& m) { m.value("machine"); }},
    {"is-public", [](const ImageRow&, FilterMatch& m) { m.flag(true); }},
    {"name", [](const ImageRow& row, FilterMatch& m) { m.value(row.facts.name); }},
    {"owner-alias", [](const ImageRow& row, FilterMatch& m) { m.value(row.facts.owner_alias); }},
    {"owner-id", [](const ImageRow& row, FilterMatch& m) { m.value(row.facts.owner); }},
    {"platform", [](const ImageRow&, FilterMatch&) {}},
    {"root-device-name", [](const ImageRow& row, FilterMatch& m) { m.value(row.facts.root_device); }},
    {"root-device-type", [](const ImageRow&, FilterMatch& m) { m.value("ebs"); }},
    {"state", [](const ImageRow&, FilterMatch& m) { m.value("available"); }},
    {"virtualization-type", [](const ImageRow&, FilterMatch& m) { m.value("hvm"); }},
}};

constexpr std::array<ParameterRule, 9> kImageRules{{{"ImageId.N"},
                                                    {"Owner.N"},
                                                    {"ExecutableBy.N"},
                                                    {"IncludeDeprecated", RuleKind::flag},
                                                    {"IncludeDisabled", RuleKind::flag},
                                                    kFilterName,
                                                    kFilterValue,
                                                    {"MaxResults", RuleKind::number, false, 1, 1000},
                                                    kNextToken}};

Result<std::vector<ImageRow>> named_images(const std::vector<std::string>& ids) {
  std::vector<ImageRow> rows;
  for (const std::string& id : ids) {
    if (!well_formed_id("ami-", id)) {
      return tl::unexpected(
          Error{"InvalidAMIID.Malformed", 400, fmt::format("Invalid id: \"{}\" (expecting \"ami-...\")", id)});
    }
    rows.push_back({rows.size() + 1, id, image_of(id)});
  }
  if (!ids.empty()) return rows;
  for (const ImageFacts& facts : kImages) rows.push_back({rows.size() + 1, std::string{facts.id}, facts});
  return rows;
}

bool is_owned(const ImageRow& row, const std::vector<std::string>& owners) {
  return owners.empty() || std::any_of(owners.begin(), owners.end(), [&](const std::string& owner) {
           return owner == row.facts.owner || (!owner.empty() && owner == row.facts.owner_alias);
         });
}

void write_image(Element item, const ImageRow& row) {
  item.text("imageId", row.id);
  item.text("imageLocation", fmt::format("{}/{}", row.facts.owner, row.facts.name));
  item.text("imageState", "available");
  item.text("imageOwnerId", row.facts.owner);
  item.text_unless_empty("imageOwnerAlias", row.facts.owner_alias);
  item.text("creationDate", row.facts.created);
  item.flag("isPublic", true);
  item.text("architecture", row.facts.architecture);
  item.text("imageType", "machine");
  item.text("name", row.facts.name);
  item.text("description", row.facts.description);
  item.text("rootDeviceType", "ebs");
  item.text("rootDeviceName", row.facts.root_device);
  Element mapping = item.child("blockDeviceMapping").child("item");
  mapping.text("deviceName", row.facts.root_device);
  Element ebs = mapping.child("ebs");
  ebs.number("volumeSize", kDefaultSize);
  ebs.flag("deleteOnTermination", true);
  ebs.text("volumeType", "gp2");
  ebs.flag("encrypted", false);
  item.text("virtualizationType", "hvm");
  item.text("hypervisor", "xen");
  item.flag("enaSupport", true);
  item.child("productCodes");
  item.child("tagSet");
}

Failure describe_images(Exchange& exchange) {
  const ParameterTree& parameters = exchange.parameters;
  const std::span<const FilterRule<ImageRow>> rules = kImageFilters;
  Result<std::vector<NamedFilter>> filters = read_filters(parameters, rules);
  if (!filters) return filters.error();
  const Result<Page> page = read_page(parameters, "imagesSet", "ImageId");
  if (!page) return page.error();
  Result<std::vector<ImageRow>> rows = named_images(parameters.list("ImageId"));
  if (!rows) return rows.error();
  const std::vector<std::string> owners = parameters.list("Owner");
  std::erase_if(*rows, [&](const ImageRow& row) { return !is_owned(row, owners); });
  const std::string next = select(*rows, std::span<const NamedFilter>{*filters}, rules, *page, "DescribeImages");
  Element set = exchange.answer.child("imagesSet");
  for (const ImageRow& row : *rows) write_image(set.child("item"), row);
  write_token(exchange.answer, next);
  return std::nullopt;
}

constexpr std::array<QueryAction, 1> kImageActions{{{"DescribeImages", kImageRules, nullptr, describe_images}}};

}  // namespace

std::span<const QueryAction> image_actions() { return kImageActions; }

ImageFacts image_of(std::string_view id) {
  const auto* listed =
      std::find_if(kImages.begin(), kImages.end(), [&](const ImageFacts& image) { return image.id == id; });
  return listed == kImages.end() ? kImages.front() : *listed;
}

}  // namespace drydock::cloud::query
