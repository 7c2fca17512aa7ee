#include "scenarios/logs/unpack.hpp"

#include <zlib.h>

#include <array>

#include "scenarios/files/json_source.hpp"

namespace drydock::scenarios {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kGzip = "\x1f\x8b"sv;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf"sv;

struct ForeignForm {
  std::string_view magic;
  std::string_view looks_like;
  std::string_view advice;
};
constexpr std::array kForeign{
    ForeignForm{"PK\x03\x04"sv, "a zip archive", "unzip it"},
    ForeignForm{"\x28\xb5\x2f\xfd"sv, "zstd", "zstd -d, or gzip, which is read as it is"},
    ForeignForm{"BZh"sv, "bzip2", "bunzip2, or gzip, which is read as it is"},
    ForeignForm{"\xfd\x37zXZ"sv, "xz", "unxz, or gzip, which is read as it is"},
    ForeignForm{"PAR1"sv, "Parquet", "export JSON or CSV: UNLOAD … WITH (format = 'JSON')"},
    ForeignForm{"\xff\xfe"sv, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
    ForeignForm{"\xfe\xff"sv, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
    ForeignForm{"<"sv, "HTML or XML", "a page of a browser or a proxy, perhaps of a sign-in; fetch the log itself"},
};

/// Inflates gzip. An end is owed: zlib's, of every member.
class Inflater {
 public:
  explicit Inflater(std::string_view bytes) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    constexpr int kGzipOnly = 16;
    ready_ = inflateInit2(&stream_, kGzipOnly + MAX_WBITS) == Z_OK;
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }

  /// Gives what is wrong, in words; null where all is well.
  const char* run(std::string& out) {
    int result = ready_ ? Z_OK : Z_MEM_ERROR;
    while (result == Z_OK) {
      std::array<char, 1U << 16U> buffer;
      stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream_.avail_out = static_cast<uInt>(buffer.size());
      result = inflate(&stream_, Z_NO_FLUSH);
      out.append(buffer.data(), buffer.size() - stream_.avail_out);
      if (out.size() > JsonSource::kMostBytes) return "the gzip file holds more than 64 MiB";
      if (result == Z_STREAM_END && stream_.avail_in > 0) result = inflateReset(&stream_);
    }
    if (result == Z_STREAM_END) return nullptr;
    return result == Z_BUF_ERROR ? "the gzip file ends too early" : "the gzip file is damaged";
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

UnpackedLog unpack_log(const std::string& file, std::string_view bytes) {
  UnpackedLog unpacked;
  std::string text;
  if (bytes.starts_with(kGzip)) {
    if (const char* wrong = Inflater(bytes).run(text)) {
      unpacked.error = problem_in(file, wrong, "gzip -t tells more");
      return unpacked;
    }
  } else {
    text = bytes;
  }
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  for (const ForeignForm& form : kForeign) {
    if (!text.starts_with(form.magic)) continue;
    unpacked.error = problem_in(file, "the file looks like " + std::string{form.looks_like}, std::string{form.advice});
    return unpacked;
  }
  unpacked.text = std::move(text);
  return unpacked;
}

}  // namespace drydock::scenarios
