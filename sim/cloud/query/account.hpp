#pragma once

#include <array>
#include <string>
#include <string_view>

// What the account has besides what clients make: the things that tools look at before they launch (docs/cloud.md
// §7.6). The ids are made up.

namespace drydock::cloud::query {

inline constexpr std::string_view kVpc = "vpc-0dd0c5ea000000001";
inline constexpr std::string_view kGroup = "sg-0dd0c5ea000000001";
inline constexpr std::string_view kGroupName = "default";
/// Of the default subnets, each zone's is a quarter of the VPC.
inline constexpr std::string_view kVpcBlock = "10.16.0.0/16";

/// Returns the id of the default subnet in the zone with that letter.
[[nodiscard]] inline std::string subnet_in(char zone) { return std::string{"subnet-0dd0c5ea00000000"} + zone; }

/// An image that DescribeImages lists. Launches take any id that is well-formed.
struct ImageFacts {
  std::string_view id;
  std::string_view name;
  std::string_view description;
  std::string_view owner;
  std::string_view owner_alias;  // empty: none
  std::string_view root_device;
  std::string_view architecture;
  std::string_view created;
};

inline constexpr std::array<ImageFacts, 6> kImages{{
    {"ami-0dd0c5ea000000001", "amzn2-ami-hvm-2.0.20260302.0-x86_64-gp2", "Amazon Linux 2 AMI", "137112412989", "amazon",
     "/dev/xvda", "x86_64", "2026-03-02T20:14:05.000Z"},
    {"ami-0dd0c5ea000000002", "al2023-ami-2023.10.20260316.0-kernel-6.1-x86_64", "Amazon Linux 2023 AMI",
     "137112412989", "amazon", "/dev/xvda", "x86_64", "2026-03-16T19:01:44.000Z"},
    {"ami-0dd0c5ea000000003", "al2023-ami-2023.10.20260316.0-kernel-6.1-arm64", "Amazon Linux 2023 AMI", "137112412989",
     "amazon", "/dev/xvda", "arm64", "2026-03-16T19:01:45.000Z"},
    {"ami-0dd0c5ea000000004", "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20260305", "Ubuntu 22.04 LTS",
     "099720109477", "", "/dev/sda1", "x86_64", "2026-03-05T06:22:31.000Z"},
    {"ami-0dd0c5ea000000005", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260305", "Ubuntu 24.04 LTS",
     "099720109477", "", "/dev/sda1", "x86_64", "2026-03-05T06:40:12.000Z"},
    {"ami-0dd0c5ea000000006", "debian-12-amd64-20260310-2047", "Debian 12", "136693071363", "", "/dev/xvda", "x86_64",
     "2026-03-10T04:10:58.000Z"},
}};

/// Returns what there is to know of an image; of one that is not listed only its id differs from the first one.
[[nodiscard]] ImageFacts image_of(std::string_view id);

/// The type and the image of an instance of which nobody said what it is.
inline constexpr std::string_view kDefaultType = "t3.small";
inline constexpr std::string_view kDefaultImage = kImages[0].id;

}  // namespace drydock::cloud::query
