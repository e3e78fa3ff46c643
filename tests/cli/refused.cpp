#include "refused.hpp"

#include <catch2/catch.hpp>

namespace chronofault::tests {

void refused(const Ran& ran, const std::vector<std::string>& said) {
  INFO(ran.out << ran.err);
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err.starts_with("chronofault: "));
  for (const std::string& part : said) {
    INFO("missing: " << part);
    CHECK(ran.err.find(part) != std::string::npos);
  }
}

void refused(const Folder& folder, const std::vector<std::string>& words, const std::vector<std::string>& said) {
  refused(chronofault_in(folder, words), said);
}

}  // namespace chronofault::tests
