#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reports/verification.hpp>
#include <scenarios/verify/verify.hpp>

#include "commands.hpp"

namespace chronofault::cli {
namespace {

constexpr std::size_t differences_shown_max = 50;

}  // namespace

int verify(const VerifyArgs& args) {
  const auto& checkers = verify::checkers();
  const auto checker = checkers.find(args.system);
  if (checker == checkers.end()) {
    std::vector<std::string_view> known;
    for (const auto& [name, function] : checkers) known.push_back(name);
    return refuse(fmt::format("no recordings of '{}' can be verified; known: {}", args.system, fmt::join(known, ", ")));
  }
  verify::Tally tally;
  for (const std::string& path : args.files) checker->second(verify::VectorFile::read(path), tally);
  std::cout << (args.json ? reports::verification_json(args.system, tally)
                          : reports::verification_text(args.system, tally, differences_shown_max));
  return tally.different() == 0 ? met : not_met;
}

}  // namespace chronofault::cli
