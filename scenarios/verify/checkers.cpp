#include <scenarios/verify/verify.hpp>

namespace chronofault::verify {

const std::map<std::string, Checker, std::less<>>& checkers() {
  static const std::map<std::string, Checker, std::less<>> all{};
  return all;
}

}  // namespace chronofault::verify
