#include "cli/output.hpp"

#include <sys/stat.h>

#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

using OutputTest = CliTest;

/// A stream like a full disk.
class FullDisk : public std::streambuf {
 protected:
  int_type overflow(int_type) override { return traits_type::eof(); }
};

TEST_F(OutputTest, WritesAFile) {
  write_whole(path("a.json"), "text");
  EXPECT_EQ(read(path("a.json")), "text");
  EXPECT_EQ(files(), 1U);
}

TEST_F(OutputTest, ReplacesAFileAndKeepsItsMode) {
  const std::string file = write("a.json", "old and longer");
  ASSERT_EQ(chmod(file.c_str(), 0600), 0);
  write_whole(file, "new");
  EXPECT_EQ(read(file), "new");
  struct stat found {};
  ASSERT_EQ(stat(file.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(OutputTest, RefusesWhereAskedTo) {
  const std::string file = write("a.json", "old");
  EXPECT_THROW(write_whole(file, "new", Existing::refuse), CannotWrite);
  EXPECT_EQ(read(file), "old");
  write_whole(path("b.json"), "new", Existing::refuse);
  EXPECT_EQ(read(path("b.json")), "new");
  EXPECT_EQ(files(), 2U);
}

TEST_F(OutputTest, WritesThroughASymbolicLink) {
  const std::string file = write("a.json", "old");
  std::filesystem::create_symlink(file, path("link"));
  write_whole(path("link"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
  EXPECT_EQ(read(file), "new");
}

TEST_F(OutputTest, LeavesNothingBehindWhenItFails) {
  EXPECT_THROW(write_whole(path("no/such/dir.json"), "text"), CannotWrite);
  std::filesystem::create_directory(path("dir"));
  EXPECT_THROW(write_whole(path("dir"), "text"), CannotWrite);
  EXPECT_EQ(files(), 1U);
}

TEST_F(OutputTest, WritesToDevices) {
  write_whole("/dev/null", "text");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  if (std::filesystem::exists("/dev/full")) {
    EXPECT_THROW(write_whole("/dev/full", "text"), CannotWrite);
  }
}

TEST_F(OutputTest, KnowsWhatCannotBeWritten) {
  EXPECT_EQ(why_not_writable(path("a.json")), "");
  EXPECT_EQ(why_not_writable("plain.json"), "");
  EXPECT_NE(why_not_writable(""), "");
  EXPECT_NE(why_not_writable(path("no/such.json")), "");
  EXPECT_NE(why_not_writable(testing::TempDir()), "");
}

TEST_F(OutputTest, AFullDiskIsAnError) {
  FullDisk disk;
  std::ostream out(&disk);
  std::ostringstream err;
  EXPECT_EQ(drydock_main({"--version"}, out, err, {}), kCannotWrite);
  EXPECT_TRUE(contains(err.str(), "cannot write standard output"));
}

}  // namespace
}  // namespace drydock::cli
