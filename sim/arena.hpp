#pragma once

#include <cstddef>
#include <memory>
#include <vector>

// Memory that can be put back to what it held before, so that runs may share their beginning (docs/architecture.md,
// *Shared beginnings*).

namespace drydock::sim {

/// A stretch of addresses that one thread uses. While the thread is inside, all that it makes lies there; an image of
/// the arena holds the whole of it, and putting the image back undoes all that has happened inside since. Nothing in an
/// arena is destroyed: it is gone once an older image is put back, or with the arena. What lies outside must therefore
/// not point into an arena any longer than that, and what is made inside must not own anything outside. What needs an
/// alignment above 16 is not made inside.
class Arena {
 public:
  /// Makes an arena. Null where there is none: under a sanitizer, in a program whose `operator new` does not ask for it
  /// (sim/programs/operators.cpp), or where the process has no addresses left.
  [[nodiscard]] static std::unique_ptr<Arena> make();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();

  /// Where the thread is as long as this lives; afterwards it is where it was.
  class Stay {
   public:
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;

   protected:
    explicit Stay(void* slice) noexcept;
    ~Stay();

   private:
    void* former_;
  };
  /// The thread is inside.
  class Inside : public Stay {
   public:
    explicit Inside(Arena& arena) noexcept : Stay(arena.slice_) {}
  };
  /// The thread is in no arena: for what is called from inside and keeps what it makes.
  class Outside : public Stay {
   public:
    Outside() noexcept : Stay(nullptr) {}
  };

  /// All that an arena held at some moment.
  class Image {
   public:
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

   private:
    friend class Arena;
    std::vector<std::byte> bytes_;
  };
  void save(Image& image) const;
  /// Puts an image of this arena back.
  void restore(const Image& image);
  /// Gives the bytes that an image would have now.
  [[nodiscard]] std::size_t used() const;

 private:
  explicit Arena(void* slice);

  void* slice_;
};

}  // namespace drydock::sim
