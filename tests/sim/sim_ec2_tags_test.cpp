#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sim/lifecycle_support.hpp"

// CreateTags, DeleteTags and DescribeTags, as far as tags mean something here.

namespace drydock::cloud {
namespace {

using Tags = std::vector<TagDescription>;

TEST(Tags, OfAThingAreThoseItWasMadeWithAndThoseAddedInTheOrderOfTheirKeys) {
  FullRegion region;
  const Instance& instance = region.seeded("w1");
  const std::string volume = instance.data_volume->id;
  const std::string snapshot = region.completed_snapshot(instance);
  const DoneAnswer& tagged = region.tag({instance.id, volume}, {{"zone", "a"}, {"cost", "1"}, {"zone", "b"}});
  region.rig.run();
  const TagsAnswer& answer = region.tags({instance.id, snapshot});
  const TagsAnswer& all = region.tags({});
  const TagsAnswer& unknown = region.tags({"i-12345678"});
  region.rig.run();
  EXPECT_TRUE(tagged.ok()) << tagged.code();
  EXPECT_EQ(answer.value(), (Tags{{instance.id, {"workspace", "w1"}},
                                  {instance.id, {"cost", "1"}},
                                  {instance.id, {"zone", "b"}},
                                  {snapshot, {"workspace", "w1"}}}));
  EXPECT_EQ(all.value().size(), 7U);
  ASSERT_TRUE(unknown.ok()) << unknown.code();  // a filter, and no NotFound: docs/cloud.md §4
  EXPECT_TRUE(unknown.value().empty());
}

TEST(Tags, MayMakeASnapshotDivergent) {
  FullRegion region;
  const Instance& instance = region.seeded("w1");
  const std::string snapshot = region.completed_snapshot(instance);
  region.tag({snapshot}, {{"divergent", "true"}});
  region.rig.run();
  const SnapshotsAnswer& list = region.list_snapshots("w1");
  const TagsAnswer& tags = region.tags({snapshot});
  region.rig.run();
  EXPECT_TRUE(list.value()[0].divergent);
  EXPECT_EQ(tags.value().back(), (TagDescription{snapshot, {"divergent", "true"}}));
}

TEST(Tags, AreAddedToAllOrNone) {
  FullRegion region;
  const std::string id = region.running("w1");
  const std::vector<Tag> tags{{"k", "v"}};
  const DoneAnswer& unknown = region.tag({id, "i-12345678"}, tags);
  const DoneAnswer& volume = region.tag({id, "vol-12345678"}, tags);
  const DoneAnswer& snapshot = region.tag({id, "snap-12345678"}, tags);
  const DoneAnswer& nothing = region.tag({id, "x-1"}, tags);
  const DoneAnswer& fixed = region.tag({id}, {{"k", "v"}, {"workspace", "w2"}});
  const DoneAnswer& none = region.tag({}, tags);
  const DoneAnswer& empty = region.tag({id}, {});
  region.rig.run();
  EXPECT_EQ(unknown.code(), "InvalidInstanceID.NotFound");
  EXPECT_EQ(volume.code(), "InvalidVolume.NotFound");
  EXPECT_EQ(snapshot.code(), "InvalidSnapshot.NotFound");
  EXPECT_EQ(nothing.code(), "InvalidID");
  EXPECT_EQ(fixed.code(), "InvalidParameterValue");
  EXPECT_EQ(none.code(), "MissingParameter");
  EXPECT_EQ(empty.code(), "MissingParameter");
  const TagsAnswer& after = region.tags({id});
  region.rig.run();
  EXPECT_EQ(after.value().size(), 1U);
}

// docs/cloud.md §1.4: a reaper may see the tags of the dead.
TEST(Tags, OfTheDeadAreShownForAsLongAsTheyAreVisible) {
  FullRegion region;
  const std::string id = region.running("w1");
  region.terminate({id});  // terminated at 6 s
  region.rig.run_until(7s);
  const TagsAnswer& dead = region.tags({id});
  region.rig.run_until(6s + 1h - 1s);
  const TagsAnswer& gone = region.tags({id});
  region.rig.run();
  EXPECT_EQ(dead.value().size(), 1U);
  EXPECT_TRUE(gone.value().empty());
}

// docs/cloud.md §4: CreateTags fails because the instance does not exist yet.
TEST(Tags, OfWhatIsNotVisibleYetCannotBeMade) {
  Profile profile = fixed_profile();
  profile.visibility_lag = {5s, 5s};
  FullRegion region{profile};
  const RunAnswer& launched = region.run(launch_of("w1"));
  region.rig.run_until(2s);
  const DoneAnswer& early = region.tag({launched.value().id}, {{"k", "v"}});
  const TagsAnswer& list = region.tags({launched.value().id});
  region.rig.run();
  EXPECT_EQ(early.code(), "InvalidInstanceID.NotFound");
  EXPECT_TRUE(list.value().empty());
}

TEST(Tags, AreDeletedByKeyAndWhereOneIsGivenByValue) {
  FullRegion region;
  const Instance& instance = region.seeded("w1");
  const std::string& id = instance.id;
  const std::string snapshot = region.completed_snapshot(instance);
  region.tag({id}, {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}});
  region.tag({snapshot}, {{"divergent", "true"}});
  region.rig.run();
  const DoneAnswer& some = region.untag({id}, {{"a", std::nullopt}, {"b", "2"}, {"c", ""}, {"none", std::nullopt}});
  const DoneAnswer& wrong_value = region.untag({snapshot}, {{"divergent", "false"}});
  region.rig.run();
  EXPECT_TRUE(some.ok()) << some.code();
  EXPECT_TRUE(wrong_value.ok()) << wrong_value.code();
  const TagsAnswer& left = region.tags({id, snapshot});
  region.rig.run();
  EXPECT_EQ(left.value(), (Tags{{id, {"workspace", "w1"}},
                                {id, {"c", "3"}},
                                {id, {"d", "4"}},
                                {snapshot, {"workspace", "w1"}},
                                {snapshot, {"divergent", "true"}}}));
  region.untag({id, snapshot}, {});
  region.rig.run();
  const TagsAnswer& none = region.tags({id, snapshot});
  const SnapshotsAnswer& list = region.list_snapshots("w1");
  region.rig.run();
  EXPECT_EQ(none.value(), (Tags{{id, {"workspace", "w1"}}, {snapshot, {"workspace", "w1"}}}));
  EXPECT_FALSE(list.value()[0].divergent);
}

TEST(Tags, AreDeletedOfAllOrNone) {
  FullRegion region;
  const std::string id = region.running("w1");
  region.tag({id}, {{"k", "v"}});
  region.rig.run();
  const DoneAnswer& unknown = region.untag({id, "i-12345678"}, {{"k", std::nullopt}});
  const DoneAnswer& fixed = region.untag({id}, {{"k", std::nullopt}, {"workspace", std::nullopt}});
  const DoneAnswer& nothing = region.untag({}, {});
  region.rig.run();
  EXPECT_EQ(unknown.code(), "InvalidInstanceID.NotFound");
  EXPECT_EQ(fixed.code(), "InvalidParameterValue");
  EXPECT_EQ(nothing.code(), "MissingParameter");
  const TagsAnswer& after = region.tags({id});
  region.rig.run();
  EXPECT_EQ(after.value().size(), 2U);
}

TEST(Tags, HaveBucketsOfTheirOwn) {
  FullRegion region;
  const std::string id = region.running("w1");
  for (int i = 0; i < 101; ++i) region.tag({id}, {{"k", "v"}});
  for (int i = 0; i < 101; ++i) region.tags({id});
  region.rig.run();
  EXPECT_EQ(region.dones[99].code(), "none");
  EXPECT_EQ(region.dones[100].code(), "RequestLimitExceeded");
  EXPECT_EQ(region.tag_lists[99].code(), "none");
  EXPECT_EQ(region.tag_lists[100].code(), "RequestLimitExceeded");
}

}  // namespace
}  // namespace drydock::cloud
